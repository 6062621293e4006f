export type Scalar = string | number | boolean | null;
export type Json = Scalar | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether objects and lists stand in each other more than so many levels deep; does not recurse. */
export function nestsDeeperThan(value: unknown, levelsMax: number): boolean {
	// What stands in several places is looked at once a level: a value that holds itself must not multiply.
	let level = new Set([value]);
	for (let depth = 0; level.size > 0; depth++) {
		if (depth > levelsMax) return true;
		level = new Set(
			[...level].flatMap((item) =>
				typeof item === "object" && item !== null ? Object.values(item) : [],
			),
		);
	}
	return false;
}

/** `JSON.parse` as a value: the parsed text, or why it is not JSON. */
export function parseJson(
	text: string,
): { ok: true; value: unknown } | { ok: false; message: string } {
	try {
		return { ok: true, value: JSON.parse(text) };
	} catch (error) {
		return { ok: false, message: (error as SyntaxError).message };
	}
}
