import type { EventSubscription } from "../../runtime/event.ts";

export interface SystemDefinition {
	/** Prefix of all resource names. */
	readonly name: string;
	readonly region: string;
	/** Id of the AWS organization. If set, the bus policy requires it. */
	readonly organizationId?: string;
	readonly accounts: Readonly<
		Record<
			"producer" | "hub" | "consumer",
			{
				readonly id: string;
				/** The AWS CLI profile that `npm run deploy` uses for it. */
				readonly profile: string;
				/** ARN of the SNS topic, in the same account and region, that alarms notify. Default: alarms are only shown. */
				readonly alarmTopicArn?: string;
			}
		>
	>;
	/** Default: the system's name and `-events`. */
	readonly eventBusName?: string;
	/** Name of the schema registry. Default: the system's name. */
	readonly registryName?: string;
	/** Names of event types in rules and topics. Default: the detail-type, as in `content-view-event`. */
	readonly eventTypeNames?: readonly {
		readonly eventType: EventSubscription<string, unknown>;
		readonly name: string;
	}[];
	readonly producers: Readonly<Record<string, ProducerDefinition>>;
	readonly consumers: Readonly<Record<string, ConsumerDefinition>>;
}

export interface ProducerDefinition {
	/** Path of the handler's file. */
	readonly entry: string;
	readonly method: string;
	readonly path: string;
	/** A draft-04 schema, such as those in `generated/api-models`. */
	readonly bodyModel?: { readonly name: string; readonly schema: object };
	readonly publishes: readonly EventSubscription<string, unknown>[];
}

/** An invalid system definition. The message says what to change. */
export class SystemError extends Error {
	override readonly name = "SystemError";
}

export interface ConsumerDefinition {
	/** Path of the handler's file. */
	readonly entry: string;
	readonly subscribes: readonly EventSubscription<string, unknown>[];
}

/** Placeholder account ids in the repository. Deploying to them is refused. */
export const sampleAccountIds: readonly string[] = [
	"111111111111",
	"222222222222",
	"333333333333",
];
