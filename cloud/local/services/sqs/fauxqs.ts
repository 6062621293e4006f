import { buildApp } from "fauxqs";
import type { Cloud } from "../../cloud.ts";

/** SQS of one account in one region, without a socket. */
export interface QueueService {
	/** Calls an SQS action; rejects with an `Error` that begins with SQS's code. */
	readonly call: (
		action: string,
		parameters: object,
	) => Promise<Record<string, unknown>>;
	/** A redrive policy as the engine takes it: it knows one account only. */
	readonly redrivePolicy: (policy: {
		readonly deadLetterTargetArn: string;
		readonly maxReceiveCount: number;
	}) => string;
	/** What a queue holds, in sight or not, without receiving it. */
	readonly messages: (
		queueName: string,
	) => Promise<
		readonly { readonly messageId: string; readonly body: string }[]
	>;
}

const services = new WeakMap<Cloud, Map<string, QueueService>>();

export function queueService(
	cloud: Cloud,
	account: string,
	region: string,
): QueueService {
	const own = services.get(cloud) ?? new Map<string, QueueService>();
	services.set(cloud, own);
	const key = `${account}/${region}`;
	const there = own.get(key);
	if (there) return there;
	const app = buildApp({ logger: false, defaultRegion: region });
	cloud.onStop(async () => {
		await app.close();
	});
	const created: QueueService = {
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
			const body = response.payload === "" ? {} : JSON.parse(response.payload);
			if (response.statusCode >= 400)
				throw new Error(
					`${String(body.__type ?? response.statusCode)
						.split("#")
						.at(-1)}: ${body.message ?? ""}`,
				);
			return body;
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
	own.set(key, created);
	return created;
}

interface Held {
	readonly messageId: string;
	readonly body: string;
}
