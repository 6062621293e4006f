import { attempt } from "./describe-error.ts";
import type { EventType } from "./event.ts";
import { describeIssues, type Issue } from "./issue.ts";
import type { Outgoing } from "./outgoing.ts";
import { entryBytes, requestBytesMax } from "./pack.ts";
import {
	type Call,
	type EventToPublish,
	isEvent,
	type Pending,
	reject,
} from "./publish-call.ts";
import type { Entry } from "./put-events.ts";

const envelopeBytes = 1_024;
/** How much is validated and written in a row: some 5 ms. */
const bytesPerTurn = requestBytesMax / 8;

/** Validates and measures an event. Returns undefined if it cannot be published, which is then recorded. */
export async function prepare(
	event: EventToPublish,
	index: number,
	call: Call,
): Promise<Pending | undefined> {
	if (call.turnBytes >= bytesPerTurn) {
		call.turnBytes = 0;
		await call.options.breathe();
	}
	const refuse = (
		code: string,
		message: string,
		issues?: readonly Issue[],
	): undefined => reject(call, { ...event, index }, code, message, issues);
	if (!isEvent(event))
		return refuse("InvalidEvent", "it is not an event with its event type");
	const { eventType, outgoing } = event;
	call.types[index] = eventType.type;
	call.eventIds[index] = undefined;
	const text = toJson(outgoing.detail);
	if (text === undefined)
		return refuse("InvalidDetail", "the detail cannot be represented in JSON");
	call.turnBytes += text.length;
	// The value, since JSON has no NaN; and what is sent, since JSON has no inherited properties, and toJSON() returns anything.
	const given = attempt(() => eventType.parseDetail(outgoing.detail));
	const checked = given?.ok ? eventType.parseDetail(JSON.parse(text)) : given;
	if (!checked) return refuse("InvalidDetail", "the detail cannot be read");
	if (!checked.ok)
		return refuse(
			"InvalidDetail",
			describeIssues(checked.issues),
			checked.issues,
		);
	const { time, resources, traceHeader } = outgoing;
	if (time !== undefined && !isValidDate(time))
		return refuse("InvalidTime", "the time is not a valid date");
	if (resources !== undefined && !isTexts(resources))
		return refuse("InvalidResources", "the resources are not a list of ARNs");
	if (
		traceHeader !== undefined &&
		!(
			typeof traceHeader === "string" &&
			traceHeader.length > 0 &&
			traceHeader.length <= 500
		)
	)
		return refuse(
			"InvalidTraceHeader",
			"the trace header is not a string of 1 to 500 characters",
		);
	const entry = entryOf(eventType, outgoing, text, call.options.eventBusName);
	const bytes = entryBytes(entry);
	const bytesMax =
		call.options.entryBytesMax ?? requestBytesMax - envelopeBytes;
	if (bytes > bytesMax)
		return refuse(
			"EntryTooLarge",
			`the entry is ${bytes} bytes, the limit is ${bytesMax}`,
		);
	return { ...event, index, entry, bytes };
}

function entryOf(
	{ source, detailType }: EventType<string, unknown>,
	{ time, resources, traceHeader }: Outgoing<unknown>,
	detail: string,
	eventBusName: string,
): Entry {
	return {
		EventBusName: eventBusName,
		Source: source,
		DetailType: detailType,
		Detail: detail,
		// The caller may go on to change it.
		...(time ? { Time: new Date(time) } : {}),
		...(resources ? { Resources: [...resources] } : {}),
		...(traceHeader ? { TraceHeader: traceHeader } : {}),
	};
}

function toJson(detail: unknown): string | undefined {
	try {
		return JSON.stringify(detail);
	} catch {
		return undefined;
	}
}

/** A date of another realm is not an instance of this one's `Date`. */
const isValidDate = (value: unknown): boolean =>
	Object.prototype.toString.call(value) === "[object Date]" &&
	!Number.isNaN(Number(value));

const isTexts = (value: unknown): boolean =>
	Array.isArray(value) && value.every((item) => typeof item === "string");
