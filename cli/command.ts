// What a command is. Parsing, usage, --help and the reference in docs/ all come from these tables.
import type { Terminal } from "./terminal.ts";

export type Option = FlagOption | TextOption;

export interface FlagOption {
	readonly type: "boolean";
	readonly about: string;
}

export interface TextOption {
	readonly type: "string";
	/** Stands for the value in usage, such as DIR. */
	readonly value: string;
	readonly about: string;
	readonly default?: string;
	readonly choices?: readonly string[];
	/** It may be given again. */
	readonly multiple?: true;
	/** What a value must be, or `undefined` if it is: "a port" gives "--port must be a port, got …". */
	readonly refuse?: (text: string) => string | undefined;
}

export type Options = Readonly<Record<string, Option>>;

export type ValuesOf<O extends Options> = {
	readonly [Name in keyof O]: O[Name] extends FlagOption
		? boolean
		: O[Name] extends { readonly multiple: true }
			? readonly string[]
			: O[Name] extends {
						readonly choices: readonly (infer Choice)[];
						readonly default: string;
					}
				? Choice
				: O[Name] extends { readonly default: string }
					? string
					: O[Name] extends { readonly choices: readonly (infer Choice)[] }
						? Choice | undefined
						: string | undefined;
};

export interface Context {
	readonly argument: string | undefined;
	readonly terminal: Terminal;
	/** Aborted by Ctrl-C. Only a command that asks for it has to end by itself. */
	readonly signal: AbortSignal;
}

export interface Command<O extends Options = Options> {
	/** Words, such as "registry publish". */
	readonly name: string;
	/** Its line in `eventwright --help`. */
	readonly summary: string;
	readonly argument?: {
		readonly name: string;
		readonly about: string;
		readonly required?: true;
		/** - is the standard input. */
		readonly stdin?: true;
	};
	readonly options: O;
	/** Pairs of options, or an option and the argument, that exclude each other. */
	readonly conflicts?: readonly (readonly [string, string])[];
	/** Shown after the options. */
	readonly about?: string;
	readonly exits: Readonly<Partial<Record<0 | 1, string>>>;
	/** Whether Ctrl-C is the normal end. */
	readonly untilInterrupted?: (values: ValuesOf<O>) => boolean;
	/** Resolves with the exit code. An `Error` is printed as one line, with exit code 2. */
	readonly run: (values: ValuesOf<O>, context: Context) => Promise<number>;
}

export function command<const O extends Options>(
	definition: Command<O>,
): Command {
	return definition as unknown as Command;
}

/** Wrong use of a command: exit code 2, and a word on --help. */
export class UsageError extends Error {}
