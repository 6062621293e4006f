// Other people's systems as data: a case, and its templates, in one file of several YAML documents.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { templateIn } from "../../cloud/template/assembly.ts";
import type {
	StackTemplate,
	Template,
} from "../../cloud/template/stack-template.ts";

/** The first document of a file; the others are the templates, in the order of `stacks`. */
export interface SystemCase {
	/** What AWS does, and where that is documented. */
	readonly why: string;
	readonly stacks: readonly {
		readonly name: string;
		readonly account: string;
		readonly region: string;
	}[];
	readonly send?: readonly {
		readonly as?: string;
		readonly message: Readonly<Record<string, unknown>>;
		/** The code of AWS's error. */
		readonly refused?: string;
	}[];
	readonly expect: {
		/** Numbers of messages at the end, by the queue's name. */
		readonly queues?: Readonly<Record<string, number>>;
		readonly bodies?: Readonly<Record<string, readonly string[]>>;
		/** Texts that a hop contains. */
		readonly hops?: readonly Readonly<Record<string, string>>[];
		readonly noHops?: readonly Readonly<Record<string, string>>[];
		/** Logical ids that are named at start. */
		readonly notSimulated?: readonly string[];
		/** Values that are not known, and named at start. */
		readonly assumptions?: readonly string[];
		/** A text of the refusal at start. */
		readonly refused?: string;
	};
}

const folder = "test/cloud/systems";

export const systemNames = readdirSync(folder).map((file) =>
	file.replace(".yaml", ""),
);

/** The documents of a case's file. */
const documentsOf = (name: string): readonly string[] =>
	readFileSync(path.join(folder, `${name}.yaml`), "utf8")
		.split(/^---$/m)
		.filter((part) => part.trim() !== "");

export function readSystem(name: string): {
	readonly facts: SystemCase;
	readonly stacks: readonly StackTemplate[];
} {
	const [first = "", ...templates] = documentsOf(name);
	const facts = parse(first) as SystemCase;
	return {
		facts,
		stacks: facts.stacks.map((stack, i) => ({
			...stack,
			assets: new Map(),
			template: templateIn(templates[i] ?? "", stack.name),
		})),
	};
}

/** The templates of all cases. */
export const allTemplates = (): readonly Template[] =>
	systemNames.flatMap((name) =>
		readSystem(name).stacks.map(({ template }) => template),
	);
