import { Console } from "node:console";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { allRemedies, lintRemedies } from "../generator/diagnostics.ts";
import { forTerminal } from "../generator/emit/print.ts";

const usage = `eventwright: one JSON Schema per event type, and all that follows from it

  eventwright codegen            schemas to types, validators, publishers, parsers,
                                 patterns, registry entries and API models
  eventwright lint               what codegen takes and yet should not be
  eventwright import FILE        schemas that others have, to schemas of yours
  eventwright registry publish   the registry entries to the EventBridge schema registry
  eventwright pattern test       which rules of a system an event matches, and why not
  eventwright pattern explain    what rules ask for, in words
  eventwright pattern operators  the operators that patterns have, each with an example
  eventwright graph              producers, event types, rules and consumers, drawn

  eventwright COMMAND --help     what a command takes
`;

const codegenUsage = `eventwright codegen [--schemas DIR] [--out DIR] [--check] [--watch]

  --schemas DIR   where the schemas are                     (schemas)
  --out DIR       where the generated code goes             (generated)
  --check         write nothing; exit 1 and name the files
                  if the generated code is not up to date
  --watch         generate again whenever a schema changes
  --help          this text

Exit codes: 0 fine, 1 findings, 2 wrong use or I/O.
`;

const lintUsage = `eventwright lint [--schemas DIR] [--format FORMAT] [--ignore CODE ...]

  --schemas DIR     where the schemas are                   (schemas)
  --format FORMAT   text, json, github (annotations of a
                    workflow) or sarif                      (text)
  --ignore CODE     leave out findings of this code; may be given again
  --help            this text

Finds what codegen refuses or warns of (but for API models that cannot say all), and besides:
  ${Object.keys(lintRemedies).join("\n  ")}
Exit codes: 0 nothing found, 1 findings, 2 wrong use or I/O.
`;

const importUsage = `eventwright import FILE [--schemas DIR] [--source NAME] [--domain DIR] [--force]

  FILE            an OpenApi3 or JSONSchemaDraft4 document as the EventBridge schema
                  registry keeps them, or what "aws schemas describe-schema" prints, or
                  a bundle of JSON Schemas; JSON or YAML
  --schemas DIR   where the schemas are                     (schemas)
  --source NAME   the event source, for a bundle, whose detail-types are its definitions' names
  --domain DIR    the folder below the schemas              (after the source)
  --force         replace files that are there
  --help          this text

A bundle's event types are the definitions that its root's oneOf or anyOf names or, if it has
none, those that no other refers to; each other definition becomes a file of its own.
Exit codes: 0 fine, 1 a file is there already, 2 wrong use or I/O.
`;

const publishUsage = `eventwright registry publish [--registry NAME] [--type TYPE] [--out DIR] [--endpoint URL] [--dry-run]

  --registry NAME   the schema registry                     (eventwright)
  --type TYPE       OpenApi3 or JSONSchemaDraft4            (OpenApi3)
  --out DIR         where the generated code is             (generated)
  --endpoint URL    another endpoint than AWS's, as the local runner's
  --dry-run         say what would be done and do nothing
  --help            this text

Creates what is missing, updates what differs, leaves what is the same, never deletes.
Region and credentials come from the environment, as for every AWS tool.
Exit codes: 0 fine, 1 an entry was refused, 2 wrong use or I/O.
`;

const templatesUsage = `  --assembly DIR    the cloud assembly that "cdk synth" wrote  (cdk.out)
  --template FILE[=ACCOUNT[/REGION]]
                    this CloudFormation template instead; may be given again
  --help            this text
`;

const patternTestUsage = `eventwright pattern test --event FILE [--assembly DIR | --template FILE ...]

  --event FILE      an event as EventBridge delivers it, JSON; - is the standard input
${templatesUsage}
Says of each rule whether it matches, and of one that does not, where it first fails.
Exit codes: 0 a rule matches, 1 none does, 2 wrong use or I/O.
`;

const patternExplainUsage = `eventwright pattern explain [FILE] [--rule NAME] [--assembly DIR | --template FILE ...]

  FILE              a pattern, JSON; - is the standard input; without it, a system's rules
  --rule NAME       only this rule
${templatesUsage}
Says what a pattern asks for, what EventBridge refuses of it, and where its verdict surprises.
Exit codes: 0 fine, 1 a pattern is refused or a bus has too many rules, 2 wrong use or I/O.
`;

const operatorsUsage = `eventwright pattern operators

Lists the operators of event patterns: what each accepts, an example, and where it may stand.
`;

const graphUsage = `eventwright graph [--format FORMAT] [--out FILE] [--assembly DIR | --template FILE ...]

  --format FORMAT   mermaid or svg                 (mermaid, or svg for a FILE of that name)
  --out FILE        write it there instead of printing it
${templatesUsage}
What stands out, an event type that nobody consumes or a rule that nothing feeds, is named too.
Exit codes: 0 fine, 1 something stands out, 2 wrong use or I/O.
`;

class UsageError extends Error {}

