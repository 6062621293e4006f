import { isObject } from "../runtime/json.ts";
import type { Finding } from "./diagnostics.ts";
import {
	appendPointer,
	pointerTokens,
	resolvePointer,
} from "./json-pointer.ts";
import {
	type Draft,
	mapKeyword,
	type Schema,
	type SchemaObject,
	walkSchema,
} from "./keywords.ts";
import { type Linked, placeOf, type Target } from "./link.ts";
import {
	byName,
	type EventModel,
	type Model,
	type NamedSchema,
	referencedName,
	referenceTo,
} from "./model.ts";
import type { SchemaDocument } from "./parse.ts";

export const sourceKey = "x-amazon-events-source";
export const detailTypeKey = "x-amazon-events-detail-type";

/** Names every event, every shared definition and every other schema that a `$ref` points to, and writes them all in 2020-12. */
export function lower(linked: Linked): {
	readonly model: Model;
	readonly findings: readonly Finding[];
} {
	const { names, findings } = nameSchemas(linked);
	const byFile = new Map(
		linked.documents.map((document) => [document.file, document]),
	);
	const named = [...names]
		.map(([place, name]) => {
			const { file, pointer } = placeFrom(place, byFile);
			return toNamed(
				linked,
				names,
				byFile.get(file) as SchemaDocument,
				pointer,
				name,
			);
		})
		.sort(byName);
	const events = named.flatMap((schema): EventModel[] => {
		const document = byFile.get(schema.file) as SchemaDocument;
		if (schema.pointer !== "" || !isEvent(document.schema)) return [];
		return [
			{
				...schema,
				source: String(document.schema[sourceKey]),
				detailType: String(document.schema[detailTypeKey]),
				domain: domainOf(schema.module),
			},
		];
	});
	return {
		model: {
			events,
			schemas: new Map(named.map((schema) => [schema.name, schema])),
		},
		findings: [...findings, ...moduleFindings(linked.documents)],
	};
}

const isEvent = (schema: SchemaObject) =>
	sourceKey in schema || detailTypeKey in schema;

/** `content-viewed`, `content viewed` and `contentViewed` are all `ContentViewed`. */
export function pascalCase(text: string): string {
	return text
		.split(/[^\p{L}\p{N}]+/u)
		.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
		.join("");
}

/** The folder that an event type stands in. */
const domainOf = (module: string) =>
	module.split("/").slice(0, -1).join("/") || "events";

const moduleOf = (file: string) => file.replace(/\.[^./]+$/, "");

/** A file that holds nothing but definitions has no schema of its own. */
function onlyDefinitions(schema: SchemaObject): boolean {
	const own = Object.keys(schema).filter(
		(key) =>
			!["$schema", "$id", "$comment", "title", "description"].includes(key),
	);
	return (
		own.length > 0 &&
		own.every((key) => key === "$defs" || key === "definitions")
	);
}

function nameSchemas({ documents, targets }: Linked): {
	readonly names: ReadonlyMap<string, string>;
	readonly findings: readonly Finding[];
} {
	const findings: Finding[] = [];
	const roots = new Map<string, string>();
	const wanted: { target: Target; own: string; qualified: string }[] = [];
	const targeted = new Set(
		[...targets.values()].map(({ file, pointer }) => placeOf(file, pointer)),
	);
	for (const { file, schema } of documents) {
		const fileName = moduleOf(file).split("/").at(-1) as string;
		const title = typeof schema.title === "string" ? schema.title : undefined;
		if (isEvent(schema) && title === undefined)
			findings.push({
				code: "title-missing",
				file,
				pointer: "",
				message: "the event type has no title",
			});
		const root = pascalCase(title ?? fileName);
		roots.set(file, root);
		if (!onlyDefinitions(schema) || targeted.has(placeOf(file, "")))
			wanted.push({
				target: { file, pointer: "" },
				own: root,
				qualified: root,
			});
		for (const holder of ["$defs", "definitions"]) {
			const definitions = schema[holder];
			if (!isObject(definitions)) continue;
			for (const key of Object.keys(definitions))
				wanted.push({
					target: { file, pointer: appendPointer("", holder, key) },
					own: pascalCase(key),
					qualified: `${root}${pascalCase(key)}`,
				});
		}
	}
	const planned = new Set(
		wanted.map(({ target }) => placeOf(target.file, target.pointer)),
	);
	for (const target of targets.values()) {
		const place = placeOf(target.file, target.pointer);
		if (planned.has(place)) continue;
		planned.add(place);
		const root = roots.get(target.file) as string;
		const qualified = `${root}${pascalCase(pointerTokens(target.pointer).join("-"))}`;
		wanted.push({ target, own: qualified, qualified });
	}

	const uses = new Map<string, number>();
	for (const { own } of wanted) uses.set(own, (uses.get(own) ?? 0) + 1);
	const names = new Map<string, string>();
	const taken = new Map<string, Target>();
	for (const { target, own, qualified } of wanted) {
		const name = uses.get(own) === 1 ? own : qualified;
		const at = {
			file: target.file,
			pointer: target.pointer === "" ? "/title" : target.pointer,
		};
		if (!/^\p{ID_Start}\p{ID_Continue}*$/u.test(name))
			findings.push({
				code: "name-invalid",
				...at,
				message: `${JSON.stringify(name)} cannot be the name of a type`,
			});
		else if (reservedNames.has(name))
			findings.push({
				code: "name-reserved",
				...at,
				message: `${name} is reserved`,
			});
		const other = taken.get(name);
		if (other)
			findings.push({
				code: "name-collision",
				...at,
				message: `the name ${name} is taken by ${other.file}#${other.pointer}`,
			});
		taken.set(name, target);
		names.set(placeOf(target.file, target.pointer), name);
	}
	return { names, findings };
}

