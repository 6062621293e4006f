export type Scalar = string | number | boolean | null;

export const { isArray } = Array;

export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !isArray(value);
}

/** Whether a value is a JSON scalar. */
export function isScalar(value: unknown): value is Scalar {
	return (
		value === null ||
		typeof value === "string" ||
		typeof value === "boolean" ||
		Number.isFinite(value)
	);
}

/** Whether objects and arrays are nested more than `levelsMax` levels deep. Not recursive. */
export function nestsDeeperThan(value: unknown, levelsMax: number): boolean {
	// The set visits a shared object once per level, so that a value that contains itself does not multiply.
	let level = new Set<object>();
	if (typeof value === "object" && value !== null) level.add(value);
	for (let depth = 0; level.size > 0; depth++) {
		if (depth >= levelsMax) return true;
		const next = new Set<object>();
		for (const holder of level)
			for (const inner of Object.values(holder))
				if (typeof inner === "object" && inner !== null) next.add(inner);
		level = next;
	}
	return false;
}

/** `JSON.parse` that returns an error message instead of throwing. */
export function parseJson(
	text: string,
): { ok: true; value: unknown } | { ok: false; message: string } {
	try {
		return { ok: true, value: JSON.parse(text) };
	} catch (error) {
		return { ok: false, message: (error as SyntaxError).message };
	}
}
