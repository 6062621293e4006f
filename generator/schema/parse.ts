import {
	type ParseError,
	parse as parseJsonc,
	printParseErrorCode,
	visit,
} from "jsonc-parser";
import { isObject, nestsDeeperThan, parseJson } from "../../runtime/json.ts";
import { appendPointer } from "../../runtime/json-pointer.ts";
import { type Finding, severityOf } from "../diagnostics.ts";
import { acknowledgeFindings } from "./acknowledge.ts";
import {
	draftOf,
	keywordFindings,
	metaSchemaFindings,
} from "./check-keywords.ts";
import { isExponential } from "./expressions.ts";
import { formats } from "./formats.ts";
import { inexactNumbers } from "./inexact-numbers.ts";
import {
	type Draft,
	patternsIn,
	type SchemaObject,
	walkSchema,
} from "./keywords.ts";
import { nearest } from "./nearest.ts";
import { type Position, positionOfOffset } from "./position.ts";
import { yaml } from "./yaml.ts";

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

/** A finding with a known position, for a file that may not parse. */
export type ParseFinding = Finding & {
	readonly position?: { readonly line: number; readonly column: number };
};

const depthMax = 200;
/** Maximum characters per file. YAML is slower to parse. The registry stores at most 100,000 characters per schema. */
const textMax = { json: 2_000_000, yaml: 500_000 };

/**
 * Reads a file. It has a document if its keywords have values that can be followed; the document is sound if no finding is an
 * error.
 */
export function parse(source: Source): {
	readonly document?: SchemaDocument;
	readonly isSound: boolean;
	readonly findings: readonly ParseFinding[];
} {
	const { file } = source;
	const limit = file.endsWith(".json") ? textMax.json : textMax.yaml;
	if (source.text.length > limit)
		return {
			isSound: false,
			findings: [
				{
					code: "too-large",
					file,
					pointer: "",
					message: `the file has ${source.text.length.toLocaleString("en")} characters, the limit is ${limit.toLocaleString("en")}`,
				},
			],
		};
	const read = file.endsWith(".json") ? readJson(source) : readYaml(source);
	if (!read.ok) return { isSound: false, findings: read.findings };
	const found = (code: Finding["code"], pointer: string, message: string) => ({
		isSound: false,
		findings: [{ code, file, pointer, message }],
	});
	if (!isObject(read.value))
		return found("not-a-schema", "", "a schema file must contain an object");
	const schema = read.value;
	if (nestsDeeperThan(schema, depthMax))
		return found(
			"too-deep",
			"",
			`the schema nests deeper than ${depthMax} levels`,
		);
	const foreign = notJson(schema);
	if (foreign !== undefined)
		return found(
			"not-a-schema",
			foreign,
			"is not a JSON value, or is a number that JavaScript cannot represent",
		);
	const draft = draftOf(schema);
	if (!draft)
		return found(
			"draft-unknown",
			"/$schema",
			`$schema is ${JSON.stringify(schema.$schema)}, which is not a supported draft`,
		);
	const duplicates = file.endsWith(".json")
		? duplicateKeys(file, source.text)
		: [];
	const invalid = metaSchemaFindings(file, schema, draft);
	// A schema is walked only after its keywords are known to have valid values.
	if (invalid.length > 0)
		return { isSound: false, findings: [...invalid, ...duplicates] };
	const keyword = keywordFindings(file, schema, draft);
	const findings = [...duplicates, ...keyword.findings];
	if (!keyword.isWalkable) return { isSound: false, findings };
	findings.push(
		...valueFindings(source, schema),
		...expressionFindings(file, schema),
		...acknowledgeFindings(file, schema),
	);
	return {
		document: { file, draft, schema },
		isSound: !findings.some(({ code }) => severityOf(code) === "error"),
		findings,
	};
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

/** `CommaExpected` becomes "comma expected". */
const inWords = (code: string) =>
	code.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();

/** The JSON syntax errors; possibly incomplete if the text nests too deep for the parser. */
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
	const refused = (
		message: string,
		position: Position,
		code: Finding["code"] = "syntax-error",
	): Read => ({
		ok: false,
		findings: [
			{
				code,
				file,
				pointer: "",
				message: `the file is not YAML: ${message.replace(/(?: at line \d+, column \d+)?:?\n.*$/s, "")}`,
				position,
			},
		],
	});
	if (nestsBrackets(text))
		return refused("it nests too deeply", { line: 1, column: 1 }, "too-deep");
	try {
		const document = yaml().parseDocument(text, {
			stringKeys: true,
			merge: true,
		});
		const [error] = document.errors;
		if (error)
			return refused(
				error.message,
				positionOfOffset(text, error.pos[0]),
				error.code === "DUPLICATE_KEY" ? "duplicate-key" : "syntax-error",
			);
		return { ok: true, value: document.toJS() };
	} catch (error) {
		return error instanceof RangeError
			? refused("it nests too deeply", { line: 1, column: 1 }, "too-deep")
			: // The aliases expand to too many nodes.
				refused((error as Error).message, { line: 1, column: 1 });
	}
}

