// The local endpoint identifies its callers by access key id.
import { randomUUID } from "node:crypto";
import type { Principal } from "../template/policy.ts";
import { AwsError } from "./aws-error.ts";
import type { Span } from "./trace.ts";

export interface Caller {
	readonly principal: Principal;
	/** The span of the calling invocation. A call from outside has none and starts a new trace. */
	readonly span: () => Span | undefined;
}

/** A new access key id. The secret is not checked. */
export const newAccessKeyId = (): string =>
	`LOCAL${randomUUID().replaceAll("-", "").slice(0, 15).toUpperCase()}`;

/** Each function has an access key. An account id used as access key id acts as that account's administrator. */
export function callerOf(
	accessKeyId: string,
	callers: ReadonlyMap<string, Caller>,
): Caller | undefined {
	const caller = callers.get(accessKeyId);
	if (caller || !/^\d{12}$/.test(accessKeyId)) return caller;
	return {
		principal: { kind: "account", account: accessKeyId },
		span: () => undefined,
	};
}

/** Returns a request's caller. Throws an `AwsError` for an unknown access key id. */
export function knownCaller({
	caller,
	accessKeyId,
}: {
	readonly caller: Caller | undefined;
	readonly accessKeyId: string;
}): Caller {
	if (caller) return caller;
	throw new AwsError(
		403,
		"UnrecognizedClientException",
		`unknown access key id ${accessKeyId}; use a 12-digit account id to act as its administrator`,
	);
}
