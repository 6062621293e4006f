import type { Mismatch } from "../../../../pattern/engine/mismatches.ts";
import type { Message } from "../../cloud.ts";
import type { Span } from "../../trace.ts";

export interface LocalSubscription {
	readonly logicalId: string;
	readonly arn: string;
	readonly protocol: string;
	readonly endpoint: string;
	readonly raw: boolean;
	readonly deadLetterArn: string | undefined;
	/** Why SNS refused the subscription. */
	readonly refused?: string;
	/** Mismatches of a message with the filter policy. Empty if it passes; `undefined` without a filter policy. */
	readonly mismatches?: (message: Message) => readonly Mismatch[];
	readonly account: string;
}

export interface LocalTopic {
	readonly arn: string;
	readonly name: string;
	readonly account: string;
	readonly region: string;
	readonly key: string | undefined;
	readonly messageBytesMax: number;
	readonly isFifo: boolean;
	readonly subscriptions: LocalSubscription[];
	/** Publishes a message. Resolves with its id. Rejects with a `DeliveryError` if SNS would refuse it. */
	readonly publish: (message: Message, after: Span) => Promise<string>;
}

/** By ARN. */
export type Topics = Map<string, LocalTopic>;
