import type { Cloud } from "../../cloud.ts";
import type { Service } from "../../service.ts";
import type { Queues } from "../sqs/queue.ts";
import { eventSourceMappingType } from "./event-source-mapping.ts";
import { type Functions, functionType } from "./function.ts";

export function lambdaService(
	cloud: Cloud,
	queues: Queues,
): Service & { readonly functions: Functions } {
	const functions: Functions = new Map();
	return {
		name: "lambda",
		functions,
		resources: {
			"AWS::Lambda::Function": functionType(functions, cloud),
			"AWS::Lambda::EventSourceMapping": eventSourceMappingType(
				functions,
				queues,
				cloud,
			),
		},
	};
}
