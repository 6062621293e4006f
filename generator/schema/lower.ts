import { appendPointer, resolvePointer } from "../../runtime/json-pointer.ts";
import type { Finding } from "../diagnostics.ts";
import { acknowledgeKey } from "./acknowledge.ts";
import {
	type Draft,
	detailTypeKey,
	extensibleEnum,
	inPlaceKeywords,
	isAnnotation,
	keywordsWhere,
	mapKeyword,
	refStandsAlone,
	type Schema,
	type SchemaObject,
	sourceKey,
} from "./keywords.ts";
import type { DynamicAnchor, Link, Links, Target } from "./link.ts";
import { byName, type NamedSchema, referenceTo } from "./model.ts";
import { moduleOf, type Names } from "./name.ts";
import type { ReferenceKeyword } from "./outline.ts";
import type { SchemaDocument } from "./parse.ts";

/** A location and the dynamic anchors in its scope, outermost first. */
interface Visit extends Target {
	readonly met: readonly DynamicAnchor[];
}

/**
 * Rewrites the named schemas of some files, and every schema that they refer to, in 2020-12. Dynamic references become
 * plain ones: a schema whose meaning depends on the dynamic scope is written once per scope.
 */
export function lower(
	files: readonly string[],
	documentOf: (file: string) => SchemaDocument,
	links: Links,
	names: Names,
): {
	readonly schemas: readonly NamedSchema[];
	readonly findings: readonly Finding[];
} {
	const schemas = new Map<string, NamedSchema>();
	const steps: Step[] = [];
	const waiting: Visit[] = [];
	let variants = 0;
	let variantParts = 0;
	const scopes = scopesOf(links, names);

	for (const file of files)
		for (const target of names.inFile(file))
			waiting.push(scopes.enter([], target));
	for (let visit = waiting.pop(); visit; visit = waiting.pop()) {
		const { name, module } = scopes.nameOf(visit);
		const { file, pointer } = visit;
		if (
			(visit.met.length > 0 && ++variants > variantsMax) ||
			variantParts > variantPartsMax
		)
			return { schemas: [], findings: [tooManyVariants(visit)] };
		if (schemas.has(name)) continue;
		const { draft, schema: root } = documentOf(file);
		const references = new Set<string>();
		const lowered = lowerSchema(
			resolvePointer(root, pointer) as Schema,
			pointer,
			visit.met,
			true,
			{
				draft,
				enter: (at, met) => scopes.enter(met, { file, pointer: at }).met,
				passed: () => {
					if (visit.met.length > 0) variantParts++;
				},
				reference: (keyword, at, met, isInPlace) => {
					const link = links.linkOf(file, at, keyword);
					const next = scopes.follow(link, met);
					waiting.push(next);
					const target = scopes.nameOf(next).name;
					references.add(target);
					if (isInPlace)
						steps.push({
							from: name,
							to: target,
							file,
							pointer: appendPointer(at, keyword),
						});
					return referenceTo(target);
				},
			},
		);
		schemas.set(name, {
			name,
			module,
			file,
			pointer,
			schema: lowered === true ? {} : lowered === false ? { not: {} } : lowered,
			references: [...references].sort(),
		});
	}
	const sorted = [...schemas.values()].sort(byName);
	return { schemas: sorted, findings: loops(steps) };
}

/** At most this many variants of schemas for different dynamic scopes. */
const variantsMax = 2_000;
/** At most this many subschemas in all variants. */
const variantPartsMax = 200_000;

function tooManyVariants({ file, pointer }: Target): Finding {
	return {
		code: "keyword-unsupported",
		file,
		pointer,
		message: `dynamic references create more than ${variantsMax} variants of schemas, or variants that are too large`,
	};
}

interface Scopes {
	/** A location with the anchors that its schema depends on. */
	readonly enter: (met: readonly DynamicAnchor[], target: Target) => Visit;
	/** The target of a reference in a dynamic scope. */
	readonly follow: (link: Link, met: readonly DynamicAnchor[]) => Visit;
	/** A schema that depends on anchors of other resources is named after them and placed in the module of the outermost one. */
	readonly nameOf: (visit: Visit) => { name: string; module: string };
}

