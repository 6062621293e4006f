import type { NamedSchema } from "../schema/model.ts";
import { compile } from "./compile.ts";
import { solver } from "./search.ts";

/** Returns a small value that a schema accepts, or undefined if none was found. It has only properties that the schema names. */
export function smallestValue(
	schemas: ReadonlyMap<string, NamedSchema>,
	name: string,
): { readonly value: unknown } | undefined {
	const [compiled] = compile([schemas]);
	const node = compiled?.nodeOf(name, "exact");
	if (!node) return undefined;
	const answer = solver(true).solve([{ node, isWriter: true }]);
	return "value" in answer ? answer : undefined;
}
