import type { Cloud } from "../../cloud.ts";
import type { Service } from "../../service.ts";
import type { Queues } from "../sqs/queue.ts";
import { type InvokeConfigs, invokeConfigType } from "./asynchronous.ts";
import { eventSourceMappingType } from "./event-source-mapping.ts";
import { functionType, qualifierTypes } from "./function.ts";
import type { Functions } from "./functions.ts";

export function lambdaService(
	cloud: Cloud,
	queues: Queues,
): Service & { readonly functions: Functions } {
	const functions: Functions = new Map();
	const configs: InvokeConfigs = new Map();
	return {
		name: "lambda",
		functions,
		resources: {
			"AWS::Lambda::Function": functionType(functions, configs, cloud),
			...qualifierTypes(functions, configs, cloud),
			"AWS::Lambda::EventInvokeConfig": invokeConfigType(configs),
			"AWS::Lambda::EventSourceMapping": eventSourceMappingType(
				functions,
				queues,
				cloud,
			),
		},
	};
}