function scopesOf(links: Links, names: Names): Scopes {
	const enter: Scopes["enter"] = (met, target) => {
		const asked = links.dynamicNamesFrom(target.file);
		if (asked.size === 0) return { ...target, met: [] };
		const all = [...met];
		for (const anchor of links.dynamicAnchorsOf(target))
			if (!all.some(([known]) => known === anchor[0])) all.push(anchor);
		return { ...target, met: all.filter(([known]) => asked.has(known)) };
	};
	const isSame = (a: DynamicAnchor, b: DynamicAnchor) =>
		a[0] === b[0] && a[1].file === b[1].file && a[1].pointer === b[1].pointer;
	return {
		enter,
		follow: (link, met) => {
			const entered = enter(met, link);
			const outermost = [...met, ...entered.met].find(
				([known]) => known === link.dynamic,
			);
			return outermost ? enter(met, outermost[1]) : entered;
		},
		nameOf: (visit) => {
			const plain = names.nameOf(visit);
			const own = enter([], visit).met;
			const foreign = visit.met.filter(
				(anchor) => !own.some((known) => isSame(known, anchor)),
			);
			const [outermost] = foreign;
			return outermost === undefined
				? { name: plain, module: moduleOf(visit.file) }
				: {
						// Names from titles and files never contain an underscore.
						name: `${plain}Within_${foreign.map(([, place]) => names.nameOf(place)).join("And_")}`,
						module: moduleOf(outermost[1].file),
					};
		},
	};
}

interface Lowering {
	readonly draft: Draft;
	/** Called for each schema. */
	readonly passed: () => void;
	readonly enter: (
		pointer: string,
		met: readonly DynamicAnchor[],
	) => readonly DynamicAnchor[];
	readonly reference: (
		keyword: ReferenceKeyword,
		pointer: string,
		met: readonly DynamicAnchor[],
		isInPlace: boolean,
	) => string;
}

/** A custom annotation: in 2019-09, `contains` does not mark items as evaluated. */
export const containsEvaluates = "x-contains-evaluates";

const dropped = new Set([
	...keywordsWhere(({ role }) => role === "identifies"),
	containsEvaluates,
	sourceKey,
	detailTypeKey,
	acknowledgeKey,
]);

function lowerSchema(
	schema: Schema,
	pointer: string,
	around: readonly DynamicAnchor[],
	/** Whether the schema applies to the same value as the named schema that contains it. */
	isInPlace: boolean,
	lowering: Lowering,
): Schema {
	if (typeof schema === "boolean") return schema;
	const { draft, passed, reference } = lowering;
	passed();
	if ("$ref" in schema && refStandsAlone(draft))
		return {
			$ref: reference("$ref", pointer, around, isInPlace),
			...Object.fromEntries(
				Object.entries(schema).filter(
					([keyword]) => isAnnotation(keyword) && !dropped.has(keyword),
				),
			),
		};
	const met =
		"$id" in schema && pointer !== ""
			? lowering.enter(pointer, around)
			: around;
	const out: [string, unknown][] = [];
	// Keywords that conflict with others of the schema go to `allOf`.
	const more: SchemaObject[] = [];
	for (const [keyword, value] of Object.entries(schema)) {
		if (dropped.has(keyword)) continue;
		if (isReferenceKeyword(keyword)) {
			const $ref = reference(keyword, pointer, met, isInPlace);
			if (out.some(([known]) => known === "$ref")) more.push({ $ref });
			else out.push(["$ref", $ref]);
			continue;
		}
		const lowered = mapKeyword(
			keyword,
			value,
			appendPointer(pointer, keyword),
			(inner, at) =>
				lowerSchema(
					inner,
					at,
					met,
					isInPlace && inPlaceKeywords.has(keyword),
					lowering,
				),
		);
		if (draft === "2020-12") out.push([keyword, lowered]);
		else if (keyword === "dependencies" && hasDependents(schema))
			more.push(Object.fromEntries(modern(keyword, lowered, schema)));
		else for (const entry of modern(keyword, lowered, schema)) out.push(entry);
	}
	if (draft === "2019-09" && "contains" in schema)
		out.push([containsEvaluates, false]);
	if (extensibleEnum in schema && !typing.some((keyword) => keyword in schema))
		out.push(["type", "string"]);
	const made = Object.fromEntries(out);
	return more.length === 0
		? made
		: { ...made, allOf: [...((made.allOf ?? []) as Schema[]), ...more] };
}

