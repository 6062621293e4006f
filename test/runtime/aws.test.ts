// What is declared of the SDK is what the SDK has.
import {
	EventBridgeClient,
	PutEventsCommand,
} from "@aws-sdk/client-eventbridge";
import { expect, test } from "vitest";
import type { PublisherOptions } from "../../runtime/aws.ts";
import * as declared from "../../runtime/aws-sdk.js";

test("the SDK's client is one that publishers take", () => {
	const client: NonNullable<PublisherOptions["client"]> = new EventBridgeClient(
		{ region: "eu-west-1" },
	);
	const command: declared.PutEventsCommand = new PutEventsCommand({
		Entries: [],
	});
	expect(client).toBeInstanceOf(declared.EventBridgeClient);
	expect(command).toBeInstanceOf(declared.PutEventsCommand);
});

test("it is made of what the SDK's takes", () => {
	const input: ConstructorParameters<typeof PutEventsCommand>[0] = {
		Entries: [],
	} satisfies ConstructorParameters<typeof declared.PutEventsCommand>[0];
	expect(new declared.PutEventsCommand({ Entries: [] })).toMatchObject({
		input,
	});
});