/** Whether brackets nest so deep that parsing would be slow: a rough count that ignores quoting. */
function nestsBrackets(text: string): boolean {
	let open = 0;
	for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
		open += bracket === "[" || bracket === "{" ? 1 : -1;
		if (open > 10 * depthMax) return true;
	}
	return false;
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
					message: `duplicate key ${JSON.stringify(key)}`,
					position: { line: line + 1, column: column + 1 },
				});
			keys?.add(key);
		},
	});
	return findings;
}

/** Values of `const` and `enum` that would be compared as others than what is written. */
function valueFindings(
	{ file, text }: Source,
	schema: SchemaObject,
): readonly ParseFinding[] {
	const numbers = inexactNumbers(file, text);
	if (numbers.length === 0) return [];
	const places: string[] = [];
	walkSchema(schema, "", (inner, pointer) => {
		for (const keyword of ["const", "enum"])
			if (keyword in inner) places.push(appendPointer(pointer, keyword));
	});
	return numbers
		.filter(({ pointer }) =>
			places.some(
				(place) => pointer === place || pointer.startsWith(`${place}/`),
			),
		)
		.map(({ literal, pointer, offset }) => ({
			code: "number-inexact",
			file,
			pointer,
			message: `JavaScript cannot represent ${literal}: it becomes ${Number(literal)}`,
			position: positionOfOffset(text, offset),
		}));
}

/** The pointer of a value that JSON cannot represent, such as a YAML date or a number that is too large. */
function notJson(value: unknown): string | undefined {
	if (typeof value === "number") return Number.isFinite(value) ? undefined : "";
	if (typeof value !== "object" || value === null) return undefined;
	if (!Array.isArray(value) && !isPlainObject(value)) return "";
	for (const key of Object.keys(value)) {
		const found = notJson((value as Record<string, unknown>)[key]);
		if (found !== undefined) return appendPointer("", key) + found;
	}
	return undefined;
}

function isPlainObject(value: object): boolean {
	return Object.getPrototypeOf(value) === Object.prototype;
}

/** Reports regular expressions that are invalid or take exponential time, and unknown formats. */
function expressionFindings(
	file: string,
	root: SchemaObject,
): readonly Finding[] {
	const findings: Finding[] = [];
	for (const { pattern, pointer } of patternsIn(root)) {
		const message = refusal(pattern);
		if (message)
			findings.push({ code: "pattern-invalid", file, pointer, message });
		else if (isExponential(pattern))
			findings.push({
				code: "pattern-slow",
				file,
				pointer,
				message: `${JSON.stringify(pattern)} takes exponential time: rejecting a string of 30 characters can take minutes`,
			});
	}
	walkSchema(root, "", ({ format }, pointer) => {
		if (typeof format !== "string" || formats.has(format)) return;
		const suggested = nearest(format, formats.keys());
		findings.push({
			code: "format-unknown",
			file,
			pointer: appendPointer(pointer, "format"),
			message: `${JSON.stringify(format)} is not a known format${suggested ? `; did you mean ${suggested}?` : ""}`,
		});
	});
	return findings;
}

function refusal(pattern: string): string | undefined {
	try {
		new RegExp(pattern, "u");
		return undefined;
	} catch (error) {
		return (error as Error).message;
	}
}