/** Keywords that may say which types a value has. Without them, a list of known strings does. */
const typing = [
	...["type", "enum", "const", "allOf", "anyOf", "oneOf"],
	...["$ref", "$dynamicRef", "$recursiveRef"],
];

const isReferenceKeyword = (keyword: string): keyword is ReferenceKeyword =>
	keyword === "$ref" ||
	keyword === "$dynamicRef" ||
	keyword === "$recursiveRef";

const hasDependents = (schema: SchemaObject) =>
	"dependentRequired" in schema || "dependentSchemas" in schema;

const distinct = (names: unknown): readonly string[] => [
	...new Set(names as readonly string[]),
];

/** Converts a keyword of an earlier draft to 2020-12. */
function modern(
	keyword: string,
	value: unknown,
	{ items, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: SchemaObject,
): [string, unknown][] {
	// A name that is required twice is refused by the meta-schemas, and says nothing.
	if (keyword === "required") return [[keyword, distinct(value)]];
	// In draft-04, they say whether the limit itself is valid.
	if (keyword === "minimum" && exclusiveMinimum === true) return [];
	if (keyword === "maximum" && exclusiveMaximum === true) return [];
	if (keyword === "exclusiveMinimum" && typeof value === "boolean")
		return value && minimum !== undefined ? [[keyword, minimum]] : [];
	if (keyword === "exclusiveMaximum" && typeof value === "boolean")
		return value && maximum !== undefined ? [[keyword, maximum]] : [];
	if (keyword === "items" && Array.isArray(value))
		return value.length > 0 ? [["prefixItems", value]] : [];
	if (keyword === "additionalItems")
		return Array.isArray(items) ? [["items", value]] : [];
	if (keyword !== "dependencies") return [[keyword, value]];
	const all = Object.entries(value as Record<string, unknown>);
	const kinds = {
		dependentRequired: all
			.filter(([, item]) => Array.isArray(item))
			.map(([name, item]) => [name, distinct(item)] as const),
		dependentSchemas: all.filter(([, item]) => !Array.isArray(item)),
	};
	return Object.entries(kinds)
		.filter(([, entries]) => entries.length > 0)
		.map(([name, entries]) => [name, Object.fromEntries(entries)]);
}

/** A reference that applies to the same value. */
interface Step {
	readonly from: string;
	readonly to: string;
	readonly file: string;
	/** The pointer of the reference. */
	readonly pointer: string;
}

/** Finds cycles of references that all apply to the same value. */
function loops(steps: readonly Step[]): readonly Finding[] {
	// Repeatedly removes references from schemas without incoming ones, then references to schemas without outgoing ones.
	const entered = peeled(
		steps,
		({ from }) => from,
		({ to }) => to,
	);
	const remaining = peeled(
		entered,
		({ to }) => to,
		({ from }) => from,
	);
	return remaining.map(({ file, pointer, to }) => ({
		code: "ref-loop",
		file,
		pointer,
		message: `this reference makes ${to} refer back to itself`,
	}));
}

/** Repeatedly removes steps whose beginning is not the end of another step; returns the rest. */
function peeled(
	steps: readonly Step[],
	beginning: (step: Step) => string,
	end: (step: Step) => string,
): readonly Step[] {
	const byBeginning = Map.groupBy(steps, beginning);
	const entries = new Map<string, number>();
	for (const step of steps)
		entries.set(end(step), (entries.get(end(step)) ?? 0) + 1);
	const gone = new Set<Step>();
	const waiting = [...byBeginning.keys()].filter((name) => !entries.has(name));
	for (let name = waiting.pop(); name !== undefined; name = waiting.pop())
		for (const step of byBeginning.get(name) ?? []) {
			gone.add(step);
			const left = (entries.get(end(step)) ?? 0) - 1;
			entries.set(end(step), left);
			if (left === 0) waiting.push(end(step));
		}
	return steps.filter((step) => !gone.has(step));
}