function options<T extends NonNullable<ParseArgsConfig["options"]>>(
	args: readonly string[],
	spec: T,
) {
	try {
		const { values, positionals } = parseArgs({
			args: [...args],
			options: spec,
			allowPositionals: true,
		});
		const [surplus] = positionals;
		if (surplus !== undefined)
			throw new Error(
				`${JSON.stringify(surplus)} is taken for nothing here; what a command is about comes first, before its flags${process.env.npm_lifecycle_event === "eventwright" ? ", and npm keeps flags for itself unless -- stands before them" : ""}`,
			);
		const empty = Object.entries(values).find(([, value]) => value === "");
		if (empty) throw new Error(`--${empty[0]} is empty`);
		return values;
	} catch (error) {
		// Of an option that is none, it goes on to tell how a word would begin with -.
		const [message] = (error as Error).message.split(
			". To specify a positional",
		);
		throw new UsageError(message);
	}
}

async function main(args: readonly string[]): Promise<number> {
	const [command, ...rest] = args;
	if (command === "codegen") return codegenCommand(rest);
	if (command === "lint") return lintCommand(rest);
	if (command === "import") return importCommand(rest);
	if (command === "registry") {
		const [action, ...flags] = rest;
		if (action === "publish") return publishCommand(flags);
		if (action === "--help" || action === "-h") return print(publishUsage);
		throw new UsageError(
			`registry takes publish, got ${action === undefined ? "nothing" : JSON.stringify(action)}`,
		);
	}
	if (command === "pattern") return patternCommand(rest);
	if (command === "graph") return graphCommand(rest);
	if (command === "--help" || command === "-h") return print(usage);
	throw new UsageError(
		command === undefined
			? "no command was given"
			: `there is no command ${JSON.stringify(command)}`,
	);
}

async function codegenCommand(args: readonly string[]): Promise<number> {
	const values = options(args, {
		schemas: { type: "string", default: "schemas" },
		out: { type: "string", default: "generated" },
		check: { type: "boolean", default: false },
		watch: { type: "boolean", default: false },
		help: { type: "boolean", short: "h", default: false },
	});
	if (values.help) return print(codegenUsage);
	for (const flag of ["check", "watch"] as const)
		if (process.env[`npm_config_${flag}`] === "true" && !values[flag])
			throw new UsageError(
				`npm has taken --${flag} for itself: npm run codegen -- --${flag}`,
			);
	if (values.check && values.watch)
		throw new UsageError("--check and --watch do not go together");
	const { codegen, watch } = await import("../generator/codegen/codegen.ts");
	return values.watch
		? watch(values.schemas, values.out)
		: codegen(values.schemas, values.out, values.check);
}

async function lintCommand(args: readonly string[]): Promise<number> {
	const values = options(args, {
		schemas: { type: "string", default: "schemas" },
		format: { type: "string", default: "text" },
		ignore: { type: "string", multiple: true, default: [] },
		help: { type: "boolean", short: "h", default: false },
	});
	if (values.help) return print(lintUsage);
	const unknown = values.ignore.find(
		(code) => !Object.hasOwn(allRemedies, code),
	);
	if (unknown !== undefined)
		throw new UsageError(
			`there is no code ${unknown}; there are ${Object.keys(allRemedies).join(", ")}`,
		);
	const { lintFormats, lintSchemas } = await import("./commands/lint.ts");
	const format = lintFormats.find((known) => known === values.format);
	if (!format)
		throw new UsageError(
			`--format is one of ${lintFormats.join(", ")}, got ${values.format}`,
		);
	return lintSchemas(values.schemas, format, new Set(values.ignore));
}

async function importCommand(args: readonly string[]): Promise<number> {
	const [first, ...more] = args;
	if (first === "-")
		throw new UsageError("import reads a file, not the standard input");
	const file = first?.startsWith("-") ? undefined : first;
	if (file !== undefined && more[0] !== undefined && !more[0].startsWith("-"))
		throw new UsageError(`import takes one file, got ${more[0]} too`);
	const values = options(file === undefined ? args : more, {
		schemas: { type: "string", default: "schemas" },
		source: { type: "string" },
		domain: { type: "string" },
		force: { type: "boolean", default: false },
		help: { type: "boolean", short: "h", default: false },
	});
	if (values.help) return print(importUsage);
	if (file === undefined) throw new UsageError("import takes a file");
	const { source, domain, force } = values;
	if (
		domain !== undefined &&
		!/^[\p{L}\p{N}_-]+(\/[\p{L}\p{N}_-]+)*$/u.test(domain)
	)
		throw new UsageError(
			`--domain is a folder below the schemas, as sales/orders, got ${domain}`,
		);
	const { importFile } = await import("./commands/import.ts");
	return importFile(file, values.schemas, {
		force,
		...(source === undefined ? {} : { source }),
		...(domain === undefined ? {} : { domain }),
	});
}

