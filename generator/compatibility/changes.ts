// All changes between two versions of a schema, in words, whether or not they break anybody.
import { isObject } from "../../runtime/json.ts";
import { appendPointer } from "../../runtime/json-pointer.ts";
import {
	extensibleEnum,
	type Schema,
	type SchemaObject,
} from "../schema/keywords.ts";
import { type NamedSchema, referencedName } from "../schema/model.ts";
import { canonical } from "./node.ts";
import { listed, short } from "./words.ts";

export interface Change {
	/** A pointer into the detail, with `*` for any other property and `[]` for any item. */
	readonly path: string;
	readonly kind: "added" | "removed" | "changed" | "documentation";
	readonly message: string;
}

type Schemas = ReadonlyMap<string, NamedSchema>;

/** What a schema says of a value, with references and `allOf` followed. */
interface View {
	readonly keywords: ReadonlyMap<string, unknown>;
	readonly properties: ReadonlyMap<string, Schema>;
	readonly patterns: ReadonlyMap<string, Schema>;
	readonly required: ReadonlySet<string>;
}

/** The changes from one event type's schema to another's, in the order of the newer one. */
export function changesBetween(
	old: { readonly schemas: Schemas; readonly schema: Schema },
	now: { readonly schemas: Schemas; readonly schema: Schema },
): readonly Change[] {
	const changes: Change[] = [];
	const seen = new Set<string>();
	const say = (path: string, kind: Change["kind"], message: string) => {
		changes.push({ path, kind, message });
	};

	const compare = (before: Schema, after: Schema, path: string): void => {
		const key = `${canonical(before)} ${canonical(after)}`;
		// A recursive schema is described once.
		if (seen.has(key) || path.split("/").length > levelsMax) return;
		seen.add(key);
		const [left, right] = [
			viewOf(before, old.schemas),
			viewOf(after, now.schemas),
		];
		compareKeywords(left, right, path);
		compareParts(left.properties, right.properties, path, (name) => name, {
			left: left.required,
			right: right.required,
		});
		compareParts(left.patterns, right.patterns, path, (name) => `{${name}}`);
		for (const [keyword, step] of [
			["items", "[]"],
			["additionalProperties", "*"],
			["unevaluatedProperties", "*"],
			["propertyNames", "propertyNames"],
			["contains", "contains"],
		] as const) {
			const [a, b] = [left.keywords.get(keyword), right.keywords.get(keyword)];
			if (isObject(a) && isObject(b)) compare(a, b, `${path}/${step}`);
		}
		const [a, b] = [
			(left.keywords.get("prefixItems") ?? []) as readonly Schema[],
			(right.keywords.get("prefixItems") ?? []) as readonly Schema[],
		];
		for (const [i, item] of b.entries()) {
			const known = a[i];
			if (known === undefined) say(appendPointer(path, i), "added", "is new");
			else compare(known, item, appendPointer(path, i));
		}
		for (let i = b.length; i < a.length; i++)
			say(appendPointer(path, i), "removed", "is gone");
		for (const keyword of ["anyOf", "oneOf"] as const)
			compareAlternatives(left, right, keyword, path);
	};

	const compareParts = (
		before: ReadonlyMap<string, Schema>,
		after: ReadonlyMap<string, Schema>,
		path: string,
		stepOf: (name: string) => string,
		required?: {
			readonly left: ReadonlySet<string>;
			readonly right: ReadonlySet<string>;
		},
	): void => {
		for (const [name, schema] of after) {
			const known = before.get(name);
			const at = appendPointer(path, stepOf(name));
			const isRequired = required?.right.has(name);
			if (known === undefined) {
				say(at, "added", isRequired ? "is new, and required" : "is new");
				continue;
			}
			if (required && required.left.has(name) !== isRequired)
				say(at, "changed", isRequired ? "is required now" : "is optional now");
			compare(known, schema, at);
		}
		for (const name of before.keys())
			if (!after.has(name))
				say(
					appendPointer(path, stepOf(name)),
					"removed",
					required?.left.has(name) ? "is gone; it was required" : "is gone",
				);
	};

	const compareAlternatives = (
		left: View,
		right: View,
		keyword: "anyOf" | "oneOf",
		path: string,
	): void => {
		const a = (left.keywords.get(keyword) ?? []) as readonly Schema[];
		const b = (right.keywords.get(keyword) ?? []) as readonly Schema[];
		if (a.length === 0 && b.length === 0) return;
		const textOf = (schemas: Schemas) => (schema: Schema) =>
			canonical(expanded(schema, schemas, 0));
		const [olds, news] = [
			a.map(textOf(old.schemas)),
			b.map(textOf(now.schemas)),
		];
		const gone = a.filter((_, i) => !news.includes(olds[i] as string));
		const come = b.filter((_, i) => !olds.includes(news[i] as string));
		// One that changed is described; others have come or gone.
		if (gone.length === come.length)
			for (const [i, schema] of gone.entries())
				compare(schema, come[i] as Schema, path);
		else {
			if (come.length > 0)
				say(
					path,
					"added",
					`${count(come.length)} of ${keyword} ${come.length === 1 ? "is" : "are"} new`,
				);
			if (gone.length > 0)
				say(
					path,
					"removed",
					`${count(gone.length)} of ${keyword} ${gone.length === 1 ? "is" : "are"} gone`,
				);
		}
	};

	const compareKeywords = (left: View, right: View, path: string): void => {
		for (const keyword of new Set([
			...right.keywords.keys(),
			...left.keywords.keys(),
		])) {
			const [a, b] = [left.keywords.get(keyword), right.keywords.get(keyword)];
			if (canonical(a ?? null) === canonical(b ?? null)) continue;
			if (keyword === "x-owner" || keyword === "x-sunset") {
				say(path, "documentation", changed(keyword, a, b));
				continue;
			}
			if (documentation.has(keyword)) {
				say(path, "documentation", documented(keyword, a, b));
				continue;
			}
			if (followed.has(keyword) && !isClosing(keyword, a, b)) continue;
			say(path, "changed", changed(keyword, a, b));
		}
	};

	compare(old.schema, now.schema, "");
	return changes;
}

