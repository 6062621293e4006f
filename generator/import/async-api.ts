// AsyncAPI 2 and 3: each message is an event type. https://www.asyncapi.com/docs/reference/specification/v3.0.0
import { isObject } from "../../runtime/json.ts";
import { appendPointer, resolvePointer } from "../../runtime/json-pointer.ts";
import type { SchemaObject } from "../schema/keywords.ts";
import { importBundle } from "./bundle.ts";
import type { Imported, ImportOptions } from "./imported.ts";

interface Message {
	readonly name: string;
	readonly payload: unknown;
}

const schemasPointer = "/components/schemas";

/** Imports the messages of a document, by their names, as a bundle of its schemas. */
export function importAsyncApi(
	document: SchemaObject,
	options: ImportOptions,
): Imported {
	const version = String(document.asyncapi);
	if (!/^[23]\./.test(version))
		throw new Error(`AsyncAPI ${version} is not supported, 2 and 3 are`);
	const messages = messagesOf(document);
	if (messages.size === 0) throw new Error("the document has no messages");
	const payloads = [...messages.values()].map(({ name, payload }) => [
		name,
		payloadOf(document, name, payload),
	]);
	const schemas = resolvePointer(document, schemasPointer);
	return importBundle(
		{
			// AsyncAPI's schemas are a superset of draft-07.
			$schema: "http://json-schema.org/draft-07/schema#",
			components: {
				schemas: {
					...(isObject(schemas) ? schemas : {}),
					...Object.fromEntries(payloads),
				},
			},
			oneOf: [...messages.keys()].map((name) => ({
				$ref: `#${appendPointer(schemasPointer, name)}`,
			})),
		},
		schemasPointer,
		options,
	);
}

/** The messages of all channels and components, by name. */
function messagesOf(document: SchemaObject): ReadonlyMap<string, Message> {
	const messages = new Map<string, Message>();
	const add = (value: unknown, fallback: string): void => {
		if (!isObject(value)) return;
		if (Array.isArray(value.oneOf)) {
			value.oneOf.forEach((one, i) => {
				add(one, `${fallback} ${i + 1}`);
			});
			return;
		}
		if (typeof value.$ref === "string") {
			const target = followed(document, value);
			if (target === undefined)
				throw new Error(
					`there is no ${value.$ref}: only messages of the document itself are imported`,
				);
			add(target, value.$ref.slice(value.$ref.lastIndexOf("/") + 1));
			return;
		}
		const { name = value.messageId ?? fallback, payload } = value;
		messages.set(String(name), { name: String(name), payload });
	};
	const entries = (value: unknown) =>
		Object.entries(isObject(value) ? value : {});
	for (const [channel, item] of entries(document.channels)) {
		const { publish, subscribe, messages: own } = isObject(item) ? item : {};
		for (const operation of [publish, subscribe])
			if (isObject(operation)) add(operation.message, channel);
		for (const [name, message] of entries(own)) add(message, name);
	}
	const { messages: shared } = isObject(document.components)
		? document.components
		: {};
	for (const [name, message] of entries(shared)) add(message, name);
	return messages;
}

/** A message's schema. Where it only refers to one, that one. */
function payloadOf(
	document: SchemaObject,
	name: string,
	payload: unknown,
): unknown {
	const isWrapped = isObject(payload) && "schemaFormat" in payload;
	const { schemaFormat = "" } = isWrapped ? payload : {};
	if (/avro|protobuf|raml|openapi/i.test(String(schemaFormat)))
		throw new Error(
			`the message ${name} has a payload of ${schemaFormat}, which is not JSON Schema`,
		);
	const schema = isWrapped ? payload.schema : payload;
	if (!isObject(schema)) return {};
	return Object.keys(schema).length === 1
		? (followed(document, schema) ?? schema)
		: schema;
}

/** What an object refers to within the document; the object itself if it refers to nothing. */
function followed(
	document: SchemaObject,
	start: SchemaObject,
): SchemaObject | undefined {
	let value = start;
	for (let steps = 0; typeof value.$ref === "string"; steps++) {
		const target = value.$ref.startsWith("#/")
			? resolvePointer(document, decodeURIComponent(value.$ref.slice(1)))
			: undefined;
		if (!isObject(target) || steps > 20) return undefined;
		value = target;
	}
	return value;
}
