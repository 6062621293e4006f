import type { Consumed, SqsRecord } from "./consume.ts";

/** What a batch did. */
export interface BatchMetrics {
	readonly handled: number;
	/** Records that are delivered again. */
	readonly failed: number;
	/** Records that went to the dead-letter queue. */
	readonly poisoned: number;
	/** Age of the oldest record, in milliseconds since it was sent to the queue. */
	readonly ageMs?: number;
}

/** Reports what became of a batch. */
export type ReportMetrics = (
	consumed: Consumed,
	records: readonly SqsRecord[],
) => void;

/** Calls a function with the metrics of each batch. */
export const batchMetrics =
	(report: (batch: BatchMetrics) => void): ReportMetrics =>
	({ handled, failures, poisoned }, records) => {
		const sent = records
			.map(({ attributes }) => Number(attributes?.SentTimestamp))
			.filter((time) => time > 0);
		report({
			handled,
			failed: failures.length,
			poisoned: poisoned.length,
			...(sent.length > 0 ? { ageMs: Date.now() - Math.min(...sent) } : {}),
		});
	};

export interface EmbeddedMetricsOptions {
	readonly namespace: string;
	/** Such as the consumer's name. */
	readonly dimensions?: Readonly<Record<string, string>>;
}

/** Prints each batch's metrics as a line that CloudWatch reads: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
export const embeddedMetrics = ({
	namespace,
	dimensions = {},
}: EmbeddedMetricsOptions): ReportMetrics =>
	batchMetrics(({ handled, failed, poisoned, ageMs }) =>
		console.log(
			JSON.stringify({
				_aws: {
					Timestamp: Date.now(),
					CloudWatchMetrics: [
						{
							Namespace: namespace,
							Dimensions: [Object.keys(dimensions)],
							Metrics: [
								{ Name: "Handled", Unit: "Count" },
								{ Name: "Failed", Unit: "Count" },
								{ Name: "Poisoned", Unit: "Count" },
								...(ageMs === undefined
									? []
									: [{ Name: "Age", Unit: "Milliseconds" }]),
							],
						},
					],
				},
				...dimensions,
				Handled: handled,
				Failed: failed,
				Poisoned: poisoned,
				Age: ageMs,
			}),
		),
	);