const levelsMax = 40;
const count = (alternatives: number) =>
	`${alternatives} ${alternatives === 1 ? "alternative" : "alternatives"}`;

const documentation = new Set([
	"title",
	"description",
	"deprecated",
	"default",
	"examples",
	"readOnly",
	"writeOnly",
]);

/** Keywords whose schemas are compared, not their text. */
const followed = new Set([
	"items",
	"additionalProperties",
	"unevaluatedProperties",
	"propertyNames",
	"contains",
	"prefixItems",
	"anyOf",
	"oneOf",
]);

/** Whether a keyword has come, gone, or opens or closes something. */
const isClosing = (keyword: string, a: unknown, b: unknown): boolean =>
	!(isObject(a) && isObject(b)) &&
	!["prefixItems", "anyOf", "oneOf"].includes(keyword);

function changed(keyword: string, a: unknown, b: unknown): string {
	if (keyword === "enum" || keyword === extensibleEnum) {
		const [left, right] = [a, b].map((list) =>
			Array.isArray(list) ? (list as readonly unknown[]) : undefined,
		);
		if (left && right) {
			const lacks = (list: readonly unknown[]) => (item: unknown) =>
				!list.some((one) => canonical(one) === canonical(item));
			const come = right.filter(lacks(left));
			const gone = left.filter(lacks(right));
			return [
				...(come.length > 0 ? [`${listed(come)} may come`] : []),
				...(gone.length > 0 ? [`${listed(gone)} may come no more`] : []),
			].join("; ");
		}
	}
	if (a === undefined) return `${keyword} is new: ${short(b)}`;
	if (b === undefined) return `${keyword} is gone; it was ${short(a)}`;
	return `${keyword} is ${short(b)}, was ${short(a)}`;
}

function documented(keyword: string, a: unknown, b: unknown): string {
	if (keyword === "deprecated")
		return b === true ? "is deprecated" : "is not deprecated any more";
	return a === undefined
		? `has a ${keyword}`
		: b === undefined
			? `has no ${keyword} any more`
			: `its ${keyword} changed`;
}

function viewOf(schema: Schema, schemas: Schemas): View {
	const keywords = new Map<string, unknown>();
	const properties = new Map<string, Schema>();
	const patterns = new Map<string, Schema>();
	const required = new Set<string>();
	const add = (inner: Schema, depth: number): void => {
		if (!isObject(inner) || depth > levelsMax) return;
		for (const [keyword, value] of Object.entries(inner))
			switch (keyword) {
				case "$ref": {
					const target = schemas.get(referencedName(value));
					if (target) add(target.schema, depth + 1);
					break;
				}
				case "allOf":
					for (const member of value as readonly Schema[])
						add(member, depth + 1);
					break;
				case "required":
					for (const name of value as readonly string[]) required.add(name);
					break;
				case "properties":
				case "patternProperties": {
					const into = keyword === "properties" ? properties : patterns;
					for (const [name, one] of Object.entries(value as SchemaObject)) {
						const known = into.get(name);
						into.set(
							name,
							known === undefined
								? (one as Schema)
								: { allOf: [known, one as Schema] },
						);
					}
					break;
				}
				case "const":
					keywords.set("enum", [value]);
					break;
				default:
					// What is said first is closest to the value.
					if (!keywords.has(keyword)) keywords.set(keyword, value);
			}
	};
	add(schema, 0);
	return { keywords, properties, patterns, required };
}

/** A schema with its references written out, as far as they are not recursive. */
function expanded(value: unknown, schemas: Schemas, depth: number): unknown {
	if (Array.isArray(value))
		return value.map((item) => expanded(item, schemas, depth));
	if (!isObject(value)) return value;
	const { $ref, ...rest } = value;
	const target =
		typeof $ref === "string" && depth < 6
			? schemas.get(referencedName($ref))
			: undefined;
	return Object.fromEntries([
		...Object.entries(rest).map(([name, inner]) => [
			name,
			expanded(inner, schemas, depth),
		]),
		...($ref === undefined
			? []
			: [
					["$ref", target ? expanded(target.schema, schemas, depth + 1) : $ref],
				]),
	]);
}
