import { unqualified } from "../../../template/identities.ts";
import type { Decision, Principal } from "../../../template/policy.ts";
import type { Span } from "../../trace.ts";
import type { FunctionCode } from "./code.ts";
import type { InvocationResult } from "./environments.ts";

export interface LocalFunction {
	readonly name: string;
	readonly arn: string;
	readonly account: string;
	readonly region: string;
	/** Its role, in the function's session. */
	readonly principal: Principal & { readonly kind: "role" };
	/** Names of its versions and aliases. */
	readonly qualifiers: Set<string>;
	/** The queue or topic for events that asynchronous invocations failed to handle. */
	readonly deadLetterArn: string | undefined;
	/** Whether Lambda may assume the function's role. */
	readonly assumed: () => Decision;
	/** Invokes the function, by its ARN or a qualified one. Its logs and calls are attached to the span. */
	readonly invoke: (
		event: unknown,
		span: Span,
		invokedArn?: string,
	) => Promise<InvocationResult>;
	/** Makes the next invocations fail as if the handler threw. */
	readonly failNext: (times: number, message: string) => void;
	/** Replaces the code. Invocations in progress finish on the code they started with. */
	readonly reload: (code: FunctionCode) => Promise<void>;
}

/** By ARN, without a qualifier. */
export type Functions = Map<string, LocalFunction>;

/** The function at an ARN, which may name a version or an alias that it has. */
export function functionAt(
	functions: Functions,
	arn: string,
): LocalFunction | undefined {
	const own = unqualified(arn);
	const found = functions.get(own);
	return own === arn || found?.qualifiers.has(arn.slice(own.length + 1))
		? found
		: undefined;
}
