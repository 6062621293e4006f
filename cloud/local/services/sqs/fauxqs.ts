import { buildApp } from "fauxqs";
import { parseJson } from "../../../../runtime/json.ts";
import { AwsError } from "../../aws-error.ts";
import type { Cloud } from "../../cloud.ts";

/** In-process SQS of one account and region. */
export interface QueueEngine {
	/** Calls an SQS action. Rejects with the `AwsError` of SQS. */
	readonly call: (
		action: string,
		parameters: object,
	) => Promise<Record<string, unknown>>;
	/** Serializes a redrive policy for the engine, which knows one account only. */
	readonly redrivePolicy: (policy: {
		readonly deadLetterTargetArn: string;
		readonly maxReceiveCount: number;
	}) => string;
	/** Lists a queue's messages, delayed and in-flight ones included, without receiving them. */
	readonly messages: (
		queueName: string,
	) => Promise<
		readonly { readonly messageId: string; readonly body: string }[]
	>;
}

/** Returns the engine of an account and region; starts it on first use. */
export type QueueEngines = (account: string, region: string) => QueueEngine;

export function queueEngines(cloud: Cloud): QueueEngines {
	const engines = new Map<string, QueueEngine>();
	return (account, region) => {
		const key = `${account}/${region}`;
		const engine = engines.get(key) ?? queueEngine(region, cloud);
		engines.set(key, engine);
		return engine;
	};
}

function queueEngine(region: string, cloud: Cloud): QueueEngine {
	const app = buildApp({ logger: false, defaultRegion: region });
	cloud.onStop(async () => {
		await app.close();
	});
	return {
		call: async (action, parameters) => {
			const response = await app.inject({
				method: "POST",
				url: "/",
				headers: {
					"content-type": "application/x-amz-json-1.0",
					"x-amz-target": `AmazonSQS.${action}`,
				},
				payload: JSON.stringify(parameters),
			});
			const parsed = parseJson(response.payload || "{}");
			const body = (parsed.ok ? parsed.value : {}) as Record<string, unknown>;
			if (response.statusCode < 400) return body;
			const [queryCode] = String(
				response.headers["x-amzn-query-error"] ?? "",
			).split(";");
			// What the engine does not take is the request's fault: it checks types by failing.
			throw new AwsError(
				400,
				String(body.__type ?? "InvalidParameterValue")
					.split("#")
					.at(-1) as string,
				String(body.message ?? "the request is not valid"),
				queryCode || undefined,
			);
		},
		redrivePolicy: ({ deadLetterTargetArn, maxReceiveCount }) =>
			JSON.stringify({
				deadLetterTargetArn: deadLetterTargetArn.replace(
					/:\d{12}:/,
					":000000000000:",
				),
				maxReceiveCount: Number(maxReceiveCount),
			}),
		messages: async (queueName) => {
			const response = await app.inject({
				method: "GET",
				url: `/_fauxqs/queues/${queueName}`,
			});
			const { messages } = JSON.parse(response.payload) as {
				messages: {
					ready: Held[];
					delayed: Held[];
					inflight: { message: Held }[];
				};
			};
			return [
				...messages.ready,
				...messages.delayed,
				...messages.inflight.map(({ message }) => message),
			];
		},
	};
}

interface Held {
	readonly messageId: string;
	readonly body: string;
}
