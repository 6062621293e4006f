// A new event type beside an old one, for a change that would break consumers.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { applyEdits, modify } from "jsonc-parser";
import { parseDocument } from "yaml";
import { pathIn, readSources } from "../generator/codegen/read.ts";
import type { Settings } from "../generator/config/config.ts";
import { hasError } from "../generator/diagnostics.ts";
import { analyse } from "../generator/schema/analyse.ts";
import { sunsetKey } from "../generator/schema/life.ts";
import type { PlannedFile } from "./init-project.ts";

export interface NewVersion {
	readonly oldName: string;
	readonly name: string;
	readonly detailType: string;
	/** The function that turns an old detail into a new one. */
	readonly upcast: string;
	readonly files: readonly PlannedFile[];
}

/**
 * Plans the schema of the new event type, the deprecation of the old one, and an upcaster's place. Throws an `Error` that says
 * what to do.
 */
export function newVersion(
	event: string,
	sunset: string | undefined,
	{ schemas, out }: Pick<Settings, "schemas" | "out">,
): NewVersion {
	const { model, diagnostics } = analyse(readSources(schemas));
	if (hasError(diagnostics))
		throw new Error("the schemas have errors: run eventwright lint");
	const old = model.events.find(({ name }) => name === event);
	if (!old)
		throw new Error(
			`there is no event type ${event}; there are ${model.events.map(({ name }) => name).join(", ") || "none"}`,
		);
	if (old.readOnly)
		throw new Error(`${event} is another system's: it is readOnly`);
	const name = nextVersion(old.name, "V");
	const detailType = nextVersion(old.detailType, "-V");
	if (model.events.some((other) => other.name === name))
		throw new Error(
			`there is a ${name} already: make a new version of that one`,
		);
	const extension = path.extname(old.file);
	const base = old.file.slice(0, -extension.length);
	const oldFile = pathIn(schemas, old.file);
	const newBase = nextVersion(base, "-v");
	const newFile = `${oldFile.slice(0, -old.file.length)}${newBase}${extension}`;
	const text = readFileSync(oldFile, "utf8");
	const upcast = `${lowerFirst(old.name)}To${/V\d+$/.exec(name)?.[0] ?? name}`;
	const upcaster = `handlers/${old.domain}/${path.posix.basename(base)}-upcast.ts`;
	for (const file of [newFile, upcaster])
		if (existsSync(file))
			throw new Error(`${file} is there already: rename or remove it`);
	const id = typeof idOf(text, extension) === "string";
	const changed = edited(text, extension, [
		["title", name],
		["x-amazon-events-detail-type", detailType],
		...(id
			? ([["$id", nextVersion(String(idOf(text, extension)), "-v")]] as const)
			: []),
	]);
	const deprecated = edited(text, extension, [
		["deprecated", true],
		...(sunset === undefined ? [] : ([[sunsetKey, sunset]] as const)),
	]);
	const importOf = (type: string, module: string) =>
		`import type { ${type} } from "${path.posix.relative(path.posix.dirname(upcaster), `${out}/events/${module}.js`)}";`;
	return {
		oldName: old.name,
		name,
		detailType,
		upcast,
		files: [
			{ file: newFile, text: changed, action: "write" },
			{ file: oldFile, text: deprecated, action: "merge" },
			{
				file: upcaster,
				text: `${importOf(old.name, base)}
${importOf(name, newBase)}

/** What a ${old.name} says, as a ${name}. With it, \`upcasting\` of \`eventwright\` makes a consumer handle both as one. */
${declared(upcast, old.name, name)}
`,
				action: "write",
			},
		],
	};
}

/** On several lines if one would be too long. */
function declared(upcast: string, old: string, now: string): string {
	const line = `export const ${upcast} = (old: ${old}): ${now} => ({ ...old });`;
	return line.length <= 80
		? line
		: `export const ${upcast} = (\n\told: ${old},\n): ${now} => ({ ...old });`;
}

/** `ContentViewed` to `ContentViewedV2`, and that to `ContentViewedV3`. */
function nextVersion(text: string, separator: string): string {
	const known = /^(.*?[-_.]?[vV])(\d+)$/.exec(text);
	const isVersion = known && /(?:[-_.][vV]|[a-z0-9]V)$/.test(known[1] ?? "");
	return known && isVersion
		? `${known[1]}${Number(known[2]) + 1}`
		: `${text}${separator}2`;
}

const lowerFirst = (name: string) =>
	name.slice(0, 1).toLowerCase() + name.slice(1);

function idOf(text: string, extension: string): unknown {
	const schema =
		extension === ".json" ? JSON.parse(text) : parseDocument(text).toJS();
	return (schema as Record<string, unknown>).$id;
}

/** The text with some keywords of its root set; all else is as it was. */
function edited(
	text: string,
	extension: string,
	changes: readonly (readonly [keyword: string, value: string | boolean])[],
): string {
	if (extension !== ".json") {
		const document = parseDocument(text);
		for (const [keyword, value] of changes) document.set(keyword, value);
		return document.toString({ lineWidth: 0 });
	}
	const usesTabs = /^\t/m.test(text);
	const formattingOptions = {
		insertSpaces: !usesTabs,
		tabSize: /^( +)"/m.exec(text)?.[1]?.length ?? 2,
		eol: text.includes("\r\n") ? "\r\n" : "\n",
	};
	let made = text;
	for (const [keyword, value] of changes)
		made = applyEdits(
			made,
			modify(made, [keyword], value, {
				formattingOptions,
				// After what the event type is called and described by.
				getInsertionIndex: (names) =>
					Math.max(
						...["title", "description", "deprecated"].map((name) =>
							names.indexOf(name),
						),
					) + 1,
			}),
		);
	return made;
}
