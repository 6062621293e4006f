import { isObject, nestsDeeperThan } from "../../runtime/json.ts";
import {
	pointerTokens,
	resolvePointer,
	token,
} from "../../runtime/json-pointer.ts";
import type { Diagnostic } from "../diagnostics.ts";
import { acknowledgeKey } from "../schema/acknowledge.ts";
import { analyse } from "../schema/analyse.ts";
import { draftOf } from "../schema/check-keywords.ts";
import {
	detailTypeKey,
	type SchemaObject,
	sourceKey,
} from "../schema/keywords.ts";
import type { NamedSchema } from "../schema/model.ts";
import { compile } from "./compile.ts";
import {
	type Finding as JudgedFinding,
	judge,
	type Meaning,
	memory,
	type Verdict,
	type Version,
	writtenPointer,
} from "./judge.ts";
import { type Direction, undecided } from "./rules.ts";
import { solver } from "./search.ts";
import { verifier } from "./verify.ts";

/** A reason why readers of one schema may refuse what writers of the other write, or why that could not be decided. */
export interface Finding {
	/** A stable name, such as `value-removed`; `undecided` if it could not be decided. */
	readonly rule: string;
	readonly direction: Direction;
	/** Where in the data: a JSON pointer, with `*` for any other property and `[]` for any item. */
	readonly path: string;
	/** JSON pointers into both schemas. */
	readonly oldPointer: string;
	readonly newPointer: string;
	readonly message: string;
	/**
	 * A value that the writer's schema accepts and the reader refuses. It is small: without any of its properties or items it is no
	 * counterexample. Both our validators and Ajv agree about it.
	 */
	readonly counterexample?: unknown;
}

export interface Judgement {
	/** `unknown`: it could not be decided, and the findings say which keywords it depends on. */
	readonly verdict: Verdict;
	readonly findings: readonly Finding[];
}

export interface Comparison {
	/** Readers with the new schema, writers with the old one. */
	readonly backward: Judgement;
	/** Readers with the old schema, writers with the new one. */
	readonly forward: Judgement;
}

export interface CompareOptions {
	/**
	 * `tolerant`, the default: a writer writes only properties that its schema names or gives a schema for, and a reader accepts
	 * properties that a closed object does not know, as generated parsers do. `exact`: whether the schemas accept the same values.
	 */
	readonly meaning?: Meaning;
}

/**
 * Compares two JSON Schemas by what they mean. Schemas are plain JSON values, in 2020-12 unless `$schema` says otherwise, with
 * references inside of them only. Throws an `Error` for what is not a JSON Schema.
 *
 * @example
 * compare({ maxLength: 64 }, { maxLength: 8 }).backward.findings[0].counterexample // "aaaaaaaaa"
 */
export function compare(
	oldSchema: unknown,
	newSchema: unknown,
	{ meaning = "tolerant" }: CompareOptions = {},
): Comparison {
	if (meaning !== "tolerant" && meaning !== "exact")
		throw new Error(
			`meaning must be "tolerant" or "exact", got ${JSON.stringify(meaning)}`,
		);
	const before = readSchema(oldSchema, "old");
	const after = readSchema(newSchema, "new");
	const obstacles = [
		...obstaclesOf(before, "old"),
		...obstaclesOf(after, "new"),
	];
	if (!before.name || !after.name || obstacles.length > 0) {
		const unknown = (direction: Direction): Judgement => ({
			verdict: "unknown",
			findings: obstacles.map((finding) => ({ ...finding, direction })),
		});
		return { backward: unknown("backward"), forward: unknown("forward") };
	}
	const [oldCompiled, newCompiled] = compile([before.schemas, after.schemas]);
	if (!oldCompiled || !newCompiled) throw new Error("nothing was compiled");
	const oldSide = sideOf(before, oldCompiled);
	const newSide = sideOf(after, newCompiled);
	const solve = solver(meaning === "tolerant");
	const made = (direction: Direction): Judgement => {
		const [writer, reader] =
			direction === "backward" ? [oldSide, newSide] : [newSide, oldSide];
		const { verdict, findings } = judge(
			direction,
			writer,
			reader,
			meaning,
			memory(meaning, solve),
		);
		return {
			verdict,
			findings: findings.map(
				({ rule, path, message, ...finding }: JudgedFinding) => ({
					rule,
					direction,
					path,
					oldPointer: writtenPointer(before.schema, finding.old.pointer),
					newPointer: writtenPointer(after.schema, finding.new.pointer),
					message,
					...("counterexample" in finding
						? { counterexample: finding.counterexample }
						: {}),
				}),
			),
		};
	};
	return { backward: made("backward"), forward: made("forward") };
}

