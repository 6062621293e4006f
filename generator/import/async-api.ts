// AsyncAPI 2 and 3: each message is an event type. https://www.asyncapi.com/docs/reference/specification/v3.0.0
import { isObject } from "../../runtime/json.ts";
import {
	appendPointer,
	percentDecoded,
	pointerTokens,
	resolvePointer,
} from "../../runtime/json-pointer.ts";
import type { Schema, SchemaObject } from "../schema/keywords.ts";
import { type Definition, importBundle } from "./bundle.ts";
import type { Imported, ImportOptions } from "./imported.ts";
import { untaken } from "./names.ts";

/** Imports the messages of a document, by their names. */
export function importAsyncApi(
	document: SchemaObject,
	options: ImportOptions,
): Imported {
	const version = String(document.asyncapi);
	if (!/^[23]\./.test(version))
		throw new Error(`AsyncAPI ${version} is not supported, 2 and 3 are`);
	const messages = messagesOf(document);
	if (messages.size === 0) throw new Error("the document has no messages");
	const holder = "/components/schemas";
	const schemas = new Map<string, Definition>(
		entriesOf(resolvePointer(document, holder)).map(([key, schema]) => [
			appendPointer(holder, key),
			{ key, schema: unwrapped(schema, key) },
		]),
	);
	// A schema that is the payload of one message, and nothing more, is that message.
	const payloads = [...messages].map(
		([pointer, { schema }]) => [pointer, onlyReference(schema)] as const,
	);
	const aliases = new Map<string, string>();
	for (const [pointer, target] of payloads) {
		const shared = payloads.filter(([, other]) => other === target).length;
		const definition = schemas.get(target ?? "");
		if (target === undefined || definition === undefined || shared > 1)
			continue;
		const { key } = messages.get(pointer) as Definition;
		messages.set(pointer, { key, schema: definition.schema });
		schemas.delete(target);
		aliases.set(target, pointer);
	}
	return importBundle(
		{
			definitions: new Map([...schemas, ...messages]),
			events: [...messages.keys()],
			aliases,
			// AsyncAPI's schemas are a superset of draft-07.
			refStandsAlone: true,
		},
		options,
	);
}

/** A message refers to another through at most this many. */
const stepsMax = 50;

const entriesOf = (value: unknown) =>
	Object.entries(isObject(value) ? value : {});

const onlyReference = (schema: Schema): string | undefined =>
	isObject(schema) &&
	typeof schema.$ref === "string" &&
	Object.keys(schema).length === 1
		? percentDecoded(schema.$ref.slice(1))
		: undefined;

/** The payloads of the messages of all channels and components, by their pointers. */
function messagesOf(document: SchemaObject): Map<string, Definition> {
	const messages = new Map<string, Definition>();
	const names = new Set<string>();
	const add = (
		value: unknown,
		pointer: string,
		fallback: string,
		steps = 0,
	): void => {
		if (!isObject(value)) return;
		if (steps > stepsMax)
			throw new Error(`the message at ${pointer} refers to itself`);
		if (Array.isArray(value.oneOf)) {
			for (const [i, one] of value.oneOf.entries())
				add(
					one,
					appendPointer(pointer, "oneOf", i),
					`${fallback} ${i + 1}`,
					steps + 1,
				);
			return;
		}
		if (typeof value.$ref === "string") {
			const target = percentDecoded(value.$ref.slice(1));
			const message = value.$ref.startsWith("#/")
				? resolvePointer(document, target)
				: undefined;
			if (!isObject(message))
				throw new Error(
					`there is no ${value.$ref}: only messages of the document itself are imported`,
				);
			add(message, target, pointerTokens(target).at(-1) ?? "", steps + 1);
			return;
		}
		const at = appendPointer(pointer, "payload");
		if (messages.has(at)) return;
		const { name = value.messageId ?? fallback, payload } = value;
		// Messages of two channels may have the same name.
		const [holder, channel = ""] = pointerTokens(pointer);
		const full = holder === "channels" ? `${channel} ${name}` : String(name);
		const key = names.has(String(name))
			? untaken(full, (other) => names.has(other), "", " ")
			: String(name);
		names.add(key);
		messages.set(at, {
			key,
			schema: unwrapped(payload, key, value.schemaFormat),
		});
	};
	for (const [channel, item] of entriesOf(document.channels)) {
		const at = appendPointer("/channels", channel);
		const { messages: own } = isObject(item) ? item : {};
		for (const operation of ["publish", "subscribe"] as const) {
			const own = isObject(item) ? item[operation] : undefined;
			if (isObject(own))
				add(own.message, appendPointer(at, operation, "message"), channel);
		}
		for (const [name, message] of entriesOf(own))
			add(message, appendPointer(at, "messages", name), name);
	}
	const { messages: shared } = isObject(document.components)
		? document.components
		: {};
	for (const [name, message] of entriesOf(shared))
		add(message, appendPointer("/components/messages", name), name);
	return messages;
}

/** The JSON Schema in an object that may say its format. */
function unwrapped(value: unknown, name: string, format?: unknown): Schema {
	const isWrapped = isObject(value) && "schemaFormat" in value;
	const stated = isWrapped ? value.schemaFormat : format;
	if (/avro|protobuf|raml|openapi/i.test(String(stated)))
		throw new Error(
			`${name} has a schema of ${stated}, which is not JSON Schema`,
		);
	const schema = isWrapped ? value.schema : value;
	return isObject(schema) || typeof schema === "boolean" ? schema : {};
}
