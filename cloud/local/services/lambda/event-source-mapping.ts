import { validateFilter } from "../../../../pattern/languages.ts";
import { compile } from "../../../../pattern/match.ts";
import type { EventPatternDocument } from "../../../../runtime/event.ts";
import { describeIssues } from "../../../../runtime/issue.ts";
import { isObject, parseJson } from "../../../../runtime/json.ts";
import { functionArn } from "../../../template/identities.ts";
import { AwsError } from "../../aws-error.ts";
import type { Cloud } from "../../cloud.ts";
import type { ResourceType } from "../../service.ts";
import type { Span } from "../../trace.ts";
import type { LocalQueue, Queues, ReceivedMessage } from "../sqs/queue.ts";
import type { InvocationResult } from "./environments.ts";
import { type Functions, functionAt, type LocalFunction } from "./functions.ts";

/** Permissions that the function's role needs to poll a queue: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const neededActions = [
	"sqs:ReceiveMessage",
	"sqs:DeleteMessage",
	"sqs:GetQueueAttributes",
];

export const eventSourceMappingType = (
	functions: Functions,
	queues: Queues,
	cloud: Cloud,
): ResourceType => ({
	simulates: [
		"EventSourceArn",
		"FunctionName",
		"BatchSize",
		"MaximumBatchingWindowInSeconds",
		"FunctionResponseTypes",
		"Enabled",
		"FilterCriteria",
		"ScalingConfig",
	],
	ignores: ["Tags"],
	create: (resource) => {
		const { properties, stack, logicalId } = resource;
		if (properties.Enabled === false) {
			cloud.notSimulated(
				`the event source mapping ${logicalId}, which is disabled`,
				resource,
			);
			return;
		}
		const queueArn = String(properties.EventSourceArn);
		const targetArn = functionArn(String(properties.FunctionName), stack);
		const target = functionAt(functions, targetArn);
		const queue = queues.get(queueArn);
		if (!target || !queue || !queueArn.includes(":sqs:")) {
			cloud.notSimulated(
				`the event source mapping ${logicalId}: ${cloud.describeOther(target ? queueArn : targetArn)}`,
				resource,
			);
			return;
		}
		const refused = [
			target.assumed(),
			...neededActions.map((action) =>
				cloud.decideWithKey(target.principal, action, queue, ["kms:Decrypt"]),
			),
		].find((decision) => !decision.allowed);
		if (refused && !refused.allowed) {
			queue.consumers.push({ refused: refused.reason });
			return;
		}
		queue.consumers.push({});
		poll(queue, target, targetArn, logicalId, properties, queues, cloud);
	},
});

function poll(
	queue: LocalQueue,
	target: LocalFunction,
	targetArn: string,
	mappingId: string,
	properties: Readonly<Record<string, unknown>>,
	queues: Queues,
	cloud: Cloud,
): void {
	const batchSize = Number(properties.BatchSize ?? 10);
	const windowMs =
		1000 * Number(properties.MaximumBatchingWindowInSeconds ?? 0);
	const reportsItems = (
		(properties.FunctionResponseTypes ?? []) as string[]
	).includes("ReportBatchItemFailures");
	const accepts = filterOf(properties.FilterCriteria, mappingId, cloud);
	const mapping: Mapping = {
		queue,
		target,
		targetArn,
		reportsItems,
		queues,
		cloud,
		timers: new Set(),
		stopped: false,
	};

	const { MaximumConcurrency = pollersMax } = (properties.ScalingConfig ??
		{}) as { readonly MaximumConcurrency?: number };
	const running = new Set<Promise<void>>();
	const start = (isFirst: boolean): void => {
		const loop = pollOn(isFirst)
			// The queue was deleted, or the system is stopping.
			.catch((error: unknown) => {
				if (!mapping.stopped && !(error instanceof AwsError)) throw error;
			})
			.finally(() => running.delete(loop));
		running.add(loop);
	};
	/** The first poller stays. Another starts for each batch while there are fewer than Lambda would have, and ends when it finds nothing. */
	const pollOn = async (isFirst: boolean): Promise<void> => {
		while (!mapping.stopped) {
			const batch = await gather(
				queue,
				batchSize,
				windowMs,
				() => mapping.stopped,
			);
			if (batch.length > 0 && running.size < MaximumConcurrency) start(false);
			const wanted = batch.filter(accepts);
			for (const message of batch.filter((message) => !accepts(message)))
				await filterOut(mapping, message);
			if (wanted.length > 0 && !mapping.stopped)
				await handleBatch(mapping, wanted);
			if (batch.length === 0 && !isFirst) return;
		}
	};
	start(true);
	cloud.onStop(async () => {
		mapping.stopped = true;
		for (const timer of mapping.timers) clearTimeout(timer);
		await Promise.all(running);
	});
}

