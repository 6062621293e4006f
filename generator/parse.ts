import { Ajv } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import {
	type ParseError,
	parse as parseJsonc,
	printParseErrorCode,
	visit,
} from "jsonc-parser";
import { parseDocument } from "yaml";
import { isObject, nestsDeeperThan, parseJson } from "../runtime/json.ts";
import type { Finding } from "./diagnostics.ts";
import { appendPointer } from "./json-pointer.ts";
import {
	type Draft,
	drafts,
	keywordStatus,
	mapKeyword,
	nearestKeyword,
	type SchemaObject,
} from "./keywords.ts";
import { positionOfOffset } from "./position.ts";

export interface Source {
	/** Relative to the schemas folder, with forward slashes. */
	readonly file: string;
	readonly text: string;
}

export interface SchemaDocument {
	readonly file: string;
	readonly draft: Draft;
	readonly schema: SchemaObject;
}

/** A finding whose offset is known although nothing could be parsed. */
export type ParseFinding = Finding & {
	readonly position?: { readonly line: number; readonly column: number };
};

const depthMax = 200;

export function parse(source: Source): {
	readonly document?: SchemaDocument;
	readonly findings: readonly ParseFinding[];
} {
	const { file } = source;
	const read = file.endsWith(".json") ? readJson(source) : readYaml(source);
	if (!read.ok) return { findings: read.findings };
	const found = (code: Finding["code"], pointer: string, message: string) => ({
		findings: [{ code, file, pointer, message }],
	});
	if (!isObject(read.value))
		return found("not-a-schema", "", "a schema file holds an object");
	const schema = read.value;
	if (nestsDeeperThan(schema, depthMax))
		return found(
			"too-deep",
			"",
			`the schema nests deeper than ${depthMax} levels`,
		);
	const foreign = notJson(schema, "");
	if (foreign !== undefined)
		return found(
			"not-a-schema",
			foreign,
			"holds a value that JSON has no form for, or a number that JavaScript cannot hold",
		);
	const draft = draftOf(schema);
	if (!draft)
		return found(
			"draft-unknown",
			"/$schema",
			`$schema is ${JSON.stringify(schema.$schema)}, which is no draft that is read here`,
		);
	const findings: ParseFinding[] = [
		...metaSchemaFindings(file, schema, draft),
		...(file.endsWith(".json") ? duplicateKeys(file, source.text) : []),
	];
	if (findings.length === 0)
		findings.push(...keywordFindings(file, schema, draft));
	return findings.length > 0
		? { findings }
		: { document: { file, draft, schema }, findings };
}

type Read =
	| { readonly ok: true; readonly value: unknown }
	| { readonly ok: false; readonly findings: readonly ParseFinding[] };

function readJson({ file, text }: Source): Read {
	const parsed = parseJson(text);
	if (parsed.ok) return parsed;
	const [first] = jsonErrors(text);
	return {
		ok: false,
		findings: [
			{
				code: "syntax-error",
				file,
				pointer: "",
				message: `the file is not JSON: ${first ? inWords(printParseErrorCode(first.error)) : parsed.message}`,
				position: positionOfOffset(text, first?.offset ?? text.length),
			},
		],
	};
}

/** `CommaExpected` as "comma expected". */
const inWords = (code: string) =>
	code.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();

/** Where a text is not JSON; nothing can be said of one that nests too deep for the reader. */
function jsonErrors(text: string): readonly ParseError[] {
	const errors: ParseError[] = [];
	try {
		parseJsonc(text, errors, { disallowComments: true });
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
	}
	return errors;
}

function readYaml({ file, text }: Source): Read {
	const document = parseDocument(text);
	const [error] = document.errors;
	if (error)
		return {
			ok: false,
			findings: [
				{
					code:
						error.code === "DUPLICATE_KEY" ? "duplicate-key" : "syntax-error",
					file,
					pointer: "",
					message: `the file is not YAML: ${error.message.split("\n")[0]}`,
					position: positionOfOffset(text, error.pos[0]),
				},
			],
		};
	try {
		return { ok: true, value: document.toJS() };
	} catch (error) {
		return {
			ok: false,
			findings: [
				{
					code: "syntax-error",
					file,
					pointer: "",
					message: `the file is not YAML: ${(error as Error).message}`,
					position: { line: 1, column: 1 },
				},
			],
		};
	}
}

