import type { NamedSchema } from "../schema/model.ts";
import { compile } from "./compile.ts";
import { solver } from "./search.ts";

/** Returns a small value that a schema accepts, or undefined if none was found: if possible, one that has only properties that the schema names. */
export function smallestValue(
	schemas: ReadonlyMap<string, NamedSchema>,
	name: string,
): { readonly value: unknown } | undefined {
	const [compiled] = compile([schemas]);
	const node = compiled?.nodeOf(name, "exact");
	if (!node) return undefined;
	const named = solver(true).solve([{ node, isWriter: true }]);
	if ("value" in named) return named;
	const any = solver(false).solve([{ node }]);
	return "value" in any ? any : undefined;
}
