// The protocol of SNS, and of SQS's older clients: a form that names the action, and XML in return.
import { randomUUID } from "node:crypto";
import { isObject } from "../../runtime/json.ts";
import type { AwsError } from "./aws-error.ts";

/** How a service's lists are named in forms and in XML. */
export interface QueryNames {
	readonly namespace: string;
	/** Singular names in forms, and the JSON names that they stand for. */
	readonly lists: Readonly<Record<string, string>>;
	/** Names of items in XML, by the list's name, for a service whose lists are flat. Default: `member`. */
	readonly items?: Readonly<Record<string, string>>;
	/** Lists that are maps in JSON, with names and values. */
	readonly maps: ReadonlySet<string>;
	/** Texts that are numbers in JSON. */
	readonly numbers: ReadonlySet<string>;
}

/** Reads a form. */
export function parseQuery(
	text: string,
	names: QueryNames,
): { readonly operation: string; readonly input: Record<string, unknown> } {
	const root: Tree = new Map();
	let operation = "";
	for (const [key, value] of new URLSearchParams(text)) {
		if (key === "Action") operation = value;
		else if (key !== "Version") put(root, key.split("."), value);
	}
	const input = readTree(root, names);
	return { operation, input: isObject(input) ? input : {} };
}

type Tree = Map<string, Tree | string>;

function put(tree: Tree, [first = "", ...rest]: string[], value: string): void {
	if (rest.length === 0) {
		tree.set(first, value);
		return;
	}
	const known = tree.get(first);
	const inner: Tree = known instanceof Map ? known : new Map();
	tree.set(first, inner);
	put(inner, rest, value);
}

function readTree(tree: Tree, names: QueryNames): unknown {
	const [only] = tree.keys();
	const inside = tree.get(only ?? "");
	if (tree.size === 1 && (only === "member" || only === "entry"))
		return inside instanceof Map ? readTree(inside, names) : inside;
	if (tree.size > 0 && [...tree.keys()].every((key) => /^\d+$/.test(key)))
		return [...tree]
			.sort(([a], [b]) => Number(a) - Number(b))
			.map(([, item]) => (item instanceof Map ? readTree(item, names) : item));
	return Object.fromEntries(
		[...tree].map(([stated, item]) => {
			const name = names.lists[stated] ?? stated;
			const value =
				item instanceof Map
					? readTree(item, names)
					: names.numbers.has(name)
						? Number(item)
						: item;
			return [name, names.maps.has(name) ? mapOf(value) : value];
		}),
	);
}

function mapOf(value: unknown): unknown {
	return Array.isArray(value)
		? Object.fromEntries(
				value
					.filter(isObject)
					.map((entry) => [
						String(entry.Name ?? entry.key ?? entry.Key),
						entry.Value ?? entry.value ?? "",
					]),
			)
		: value;
}

/** Writes a response. */
export function queryResponse(
	operation: string,
	body: object,
	names: QueryNames,
): string {
	const result = xmlOf(body, names);
	return `<?xml version="1.0"?><${operation}Response xmlns="${names.namespace}"><${operation}Result>${result}</${operation}Result><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></${operation}Response>`;
}

export function queryError({ status, queryCode, message }: AwsError): string {
	return `<?xml version="1.0"?><ErrorResponse><Error><Type>${status < 500 ? "Sender" : "Receiver"}</Type><Code>${escaped(queryCode)}</Code><Message>${escaped(message)}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`;
}

function xmlOf(value: unknown, names: QueryNames): string {
	if (!isObject(value)) return escaped(String(value));
	return Object.entries(value)
		.filter(([, inner]) => inner !== undefined)
		.map(([name, inner]) => {
			const flat = names.items?.[name];
			if (isObject(inner) && names.maps.has(name))
				return Object.entries(inner)
					.map(
						([key, item]) =>
							`<${flat ?? "entry"}><Name>${escaped(key)}</Name><Value>${xmlOf(item, names)}</Value></${flat ?? "entry"}>`,
					)
					.join("");
			if (!Array.isArray(inner))
				return `<${name}>${xmlOf(inner, names)}</${name}>`;
			const items = inner.map((item) => {
				const tag = flat ?? "member";
				return `<${tag}>${xmlOf(item, names)}</${tag}>`;
			});
			return flat === undefined
				? `<${name}>${items.join("")}</${name}>`
				: items.join("");
		})
		.join("");
}

/** XML has no control characters. */
const escaped = (text: string): string =>
	text
		.toWellFormed()
		.replace(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, "\ufffd")
		.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
