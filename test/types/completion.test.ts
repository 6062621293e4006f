// Tests the completions that an editor offers inside a filter, using the compiler's language server.
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const folder = path.join(import.meta.dirname, "filters");
const uri = String(pathToFileURL(path.join(folder, "edited.ts")));
let server: ChildProcess;
let nextId = 0;
const waiting = new Map<number, (result: unknown) => void>();

function send(message: object): void {
	const text = JSON.stringify({ jsonrpc: "2.0", ...message });
	server.stdin?.write(
		`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
	);
}

function ask(method: string, params: object): Promise<unknown> {
	const id = ++nextId;
	return new Promise((resolve) => {
		waiting.set(id, resolve);
		send({ id, method, params });
	});
}

beforeAll(async () => {
	server = spawn("tsc", ["--lsp", "--stdio"], {
		stdio: ["pipe", "pipe", "ignore"],
	});
	let buffer = Buffer.alloc(0);
	server.stdout?.on("data", (chunk: Buffer) => {
		buffer = Buffer.concat([buffer, chunk]);
		for (;;) {
			const end = buffer.indexOf("\r\n\r\n");
			const length = Number(
				/Content-Length: (\d+)/i.exec(buffer.toString("latin1", 0, end))?.[1],
			);
			if (end < 0 || buffer.length < end + 4 + length) return;
			const message = JSON.parse(
				buffer.toString("utf8", end + 4, end + 4 + length),
			);
			buffer = buffer.subarray(end + 4 + length);
			if (message.method && message.id !== undefined)
				send({ id: message.id, result: null });
			else waiting.get(message.id)?.(message.result);
		}
	});
	await ask("initialize", {
		processId: process.pid,
		rootUri: String(pathToFileURL(process.cwd())),
		capabilities: {},
	});
	send({ method: "initialized", params: {} });
});
afterAll(() => server.kill());

let version = 0;

/** The completions at the bar in the filter. */
async function offered(filter: string): Promise<readonly string[]> {
	const head =
		'import { where } from "eventwright/pattern"; import { Everything } from "./everything.ts";\n';
	const line = `where(Everything, ${filter});`;
	const text = head + line.replace("|", "");
	const textDocument = { uri, languageId: "typescript", version: ++version };
	send(
		version === 1
			? {
					method: "textDocument/didOpen",
					params: { textDocument: { ...textDocument, text } },
				}
			: {
					method: "textDocument/didChange",
					params: { textDocument, contentChanges: [{ text }] },
				},
	);
	const result = (await ask("textDocument/completion", {
		textDocument: { uri },
		position: { line: 1, character: line.indexOf("|") },
	})) as { items: { label: string }[] } | null;
	return (result?.items ?? []).map(({ label }) =>
		label.replace(/\?$/, "").replaceAll('"', ""),
	);
}

const ofText = [
	"prefix",
	"suffix",
	"equals-ignore-case",
	"wildcard",
	"cidr",
	"anything-but",
	"exists",
];

test.each([
	["{ | }", ["text", "total", "lines", "$or"], ["colour"]],
	["{ text: [{ | }] }", ofText, ["numeric", "exactly"]],
	[
		"{ total: [{ | }] }",
		["numeric", "anything-but", "exists"],
		ofText.slice(0, 5),
	],
	["{ paid: [{ | }] }", ["exists"], [...ofText.slice(0, 6), "numeric"]],
	["{ note: [{ | }] }", ofText, ["numeric"]],
	["{ size: [{ | }] }", [...ofText, "numeric"], []],
	["{ tags: [{ | }] }", ofText, ["numeric"]],
	["{ lines: { | } }", ["sku", "amount", "tags"], ["text"]],
	["{ lines: { amount: [{ | }] } }", ["numeric"], ["prefix"]],
	["{ payment: { | } }", ["kind", "last4", "iban", "days"], ["text"]],
	['{ channel: ["|"] }', ["web", "app", "newsletter"], ["text"]],
] as const)("%s", { timeout: 60_000 }, async (filter, wanted, unwanted) => {
	const names = await offered(filter);
	expect(names).toEqual(expect.arrayContaining([...wanted]));
	for (const name of [...unwanted, "wrong"]) expect(names).not.toContain(name);
});
