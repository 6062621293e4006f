import type { Cloud } from "../../cloud.ts";
import type { Service } from "../../service.ts";
import { callQueue, sqsQueryNames } from "./api.ts";
import { queueEngines } from "./fauxqs.ts";
import { type Queues, queueType } from "./queue.ts";

export function sqsService(cloud: Cloud): Service & {
	readonly queues: Queues;
} {
	const queues: Queues = new Map();
	return {
		name: "sqs",
		queues,
		query: sqsQueryNames,
		resources: {
			"AWS::SQS::Queue": queueType(queues, queueEngines(cloud), cloud),
		},
		call: async (request) => ({
			contentType: "application/x-amz-json-1.0",
			body: await callQueue(request, queues, cloud),
		}),
	};
}
