import type { Command, Option } from "./command.ts";

const title =
	"eventwright: typed EventBridge events from one JSON Schema per event type";

/** The help of all commands or of a group. */
export function overview(commands: readonly Command[]): string {
	const width = Math.max(
		...commands.map((command) => synopsisOf(command).length),
	);
	const lines = commands.map(
		(command) => `  ${synopsisOf(command).padEnd(width)}  ${command.summary}`,
	);
	return `${title}\n\n${lines.join("\n")}\n\n  eventwright COMMAND --help  show a command's options\n`;
}

const synopsisOf = ({ name, argument }: Command) =>
	`eventwright ${name}${argument?.required ? ` ${placeholder(argument)}` : ""}`;

const placeholder = ({ name, multiple }: NonNullable<Command["argument"]>) =>
	multiple ? `${name} ...` : name;

/** The help of a command. */
export function usage(command: Command): string {
	const { name, summary, argument, options, about, exits } = command;
	const rows = rowsOf(command);
	const width = Math.max(...rows.map(([left]) => left.length));
	const synopsis = [
		`eventwright ${name}`,
		...(argument
			? [argument.required ? placeholder(argument) : `[${argument.name}]`]
			: []),
		...Object.entries(options).map(
			([option, spec]) =>
				`[${flagOf(option, spec)}${isMultiple(spec) ? " ..." : ""}]`,
		),
	];
	return `${wrapped(synopsis.join(" "), "    ")}

${summary[0]?.toUpperCase()}${summary.slice(1)}.

${rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right.replaceAll("\n", `\n${" ".repeat(width + 4)}`)}`).join("\n")}
${about ? `\n${about.trim()}\n` : ""}
Exit codes: ${exitsOf(exits)}.
`;
}

const exitsOf = (exits: Command["exits"]) =>
	Object.entries({ ...exits, 2: "usage or I/O error" })
		.map(([code, meaning]) => `${code} ${meaning}`)
		.join(", ");

function rowsOf({
	argument,
	options,
}: Command): readonly (readonly [string, string])[] {
	return [
		...(argument ? [[argument.name, argument.about] as const] : []),
		...Object.entries(options).map(
			([name, option]) => [flagOf(name, option), aboutOf(option)] as const,
		),
		["--help", "show this help"],
	];
}

const flagOf = (name: string, option: Option) =>
	`--${name}${option.type === "string" ? ` ${option.value}` : ""}`;

const isMultiple = (option: Option) =>
	option.type === "string" && option.multiple === true;

function aboutOf(option: Option): string {
	if (option.type === "boolean") return option.about;
	const { about, choices, default: value, multiple } = option;
	return [
		about,
		...(choices ? [`: ${choices.join(", ")}`] : []),
		...(multiple ? ["; repeatable"] : []),
		...(value === undefined ? [] : [`; ${value} by default`]),
	].join("");
}

function wrapped(text: string, indent: string): string {
	const lines: string[] = [];
	for (const word of text.split(/ (?=\[)/)) {
		const last = lines.at(-1);
		if (last !== undefined && last.length + word.length < 79)
			lines[lines.length - 1] = `${last} ${word}`;
		else lines.push(lines.length === 0 ? word : indent + word);
	}
	return lines.join("\n");
}

/** The command reference in docs/. */
export function reference(commands: readonly Command[]): string {
	const sections = commands.map((command) => {
		const { name, summary, about, exits } = command;
		const rows = rowsOf(command)
			.filter(([left]) => left !== "--help")
			.map(
				([left, right]) =>
					`| \`${left}\` | ${right.replaceAll("\n", " ").replaceAll("|", "\\|")} |`,
			);
		return [
			`## eventwright ${name}`,
			`${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
			...(rows.length > 0
				? [["| option | meaning |", "| --- | --- |", ...rows].join("\n")]
				: []),
			...(about ? [about.trim()] : []),
			`Exit codes: ${exitsOf(exits)}.`,
		].join("\n\n");
	});
	return `# Commands\n\nThis page is generated from the command definitions. In this repository: \`npm run eventwright -- COMMAND\`.\n\n${sections.join("\n\n")}\n`;
}
