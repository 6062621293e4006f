import { AwsError } from "../../aws-error.ts";
import type { Cloud } from "../../cloud.ts";
import { knownCaller } from "../../credentials.ts";
import type { Service } from "../../service.ts";
import type { Span } from "../../trace.ts";
import {
	addBus,
	arrive,
	type BusEvent,
	type EventTables,
	type LocalBus,
} from "./bus.ts";
import { putEvents } from "./put-events.ts";
import { ruleType } from "./rule.ts";

export function eventsService(
	cloud: Cloud,
	/** Each account has a default bus. */
	accounts: readonly { readonly account: string; readonly region: string }[],
): Service & {
	/** The buses, by ARN. */
	readonly buses: EventTables["buses"];
	/** Puts an event of an AWS service on its account's default bus, as the service itself does. */
	readonly arrive: (
		bus: LocalBus,
		event: BusEvent,
		after: Span,
	) => Promise<void>;
} {
	const tables: EventTables = { buses: new Map(), rules: new Map() };
	for (const { account, region } of accounts)
		addBus({ name: "default", account, region }, tables, cloud);
	return {
		name: "events",
		buses: tables.buses,
		arrive: (bus, event, after) => arrive(bus, event, after, tables, cloud),
		resources: {
			"AWS::Events::EventBus": {
				simulates: ["Name", "Policy", "KmsKeyIdentifier", "DeadLetterConfig"],
				ignores: ["Tags", "Description"],
				create: (resource) => {
					const { ref, stack, properties } = resource;
					const { DeadLetterConfig, KmsKeyIdentifier } = properties;
					addBus(
						{
							name: ref,
							account: stack.account,
							region: stack.region,
							key: cloud.keyOf(KmsKeyIdentifier, resource),
							deadLetterArn: (
								DeadLetterConfig as { readonly Arn?: string } | undefined
							)?.Arn,
						},
						tables,
						cloud,
					);
				},
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
