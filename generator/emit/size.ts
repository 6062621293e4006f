// How large a document would be, without making it: where many event types reach each other, each document would have them all.
import { closureOf, type Model, type NamedSchema } from "../schema/model.ts";

const sizes = new WeakMap<object, number>();

/** The characters of a value as JSON. Measured once. */
function sizeOf(value: object): number {
	const known = sizes.get(value) ?? JSON.stringify(value).length;
	sizes.set(value, known);
	return known;
}

/** The characters of the schemas of a document: at most what the document has. */
export function sizeWithClosure(
	{ schemas }: Model,
	named: NamedSchema,
	contentOf: (named: NamedSchema) => object,
): number {
	const others = closureOf(schemas, named).filter(
		({ name }) => name !== named.name,
	);
	return [named, ...others]
		.map((each) => sizeOf(contentOf(each)))
		.reduce((sum, size) => sum + size, 0);
}

export const inWords = (size: number): string => size.toLocaleString("en");
