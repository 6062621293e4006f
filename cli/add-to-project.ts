// Adds an event type, a producer or a consumer to a project, as its author would write them.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { readSources } from "../generator/codegen/read.ts";
import type { Settings } from "../generator/config/config.ts";
import { hasError } from "../generator/diagnostics.ts";
import { analyse } from "../generator/schema/analyse.ts";
import type { EventModel } from "../generator/schema/model.ts";
import { systemFile } from "./defaults.ts";
import type { PlannedFile } from "./init-project.ts";

const words = (text: string): readonly string[] => text.split(/[-/]/);

const capital = (word: string): string =>
	word.slice(0, 1).toUpperCase() + word.slice(1);

/** Where a project has its schemas and its generated code. */
type Folders = Pick<Settings, "schemas" | "out">;

/** A schema in the folder of its domain: `place` is such as `content/content-archived`. */
export function addEvent(
	place: string,
	{ source, detailType }: { source?: string; detailType?: string },
	{ schemas }: Folders,
): readonly PlannedFile[] {
	const names = words(place.split("/").at(-1) ?? "").map(capital);
	const schema = {
		$schema: "https://json-schema.org/draft/2020-12/schema",
		title: names.join(""),
		description: `${names.join(" ")}: say what has happened.`,
		"x-amazon-events-source": source ?? place.split("/")[0],
		"x-amazon-events-detail-type": detailType ?? names.join("-"),
		type: "object",
		properties: { id: { type: "string" } },
		required: ["id"],
		additionalProperties: false,
		examples: [{ id: "1" }],
	};
	const [own] = schemas;
	const file = `${own}/${place}.json`;
	for (const extension of ["json", "yaml", "yml"])
		expectFree(`${own}/${place}.${extension}`);
	return [
		{ file, text: `${JSON.stringify(schema, null, "\t")}\n`, action: "write" },
	];
}

/** A route whose body is the event's detail. */
export function addProducer(
	name: string,
	{
		event,
		method,
		route,
	}: {
		readonly event: string;
		readonly method: string;
		readonly route: string;
	},
	folders: Folders,
): readonly PlannedFile[] {
	const type = eventNamed(event, folders);
	const file = `handlers/${type.domain}/${name}.ts`;
	expectFree(file);
	const entry = `${JSON.stringify(name)}: {
			entry: ${JSON.stringify(file)},
			method: ${JSON.stringify(method)},
			path: ${JSON.stringify(route)},
			publishes: [${type.name}],
		},`;
	const text = `import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { publish } from "eventwright/aws";
${importOf(type, file, folders)}

/** ${method} ${route}: the body is the event's detail. */
export async function handler(
	request: APIGatewayProxyEvent,
): Promise<APIGatewayProxyResult> {
	let body: unknown;
	try {
		body = JSON.parse(request.body ?? "");
	} catch {
		return { statusCode: 400, body: "The body is not JSON." };
	}
	const detail = ${type.name}.parseDetail(body);
	if (!detail.ok)
		return { statusCode: 400, body: JSON.stringify({ issues: detail.issues }) };
	const eventId = await publish(${type.name}, detail.value);
	return { statusCode: 202, body: JSON.stringify({ eventId }) };
}
`;
	return [
		{ file, text, action: "write" },
		systemWith("producers", name, entry, [type], folders),
	];
}

/** A queue that is subscribed to event types, and the function that handles them. */
export function addConsumer(
	name: string,
	events: readonly string[],
	folders: Folders,
): readonly PlannedFile[] {
	const types = events
		.map((event) => eventNamed(event, folders))
		.toSorted((a, b) => (a.name < b.name ? -1 : 1));
	const file = `handlers/${name}/on-event.ts`;
	expectFree(file);
	const names = types.map((type) => type.name);
	const entry = `${JSON.stringify(name)}: {
			entry: ${JSON.stringify(file)},
			subscribes: [${names.join(", ")}],
		},`;
	const text = `import { sqsConsumer } from "eventwright/lambda";
${types.map((type) => importOf(type, file, folders)).join("\n")}
import type { Subscribed } from "../../infra/system.ts";

export const handler = sqsConsumer<Subscribed<${JSON.stringify(name)}>>(
	{ ${names.join(", ")} },
	{
${names.map((type) => `\t\t${type}: ({ id, type }) => console.log(JSON.stringify({ id, type })),`).join("\n")}
	},
);
`;
	return [
		{ file, text, action: "write" },
		systemWith("consumers", name, entry, types, folders),
	];
}

function expectFree(file: string): void {
	if (existsSync(file))
		throw new Error(`${file} is there already: choose another name`);
}

/** The event type of the schemas with this title. */
function eventNamed(name: string, { schemas }: Folders): EventModel {
	const { model, diagnostics } = analyse(readSources(schemas));
	if (hasError(diagnostics))
		throw new Error("the schemas have errors: run eventwright lint");
	const found = model.events.find((event) => event.name === name);
	if (!found)
		throw new Error(
			`there is no event type ${name}; there are ${model.events.map((event) => event.name).join(", ") || "none"}`,
		);
	return found;
}

function importOf(
	{ name, module }: EventModel,
	from: string,
	{ out }: Folders,
): string {
	const to = path.posix.relative(
		path.posix.dirname(from),
		`${out}/events/${module}.js`,
	);
	return `import { ${name} } from "${to}";`;
}

/** `infra/system.ts` with an entry first in a list, and the imports that it needs. */
function systemWith(
	list: "producers" | "consumers",
	name: string,
	entry: string,
	types: readonly EventModel[],
	folders: Folders,
): PlannedFile {
	if (!existsSync(systemFile))
		throw new Error(
			`there is no ${systemFile}: run add in the folder of a project that eventwright init made`,
		);
	const text = readFileSync(systemFile, "utf8");
	const place = new RegExp(`^(\\t| +)${list}: \\{\\n`, "m").exec(text);
	if (!place)
		throw new Error(
			`${systemFile} has no line "${list}: {"; add to its ${list}:\n\t${entry}`,
		);
	if (new RegExp(`^\\s*"?${name}"?: \\{`, "m").test(text))
		throw new Error(`${systemFile} has a ${name} already: choose another name`);
	const at = place.index + place[0].length;
	const imports = types
		.map((type) => importOf(type, systemFile, folders))
		.filter((line) => !text.includes(line));
	return {
		file: systemFile,
		text: `${imports.map((line) => `${line}\n`).join("")}${text.slice(0, at)}\t\t${entry}\n${text.slice(at)}`,
		action: "merge",
	};
}
