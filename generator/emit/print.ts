// Strings from schemas reach generated code only through these functions, which escape them.

/** A string literal. */
export function string(text: string): string {
	return JSON.stringify(text)
		.replaceAll("\u2028", "\\u2028")
		.replaceAll("\u2029", "\\u2029");
}

/** The literal of a JSON value. */
export function literal(value: unknown): string {
	return string(value as string);
}

/** A property name in a type. */
export function key(name: string): string {
	return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? name : string(name);
}

/** A doc comment, or "". Each line starts with the indent and ends with a line break. */
export function comment(
	{
		description,
		deprecated,
		"x-pii": personal,
	}: { description?: unknown; deprecated?: unknown; "x-pii"?: unknown },
	indent = "",
): string {
	const lines = [
		...(typeof description === "string" && description.trim() !== ""
			? description.trim().split(/\r\n|[\n\r\u2028\u2029]/)
			: []),
		...(deprecated === true ? ["@deprecated"] : []),
		...(personal === true ? ["@pii"] : []),
		...(typeof personal === "string"
			? [`@pii ${personal.replaceAll(/\s+/g, " ")}`]
			: []),
	].map((line) =>
		line
			.toWellFormed()
			.replaceAll("*/", "*\\/")
			// Disables directives such as @ts-nocheck.
			.replace(/@(?=ts-)/g, "@ ")
			.replace(/\p{Cc}/gu, " ")
			.trimEnd(),
	);
	if (lines.length === 0) return "";
	if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
	return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}

/** A file name for a line comment, without line breaks. */
export function line(text: string): string {
	return text.toWellFormed().replace(/[\p{Cc}\u2028\u2029]/gu, " ");
}
