// An entry of the EventBridge schema registry: one event type, with its definitions.
import { isObject } from "../../runtime/json.ts";
import {
	appendPointer,
	percentDecoded,
	pointerTokens,
	resolvePointer,
} from "../../runtime/json-pointer.ts";
import {
	detailTypeKey,
	type Schema,
	type SchemaObject,
	sourceKey,
} from "../schema/keywords.ts";
import { modernSchema } from "./dialect.ts";
import {
	asObject,
	type Imported,
	type ImportOptions,
	latest,
	Notes,
	ownedByAws,
	textOf,
} from "./imported.ts";
import { kebabCase, typeName, untaken } from "./names.ts";

/** Imports a single event type, with its definitions in `$defs`. */
export function importEvent(
	document: SchemaObject,
	envelope: SchemaObject,
	holder: string,
	options: ImportOptions,
	isTaken: (path: string) => boolean,
): Imported {
	const source = String(envelope[sourceKey]);
	if (options.source !== undefined && options.source !== source)
		throw new Error(
			`the document already names its source, ${source}: omit --source`,
		);
	const detailType = String(envelope[detailTypeKey] ?? "");
	if (detailType === "") throw new Error(`the event has no ${detailTypeKey}`);
	const properties = isObject(envelope.properties) ? envelope.properties : {};
	const detail = (properties.detail ?? {}) as Schema;
	const prefix = `#/${holder}/`;
	const targetOf = (
		ref: string,
	): readonly [key: string, ...inside: string[]] => {
		if (!ref.startsWith(prefix))
			throw new Error(`$ref ${JSON.stringify(ref)} points outside ${prefix}`);
		const [key = "", ...inside] = pointerTokens(
			`/${percentDecoded(ref.slice(prefix.length))}`,
		);
		return [key, ...inside];
	};
	const notes = new Notes();
	const needed = new Set<string>();
	const convert = (schema: Schema, pointer: string) =>
		modernSchema(
			schema,
			{
				reference: (ref) => {
					const [key, ...inside] = targetOf(ref);
					needed.add(key);
					return `#${appendPointer("", "$defs", key, ...inside)}`;
				},
				annotated: (...note) => notes.annotate(...note),
				refStandsAlone: true,
			},
			pointer,
		);
	const at = (key: string) =>
		resolvePointer(document, appendPointer(`/${holder}`, key)) as
			| Schema
			| undefined;
	const [target, ...inside] =
		isObject(detail) && typeof detail.$ref === "string"
			? targetOf(detail.$ref)
			: [];
	const named = target === undefined ? detail : (at(target) ?? {});
	const root = (
		inside.length === 0
			? named
			: resolvePointer(named, appendPointer("", ...inside))
	) as Schema;
	if (root === undefined)
		throw new Error(
			`there is nothing at ${prefix}${[target, ...inside].join("/")}`,
		);
	const body = asObject(
		convert(
			root,
			target === undefined
				? "/properties/detail"
				: appendPointer(`/${holder}`, target),
		),
	);
	const definitions = new Map<string, Schema>();
	for (const key of needed) {
		const schema = at(key);
		if (schema === undefined) throw new Error(`there is no ${prefix}${key}`);
		definitions.set(key, convert(schema, appendPointer(`/${holder}`, key)));
	}
	const folder = options.domain ?? kebabCase(source);
	const pathOf = (name: string) => `${folder}/${kebabCase(name)}.json`;
	const byDetailType = typeName(detailType, `Event ${detailType}`);
	const byComponent = typeName(target ?? "", detailType, `Event ${detailType}`);
	const isUnclear =
		genericNames.has(byComponent) || isTaken(pathOf(byComponent));
	const title = untaken(isUnclear ? byDetailType : byComponent, (name) =>
		isTaken(pathOf(name)),
	);
	const described = isObject(document.info)
		? document.info.description
		: document.description;
	const { description = described, title: _, ...rest } = body;
	const event = {
		$schema: latest,
		title,
		...(typeof description === "string" ? { description } : {}),
		[sourceKey]: source,
		[detailTypeKey]: detailType,
		...ownedByAws(source),
		...notes.object(title, rest),
		...(needed.size > 0
			? {
					$defs: {
						...(rest.$defs as object | undefined),
						...Object.fromEntries(definitions),
					},
				}
			: {}),
	};
	return notes.imported(new Map([[pathOf(title), textOf(event)]]), [title]);
}

/** Names of components that say nothing of the event. */
const genericNames: ReadonlySet<string> = new Set(
	"AWSEvent Body Content Data Detail Details Event EventDetail Message Object Payload Root Schema".split(
		" ",
	),
);
