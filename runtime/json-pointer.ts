// JSON pointers: https://www.rfc-editor.org/rfc/rfc6901
/** Formats a property name or an item index as one token of a pointer. */
export function token(name: string | number): string {
	const text = String(name);
	return `/${/[~/]/.test(text) ? text.replaceAll("~", "~0").replaceAll("/", "~1") : text}`;
}

export function appendPointer(
	pointer: string,
	...names: readonly (string | number)[]
): string {
	let path = pointer;
	for (const name of names) path += token(name);
	return path;
}

export function pointerTokens(pointer: string): readonly string[] {
	return pointer
		.split("/")
		.slice(1)
		.map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Returns the value at a pointer, or `undefined`. Reads own properties only. */
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

/** Decodes percent-encoding. Returns the string unchanged if it is malformed. */
export function percentDecoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
