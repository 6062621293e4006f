// Delivery from a service to a resource: checks the policies, sends, and moves undeliverable messages to the dead-letter queue.

import type { Principal } from "../template/policy.ts";
import { type Cloud, DeliveryError } from "./cloud.ts";
import type { Span } from "./trace.ts";

/** A sending principal and its condition keys. */
export interface Sender {
	readonly principal: Principal;
	readonly context: Readonly<Record<string, string>>;
}

export interface Delivery {
	readonly message: string;
	/** ARN of the delivery target. */
	readonly to: string;
	readonly sender: Sender;
	/** The dead-letter queue and its sender. A rule's role applies to its target only, so the two senders can differ. */
	readonly deadLetters?:
		| { readonly arn: string; readonly sender: Sender }
		| undefined;
}

export async function deliver(
	{ message, to, sender, deadLetters }: Delivery,
	after: Span,
	cloud: Cloud,
): Promise<void> {
	const failed = await attempt(message, to, sender, after, cloud);
	if (failed && deadLetters)
		await attempt(message, deadLetters.arn, deadLetters.sender, failed, cloud);
}

/** Sends once. Returns the hop that failed, or `undefined` on success. */
async function attempt(
	message: string,
	to: string,
	{ principal, context }: Sender,
	after: Span,
	cloud: Cloud,
): Promise<Span | undefined> {
	const account = to.split(":")[4] ?? "";
	const receiver = cloud.receivers.get(to);
	if (!receiver)
		return cloud.tracer.hop(after, {
			account,
			resource: to,
			outcome: "failed",
			what: `there is no ${to} in these stacks`,
		});
	const decisions = [
		cloud.decide(principal, receiver.action, to, context),
		...(receiver.key === undefined
			? []
			: [
					cloud.decideKey(
						principal,
						["kms:GenerateDataKey", "kms:Decrypt"],
						receiver.key,
						to,
						// EventBridge gives a target's key no source.
						isEventBridge(principal) ? {} : context,
					),
				]),
	];
	const decision = decisions.find(({ allowed }) => !allowed);
	if (decision && !decision.allowed)
		return cloud.tracer.hop(after, {
			account,
			resource: receiver.label,
			outcome: "denied",
			what: decision.reason,
		});
	try {
		await receiver.receive(message, after);
		return undefined;
	} catch (error) {
		if (error instanceof DeliveryError && error.span) return error.span;
		return cloud.tracer.hop(after, {
			account,
			resource: receiver.label,
			outcome: "failed",
			what: (error as Error).message,
		});
	}
}

function isEventBridge(principal: Principal): boolean {
	return (
		principal.kind === "service" && principal.service === "events.amazonaws.com"
	);
}
