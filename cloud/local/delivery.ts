// A service that sends to a resource: it asks for permission, sends, and keeps in a dead-letter queue what it could not.

import type { Principal } from "../template/policy.ts";
import { type Cloud, DeliveryError } from "./cloud.ts";
import type { Span } from "./trace.ts";

/** Who sends, and what its condition keys are. */
export interface Sender {
	readonly principal: Principal;
	readonly context: Readonly<Record<string, string>>;
}

export interface Delivery {
	readonly message: string;
	/** ARN of what is sent to. */
	readonly to: string;
	readonly sender: Sender;
	/** The queue that keeps what could not be sent, and who sends to it: a rule's role is for its target alone. */
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

/** Sends once; answers the hop at which it failed. */
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
	const decision = cloud.decide(principal, receiver.action, to, context);
	if (!decision.allowed)
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
