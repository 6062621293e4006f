// Names of imported files and types.
import { isTypeName, pascalCase, reservedNames } from "../schema/name.ts";

/** The first of the candidates that can name a type, in PascalCase. */
export const typeName = (...candidates: readonly string[]): string =>
	candidates.map(pascalCase).find((name) => usableName(name)) ?? "Event";

/** A name if it can name a type. */
export const usableName = (name: string): string | undefined =>
	isTypeName(name) && !reservedNames.has(name) ? name : undefined;

/** The default title of a file. */
export const titleOfFile = (path: string): string =>
	pascalCase(path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]+$/, ""));

/** A name that is not taken, with a number if it must have one. */
export function untaken(
	name: string,
	isTaken: (name: string) => boolean,
	extension = "",
	separator = "",
): string {
	let unique = name + extension;
	for (let i = 2; isTaken(unique); i++)
		unique = `${name}${separator}${i}${extension}`;
	return unique;
}

/** The path from one file to another. */
export function relative(from: string, to: string): string {
	const here = from.split("/").slice(0, -1);
	const there = to.split("/");
	let shared = 0;
	while (shared < there.length - 1 && here[shared] === there[shared]) shared++;
	return [...here.slice(shared).map(() => ".."), ...there.slice(shared)].join(
		"/",
	);
}

export function kebabCase(text: string): string {
	return text
		.replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1-$2")
		.split(/[^\p{L}\p{N}]+/u)
		.filter((word) => word !== "")
		.join("-")
		.toLowerCase();
}
