import { sqsConsumer } from "eventwright/lambda";
import { ContentPublished } from "../../generated/events/content/content-published.js";
import { ContentViewed } from "../../generated/events/content/content-viewed.js";
import type { Subscribed } from "../../infra/system.ts";

export const handler = sqsConsumer<Subscribed<"analytics">>(
	{ ContentPublished, ContentViewed },
	{
		ContentPublished: ({ detail, time }) =>
			count("Published", time, { Kind: detail.kind }),
		ContentViewed: ({ detail, time }) =>
			count("Viewed", time, { Channel: detail.channel }),
	},
);

/** A metric in CloudWatch's embedded format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
function count(
	metric: string,
	time: string,
	dimensions: Readonly<Record<string, string>>,
): void {
	console.log(
		JSON.stringify({
			_aws: {
				Timestamp: Date.parse(time),
				CloudWatchMetrics: [
					{
						Namespace: "Content",
						Dimensions: [Object.keys(dimensions)],
						Metrics: [{ Name: metric, Unit: "Count" }],
					},
				],
			},
			[metric]: 1,
			...dimensions,
		}),
	);
}
