/** The platform's `AbortSignal`, or what is used of it where no library declares it. */
export type Signal = typeof globalThis extends {
	readonly AbortSignal: { readonly prototype: infer Declared };
}
	? Declared
	: {
			readonly aborted: boolean;
			readonly reason: unknown;
			addEventListener(type: "abort", listener: () => void): void;
			removeEventListener(type: "abort", listener: () => void): void;
		};
