// What in the writer's schema corresponds to a place in the reader's.
import { fieldNodes } from "./evaluate.ts";
import { type Atom, canonical, type Node } from "./node.ts";

/** A step from a value to one in it. */
export type Step =
	| { readonly kind: "property"; readonly name: string }
	| { readonly kind: "pattern"; readonly pattern: string }
	| { readonly kind: "otherProperty" }
	| { readonly kind: "item"; readonly index: number }
	| { readonly kind: "otherItem"; readonly from: number };

/** All keywords of a schema that apply in any case. */
export function flat(node: Node, depth = 0): readonly Atom[] {
	return node.atoms.flatMap((atom) =>
		atom.is === "all" && depth < 5
			? [atom, ...flat(atom.target(), depth + 1)]
			: [atom],
	);
}

/** The alternatives of a schema's union. */
export function alternativesOf(node: Node): readonly Node[] {
	return flat(node).flatMap((atom) =>
		atom.is === "any" || atom.is === "one" ? atom.nodes : [],
	);
}

/** What an alternative became: the one at the same place, or else the only one that nothing tells apart from it. */
export function counterpartOf(
	writer: Node,
	writers: readonly Node[],
	readers: readonly Node[],
): Node | undefined {
	const placeOf = ({ atoms, place }: Node) => {
		const { file, pointer } = atoms[0]?.place ?? place;
		return `${file}#${pointer}`;
	};
	const there = placeOf(writer);
	const isNamed = !/\/(?:any|one)Of\/\d+[^/]*(?:\/[^/]*)?$/.test(there);
	const same = readers.filter((reader) => placeOf(reader) === there);
	if (isNamed && same.length === 1) return same[0];
	const fitting = readers.filter((reader) => mayMean(writer, reader));
	const back = writers.filter(
		(other) => fitting[0] !== undefined && mayMean(other, fitting[0]),
	);
	return fitting.length === 1 && back.length === 1 ? fitting[0] : undefined;
}

/** Whether an alternative of the reader may be what an alternative of the writer became: nothing tells them apart. */
function mayMean(writer: Node, reader: Node): boolean {
	if ((writer.mask & reader.mask) === 0) return false;
	const [left, right] = [tagsOf(writer), tagsOf(reader)];
	for (const [name, values] of left) {
		const others = right.get(name);
		if (others && !values.some((value) => others.includes(value))) return false;
	}
	return true;
}

/** Properties with a list of values. */
function tagsOf(node: Node): ReadonlyMap<string, readonly string[]> {
	const tags = new Map<string, readonly string[]>();
	for (const atom of flat(node))
		if (atom.is === "fields")
			for (const [name, { values }] of atom.fields)
				if (values) tags.set(name, values.map(canonical));
	return tags;
}

/** The writer's schemas of the value at the end of a path, or of the innermost value around it that it describes. */
export interface Aligned {
	readonly nodes: readonly Node[];
	readonly isDescribed: boolean;
}

/** Follows a path into the writer's schemas. */
export function alignedWith(
	writers: readonly Node[],
	path: readonly { readonly step: Step }[],
): Aligned {
	let nodes = writers;
	for (const { step } of path) {
		const next = new Map<number, Node>();
		// What applies in any case comes before what a condition or an alternative says.
		for (const node of nodes)
			for (const atom of [...flat(node), ...reached(node, 0)])
				for (const inner of takenBy(atom, step))
					if (next.size < 8) next.set(inner.id, inner);
		if (next.size === 0) return { nodes, isDescribed: false };
		nodes = [...next.values()];
	}
	return { nodes, isDescribed: true };
}

/** The schemas that a keyword gives for a step. */
export function takenBy(atom: Atom, step: Step): readonly Node[] {
	if (atom.is === "fields")
		switch (step.kind) {
			case "property":
				return fieldNodes(atom, step.name);
			case "pattern":
				return atom.patterns
					.filter(({ pattern }) => pattern === step.pattern)
					.map(({ node }) => node);
			case "otherProperty":
				return atom.rest ? [atom.rest.node] : [];
			default:
				return [];
		}
	if (atom.is !== "items") return [];
	if (step.kind === "item")
		return [atom.prefix[step.index] ?? atom.rest ?? []].flat();
	return step.kind === "otherItem" && atom.rest ? [atom.rest] : [];
}

/** All keywords of a schema, those of its alternatives and conditions too. */
function reached(node: Node, depth: number): readonly Atom[] {
	if (depth > 4) return [];
	return node.atoms.flatMap((atom): readonly Atom[] => {
		switch (atom.is) {
			case "all":
				return reached(atom.target(), depth + 1);
			case "any":
			case "one":
				return atom.nodes.flatMap((inner) => reached(inner, depth + 1));
			case "if":
				return [atom.condition, atom.then, atom.else].flatMap((inner) =>
					reached(inner, depth + 1),
				);
			case "dependent":
				return reached(atom.node, depth + 1);
			default:
				return [atom];
		}
	});
}
