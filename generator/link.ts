import type { Finding } from "./diagnostics.ts";
import { appendPointer, resolvePointer } from "./json-pointer.ts";
import { mapKeyword, walkSchema } from "./keywords.ts";
import type { SchemaDocument } from "./parse.ts";

/** What a `$ref` points to. */
export interface Target {
	readonly file: string;
	readonly pointer: string;
}

export interface Linked {
	readonly documents: readonly SchemaDocument[];
	/** `file#pointer` of a schema that has a `$ref` → its target. */
	readonly targets: ReadonlyMap<string, Target>;
}

export const placeOf = (file: string, pointer: string): string =>
	`${file}#${pointer}`;

/** Resolves every `$ref`: by pointer or anchor, in the same file, another file, or one named by its `$id`. */
export function link(documents: readonly SchemaDocument[]): {
	readonly linked: Linked;
	readonly findings: readonly Finding[];
} {
	const files = new Map(documents.map((document) => [document.file, document]));
	const ids = new Map<string, string>();
	const findings: Finding[] = [];
	for (const { file, schema } of documents) {
		if (typeof schema.$id !== "string") continue;
		const id = withoutFragment(schema.$id);
		const other = ids.get(id);
		ids.set(id, file);
		if (other)
			findings.push({
				code: "id-duplicate",
				file,
				pointer: "/$id",
				message: `the $id ${JSON.stringify(id)} is ${other}'s too`,
			});
	}
	const places = new Set(documents.flatMap(placesOf));
	const anchors = new Map(documents.flatMap((document) => anchorsOf(document)));
	const targets = new Map<string, Target>();

	for (const document of documents) {
		const { file } = document;
		walkSchema(document.schema, "", (schema, pointer) => {
			if (typeof schema.$ref !== "string") return;
			const resolved = resolve(
				schema.$ref,
				document,
				files,
				ids,
				anchors,
				places,
			);
			if ("code" in resolved)
				findings.push({
					...resolved,
					file,
					pointer: appendPointer(pointer, "$ref"),
				});
			else targets.set(placeOf(file, pointer), resolved);
		});
	}
	const linked = { documents, targets };
	return { linked, findings: [...findings, ...loops(linked)] };
}

type Unresolved = Pick<Finding, "code" | "message">;

function resolve(
	ref: string,
	from: SchemaDocument,
	files: ReadonlyMap<string, SchemaDocument>,
	ids: ReadonlyMap<string, string>,
	anchors: ReadonlyMap<string, string>,
	places: ReadonlySet<string>,
): Target | Unresolved {
	const hash = ref.indexOf("#");
	const address = hash < 0 ? ref : ref.slice(0, hash);
	const fragment = decode(hash < 0 ? "" : ref.slice(hash + 1));
	const located = locate(address, from, files, ids);
	if (typeof located !== "string") return located;
	const document = files.get(located) as SchemaDocument;
	const pointer =
		fragment === "" || fragment.startsWith("/")
			? fragment
			: anchors.get(placeOf(located, fragment));
	const target =
		pointer === undefined
			? undefined
			: resolvePointer(document.schema, pointer);
	if (
		pointer === undefined ||
		(typeof target !== "boolean" && !places.has(placeOf(located, pointer)))
	)
		return {
			code: "ref-not-found",
			message: `$ref is ${JSON.stringify(ref)}: ${located} has no schema at #${fragment}`,
		};
	return { file: located, pointer };
}

function locate(
	address: string,
	from: SchemaDocument,
	files: ReadonlyMap<string, SchemaDocument>,
	ids: ReadonlyMap<string, string>,
): string | Unresolved {
	if (address === "") return from.file;
	const byId =
		ids.get(address) ??
		(typeof from.schema.$id === "string" &&
		URL.canParse(address, from.schema.$id)
			? ids.get(new URL(address, from.schema.$id).href)
			: undefined);
	if (byId) return byId;
	if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(address))
		return {
			code: "ref-remote",
			message: `$ref goes to ${JSON.stringify(address)}, which is no $id of a schema here`,
		};
	const path = joinPath(from.file, decode(address));
	if (path === undefined)
		return {
			code: "ref-outside",
			message: `$ref goes to ${JSON.stringify(address)}, outside the schemas folder`,
		};
	return files.has(path)
		? path
		: {
				code: "ref-not-found",
				message: `$ref goes to ${JSON.stringify(address)}: there is no schema file ${path}`,
			};
}

/** A relative path from a file's folder; `undefined` when it leaves the root. */
function joinPath(file: string, relative: string): string | undefined {
	if (relative.startsWith("/") || relative.includes("\\")) return undefined;
	const path = file.split("/").slice(0, -1);
	for (const step of relative.split("/")) {
		if (step === "" || step === ".") continue;
		if (step !== "..") path.push(step);
		else if (path.pop() === undefined) return undefined;
	}
	return path.join("/");
}

/** Keywords whose schemas speak of the very same value, so that a way through them makes no progress. */
const inPlace = [
	"allOf",
	"anyOf",
	"oneOf",
	"not",
	"if",
	"then",
	"else",
	"dependentSchemas",
];

function loops({ documents, targets }: Linked): readonly Finding[] {
	const next = new Map<string, string[]>();
	const starts: { file: string; pointer: string; ref: unknown }[] = [];
	for (const { file, schema: root } of documents)
		walkSchema(root, "", (schema, pointer) => {
			const steps: string[] = [];
			const target = targets.get(placeOf(file, pointer));
			if (target) {
				steps.push(placeOf(target.file, target.pointer));
				starts.push({ file, pointer, ref: schema.$ref });
			}
			for (const keyword of inPlace)
				if (keyword in schema)
					mapKeyword(
						keyword,
						schema[keyword],
						appendPointer(pointer, keyword),
						(inner, at) => {
							steps.push(placeOf(file, at));
							return inner;
						},
					);
			if (steps.length > 0) next.set(placeOf(file, pointer), steps);
		});
	return starts
		.filter(({ file, pointer }) => leadsBack(placeOf(file, pointer), next))
		.map(({ file, pointer, ref }) => ({
			code: "ref-loop",
			file,
			pointer: appendPointer(pointer, "$ref"),
			message: `$ref ${JSON.stringify(ref)} leads back to itself`,
		}));
}

function leadsBack(
	start: string,
	next: ReadonlyMap<string, readonly string[]>,
): boolean {
	const seen = new Set<string>();
	const waiting = [...(next.get(start) ?? [])];
	for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
		if (place === start) return true;
		if (seen.has(place)) continue;
		seen.add(place);
		waiting.push(...(next.get(place) ?? []));
	}
	return false;
}

function placesOf({ file, schema }: SchemaDocument): readonly string[] {
	const places: string[] = [];
	walkSchema(schema, "", (_, pointer) => places.push(placeOf(file, pointer)));
	return places;
}

function anchorsOf({ file, schema }: SchemaDocument): [string, string][] {
	const found: [string, string][] = [];
	walkSchema(schema, "", ({ $anchor }, pointer) => {
		if (typeof $anchor === "string")
			found.push([placeOf(file, $anchor), pointer]);
	});
	return found;
}

const withoutFragment = (uri: string) => uri.replace(/#.*$/, "");

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
