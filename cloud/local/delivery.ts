// Delivery from a service to a resource: checks the policies, sends, and moves undeliverable messages to the dead-letter queue.

import type { Principal } from "../template/policy.ts";
import { AwsError } from "./aws-error.ts";
import {
	type Cloud,
	DeliveryError,
	type Message,
	type MessageAttribute,
} from "./cloud.ts";
import type { Span } from "./trace.ts";

/** A sending principal and its condition keys. */
export interface Sender {
	readonly principal: Principal;
	readonly context: Readonly<Record<string, string | readonly string[]>>;
}

export interface Delivery {
	readonly message: Message;
	/** ARN of the delivery target. */
	readonly to: string;
	readonly sender: Sender;
	/** Absent if what cannot be delivered is lost. */
	readonly deadLetters?: DeadLetters | undefined;
}

/** A dead-letter queue and its sender. A rule's role applies to its target only, so the two senders can differ. */
export interface DeadLetters {
	readonly arn: string;
	readonly sender: Sender;
	/** Attributes that the service adds. */
	readonly attributes?: (
		failure: Failure,
	) => Readonly<Record<string, MessageAttribute>>;
}

export interface Failure {
	readonly span: Span;
	readonly code: "NO_PERMISSIONS" | "SDK_CLIENT_ERROR";
	readonly reason: string;
}

/** Delivers a message, or puts it on the dead-letter queue. What AWS goes on with where nothing is simulated counts as delivered. */
export async function deliver(
	{ message, to, sender, deadLetters }: Delivery,
	after: Span,
	cloud: Cloud,
): Promise<void> {
	const failed = await attempt(message, to, sender, after, cloud);
	if (failed) await bury(message, deadLetters, failed, cloud);
}

/** Puts what could not be delivered on the dead-letter queue, if there is one. */
export async function bury(
	message: Message,
	deadLetters: DeadLetters | undefined,
	failure: Failure,
	cloud: Cloud,
): Promise<void> {
	if (!deadLetters) return;
	const { arn, sender, attributes } = deadLetters;
	await attempt(
		{
			...message,
			isDeadLetter: true,
			attributes: { ...message.attributes, ...attributes?.(failure) },
		},
		arn,
		sender,
		failure.span,
		cloud,
	);
}

/** Sends once. Returns the failure, or `undefined` on success. */
async function attempt(
	message: Message,
	to: string,
	{ principal, context }: Sender,
	after: Span,
	cloud: Cloud,
): Promise<Failure | undefined> {
	const account = to.split(":")[4] ?? "";
	const receiver = cloud.receivers.get(to);
	if (!receiver) {
		cloud.tracer.hop(after, {
			account,
			resource: to,
			outcome: "not simulated",
			what: cloud.describeOther(to),
		});
		return undefined;
	}
	const decision = cloud.decideWithKey(
		principal,
		receiver.action,
		{ arn: to, key: receiver.key },
		sendKeyActions,
		context,
		// EventBridge gives a target's key no source.
		isEventBridge(principal) ? {} : textsIn(context),
	);
	if (!decision.allowed)
		return {
			code: "NO_PERMISSIONS",
			reason: decision.reason,
			span: cloud.tracer.hop(after, {
				account,
				resource: receiver.label,
				outcome: "denied",
				what: decision.reason,
			}),
		};
	try {
		await receiver.receive(message, after);
		return undefined;
	} catch (error) {
		const { message: said } = error as Error;
		const reason = error instanceof AwsError ? `${error.code}: ${said}` : said;
		return {
			code: "SDK_CLIENT_ERROR",
			reason,
			span:
				error instanceof DeliveryError && error.span
					? error.span
					: cloud.tracer.hop(after, {
							account,
							resource: receiver.label,
							outcome: "failed",
							what: reason,
						}),
		};
	}
}

/** What a sender needs of the key of a queue or topic: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html */
export const sendKeyActions = ["kms:GenerateDataKey", "kms:Decrypt"];

const textsIn = (
	context: Sender["context"],
): Readonly<Record<string, string>> =>
	Object.fromEntries(
		Object.entries(context).filter(
			(entry): entry is [string, string] => typeof entry[1] === "string",
		),
	);

function isEventBridge(principal: Principal): boolean {
	return (
		principal.kind === "service" && principal.service === "events.amazonaws.com"
	);
}
