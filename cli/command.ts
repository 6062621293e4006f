// The definition of a command. Parsing, usage, --help and the reference in docs/ are derived from it.
import type { Terminal } from "./terminal.ts";

export type Option = FlagOption | TextOption;

export interface FlagOption {
	readonly type: "boolean";
	readonly about: string;
}

export interface TextOption {
	readonly type: "string";
	/** Placeholder for the value in usage, such as DIR. */
	readonly value: string;
	readonly about: string;
	readonly default?: string;
	readonly choices?: readonly string[];
	/** The option is repeatable. */
	readonly multiple?: true;
	/** Returns `undefined` for a valid value, or what it must be: "a port" becomes "--port must be a port, got …". */
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
	/** All of a multiple argument. */
	readonly arguments: readonly string[];
	readonly terminal: Terminal;
	/** Aborted by Ctrl-C. A command that reads it must end by itself; any other is terminated. */
	readonly signal: AbortSignal;
}

export interface Command<O extends Options = Options> {
	/** One or more words, such as "registry publish". */
	readonly name: string;
	/** Description in `eventwright --help`. */
	readonly summary: string;
	readonly argument?: {
		readonly name: string;
		readonly about: string;
		readonly required?: true;
		/** The argument is repeatable. */
		readonly multiple?: true;
		/** - means standard input. */
		readonly stdin?: true;
	};
	readonly options: O;
	/** Pairs that cannot be used together: two options, or an option and the argument. */
	readonly conflicts?: readonly (readonly [string, string])[];
	/** Further help, shown after the options. */
	readonly about?: string;
	readonly exits: Readonly<Partial<Record<0 | 1, string>>>;
	/** Whether the command normally runs until Ctrl-C. */
	readonly untilInterrupted?: (values: ValuesOf<O>) => boolean;
	/** Resolves with the exit code. If it rejects, the error's message is printed and the exit code is 2. */
	readonly run: (values: ValuesOf<O>, context: Context) => Promise<number>;
}

export function command<const O extends Options>(
	definition: Command<O>,
): Command {
	return definition as unknown as Command;
}

/** Wrong usage of a command. The exit code is 2, and the output points to --help. */
export class UsageError extends Error {}
