// Checks the declarations in aws-sdk.d.ts against the SDK.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
	EventBridgeClient,
	PutEventsCommand,
} from "@aws-sdk/client-eventbridge";
import { expect, test, vi } from "vitest";
import { domainPublisher, type PublisherOptions } from "../../runtime/aws.ts";
import * as declared from "../../runtime/aws-sdk.js";
import { eventParser } from "../../runtime/parse.ts";
import { type Publish, PublishError } from "../../runtime/publish.ts";

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
	const parser = eventParser("E", "s", "d", () => true);
	const { e, publishAll } = domainPublisher<{
		e: Publish<object>;
		publishAll: (
			events: readonly { type: string; detail: object }[],
		) => Promise<unknown>;
	}>({ e: parser }, { eventBusName: "bus" });
	await expect(e({})).rejects.toThrow(PublishError);
	expect(requests).toBe(5);
	await expect(publishAll([{ type: "Other", detail: {} }])).rejects.toThrow(
		"Other is not an event type of this publisher",
	);
	vi.unstubAllEnvs();
	server.close();
});

test("the declared command takes the SDK's input", () => {
	const input: ConstructorParameters<typeof PutEventsCommand>[0] = {
		Entries: [],
	} satisfies ConstructorParameters<typeof declared.PutEventsCommand>[0];
	expect(new declared.PutEventsCommand({ Entries: [] })).toMatchObject({
		input,
	});
});