interface Mapping {
	readonly queue: LocalQueue;
	readonly target: LocalFunction;
	readonly targetArn: string;
	readonly reportsItems: boolean;
	readonly queues: Queues;
	readonly cloud: Cloud;
	readonly timers: Set<NodeJS.Timeout>;
	stopped: boolean;
}

const receiveWaitSeconds = 1;

/** Lambda begins with five batches at once: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const pollersMax = 5;

async function gather(
	queue: LocalQueue,
	batchSize: number,
	windowMs: number,
	isStopped: () => boolean,
): Promise<readonly ReceivedMessage[]> {
	const batch: ReceivedMessage[] = [];
	let deadline = Number.POSITIVE_INFINITY;
	while (batch.length < batchSize && Date.now() < deadline && !isStopped()) {
		const response = await queue.call("ReceiveMessage", {
			MaxNumberOfMessages: Math.min(10, batchSize - batch.length),
			WaitTimeSeconds: batch.length === 0 ? receiveWaitSeconds : 0,
			AttributeNames: ["All"],
			MessageAttributeNames: ["All"],
		});
		const received = (response.Messages ?? []) as ReceivedMessage[];
		if (batch.length === 0 && received.length > 0)
			deadline = Date.now() + windowMs;
		batch.push(...received);
		await Promise.allSettled(queue.sending);
		if (received.length === 0 && batch.length > 0)
			await new Promise((resolve) => setTimeout(resolve, 20));
	}
	return batch;
}

async function handleBatch(
	mapping: Mapping,
	batch: readonly ReceivedMessage[],
): Promise<void> {
	const { queue, target, cloud } = mapping;
	const { tracer } = cloud;
	// One invocation handles the whole batch. Its logs and calls are attached to the first message.
	const spans = batch.map((message) => {
		const after = queue.traces.spanOf(message.MessageId);
		// The queue may be deleted or purged while the function runs.
		tracer.hold(after);
		return { message, after, span: tracer.reserve(after) };
	});
	const first = spans[0];
	if (!first) return;
	const result = await target.invoke(
		{ Records: batch.map((message) => recordOf(message, queue)) },
		first.span,
		mapping.targetArn,
	);
	if (mapping.stopped) return;
	const failed = failedIds(result, batch, mapping.reportsItems);
	for (const { message, after, span } of spans) {
		const count = Number(message.Attributes?.ApproximateReceiveCount ?? 1);
		const isFailed = failed.ids.has(message.MessageId);
		tracer.record(span, after, {
			account: target.account,
			resource: `function ${target.name}`,
			outcome: isFailed ? "retry" : "ok",
			what: isFailed
				? `${failed.why} (delivery ${count}${Number.isFinite(queue.maxReceiveCount) ? ` of ${queue.maxReceiveCount}` : ""})`
				: "handled",
		});
		try {
			if (isFailed) redeliver(mapping, message, span, count);
			else await drop(mapping, message);
		} finally {
			tracer.release(after);
		}
	}
}

/** Which messages return to the queue. An invalid response fails the whole batch, as in Lambda. */
function failedIds(
	result: InvocationResult,
	batch: readonly ReceivedMessage[],
	reportsItems: boolean,
): { readonly ids: ReadonlySet<string>; readonly why: string } {
	const all = new Set(batch.map(({ MessageId }) => MessageId));
	if (!result.ok) return { ids: all, why: `failed: ${result.error}` };
	if (!reportsItems || result.payload === null)
		return { ids: new Set(), why: "" };
	const stated =
		(result.payload as { batchItemFailures?: unknown }).batchItemFailures ?? [];
	const ids = Array.isArray(stated)
		? stated.map((item) => (isObject(item) ? item.itemIdentifier : undefined))
		: [undefined];
	return ids.every((id) => typeof id === "string" && all.has(id))
		? { ids: new Set(ids as string[]), why: "reported as failed" }
		: {
				ids: all,
				why: "failed: batchItemFailures names an item that is not in the batch",
			};
}

