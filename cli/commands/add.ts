import { command, UsageError } from "../command.ts";
import type { PlannedFile } from "../init-project.ts";
import type { Terminal } from "../terminal.ts";

const kebab = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const exits = { 0: "success" } as const;

function required<T>(value: T | undefined, option: string): T {
	if (value === undefined) throw new UsageError(`--${option} is missing`);
	return value;
}

function nameOf(argument: string | undefined, what: string): string {
	if (argument === undefined || !kebab.test(argument))
		throw new UsageError(
			`the name of ${what} must be lower-case words with hyphens, such as rate-content; got ${argument ?? "nothing"}`,
		);
	return argument;
}

async function loaded() {
	const [add, { readSettings }] = await Promise.all([
		import("../add-to-project.ts"),
		import("../settings.ts"),
	]);
	return [add, await readSettings()] as const;
}

async function write(
	files: readonly PlannedFile[],
	next: readonly string[],
	terminal: Terminal,
): Promise<number> {
	const { writeProject } = await import("../init-project.ts");
	writeProject(".", files);
	for (const { file, action } of files)
		terminal.print(`${action === "merge" ? "added to" : "wrote   "}  ${file}`);
	terminal.print(["\nNext:", ...next.map((line) => `  ${line}`)].join("\n"));
	return 0;
}

export const addEvent = command({
	name: "add event",
	summary: "write the schema of a new event type",
	argument: {
		name: "DOMAIN/NAME",
		about: "its place in schemas, such as content/content-archived",
		required: true,
	},
	options: {
		source: {
			type: "string",
			value: "SOURCE",
			about: "its source; the domain by default",
		},
		"detail-type": {
			type: "string",
			value: "TYPE",
			about:
				"its detail-type; by default from the name, as in Content-Archived",
		},
	},
	exits,
	run: async (
		{ source, "detail-type": detailType },
		{ argument = "", terminal },
	) => {
		const parts = argument.split("/");
		if (parts.length < 2 || !parts.every((part) => kebab.test(part)))
			throw new UsageError(
				`the place must be a domain and a name in lower case, such as content/content-archived; got ${argument}`,
			);
		const [{ addEvent }, settings] = await loaded();
		const files = addEvent(
			argument,
			{
				...(source === undefined ? {} : { source }),
				...(detailType === undefined ? {} : { detailType }),
			},
			settings,
		);
		return write(
			files,
			[`describe the detail in ${files[0]?.file}`, "npm run codegen"],
			terminal,
		);
	},
});

export const addProducer = command({
	name: "add producer",
	summary: "write a handler that publishes, with its route",
	argument: {
		name: "NAME",
		about: "its name, such as archive-content",
		required: true,
	},
	options: {
		event: {
			type: "string",
			value: "TYPE",
			about: "the event type that it publishes, such as ContentArchived",
		},
		method: {
			type: "string",
			value: "METHOD",
			default: "POST",
			choices: ["POST", "PUT", "PATCH", "DELETE"],
			about: "HTTP method of the route",
		},
		path: {
			type: "string",
			value: "PATH",
			about: "path of the route, such as /archive; by default / and the name",
			refuse: (text) =>
				/^(\/([\w.-]+|\{\w+\}))+$/.test(text)
					? undefined
					: "a path, such as /content/{contentId}",
		},
	},
	exits,
	run: async ({ event, method, path }, { argument, terminal }) => {
		const name = nameOf(argument, "a producer");
		const [{ addProducer }, settings] = await loaded();
		const route = path ?? `/${name}`;
		return write(
			addProducer(
				name,
				{ event: required(event, "event"), method, route },
				settings,
			),
			["npm run codegen", "npm run dev"],
			terminal,
		);
	},
});

export const addConsumer = command({
	name: "add consumer",
	summary: "write a handler that consumes, with its subscriptions",
	argument: {
		name: "NAME",
		about: "its name, such as archive",
		required: true,
	},
	options: {
		event: {
			type: "string",
			value: "TYPE",
			multiple: true,
			about: "an event type that it subscribes to, such as ContentArchived",
		},
	},
	exits,
	run: async ({ event }, { argument, terminal }) => {
		const name = nameOf(argument, "a consumer");
		if (event.length === 0) throw new UsageError("--event is missing");
		const [{ addConsumer }, settings] = await loaded();
		return write(
			addConsumer(name, [...new Set(event)], settings),
			["npm run codegen", "npm run dev"],
			terminal,
		);
	},
});
