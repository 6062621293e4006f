// One way to publish many events, in a process of its own: WAY PORT. Prints the longest pause of the event loop in milliseconds.
import { monitorEventLoopDelay } from "node:perf_hooks";
import {
	EventBridgeClient,
	PutEventsCommand,
} from "@aws-sdk/client-eventbridge";
import { ContentPublished } from "../generated/events/content/content-published.js";
import { contentPublisher } from "../generated/publishers/content.js";

const [way = "", port = ""] = process.argv.slice(2);
const count = 10_000;
const client = new EventBridgeClient({
	endpoint: `http://127.0.0.1:${port}`,
	region: "eu-west-1",
	credentials: { accessKeyId: "a", secretAccessKey: "b" },
});
const body = "x".repeat(9_800);
const detail = (n: number): ContentPublished => ({
	contentId: `c-${n}`,
	title: "Queues, explained",
	kind: "article",
	publishedAt: "2026-11-24T08:00:00Z",
	authors: [{ name: "Ada Lovelace" }],
	body,
});
const event = (n: number) =>
	({ type: "ContentPublished", detail: detail(n) }) as const;
async function* stream() {
	for (let n = 0; n < count; n++) yield event(n);
}

const content = contentPublisher({ client, eventBusName: "bus" });
const ways: Readonly<Record<string, () => Promise<unknown>>> = {
	nothing: async () => {},
	stream: () => content.publishAll(stream()),
	list: () =>
		content.publishAll(Array.from({ length: count }, (_, n) => event(n))),
	bare: async () => {
		for (let from = 0; from < count; from += 10)
			await client.send(
				new PutEventsCommand({
					Entries: Array.from({ length: 10 }, (_, i) => ({
						EventBusName: "bus",
						Source: ContentPublished.source,
						DetailType: ContentPublished.detailType,
						Detail: JSON.stringify(detail(from + i)),
					})),
				}),
			);
	},
};

const delay = monitorEventLoopDelay({ resolution: 1 });
// What the first request loads is not what is measured.
await client.send(new PutEventsCommand({ Entries: [] }));
delay.enable();
await ways[way]?.();
delay.disable();
console.log(Math.round(delay.max / 1e6));
