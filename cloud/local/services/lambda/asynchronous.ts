// Asynchronous invocation: Lambda takes the event, tries three times, and hands the outcome on:
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
import { randomUUID } from "node:crypto";
import { parseJson } from "../../../../runtime/json.ts";
import { functionArn } from "../../../template/identities.ts";
import { type Cloud, DeliveryError, type Message } from "../../cloud.ts";
import { deliver } from "../../delivery.ts";
import type { ResourceType } from "../../service.ts";
import type { Span } from "../../trace.ts";
import type { InvocationResult } from "./environments.ts";
import type { LocalFunction } from "./functions.ts";

interface InvokeConfig {
	readonly retries: number;
	readonly onSuccess: string | undefined;
	readonly onFailure: string | undefined;
}

/** By the ARN that is invoked. */
export type InvokeConfigs = Map<string, InvokeConfig>;

export const invokeConfigType = (configs: InvokeConfigs): ResourceType => ({
	simulates: [
		"FunctionName",
		"Qualifier",
		"MaximumRetryAttempts",
		"DestinationConfig",
	],
	ignores: ["MaximumEventAgeInSeconds"],
	create: ({ properties, stack }) => {
		const { Qualifier, MaximumRetryAttempts, DestinationConfig } = properties;
		const { OnSuccess, OnFailure } = (DestinationConfig ?? {}) as Record<
			string,
			{ readonly Destination?: string } | undefined
		>;
		const arn = functionArn(String(properties.FunctionName), stack);
		configs.set(Qualifier === "$LATEST" ? arn : `${arn}:${Qualifier}`, {
			retries: Number(MaximumRetryAttempts ?? retriesDefault),
			onSuccess: OnSuccess?.Destination,
			onFailure: OnFailure?.Destination,
		});
	},
});

const retriesDefault = 2;

/** Takes an event for a function. Returns once Lambda has it; the trace lasts until the last try. */
export function receiveAsynchronously(
	arn: string,
	target: LocalFunction,
	body: string,
	after: Span,
	configs: InvokeConfigs,
	cloud: Cloud,
): void {
	const parsed = parseJson(body);
	if (!parsed.ok)
		throw new DeliveryError(
			`InvalidRequestContentException: Could not parse request body into json: ${parsed.message}`,
		);
	const config = configs.get(arn) ?? {
		retries: retriesDefault,
		onSuccess: undefined,
		onFailure: undefined,
	};
	cloud.follow(after, target.account, () =>
		tryAll(arn, target, parsed.value, after, config, cloud),
	);
}

async function tryAll(
	arn: string,
	target: LocalFunction,
	event: unknown,
	after: Span,
	{ retries, onSuccess, onFailure }: InvokeConfig,
	cloud: Cloud,
): Promise<void> {
	const requestId = randomUUID();
	let last = after;
	for (let count = 1; ; count++) {
		const span = cloud.tracer.reserve(last);
		const result = await target.invoke(event, span, arn);
		const isLast = result.ok || count > retries;
		cloud.tracer.record(span, last, {
			account: target.account,
			resource: `function ${target.name}`,
			outcome: result.ok ? "ok" : isLast ? "failed" : "retry",
			what: result.ok
				? "handled"
				: `${result.error}${retries > 0 ? ` (invocation ${count} of ${retries + 1})` : ""}`,
		});
		last = span;
		if (!isLast) {
			await cloud.pause(cloud.options.redeliveryDelayMs);
			if (cloud.isStopped) return;
			continue;
		}
		const invocation = { arn, target, event, requestId, count, result };
		const destination = result.ok ? onSuccess : onFailure;
		if (destination !== undefined)
			await sendOn(
				recordFor(destination, invocation),
				destination,
				invocation,
				last,
				cloud,
			);
		if (!result.ok && target.deadLetterArn !== undefined)
			await sendOn(
				deadLetter(invocation),
				target.deadLetterArn,
				invocation,
				last,
				cloud,
			);
		return;
	}
}

interface Invocation {
	readonly arn: string;
	readonly target: LocalFunction;
	readonly event: unknown;
	readonly requestId: string;
	readonly count: number;
	readonly result: InvocationResult;
}

/** Lambda sends with the permissions of the function's role. */
const sendOn = (
	message: Message,
	to: string,
	{ target }: Invocation,
	after: Span,
	cloud: Cloud,
): Promise<void> =>
	deliver(
		{ message, to, sender: { principal: target.principal, context: {} } },
		after,
		cloud,
	);

function deadLetter({ event, requestId, result }: Invocation): Message {
	const text = (value: string) => ({ type: "String", value });
	return {
		body: JSON.stringify(event),
		isDeadLetter: true,
		attributes: {
			RequestID: text(requestId),
			ErrorCode: { type: "Number", value: "200" },
			ErrorMessage: text(
				(result.ok ? "" : result.error).slice(0, 1_000) || "unknown",
			),
		},
	};
}

/** The invocation's record; a bus gets it as an event: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
function recordFor(destination: string, invocation: Invocation): Message {
	const { arn, target, event, requestId, count, result } = invocation;
	const qualified = arn === target.arn ? `${arn}:$LATEST` : arn;
	const time = new Date().toISOString();
	const record = {
		version: "1.0",
		timestamp: time,
		requestContext: {
			requestId,
			functionArn: qualified,
			condition: result.ok ? "Success" : "RetriesExhausted",
			approximateInvokeCount: count,
		},
		requestPayload: event,
		responseContext: {
			statusCode: 200,
			executedVersion: "$LATEST",
			...(result.ok ? {} : { functionError: "Unhandled" }),
		},
		responsePayload: result.ok
			? result.payload
			: { errorMessage: result.error },
	};
	return {
		body: JSON.stringify(
			destination.includes(":event-bus/")
				? {
						version: "0",
						id: randomUUID(),
						"detail-type": `Lambda Function Invocation Result - ${result.ok ? "Success" : "Failure"}`,
						source: "lambda",
						account: target.account,
						time: time.replace(/\.\d+Z$/, "Z"),
						region: target.region,
						resources: [qualified, destination],
						detail: record,
					}
				: record,
		),
	};
}
