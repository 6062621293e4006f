import type { Cloud } from "../../cloud.ts";
import type { Service } from "../../service.ts";
import { callSns, snsQueryNames } from "./api.ts";
import { subscriptionType } from "./subscription.ts";
import { topicType } from "./topic.ts";
import type { Topics } from "./topics.ts";

export function snsService(
	cloud: Cloud,
): Service & { readonly topics: Topics } {
	const topics: Topics = new Map();
	return {
		name: "sns",
		topics,
		query: snsQueryNames,
		resources: {
			"AWS::SNS::Topic": topicType(topics, cloud),
			"AWS::SNS::Subscription": subscriptionType(topics, cloud),
		},
		call: async (request) => ({
			contentType: "application/x-amz-json-1.0",
			body: await callSns(request, topics, cloud),
		}),
	};
}
