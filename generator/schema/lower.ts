import { appendPointer, resolvePointer } from "../../runtime/json-pointer.ts";
import type { Finding } from "../diagnostics.ts";
import { acknowledgeKey } from "./acknowledge.ts";
import {
	type Draft,
	inPlaceKeywords,
	keywordsWhere,
	mapKeyword,
	type Schema,
	type SchemaObject,
} from "./keywords.ts";
import type { DynamicAnchor, Link, Links, Target } from "./link.ts";
import { byName, type NamedSchema, referenceTo } from "./model.ts";
import { moduleOf, type Names } from "./name.ts";
import { detailTypeKey, type ReferenceKeyword, sourceKey } from "./outline.ts";
import type { SchemaDocument } from "./parse.ts";

/** A place, and the dynamic anchors that were met on the way to it, outermost first. */
interface Visit extends Target {
	readonly met: readonly DynamicAnchor[];
}

/**
 * Writes the named schemas of some files, and all that they refer to, in 2020-12. A dynamic reference becomes a plain
 * one: a schema that means something else on another way is written once for each.
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

/** So often can schemas be written anew for what dynamic anchors make of them. */
const variantsMax = 2_000;
/** And so many schemas are in all of these. */
const variantPartsMax = 200_000;

function tooManyVariants({ file, pointer }: Target): Finding {
	return {
		code: "keyword-unsupported",
		file,
		pointer,
		message: `dynamic references give schemas more than ${variantsMax} meanings, or large ones too many`,
	};
}

interface Scopes {
	/** A place, with the anchors that matter to what is there. */
	readonly enter: (met: readonly DynamicAnchor[], target: Target) => Visit;
	/** Where a reference leads, coming this way. */
	readonly follow: (link: Link, met: readonly DynamicAnchor[]) => Visit;
	/** A schema that other anchors than its own bear on is named and kept with the outermost of them. */
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
						// No name that a title or a file gives has a low line.
						name: `${plain}Within_${foreign.map(([, place]) => names.nameOf(place)).join("And_")}`,
						module: moduleOf(outermost[1].file),
					};
		},
	};
}

interface Lowering {
	readonly draft: Draft;
	/** Told of each schema. */
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

/** Our own: in 2019-09, `contains` evaluates no item. */
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
	/** It speaks of the value of the named schema that it stands in. */
	isInPlace: boolean,
	lowering: Lowering,
): Schema {
	if (typeof schema === "boolean") return schema;
	const { draft, passed, reference } = lowering;
	passed();
	if ("$ref" in schema && draft === "draft-07")
		return { $ref: reference("$ref", pointer, around, isInPlace) };
	const met =
		"$id" in schema && pointer !== ""
			? lowering.enter(pointer, around)
			: around;
	const out: [string, unknown][] = [];
	// What has no room beside the rest.
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
	const made = Object.fromEntries(out);
	return more.length === 0
		? made
		: { ...made, allOf: [...((made.allOf ?? []) as Schema[]), ...more] };
}

const isReferenceKeyword = (keyword: string): keyword is ReferenceKeyword =>
	keyword === "$ref" ||
	keyword === "$dynamicRef" ||
	keyword === "$recursiveRef";

const hasDependents = (schema: SchemaObject) =>
	"dependentRequired" in schema || "dependentSchemas" in schema;

/** The 2020-12 keywords for one of an earlier draft. */
function modern(
	keyword: string,
	value: unknown,
	{ items }: SchemaObject,
): [string, unknown][] {
	if (keyword === "items" && Array.isArray(value))
		return value.length > 0 ? [["prefixItems", value]] : [];
	if (keyword === "additionalItems")
		return Array.isArray(items) ? [["items", value]] : [];
	if (keyword !== "dependencies") return [[keyword, value]];
	const all = Object.entries(value as Record<string, unknown>);
	const kinds = {
		dependentRequired: all.filter(([, item]) => Array.isArray(item)),
		dependentSchemas: all.filter(([, item]) => !Array.isArray(item)),
	};
	return Object.entries(kinds)
		.filter(([, entries]) => entries.length > 0)
		.map(([name, entries]) => [name, Object.fromEntries(entries)]);
}

/** A reference to a schema for the very same value. */
interface Step {
	readonly from: string;
	readonly to: string;
	readonly file: string;
	/** Of the reference itself. */
	readonly pointer: string;
}

/** References that lead back to where they stand without ever going to another value. */
function loops(steps: readonly Step[]): readonly Finding[] {
	// What no way enters that could come back falls away, and so on; then what leads to nothing that remains. Loops remain.
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
		message: `this way ${to} leads back to itself`,
	}));
}

/** The steps that are left when each one whose beginning is no other's end is taken away, again and again. */
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