async function filterOut(
	mapping: Mapping,
	message: ReceivedMessage,
): Promise<void> {
	const { queue, target, cloud } = mapping;
	cloud.tracer.hop(queue.traces.spanOf(message.MessageId), {
		account: target.account,
		resource: `event source mapping of ${queue.name}`,
		outcome: "no match",
		what: "deletes the message: no filter of the mapping matches",
	});
	await drop(mapping, message);
}

/** Deletes a message that was handled or filtered out. */
async function drop(
	{ queue }: Mapping,
	{ ReceiptHandle, MessageId }: ReceivedMessage,
): Promise<void> {
	try {
		await queue.call("DeleteMessage", { ReceiptHandle });
	} finally {
		queue.traces.end(MessageId);
	}
}

/** Makes a message visible again after a delay that replaces the visibility timeout. The queue redelivers or dead-letters it. */
function redeliver(
	mapping: Mapping,
	message: ReceivedMessage,
	span: Span,
	count: number,
): void {
	const timer = setTimeout(() => {
		mapping.timers.delete(timer);
		makeVisible(mapping, message, span, count).catch((error: Error) => {
			if (mapping.stopped) return;
			mapping.cloud.tracer.hop(span, {
				account: mapping.queue.account,
				resource: `queue ${mapping.queue.name}`,
				outcome: "failed",
				what: error.message,
			});
			mapping.queue.traces.end(message.MessageId);
		});
	}, mapping.cloud.options.redeliveryDelayMs);
	mapping.timers.add(timer);
}

/** Deliveries from a queue without RedrivePolicy, after which a trace ends. AWS goes on until the retention period ends. */
const deliveriesMax = 10;

async function makeVisible(
	mapping: Mapping,
	message: ReceivedMessage,
	span: Span,
	count: number,
): Promise<void> {
	const { queue, queues, cloud } = mapping;
	const { MessageId, ReceiptHandle } = message;
	const { deadLetterArn } = queue;
	if (deadLetterArn === undefined && count >= deliveriesMax) {
		await queue.call("ChangeMessageVisibility", {
			ReceiptHandle,
			VisibilityTimeout: visibilityTimeoutMax,
		});
		cloud.tracer.hop(span, {
			account: queue.account,
			resource: `queue ${queue.name}`,
			outcome: "failed",
			what: `keeps the message after ${count} deliveries: the queue has no RedrivePolicy, so AWS delivers it until its retention period ends`,
		});
		queue.traces.end(MessageId);
		return;
	}
	const isExhausted = count >= queue.maxReceiveCount;
	const deadLetters =
		deadLetterArn === undefined ? undefined : queues.get(deadLetterArn);
	if (isExhausted && deadLetterArn !== undefined && !deadLetters) {
		cloud.tracer.hop(span, {
			account: queue.account,
			resource: deadLetterArn,
			outcome: "not simulated",
			what: cloud.describeOther(deadLetterArn),
		});
		await drop(mapping, message);
		return;
	}
	const moved = isExhausted ? cloud.tracer.reserve(span) : undefined;
	// The dead-letter queue's own consumer may receive the message at once.
	if (moved) deadLetters?.traces.add(MessageId, moved);
	if (moved) deadLetters?.movedFrom.set(MessageId, queue.arn);
	try {
		await queue.call("ChangeMessageVisibility", {
			ReceiptHandle,
			VisibilityTimeout: 0,
		});
	} catch (error) {
		// Ignored if the visibility timeout expired first, so that the queue already holds the message.
		if (!(await holds(queue, MessageId))) throw error;
	}
	if (!moved || !deadLetters) return;
	const last = await whereMoved(deadLetters, MessageId, queues);
	// The receive count goes along, so that another dead-letter queue may get the message at once.
	if (last !== deadLetters) deadLetters.traces.end(MessageId);
	cloud.tracer.record(moved, span, {
		account: last.account,
		resource: `queue ${last.name}`,
		outcome: "dead letter",
		what: `stores message ${MessageId.slice(0, 8)} after ${count} deliveries`,
	});
	queue.traces.end(MessageId);
}

