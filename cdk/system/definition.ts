import type { EventSubscription } from "../../runtime/event.ts";

export interface SystemDefinition {
	/** Prefix of all resource names. At most 40 characters. */
	readonly name: string;
	readonly region: string;
	/** Id of the AWS organization. If set, the bus policy requires it. */
	readonly organizationId?: string;
	readonly accounts: Readonly<
		Record<"producer" | "hub" | "consumer", AccountDefinition>
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
	/**
	 * Whether the bus's policy says for each role which event types it may publish, or for all roles of the account together. Each
	 * role's own policy says it, too. Default: `role`; `account` is for more producers than the policy has room for.
	 */
	readonly busPolicyPer?: "role" | "account";
	/** How many days the bus archives its events, so that they can be replayed. Default: it has no archive. */
	readonly archiveDays?: number;
	/** Whether the hub's account has a CloudWatch dashboard of the system. Default: false. */
	readonly dashboard?: boolean;
	/** Whether CloudFormation refuses to delete the stacks. Default: true. */
	readonly terminationProtection?: boolean;
	/** Quotas that AWS has raised for the hub's account. Synthesis refuses what exceeds a quota. */
	readonly quotas?: {
		/** Default: 10,240. */
		readonly eventBusPolicyCharacters?: number;
		/** Default: 300. */
		readonly rulesPerEventBus?: number;
	};
	readonly producers: Readonly<Record<string, ProducerDefinition>>;
	readonly consumers: Readonly<Record<string, ConsumerDefinition>>;
}

export interface AccountDefinition {
	readonly id: string;
	/** The AWS CLI profile that `deploy` uses for it. Default: the credentials of the environment. */
	readonly profile?: string;
	/** ARN of the SNS topic, in the same account and region, that alarms notify. Default: alarms are only shown. */
	readonly alarmTopicArn?: string;
	/** Path of the roles, such as `/eventwright/`. Default: `/`. */
	readonly rolePath?: string;
	/** ARN of the managed policy that limits every role. */
	readonly permissionsBoundaryArn?: string;
	readonly tags?: Readonly<Record<string, string>>;
	/** Encrypts with customer-managed KMS keys, which the stacks make. Default: keys that AWS owns. */
	readonly customerManagedKeys?: boolean;
	/** A period that CloudWatch Logs knows, such as 30 or 90. Default: 30. */
	readonly logRetentionDays?: number;
	/** Where the functions run. Publishing functions need a way out to EventBridge. Default: outside of a VPC. */
	readonly vpc?: {
		readonly subnetIds: readonly string[];
		readonly securityGroupIds: readonly string[];
	};
	/** The qualifier with which the account was bootstrapped. Default: CDK's, `hnb659fds`. */
	readonly bootstrapQualifier?: string;
}

/** In the order in which they are deployed. */
export const accountNames = ["hub", "consumer", "producer"] as const;

/** Settings of a function. */
export interface FunctionSettings {
	/** Path of the handler's file. */
	readonly entry: string;
	/** Default: 10. */
	readonly timeoutSeconds?: number;
	/** In MiB. Default: 256. */
	readonly memorySize?: number;
	readonly reservedConcurrentExecutions?: number;
	readonly environment?: Readonly<Record<string, string>>;
	/** What the function may do besides. */
	readonly grants?: readonly {
		readonly actions: readonly string[];
		readonly resources: readonly string[];
	}[];
	/** The topic that the alarms of this function's owner notify. Default: the account's. */
	readonly alarmTopicArn?: string;
}

export interface ProducerDefinition extends FunctionSettings {
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

export interface ConsumerDefinition extends FunctionSettings {
	/** Default: 10. */
	readonly batchSize?: number;
	/** How long to wait for a full batch. Default: 0, or 1 if `batchSize` is more than 10. */
	readonly maxBatchingWindowSeconds?: number;
	/** How many batches are handled at once, from 2 to 1,000. Default: no limit. */
	readonly maxConcurrency?: number;
	/** Deliveries before a message is dead-lettered, at least 5. Default: 5. */
	readonly maxReceiveCount?: number;
	readonly subscribes: readonly EventSubscription<string, unknown>[];
}

/** Placeholder account ids in the repository. Deploying to them is refused. */
export const sampleAccountIds: readonly string[] = [
	"111111111111",
	"222222222222",
	"333333333333",
];
