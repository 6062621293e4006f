// The demo's requests to the reference system.
import {
	EventBridgeClient,
	PutEventsCommand,
} from "@aws-sdk/client-eventbridge";
import type { LocalSystem } from "eventwright/local";
import { eventBusArn, functionName, roleArn } from "eventwright/system";
import { ContentViewed } from "../generated/events/content/content-viewed.js";
import { system } from "../infra/system.ts";

export interface Scenario {
	readonly title: string;
	readonly run: (local: LocalSystem, apiUrl: string) => Promise<void>;
}

const published = {
	contentId: "c-3",
	title: "Dead letters and how to read them",
	kind: "article",
	publishedAt: "2026-11-24T08:00:00Z",
	authors: [{ name: "Ada Lovelace" }],
	tags: ["queues"],
};

const post = (apiUrl: string, body: unknown) =>
	fetch(`${apiUrl}/content`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify(body),
	});

export const scenarios: readonly Scenario[] = [
	{
		title: "A long view: both consumers receive it",
		run: async (_, apiUrl) => {
			await fetch(
				`${apiUrl}/content/c-1?channel=app-ios&durationMs=42000&viewerId=v-7`,
			);
		},
	},
	{
		title:
			"A short view: the content filter of one consumer's rule excludes it",
		run: async (_, apiUrl) => {
			await fetch(`${apiUrl}/content/c-2?durationMs=20`);
		},
	},
	{
		title: "A body that the API model rejects",
		run: async (_, apiUrl) => {
			await post(apiUrl, { ...published, kind: "leaflet" });
		},
	},
	{
		title:
			"A body that passes the API model but not the function: a video needs a duration",
		run: async (_, apiUrl) => {
			await post(apiUrl, { ...published, kind: "video" });
		},
	},
	{
		title: "A consumer that fails twice: the queue redelivers",
		run: async (local, apiUrl) => {
			local.failNext(
				functionName(system, "analytics"),
				2,
				"a failure injected by the demo",
			);
			await post(apiUrl, published);
		},
	},
	{
		title:
			"A poisoned event: put on the bus without the publisher, with an invalid detail",
		run: async (local) => {
			const client = new EventBridgeClient({
				endpoint: local.endpoint,
				region: system.region,
				credentials: {
					accessKeyId: local.accessKeyFor(
						roleArn(system, "producer", "get-content"),
					),
					secretAccessKey: "local",
				},
			});
			await client.send(
				new PutEventsCommand({
					Entries: [
						{
							EventBusName: eventBusArn(system),
							Source: ContentViewed.source,
							DetailType: ContentViewed.detailType,
							Detail: JSON.stringify({
								contentId: 17,
								channel: "carrier-pigeon",
							}),
						},
					],
				}),
			);
			client.destroy();
		},
	},
];
