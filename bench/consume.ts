import { ContentViewed } from "../generated/events/content/content-viewed.js";
import type { EventOf } from "../runtime/event.ts";
import { sqsConsumer } from "../runtime/lambda.ts";
import { table, times } from "./measure.ts";

/** Measures what `sqsConsumer` costs over a handler that parses and trusts, for a batch of ten. */
export async function consume(): Promise<string> {
	const record = (n: number) => ({
		messageId: `m-${n}`,
		body: JSON.stringify({
			version: "0",
			id: `00000000-0000-4000-8000-00000000000${n}`,
			source: ContentViewed.source,
			"detail-type": ContentViewed.detailType,
			account: "111111111111",
			time: "2026-11-24T09:00:00Z",
			region: "eu-west-1",
			resources: [],
			detail: {
				contentId: `c-${n}`,
				viewedAt: "2026-11-24T09:00:00Z",
				channel: "web",
				sections: Array.from({ length: 55 }, (_, i) => `Section ${i}`),
			},
		}),
		attributes: { ApproximateReceiveCount: "1" },
		eventSourceARN: "arn:aws:sqs:eu-west-1:333333333333:q",
	});
	const Records = Array.from({ length: 10 }, (_, n) => record(n));
	let handled = 0;
	const effect = async () => {
		handled++;
	};
	type Viewed = EventOf<"ContentViewed", ContentViewed>;
	const ours = sqsConsumer<{ ContentViewed: Viewed }>(
		{ ContentViewed },
		{ ContentViewed: effect },
	);
	const context = { getRemainingTimeInMillis: () => 10_000 };
	const bare = async (event: { Records: typeof Records }) => {
		const batchItemFailures: { itemIdentifier: string }[] = [];
		await Promise.all(
			event.Records.map(async ({ messageId, body }) => {
				try {
					JSON.parse(body);
					await effect();
				} catch {
					batchItemFailures.push({ itemIdentifier: messageId });
				}
			}),
		);
		return { batchItemFailures };
	};
	const meanUs = async (call: () => Promise<unknown>) => {
		const calls = 2_000;
		const before = performance.now();
		for (let i = 0; i < calls; i++) await call();
		return ((performance.now() - before) * 1_000) / calls;
	};
	const figures: Record<string, number[]> = { bare: [], ours: [] };
	for (let round = -2; round < 11; round++) {
		const bareUs = await meanUs(() => bare({ Records }));
		const oursUs = await meanUs(() => ours({ Records }, context));
		if (round < 0) continue;
		figures.bare?.push(bareUs);
		figures.ours?.push(oursUs);
	}
	if (handled === 0) throw new Error("nothing was handled");
	const median = (name: string) =>
		(figures[name] ?? []).sort((a, b) => a - b)[5] as number;
	return table(
		"A batch of ten records of 1 kB; the ratio is to JSON.parse and the handler alone",
		["", "per batch", "ratio"],
		[
			["a bare handler", `${median("bare").toFixed(0)} µs`, ""],
			[
				"sqsConsumer",
				`${median("ours").toFixed(0)} µs`,
				times(median("ours") / median("bare")),
			],
		],
	);
}
