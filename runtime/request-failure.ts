// What an error of the SDK says about the events of its request.

import { attempt, describeError } from "./describe-error.ts";

/** An error that came before the request was written. */
export class UnsentError extends Error {
	override readonly name = "UnsentError";
}

/** Why events of a request failed. */
export interface Failure {
	readonly code: string;
	readonly message: string;
	/** Whether EventBridge may have accepted the events all the same. */
	readonly isUnknown: boolean;
	readonly isRetryable: boolean;
	/** Whether other events would fail as well. */
	readonly endsCall: boolean;
	/** When the service wants to be asked again, in milliseconds from now. */
	readonly retryAfterMs?: number;
	readonly cause?: unknown;
	readonly requestId?: string;
}

// The lists are the SDK's, which a test compares: @smithy/core, submodules/retry/service-error-classification.
export const throttlingCodes: ReadonlySet<string> = new Set([
	"BandwidthLimitExceeded",
	"EC2ThrottledException",
	"LimitExceededException",
	"PriorRequestNotComplete",
	"ProvisionedThroughputExceededException",
	"RequestLimitExceeded",
	"RequestThrottled",
	"RequestThrottledException",
	"SlowDown",
	"ThrottledException",
	"Throttling",
	"ThrottlingException",
	"TooManyRequestsException",
	"TransactionInProgressException",
]);
/** Names of errors. */
export const transientCodes: ReadonlySet<string> = new Set([
	"TimeoutError",
	"RequestTimeout",
	"RequestTimeoutException",
]);
/** Codes of Node's errors. */
export const networkCodes: ReadonlySet<string> = new Set([
	"ECONNRESET",
	"ECONNREFUSED",
	"EPIPE",
	"ETIMEDOUT",
	"EHOSTUNREACH",
	"ENETUNREACH",
	"ENOTFOUND",
	"EAI_AGAIN",
]);
export const transientStatuses: ReadonlySet<number> = new Set([
	500, 502, 503, 504,
]);

/** Codes of errors that come before there is a connection, unless the error is of a read or a write. */
const unconnectedCodes = new Set([
	"ECONNREFUSED",
	"EHOSTUNREACH",
	"ENETUNREACH",
	"ENOTFOUND",
	"EAI_AGAIN",
]);

/** Codes of requests that are refused for what they hold: others may succeed. */
const contentCodes = new Set([
	"ValidationException",
	"SerializationException",
	"RequestEntityTooLargeException",
]);

/** Codes of entries, besides the service's: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html */
const retryableEntryCodes = new Set([
	"InternalFailure",
	"InternalException",
	"InternalServerError",
	"ServiceUnavailable",
]);

interface SdkError {
	readonly name?: unknown;
	readonly code?: unknown;
	readonly message?: unknown;
	readonly syscall?: unknown;
	readonly cause?: unknown;
	readonly $metadata?: {
		readonly httpStatusCode?: number;
		readonly requestId?: string;
		readonly clockSkewCorrected?: boolean;
	};
	/** Set by the SDK on errors that it considers retryable. */
	readonly $retryable?: { readonly throttling?: boolean };
	readonly $response?: {
		readonly statusCode?: number;
		readonly headers?: Readonly<Record<string, string>>;
	};
}

/** Why a whole request failed. */
export function requestFailure(error: unknown, nowMs: number): Failure {
	const { message } = describeError(error);
	return (
		attempt(() => failureOf(error, nowMs)) ?? {
			// Nothing can be read of it.
			code: "UnknownError",
			message,
			isUnknown: true,
			isRetryable: false,
			endsCall: false,
		}
	);
}