async function publishCommand(args: readonly string[]): Promise<number> {
	const values = options(args, {
		registry: { type: "string", default: "eventwright" },
		type: { type: "string", default: "OpenApi3" },
		out: { type: "string", default: "generated" },
		endpoint: { type: "string" },
		"dry-run": { type: "boolean", default: false },
		help: { type: "boolean", short: "h", default: false },
	});
	if (values.help) return print(publishUsage);
	const { type, registry: registryName, out, endpoint } = values;
	if (type !== "OpenApi3" && type !== "JSONSchemaDraft4")
		throw new UsageError(`--type is OpenApi3 or JSONSchemaDraft4, got ${type}`);
	if (endpoint !== undefined && URL.parse(endpoint) === null)
		throw new UsageError(`--endpoint is a URL, got ${endpoint}`);
	const { publishRegistry } = await import("./commands/registry-publish.ts");
	return publishRegistry({
		type,
		registryName,
		out,
		dryRun: values["dry-run"],
		...(endpoint === undefined ? {} : { endpoint }),
	});
}

const templateOptions = {
	assembly: { type: "string" },
	template: { type: "string", multiple: true, default: [] as string[] },
	help: { type: "boolean", short: "h", default: false },
} as const;

/** The assembly, unless templates are given. */
function templateSource({
	assembly,
	template: templates,
}: {
	assembly?: string | undefined;
	template: readonly string[];
}) {
	if (assembly !== undefined && templates.length > 0)
		throw new UsageError("--assembly and --template do not go together");
	const wrong = templates.find((text) =>
		/=(?!\d{12}(\/[a-z0-9-]+)?$)[^./\\]*$/.test(text),
	);
	if (wrong !== undefined)
		throw new UsageError(
			`--template is FILE or FILE=ACCOUNT[/REGION], an account has 12 digits, got ${wrong}`,
		);
	return { assembly: assembly ?? "cdk.out", templates };
}

async function patternCommand(args: readonly string[]): Promise<number> {
	const [action, ...rest] = args;
	if (action === "test") {
		const values = options(rest, {
			event: { type: "string" },
			...templateOptions,
		});
		if (values.help) return print(patternTestUsage);
		const { event } = values;
		if (event === undefined) throw new UsageError("--event FILE is missing");
		const source = templateSource(values);
		const { testEvent } = await import("./commands/pattern.ts");
		return testEvent(event, source);
	}
	if (action === "explain") {
		const [first, ...more] = rest;
		const isFile =
			first !== undefined && (first === "-" || !first.startsWith("-"));
		if (isFile && more[0] !== undefined && !more[0].startsWith("-"))
			throw new UsageError(`explain takes one file, got ${more[0]} too`);
		const values = options(isFile ? more : rest, {
			rule: { type: "string" },
			...templateOptions,
		});
		if (values.help) return print(patternExplainUsage);
		const { rule } = values;
		const source = templateSource(values);
		if (isFile && rule !== undefined)
			throw new UsageError("--rule and a file do not go together");
		const { explainPatterns } = await import("./commands/pattern.ts");
		return explainPatterns(isFile ? first : undefined, rule, source);
	}
	if (action === "operators") {
		if (rest[0] === "--help" || rest[0] === "-h") return print(operatorsUsage);
		if (rest.length > 0)
			throw new UsageError(`pattern operators takes nothing, got ${rest[0]}`);
		return (await import("./commands/pattern.ts")).listOperators();
	}
	if (action === "--help" || action === "-h")
		return print(
			[patternTestUsage, patternExplainUsage, operatorsUsage].join("\n"),
		);
	throw new UsageError(
		`pattern takes test, explain or operators, got ${action === undefined ? "nothing" : JSON.stringify(action)}`,
	);
}

async function graphCommand(args: readonly string[]): Promise<number> {
	const values = options(args, {
		format: { type: "string" },
		out: { type: "string" },
		...templateOptions,
	});
	if (values.help) return print(graphUsage);
	const { out } = values;
	const source = templateSource(values);
	const format = values.format ?? (out?.endsWith(".svg") ? "svg" : "mermaid");
	if (format !== "mermaid" && format !== "svg")
		throw new UsageError(`--format is mermaid or svg, got ${format}`);
	const { drawGraph } = await import("./commands/pattern.ts");
	return drawGraph(format, out, source);
}

function print(text: string): number {
	process.stdout.write(text);
	return 0;
}

// A report that nobody got, on a full disk, is no success; where its reader has enough, as `head`, it is.
globalThis.console = new Console({
	stdout: process.stdout,
	stderr: process.stderr,
	ignoreErrors: false,
});
for (const stream of [process.stdout, process.stderr])
	stream.on("error", ({ code, message }: NodeJS.ErrnoException) => {
		if (code === "EPIPE") return;
		process.exitCode = 2;
		if (stream === process.stdout) console.error(`eventwright: ${message}`);
	});

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	console.error(`eventwright: ${forTerminal((error as Error).message)}`);
	if (error instanceof UsageError)
		console.error("Try: eventwright --help, or eventwright COMMAND --help");
	process.exitCode = 2;
}
