import { parseArgs } from "node:util";
import { nearest } from "../generator/schema/nearest.ts";
import {
	type Command,
	type Options,
	UsageError,
	type ValuesOf,
} from "./command.ts";

export interface Invocation {
	readonly command: Command;
	readonly help: boolean;
	readonly values: ValuesOf<Options>;
	readonly argument: string | undefined;
	readonly arguments: readonly string[];
}

/** Finds the command with the longest name that the arguments begin with. */
export function findCommand(
	args: readonly string[],
	commands: readonly Command[],
): Command | undefined {
	return commands
		.filter(({ name }) => name.split(" ").every((word, i) => args[i] === word))
		.toSorted((a, b) => b.name.length - a.name.length)[0];
}

export function unknownCommand(
	args: readonly string[],
	commands: readonly Command[],
): UsageError {
	const [first] = args;
	if (first === undefined) return new UsageError("no command given");
	const inGroup = commands.filter(({ name }) => name.startsWith(`${first} `));
	if (inGroup.length > 0) {
		const words = inGroup.map(({ name }) => name.slice(first.length + 1));
		const got = args[1] === undefined ? "nothing" : JSON.stringify(args[1]);
		return new UsageError(
			`${first} takes ${words.join(", ").replace(/, ([^,]+)$/, " or $1")}, got ${got}${suggestion(args[1], words)}`,
		);
	}
	const words = [
		...new Set(commands.map(({ name }) => name.split(" ")[0] as string)),
	];
	return new UsageError(
		`unknown command ${JSON.stringify(first)}${suggestion(first, words)}`,
	);
}

const suggestion = (
	got: string | undefined,
	all: readonly string[],
	prefix = "",
) => {
	const meant = got === undefined ? undefined : nearest(got, all);
	return meant === undefined ? "" : `; did you mean ${prefix}${meant}?`;
};

export function parseInvocation(
	command: Command,
	args: readonly string[],
): Invocation {
	const given = args.slice(command.name.split(" ").length);
	// pnpm hands on the -- that separates its own options.
	const isHandedOn = given[0] === "--" && given[1]?.startsWith("--");
	const rest = isHandedOn ? given.slice(1) : given;
	const { values, positionals } = parsed(command, rest);
	const invocation = { command, help: values.help === true };
	if (invocation.help)
		return { ...invocation, values: {}, argument: undefined, arguments: [] };
	const argument = argumentOf(command, positionals);
	for (const [name, option] of Object.entries(command.options)) {
		const value = values[name];
		if (value === undefined || option.type === "boolean") continue;
		for (const text of [value].flat() as string[]) {
			if (text === "") throw new UsageError(`--${name} is empty`);
			if (option.choices && !option.choices.includes(text))
				throw new UsageError(
					`--${name} must be one of ${option.choices.join(", ")}, got ${text}${suggestion(text, option.choices)}`,
				);
			const wanted = option.refuse?.(text);
			if (wanted !== undefined)
				throw new UsageError(`--${name} must be ${wanted}, got ${text}`);
		}
	}
	const isGiven = (name: string) =>
		name === command.argument?.name
			? argument !== undefined
			: ![undefined, false].includes(values[name] as undefined) &&
				!(Array.isArray(values[name]) && values[name].length === 0);
	for (const pair of command.conflicts ?? [])
		if (pair.every(isGiven))
			throw new UsageError(
				`${pair.map((name) => (name === command.argument?.name ? name : `--${name}`)).join(" and ")} cannot be used together`,
			);
	const complete = Object.fromEntries(
		Object.entries(command.options).map(([name, option]) => [
			name,
			values[name] ??
				(option.type === "boolean"
					? false
					: option.multiple
						? []
						: option.default),
		]),
	);
	return {
		...invocation,
		values: complete as ValuesOf<Options>,
		argument,
		arguments: positionals,
	};
}

function parsed(command: Command, rest: readonly string[]) {
	const { tokens } = parseArgs({
		args: [...rest],
		options: parseOptions(command),
		allowPositionals: true,
		strict: false,
		tokens: true,
	});
	const known = [...Object.keys(command.options), "help"];
	for (const token of tokens) {
		if (token.kind !== "option") continue;
		if (!known.includes(token.name))
			throw new UsageError(
				`${command.name} has no option ${token.rawName}${suggestion(token.name, known, "--")}`,
			);
		const option = command.options[token.name];
		if (option?.type === "string" && token.value === undefined)
			throw new UsageError(`--${token.name} takes a value: ${option.value}`);
		if (
			option?.type === "string" &&
			!token.inlineValue &&
			token.value?.startsWith("-") &&
			token.value !== "-"
		)
			throw new UsageError(
				`--${token.name} takes a value, got ${token.value}; write a value that begins with - as --${token.name}=${token.value}`,
			);
		if (option?.type !== "string" && token.value !== undefined)
			throw new UsageError(`--${token.name} takes no value`);
	}
	expectNothingConsumed(command, rest);
	const { values, positionals } = parseArgs({
		args: [...rest],
		options: parseOptions(command),
		allowPositionals: true,
		strict: false,
	});
	return { values: values as Record<string, unknown>, positionals };
}

function parseOptions({ options }: Command) {
	return {
		...Object.fromEntries(
			Object.entries(options).map(([name, option]) => [
				name,
				{
					type: option.type,
					multiple: option.type === "string" && option.multiple === true,
				},
			]),
		),
		help: { type: "boolean" as const, short: "h" },
	};
}

/** npm's own options. */
const ofNpm = new Set(["registry"]);

/** npm consumes options that are not after `--`. Without this error, `npm run codegen --check` would write files. */
function expectNothingConsumed(
	{ name: command, options }: Command,
	args: readonly string[],
): void {
	const script = process.env.npm_lifecycle_event;
	// What npx is given before the command is its own.
	if (script === "npx") return;
	const consumed = Object.entries(options).flatMap(([name, { type }]) => {
		const value = process.env[`npm_config_${name.replaceAll("-", "_")}`];
		const isGiven = args.some((arg) => arg.split("=")[0] === `--${name}`);
		if (!value || isGiven || ofNpm.has(name)) return [];
		if (type === "boolean") return value === "true" ? `--${name}` : [];
		// Without =, npm takes the value for an argument.
		return value === "true" ? `--${name} VALUE` : `--${name}=${value}`;
	});
	if (consumed.length === 0) return;
	const words = script === command ? "" : `${command} `;
	const names = consumed.map((text) => text.split(/[= ]/)[0]);
	throw new UsageError(
		`npm consumed ${names.join(" and ")}; run: npm run ${script} -- ${words}${consumed.join(" ")}`,
	);
}

function argumentOf(
	{ name, argument }: Command,
	positionals: readonly string[],
): string | undefined {
	const [first, second] = positionals;
	if (first === undefined) {
		if (argument?.required)
			throw new UsageError(`${name} takes ${argument.name}: ${argument.about}`);
		return undefined;
	}
	const npmHint = process.env.npm_lifecycle_event
		? "; npm consumes flags unless they follow --"
		: "";
	if (argument === undefined)
		throw new UsageError(
			`${name} takes no argument, got ${JSON.stringify(first)}${npmHint}`,
		);
	if (second !== undefined && !argument.multiple)
		throw new UsageError(
			`${name} takes one ${argument.name}, got ${JSON.stringify(second)} too${npmHint}`,
		);
	if (first === "-" && !argument.stdin)
		throw new UsageError(`${name} reads a file, not standard input`);
	return first;
}
