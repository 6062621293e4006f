export function appendPointer(
	pointer: string,
	...tokens: readonly (string | number)[]
): string {
	let path = pointer;
	for (const token of tokens) {
		const text = String(token);
		path += `/${/[~/]/.test(text) ? text.replaceAll("~", "~0").replaceAll("/", "~1") : text}`;
	}
	return path;
}

export function pointerTokens(pointer: string): readonly string[] {
	return pointer
		.split("/")
		.slice(1)
		.map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The value at a pointer, or `undefined`. Own properties only. */
export function resolvePointer(root: unknown, pointer: string): unknown {
	let value: unknown = root;
	for (const token of pointerTokens(pointer)) {
		if (
			typeof value !== "object" ||
			value === null ||
			!Object.hasOwn(value, token)
		)
			return undefined;
		value = (value as Record<string, unknown>)[token];
	}
	return value;
}