function duplicateKeys(file: string, text: string): readonly ParseFinding[] {
	const findings: ParseFinding[] = [];
	const open: Set<string>[] = [];
	visit(text, {
		onObjectBegin: () => {
			open.push(new Set());
		},
		onObjectEnd: () => {
			open.pop();
		},
		onObjectProperty: (key, _offset, _length, line, column, pathOf) => {
			const keys = open.at(-1);
			if (keys?.has(key))
				findings.push({
					code: "duplicate-key",
					file,
					pointer: appendPointer("", ...pathOf(), key),
					message: `the key ${JSON.stringify(key)} stands twice in one object`,
					position: { line: line + 1, column: column + 1 },
				});
			keys?.add(key);
		},
	});
	return findings;
}

/** The place of a value that JSON cannot say: YAML has some, and numbers can be too large. */
function notJson(value: unknown, pointer: string): string | undefined {
	if (typeof value === "number")
		return Number.isFinite(value) ? undefined : pointer;
	if (typeof value !== "object" || value === null) return undefined;
	if (!Array.isArray(value) && !isPlainObject(value)) return pointer;
	for (const [key, item] of Object.entries(value)) {
		const found = notJson(item, appendPointer(pointer, key));
		if (found !== undefined) return found;
	}
	return undefined;
}

function isPlainObject(value: object): boolean {
	return Object.getPrototypeOf(value) === Object.prototype;
}

function draftOf({ $schema }: SchemaObject): Draft | undefined {
	if ($schema === undefined) return "2020-12";
	if (typeof $schema !== "string") return undefined;
	const uri = $schema.replace(/#$/, "");
	return Object.hasOwn(drafts, uri) ? drafts[uri] : undefined;
}

const metaSchemaValidators = {
	"draft-07": new Ajv({ strict: false, allErrors: true }),
	"2019-09": new Ajv2019({ strict: false, allErrors: true }),
	"2020-12": new Ajv2020({ strict: false, allErrors: true }),
};

function metaSchemaFindings(
	file: string,
	schema: SchemaObject,
	draft: Draft,
): readonly ParseFinding[] {
	const ajv = metaSchemaValidators[draft];
	const { $schema: _, ...rest } = schema;
	if (ajv.validateSchema(rest) === true) return [];
	const byPlace = Map.groupBy(
		(ajv.errors ?? []).filter(({ keyword }) => keyword !== "anyOf"),
		({ instancePath }) => instancePath,
	);
	return [...byPlace].map(([pointer, [error]]) => ({
		code: "not-a-schema",
		file,
		pointer,
		message: `${pointer.split("/").at(-1) || "the schema"} ${error?.message}${
			error?.keyword === "enum"
				? `: ${error.params.allowedValues.join(", ")}`
				: ""
		}`,
	}));
}

function keywordFindings(
	file: string,
	root: SchemaObject,
	draft: Draft,
): readonly Finding[] {
	const findings: Finding[] = [];
	const report = (
		code: Finding["code"],
		pointer: string,
		name: string,
		what: string,
	) =>
		findings.push({
			code,
			file,
			pointer: appendPointer(pointer, name),
			message: `${JSON.stringify(name)} ${what}`,
		});
	const visit = (schema: SchemaObject, pointer: string): void => {
		const foreign = new Set<string>();
		for (const [name, value] of Object.entries(schema)) {
			const status = keywordStatus(name, draft);
			if (status === "unknown") {
				const nearest = nearestKeyword(name);
				report(
					"keyword-unknown",
					pointer,
					name,
					`is no keyword of JSON Schema${nearest ? `; is ${nearest} meant?` : ""}`,
				);
			} else if (status === "unsupported")
				report("keyword-unsupported", pointer, name, "is not supported");
			else if (status === "other draft") {
				foreign.add(name);
				report(
					"keyword-unsupported",
					pointer,
					name,
					`is no keyword of ${draft}`,
				);
			} else if (name === "$id" && pointer !== "")
				report(
					"keyword-unsupported",
					pointer,
					name,
					"is supported at the root only",
				);
			else if (name === "$id" && !URL.canParse(String(value)))
				report(
					"keyword-unsupported",
					pointer,
					name,
					"is supported as an absolute URI only",
				);
		}
		// What another draft means by a keyword has not been checked, so it is not looked into.
		for (const [name, value] of Object.entries(schema))
			if (!foreign.has(name))
				mapKeyword(name, value, appendPointer(pointer, name), (inner, at) => {
					if (isObject(inner)) visit(inner, at);
					return inner;
				});
	};
	visit(root, "");
	return findings;
}
