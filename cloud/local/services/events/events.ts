import { AwsError } from "../../aws-error.ts";
import type { Cloud } from "../../cloud.ts";
import { knownCaller } from "../../credentials.ts";
import type { Service } from "../../service.ts";
import { addBus, type EventTables } from "./bus.ts";
import { putEvents } from "./put-events.ts";
import { ruleType } from "./rule.ts";

export function eventsService(
	cloud: Cloud,
	/** Each account has a default bus. */
	accounts: readonly { readonly account: string; readonly region: string }[],
): Service {
	const tables: EventTables = { buses: new Map(), rules: new Map() };
	for (const { account, region } of accounts)
		addBus("default", { account, region }, {}, tables, cloud);
	return {
		name: "events",
		resources: {
			"AWS::Events::EventBus": {
				simulates: ["Name", "Policy", "KmsKeyIdentifier", "DeadLetterConfig"],
				ignores: ["Tags", "Description"],
				create: ({ ref, stack, properties }) =>
					addBus(ref, stack, properties, tables, cloud),
			},
			"AWS::Events::Rule": ruleType(tables, cloud),
		},
		call: async (request) => {
			const { operation, input, region } = request;
			if (operation !== "PutEvents")
				throw new AwsError(
					501,
					"NotImplemented",
					`events:${operation} is not simulated`,
				);
			return {
				contentType: "application/x-amz-json-1.1",
				body: await putEvents(
					input,
					knownCaller(request),
					region,
					tables,
					cloud,
				),
			};
		},
	};
}