/** SQS's maximum, in seconds. */
const visibilityTimeoutMax = 43_200;

async function holds(queue: LocalQueue, messageId: string): Promise<boolean> {
	const held = await queue.messages();
	return held.some((message) => message.messageId === messageId);
}

/** Waits until a dead-letter queue, or one behind it, holds a message, or its consumer has handled it. */
async function whereMoved(
	first: LocalQueue,
	messageId: string,
	queues: Queues,
): Promise<LocalQueue> {
	const chain = [first];
	for (const { deadLetterArn } of chain) {
		const next = queues.get(deadLetterArn ?? "");
		if (next && !chain.includes(next)) chain.push(next);
	}
	const deadline = Date.now() + 10_000;
	while (Date.now() < deadline && first.traces.has(messageId)) {
		for (const queue of chain) if (await holds(queue, messageId)) return queue;
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	return first;
}

function recordOf(message: ReceivedMessage, queue: LocalQueue) {
	return {
		messageId: message.MessageId,
		receiptHandle: message.ReceiptHandle,
		body: message.Body,
		attributes: message.Attributes ?? {},
		messageAttributes: recordAttributes(message),
		md5OfBody: message.MD5OfBody,
		eventSource: "aws:sqs",
		eventSourceARN: queue.arn,
		awsRegion: queue.region,
	};
}

/** Attributes, in the case that Lambda's events have them in. Binary values are base64 in both. */
const recordAttributes = ({ MessageAttributes = {} }: ReceivedMessage) =>
	Object.fromEntries(
		Object.entries(MessageAttributes as Record<string, SqsAttribute>).map(
			([name, { StringValue, BinaryValue, DataType }]) => [
				name,
				{
					...(StringValue === undefined ? {} : { stringValue: StringValue }),
					...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
					stringListValues: [],
					binaryListValues: [],
					dataType: DataType,
				},
			],
		),
	);

/** An attribute, as SQS's API has it. */
interface SqsAttribute {
	readonly DataType: string;
	readonly StringValue?: string;
	readonly BinaryValue?: string;
}

/** A message passes if any filter matches. A body that is not JSON matches no filter on its fields. */
function filterOf(
	criteria: unknown,
	mappingId: string,
	cloud: Cloud,
): (message: ReceivedMessage) => boolean {
	const { Filters = [] } = (criteria ?? {}) as {
		Filters?: { Pattern?: string }[];
	};
	const filters = Filters.map(({ Pattern = "" }) => {
		const pattern = parseJson(Pattern);
		if (!pattern.ok)
			throw new Error(
				`the event source mapping ${mappingId} has a filter that is not JSON: ${pattern.message}`,
			);
		const checked = validateFilter("lambda", pattern.value);
		const isCidrOnly =
			!checked.ok &&
			checked.issues.every(({ message }) => message.startsWith("uses cidr"));
		if (isCidrOnly)
			cloud.notSimulated(
				`cidr in a filter of the event source mapping ${mappingId}, which Lambda's documentation does not list, and which Lambda is reported to take: it is matched here`,
			);
		else if (!checked.ok)
			throw new Error(
				`the event source mapping ${mappingId} has a filter that AWS rejects: ${describeIssues(checked.issues)}`,
			);
		return compile(pattern.value as EventPatternDocument);
	});
	if (filters.length === 0) return () => true;
	return ({ Body, Attributes }) => {
		const body = parseJson(Body);
		const record = {
			body: body.ok ? body.value : Body,
			attributes: Attributes,
		};
		return filters.some((filter) => filter(record));
	};
}
