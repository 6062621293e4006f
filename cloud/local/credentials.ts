// Access key ids: the local endpoint knows its callers by them.
import { randomUUID } from "node:crypto";
import type { Principal } from "../template/policy.ts";
import { AwsError } from "./aws-error.ts";
import type { Span } from "./trace.ts";

export interface Caller {
	readonly principal: Principal;
	/** The invocation that calls; a call from outside begins a trace of its own. */
	readonly span: () => Span | undefined;
}

/** A new access key id; the secret may be anything. */
export const newAccessKeyId = (): string =>
	`LOCAL${randomUUID().replaceAll("-", "").slice(0, 15).toUpperCase()}`;

/** A function's key is its own; an account's id as access key id acts as that account's administrator. */
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

/** The caller of a request. Throws an `AwsError` for an unknown access key id. */
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
