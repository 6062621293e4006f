// Sends messages to a local system, its own or a running one, and prints what became of them.
import { escaped, paint, renderTrace } from "../cloud/local/render.ts";
import { startLocal } from "../cloud/local/runner.ts";
import type {
	QueueContent,
	SendResult,
	SentMessage,
} from "../cloud/local/send.ts";
import type { Hop } from "../cloud/local/trace.ts";
import type { Statement } from "../cloud/template/policy.ts";
import type { StackTemplate } from "../cloud/template/stack-template.ts";
import { isObject, parseJson } from "../runtime/json.ts";
import { UsageError } from "./command.ts";
import { printNotes } from "./dev-session.ts";
import { readJson } from "./json-file.ts";
import type { Terminal } from "./terminal.ts";

export type SendFormat = "text" | "json";

/** A system that messages are sent to. */
export interface MessageReceiver {
	readonly send: (
		message: SentMessage,
		as: string | undefined,
	) => Promise<SendResult>;
	readonly queues: () => Promise<readonly QueueContent[]>;
	readonly stop: () => Promise<void>;
}

/** Reads a message, a list of messages, or the input of PutEvents. */
export function readMessages(file: string): readonly SentMessage[] {
	const value = readJson(file);
	const stated =
		isObject(value) && Array.isArray(value.Entries) ? value.Entries : value;
	const list = [stated].flat();
	const wrong = list.findIndex((message) => !isObject(message));
	if (list.length === 0) throw new UsageError(`${file} has no message`);
	if (wrong >= 0)
		throw new UsageError(
			`${file}: message ${wrong + 1} is ${JSON.stringify(list[wrong])}, not an object`,
		);
	return list as readonly SentMessage[];
}

/** Starts a system that lasts until it is stopped. */
export async function startFor(
	stacks: readonly StackTemplate[],
	scps: readonly (readonly Statement[])[],
	format: SendFormat,
	terminal: Terminal,
): Promise<MessageReceiver> {
	const local = await startLocal(stacks, { scps, redeliveryDelayMs: 20 });
	// Standard output is for the result only.
	printNotes(local, { print: terminal.warn });
	for (const exceeded of local.exceededQuotas)
		terminal.warn(`AWS would refuse: ${exceeded}.`);
	if (format === "text") terminal.warn("");
	return {
		send: (message, as) => local.send(message, as),
		queues: () => local.queues(),
		stop: () => local.stop(),
	};
}

/** Asks the system that runs at an endpoint. */
export function askRunning(endpoint: string): MessageReceiver {
	const ask = async (operation: string, input: object): Promise<object> => {
		const response = await fetch(endpoint, {
			method: "POST",
			headers: {
				authorization:
					"AWS4-HMAC-SHA256 Credential=local/20260101/local/eventwright/aws4_request",
				"content-type": "application/json",
				"x-amz-target": `eventwright.${operation}`,
			},
			body: JSON.stringify(input),
		}).catch(() => {
			throw new Error(
				`no local system answers at ${endpoint}: start one with "eventwright dev", or give --template or --assembly`,
			);
		});
		const read = parseJson(await response.text());
		const body = read.ok && isObject(read.value) ? read.value : {};
		if (!response.ok)
			throw new Error(
				String(body.message ?? `${endpoint} answers ${response.status}`),
			);
		return body;
	};
	return {
		send: (message, as) => ask("Send", { message, as }) as Promise<SendResult>,
		queues: async () =>
			((await ask("Queues", {})) as { queues: readonly QueueContent[] }).queues,
		stop: async () => {},
	};
}

/** Sends all messages, one after the other. Resolves with the exit code. */
export async function sendAll(
	messages: readonly SentMessage[],
	as: string | undefined,
	format: SendFormat,
	receiver: MessageReceiver,
	terminal: Terminal,
): Promise<number> {
	const { print, warn, style } = terminal;
	let findings = 0;
	for (const [i, message] of messages.entries()) {
		const result = await receiver.send(message, as).catch((error: Error) => {
			throw new Error(`message ${i + 1}: ${error.message}`);
		});
		if (format === "json")
			for (const hop of result.hops)
				print(JSON.stringify({ kind: "hop", ...hop }));
		else print(`${renderTrace(result.hops, paint)}\n`);
		const problem = problemOf(result);
		if (problem === undefined) continue;
		findings++;
		warn(
			`${style("red", "error", "stderr")} message ${i + 1} ${escaped(problem)}`,
		);
	}
	for (const { name, account, region, bodies } of await receiver.queues())
		if (format === "json")
			print(
				JSON.stringify({
					kind: "queue",
					name,
					account,
					region,
					messages: bodies.length,
					bodies,
				}),
			);
		else printQueue(name, account, bodies, terminal);
	return findings > 0 ? 1 : 0;
}

const bodiesShown = 3;

function printQueue(
	name: string,
	account: string,
	bodies: readonly string[],
	{ print }: Terminal,
): void {
	print(
		`${account} queue ${name}  ${bodies.length} ${bodies.length === 1 ? "message" : "messages"}`,
	);
	for (const body of bodies.slice(0, bodiesShown))
		print(`  ${escaped(body.length > 200 ? `${body.slice(0, 200)}…` : body)}`);
	if (bodies.length > bodiesShown)
		print(`  and ${bodies.length - bodiesShown} more`);
}

/** Outcomes that are findings, and how each is reported. */
const findings = [
	["denied", "was denied"],
	["failed", "failed"],
	["dead letter", "ended on a dead-letter queue"],
] as const satisfies readonly (readonly [Hop["outcome"], string])[];

/** Describes the problem of a message, if it has one. */
function problemOf({ refused, hops }: SendResult): string | undefined {
	if (refused)
		return `was refused: ${refused.code}: ${refused.message}${
			refused.code === "NotAuthorizedForSourceException"
				? " To send it as the service does, give it as EventBridge delivers it: source, detail-type, detail."
				: ""
		}`;
	const bad = findings
		.map(
			([outcome, what]) =>
				[hops.filter((hop) => hop.outcome === outcome).length, what] as const,
		)
		.filter(([count]) => count > 0)
		.map(([count, what]) => `${what}${count > 1 ? ` ${count} times` : ""}`);
	if (bad.length > 0) return bad.join(", ");
	return hops.some(isTaken) ? undefined : "was taken by nothing";
}

/** Whether a hop is more than a bus that takes the event, or a topic that takes the message. */
const isTaken = ({ outcome, resource, what }: Hop): boolean =>
	outcome === "not simulated" ||
	(outcome === "ok" &&
		!/^(bus|topic|rule|log of) /.test(resource) &&
		!what.startsWith("has no"));