/** The registry's envelope; the method that publishes many events; and what would make a publisher a promise. */
const reservedNames = new Set(["AWSEvent", "PublishAll", "Then"]);

function placeFrom(
	place: string,
	byFile: ReadonlyMap<string, SchemaDocument>,
): Target {
	for (
		let hash = place.indexOf("#");
		hash >= 0;
		hash = place.indexOf("#", hash + 1)
	) {
		const file = place.slice(0, hash);
		if (byFile.has(file)) return { file, pointer: place.slice(hash + 1) };
	}
	throw new Error(`no schema file for ${place}`);
}

function toNamed(
	linked: Linked,
	names: ReadonlyMap<string, string>,
	{ file, draft, schema: root }: SchemaDocument,
	pointer: string,
	name: string,
): NamedSchema {
	const nameOf = (at: string): string => {
		const target = linked.targets.get(placeOf(file, at)) as Target;
		return names.get(placeOf(target.file, target.pointer)) as string;
	};
	const lowered = lowerSchema(
		resolvePointer(root, pointer) as Schema,
		pointer,
		draft,
		nameOf,
	);
	const schema =
		lowered === true ? {} : lowered === false ? { not: {} } : lowered;
	const references = new Set<string>();
	walkSchema(schema, "", ({ $ref }) => {
		if ($ref !== undefined) references.add(referencedName($ref));
	});
	return {
		name,
		module: moduleOf(file),
		file,
		pointer,
		schema,
		references: [...references].sort(),
	};
}

const dropped = new Set([
	"$schema",
	"$id",
	"$anchor",
	"$comment",
	"$defs",
	"definitions",
	sourceKey,
	detailTypeKey,
]);

function lowerSchema(
	schema: Schema,
	pointer: string,
	draft: Draft,
	nameOf: (pointer: string) => string,
): Schema {
	if (typeof schema === "boolean") return schema;
	if ("$ref" in schema && draft === "draft-07")
		return { $ref: referenceTo(nameOf(pointer)) };
	const out: [string, unknown][] = [];
	for (const [keyword, value] of Object.entries(schema)) {
		if (dropped.has(keyword)) continue;
		if (keyword === "$ref") {
			out.push([keyword, referenceTo(nameOf(pointer))]);
			continue;
		}
		const lowered = mapKeyword(
			keyword,
			value,
			appendPointer(pointer, keyword),
			(inner, at) => lowerSchema(inner, at, draft, nameOf),
		);
		out.push(
			...(draft === "2020-12"
				? [[keyword, lowered] as [string, unknown]]
				: modern(keyword, lowered, schema)),
		);
	}
	return Object.fromEntries(out);
}

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
	if (keyword === "dependencies") {
		const all = Object.entries(value as Record<string, unknown>);
		const required = all.filter(([, item]) => Array.isArray(item));
		const schemas = all.filter(([, item]) => !Array.isArray(item));
		return [
			...(required.length > 0
				? [
						["dependentRequired", Object.fromEntries(required)] as [
							string,
							unknown,
						],
					]
				: []),
			...(schemas.length > 0
				? [
						["dependentSchemas", Object.fromEntries(schemas)] as [
							string,
							unknown,
						],
					]
				: []),
		];
	}
	return [[keyword, value]];
}

function moduleFindings(
	documents: readonly SchemaDocument[],
): readonly Finding[] {
	const seen = new Map<string, string>();
	return documents.flatMap(({ file, schema }): Finding[] => {
		const found = (code: Finding["code"], message: string): Finding[] => [
			{ code, file, pointer: "", message },
		];
		const module = moduleOf(file);
		if (/[#%?\\]|\.d$/.test(module))
			return found(
				"module-invalid",
				`${JSON.stringify(file)} cannot be a part of an import path`,
			);
		const domain = domainOf(module);
		if (
			isEvent(schema) &&
			!/^\p{ID_Start}\p{ID_Continue}*$/u.test(pascalCase(domain))
		)
			return found(
				"name-invalid",
				`the folder ${JSON.stringify(domain)} cannot name a publisher: let it begin with a letter`,
			);
		const other = seen.get(module.toLowerCase());
		seen.set(module.toLowerCase(), file);
		return other === undefined
			? []
			: found(
					"module-duplicate",
					`${file} and ${other} would be generated to the same place`,
				);
	});
}
