// Schemas that a search makes up: no model has them.
import { isArray, isObject } from "../../runtime/json.ts";
import {
	type Atom,
	canonical,
	everyKind,
	kindOf,
	kinds,
	type Node,
	type Place,
} from "./node.ts";

const nowhere: Place = { file: "", pointer: "" };

export interface NodeMaker {
	/** A schema of some keywords. Keywords with equal keys mean the same. */
	readonly nodeFrom: (
		atoms: readonly Atom[],
		mask?: number,
		place?: Place,
	) => Node;
	readonly nodeOf: (atom: Atom) => Node;
	/** A schema that accepts exactly one value. */
	readonly constant: (value: unknown) => Node;
}

export function nodeMaker(): NodeMaker {
	const constants = new Map<string, Node>();
	/** Ids of nodes that no schema has, by key; they are negative. */
	const made = new Map<string, number>();
	const nodeFrom = (
		atoms: readonly Atom[],
		mask = everyKind,
		place = nowhere,
	): Node => {
		const key = atoms.map((atom) => atom.key).join(" ");
		const id = made.get(key) ?? -1 - made.size;
		made.set(key, id);
		return { id, atoms, mask, place };
	};
	const nodeOf = (atom: Atom): Node =>
		nodeFrom([atom], atom.is === "kinds" ? atom.mask : everyKind);
	const kindsAtom = (mask: number): Atom => ({
		keyword: "type",
		place: nowhere,
		applies: everyKind,
		key: `kinds:${mask}`,
		is: "kinds",
		mask,
	});
	const constant = (value: unknown): Node => {
		const text = canonical(value);
		const known = constants.get(text);
		if (known) return known;
		const atoms: Atom[] = [kindsAtom(kindOf(value))];
		const say = (key: string, applies: number, meaning: object) =>
			atoms.push({
				keyword: "const",
				place: nowhere,
				applies,
				key,
				...meaning,
			} as Atom);
		if (isArray(value)) {
			const prefix = value.map(constant);
			const none = nodeFrom([kindsAtom(0)], 0);
			say(`items:${prefix.map(({ id }) => id).join()}:none`, kinds.array, {
				is: "items",
				prefix,
				rest: none,
			});
			say(`minItems:${value.length}`, kinds.array, {
				is: "minItems",
				count: value.length,
			});
		} else if (isObject(value)) {
			const fields = new Map(
				Object.entries(value).map(([name, inner]) => [name, constant(inner)]),
			);
			for (const name of fields.keys())
				say(`required:${JSON.stringify(name)}`, kinds.object, {
					is: "required",
					name,
				});
			say(
				`fields:${[...fields].map(([name, { id }]) => `${JSON.stringify(name)}:${id}`).join()}::none`,
				kinds.object,
				{
					is: "fields",
					fields,
					patterns: [],
					rest: { node: nodeFrom([kindsAtom(0)], 0), names: false },
				},
			);
		} else say(`enum:${text}`, everyKind, { is: "enum", values: [value] });
		const node = nodeFrom(atoms, kindOf(value));
		constants.set(text, node);
		return node;
	};
	return { nodeFrom, nodeOf, constant };
}