interface ReadSchema {
	readonly schema: SchemaObject;
	readonly schemas: ReadonlyMap<string, NamedSchema>;
	/** Of the root; missing if the schema cannot be compared. */
	readonly name?: string;
	readonly errors: readonly Pick<Diagnostic, "pointer" | "message">[];
}

const sideOf = (
	{ schemas, name = "" }: ReadSchema,
	compiled: Version["compiled"],
): { version: Version; name: string } => ({
	version: { schemas, compiled, verifier: verifier(schemas) },
	name,
});

const obstaclesOf = (
	{ errors }: ReadSchema,
	which: "old" | "new",
): readonly Omit<Finding, "direction">[] =>
	errors.map(({ pointer, message }) => ({
		rule: undecided,
		path: "",
		oldPointer: which === "old" ? pointer : "",
		newPointer: which === "new" ? pointer : "",
		message: `the ${which} schema cannot be compared: ${message}`,
	}));

/** Keywords of other drafts say nothing, as validators have it. */
const saysNothing = new Set(["keyword-unknown", "keyword-unsupported"]);

/** As deep as a schema file may nest. */
const depthMax = 200;

/** At most this many times, what says nothing is taken out. */
const roundsMax = 50;

/** Analyses a schema as codegen does. */
function readSchema(given: unknown, which: "old" | "new"): ReadSchema {
	const file = "schema.json";
	if (isObject(given) && nestsDeeperThan(given, depthMax))
		return {
			schema: {},
			schemas: new Map(),
			errors: [
				{
					pointer: "",
					message: `it nests deeper than ${depthMax} levels`,
				},
			],
		};
	const plain = plainSchema(given, which);
	for (let round = 0; ; round++) {
		const { model, diagnostics } = analyse([
			{ file, text: JSON.stringify(plain) },
		]);
		const errors = diagnostics.filter(({ severity }) => severity === "error");
		const root = [...model.schemas.values()].find(
			(named) => named.file === file && named.pointer === "",
		);
		if (errors.length === 0 && !root) {
			// Definitions alone accept everything.
			plain.minProperties = 0;
			continue;
		}
		if (errors.length === 0 && root)
			return {
				schema: isObject(given) ? plain : {},
				schemas: model.schemas,
				name: root.name,
				errors,
			};
		const [invalid] = errors.filter(({ code }) => code === "not-a-schema");
		if (invalid)
			throw new Error(
				`the ${which} schema is not a JSON Schema: ${invalid.pointer || "its root"}: ${invalid.message}`,
			);
		const silent = errors.filter(
			({ code, message }) =>
				saysNothing.has(code) && message.includes("is not a keyword of"),
		);
		if (silent.length === 0 || round === roundsMax)
			return { schema: plain, schemas: model.schemas, errors };
		for (const { pointer } of silent) removeAt(plain, pointer);
	}
}

/** A copy without what says nothing about values: a name, and what makes it an event type. */
function plainSchema(
	given: unknown,
	which: "old" | "new",
): Record<string, unknown> {
	if (typeof given === "boolean") return given ? {} : { not: {} };
	if (!isObject(given))
		throw new Error(
			`the ${which} schema must be an object or a boolean, got ${JSON.stringify(given)}`,
		);
	const { title: _, ...rest } = structuredClone(given);
	for (const key of [sourceKey, detailTypeKey, acknowledgeKey])
		delete rest[key];
	const { $schema } = rest;
	// A dialect of somebody's own is read as the draft that its keywords are of.
	if (typeof $schema === "string" && draftOf(rest) === undefined)
		rest.$schema = /"exclusiveM(in|ax)imum":(true|false)/.test(
			JSON.stringify(rest),
		)
			? "http://json-schema.org/draft-04/schema#"
			: "http://json-schema.org/draft-07/schema#";
	return rest;
}

function removeAt(root: Record<string, unknown>, pointer: string): void {
	const tokens = [...pointerTokens(pointer)];
	const name = tokens.pop();
	const holder = resolvePointer(root, tokens.map(token).join(""));
	if (name !== undefined && isObject(holder)) delete holder[name];
}