function failureOf(error: unknown, nowMs: number): Failure {
	const isUnsent = error instanceof UnsentError;
	const thrown = isUnsent ? error.cause : error;
	const sdkError = asSdkError(thrown);
	const code = codeOf(sdkError);
	const status = statusOf(sdkError);
	const isThrottling = isThrottled(sdkError);
	const retryable = isThrottling || isTransient(sdkError);
	const isRefused = status >= 400 && status < 500;
	const retryAfterMs = retryAfterOf(sdkError, nowMs);
	const requestId = sdkError.$metadata?.requestId;
	return {
		code,
		message: typeof sdkError.message === "string" ? sdkError.message : code,
		isUnknown:
			!isUnsent && !isRefused && !isThrottling && !isUnconnected(sdkError),
		isRetryable: retryable,
		endsCall:
			!retryable &&
			(isRefused || isUnsent) &&
			status !== 413 &&
			!contentCodes.has(code),
		...(retryAfterMs === undefined ? {} : { retryAfterMs }),
		cause: thrown,
		...(requestId === undefined ? {} : { requestId }),
	};
}

/** Why an entry failed, by the code in its result. */
export function entryFailure(
	code: string,
	message: string | undefined,
	requestId: string | undefined,
): Failure {
	return {
		code,
		message: message ?? "the service gives no reason",
		isUnknown: false,
		isRetryable:
			retryableEntryCodes.has(code) ||
			throttlingCodes.has(code) ||
			transientCodes.has(code),
		endsCall: false,
		...(requestId === undefined ? {} : { requestId }),
	};
}

/** Why nobody can tell what became of entries whose request succeeded. */
export const noResult = (
	message: string,
	requestId: string | undefined,
): Failure => ({
	code: "NoResult",
	message,
	isUnknown: true,
	isRetryable: false,
	endsCall: false,
	...(requestId === undefined ? {} : { requestId }),
});

function asSdkError(error: unknown): SdkError {
	return typeof error === "object" && error !== null
		? error
		: { message: describeError(error).message };
}

function codeOf({ name, code }: SdkError): string {
	const [found = "UnknownError"] = [code, name].filter(
		(candidate) => typeof candidate === "string" && candidate !== "Error",
	);
	return found as string;
}

const statusOf = ({ $metadata, $response }: SdkError): number =>
	$metadata?.httpStatusCode ?? $response?.statusCode ?? 0;

const isThrottled = (error: SdkError): boolean =>
	statusOf(error) === 429 ||
	throttlingCodes.has(String(error.name)) ||
	error.$retryable?.throttling === true;

function isTransient(error: SdkError, depth = 0): boolean {
	const { name, code, message, cause, $metadata, $retryable } = error;
	return (
		name !== "AbortError" &&
		($retryable !== undefined ||
			$metadata?.clockSkewCorrected === true ||
			(name === "InvalidSignatureException" &&
				String(message).includes("Signature expired")) ||
			transientCodes.has(String(name)) ||
			networkCodes.has(String(code)) ||
			transientStatuses.has($metadata?.httpStatusCode ?? 0) ||
			(code === "ERR_HTTP2_STREAM_ERROR" &&
				String(message).includes("NGHTTP2_REFUSED_STREAM")) ||
			(cause !== undefined &&
				depth <= 10 &&
				isTransient(asSdkError(cause), depth + 1)))
	);
}

/** Several addresses that all refuse are one error with theirs in `errors`; it has the code of the first. */
const isUnconnected = ({ code, syscall }: SdkError): boolean =>
	(unconnectedCodes.has(String(code)) &&
		syscall !== "read" &&
		syscall !== "write") ||
	(code === "ETIMEDOUT" && syscall === "connect");

/** Reads `Retry-After` (seconds or a date) and `x-amz-retry-after` (milliseconds). */
function retryAfterOf(
	{ $response }: SdkError,
	nowMs: number,
): number | undefined {
	const headers = Object.entries($response?.headers ?? {}).map(
		([name, value]) => [name.toLowerCase(), value] as const,
	);
	const { "retry-after": after, "x-amz-retry-after": afterMs } =
		Object.fromEntries(headers);
	if (after === undefined && afterMs === undefined) return undefined;
	const ms =
		after === undefined
			? Number(afterMs)
			: /^\d+(\.\d+)?$/.test(after)
				? Number(after) * 1_000
				: Date.parse(after) - nowMs;
	return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
