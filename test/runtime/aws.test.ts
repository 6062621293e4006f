// Checks the declarations in aws-sdk.d.ts against the SDK.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
	EventBridgeClient,
	PutEventsCommand,
} from "@aws-sdk/client-eventbridge";
import { expect, test, vi } from "vitest";
import { publish } from "../../runtime/aws.ts";
import * as declared from "../../runtime/aws-sdk.js";
import { domainPublisher } from "../../runtime/domain-publisher.ts";
import { eventType } from "../../runtime/event-type.ts";
import { PublishError } from "../../runtime/outcome.ts";
import type { Publish, PublisherOptions } from "../../runtime/outgoing.ts";

test("publishers accept the SDK's client", () => {
	const client: NonNullable<PublisherOptions["client"]> = new EventBridgeClient(
		{ region: "eu-west-1" },
	);
	const command: declared.PutEventsCommand = new PutEventsCommand({
		Entries: [],
	});
	expect(client).toBeInstanceOf(declared.EventBridgeClient);
	expect(command).toBeInstanceOf(declared.PutEventsCommand);
});

test("an entry is sent five times, without retries by the SDK", async () => {
	let requests = 0;
	const server = createServer((_, response) => {
		requests++;
		response.writeHead(500).end("{}");
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${port}`);
	for (const name of [
		"AWS_REGION",
		"AWS_ACCESS_KEY_ID",
		"AWS_SECRET_ACCESS_KEY",
	])
		vi.stubEnv(name, "eu-west-1");
	const event = eventType<"E", object>("E", "s", "d", () => true);
	const { e, publishAll } = domainPublisher<{
		e: Publish<object>;
		publishAll: (
			events: readonly { type: string; detail: object }[],
		) => Promise<unknown>;
	}>({ e: event }, { eventBusName: "bus" });
	await expect(e({})).rejects.toThrow(PublishError);
	expect(requests).toBe(5);
	await expect(publishAll([{ type: "Other", detail: {} }])).rejects.toThrow(
		"Other is not an event type of this publisher",
	);
	await expect(publish(event, {}, { eventBusName: "bus" })).rejects.toThrow(
		PublishError,
	);
	expect(requests).toBe(10);
	await expect(publish(event, {})).rejects.toThrow("no event bus");
	vi.unstubAllEnvs();
	server.close();
});

test("publish sends one validated event", async () => {
	const sent: unknown[] = [];
	const client = {
		send: async ({ input }: { input: { Entries: object[] } }) => {
			sent.push(...input.Entries);
			return { Entries: [{ EventId: "1" }] };
		},
	} as unknown as EventBridgeClient;
	const event = eventType<"E", { a: string }>(
		"E",
		"s",
		"d",
		(value, report) => {
			if ((value as { a: unknown }).a === "x") return true;
			report?.issues?.push({ path: "/a", rule: "const", message: "must be x" });
			return false;
		},
	);
	const options = { client, eventBusName: "bus", resources: ["arn:r"] };
	expect(await publish(event, { a: "x" }, options)).toBe("1");
	await expect(publish(event, { a: "y" }, options)).rejects.toThrow(
		"InvalidDetail: /a must be x",
	);
	expect(sent).toEqual([
		{
			EventBusName: "bus",
			Source: "s",
			DetailType: "d",
			Detail: '{"a":"x"}',
			Resources: ["arn:r"],
		},
	]);
});

test("the declared command takes the SDK's input", () => {
	const input: ConstructorParameters<typeof PutEventsCommand>[0] = {
		Entries: [],
	} satisfies ConstructorParameters<typeof declared.PutEventsCommand>[0];
	expect(new declared.PutEventsCommand({ Entries: [] })).toMatchObject({
		input,
	});
});
