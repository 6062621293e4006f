import type { Issue } from "./issue.ts";
import { describeIssues } from "./issue.ts";
import { isArray, isObject } from "./json.ts";
import { pointerTokens, token } from "./json-pointer.ts";
import { isSchemaName } from "./validator/checks.ts";

/**
 * Why a record can never be handled: it is not JSON, not an event, SNS's request to confirm a subscription, an event of no event
 * type of the consumer, or one that is invalid.
 */
export type PoisonReason =
	| "json"
	| "envelope"
	| "sns-control"
	| "event-type"
	| "invalid";

const envelopeReasons = ["json", "envelope", "sns-control", "event-type"];

/** A record that can never be handled, in words that hold nothing of what its sender wrote. */
export interface Poison {
	readonly reason: PoisonReason;
	/** The rule that the first issue breaks: a JSON Schema keyword, or the reason. */
	readonly rule: string;
	/** Where, with `*` for a name that is not in the schema. */
	readonly pointer: string;
	readonly message: string;
	/** The event type's name, if the event is of one that the consumer has. */
	readonly type: string | undefined;
	/** The event's id, if it is a UUID, as EventBridge's are. */
	readonly eventId: string | undefined;
}

const issuesMax = 10;

/** Describes a record that is not an event of the consumer's event types. */
export function poisonOf(
	body: unknown,
	issues: readonly Issue[],
	types: readonly {
		readonly type: string;
		readonly source: string;
		readonly detailType: string;
	}[],
): Poison {
	const event = eventIn(body);
	const shown = issues.slice(0, issuesMax).map(({ path, rule, message }) => ({
		path: publicPointer(path, event),
		rule,
		// The issue's message quotes the event.
		message:
			rule === "event-type"
				? `is not of ${types.map(({ type }) => type).join(", ")}`
				: message,
	}));
	const [{ path, rule } = { path: "", rule: "" }] = shown;
	return {
		reason: (envelopeReasons.includes(rule) ? rule : "invalid") as PoisonReason,
		rule,
		pointer: path,
		message:
			describeIssues(shown) +
			(issues.length > issuesMax
				? `; and ${issues.length - issuesMax} more`
				: ""),
		type: types.find(
			({ source, detailType }) =>
				source === event?.source && detailType === event?.["detail-type"],
		)?.type,
		eventId: uuid(event?.id),
	};
}

/** The text if it is a UUID: any other may say something. */
export const uuid = (text: unknown): string | undefined =>
	typeof text === "string" &&
	/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
		? text
		: undefined;

/** The event in a record's body or in an SNS notification, as far as it is one. */
function eventIn(body: unknown): Record<string, unknown> | undefined {
	let value = body;
	try {
		for (let i = 0; i < 2 && typeof value === "string"; i++) {
			value = JSON.parse(value);
			if (isObject(value) && value.TopicArn) value = value.Message;
		}
	} catch {
		return undefined;
	}
	return isObject(value) ? value : undefined;
}

/** Issues of a detail without names that only the sender knows. */
export const publicIssues = (
	issues: readonly Issue[],
	detail: unknown,
): readonly Pick<Issue, "path" | "message">[] =>
	issues.map(({ path, message }) => ({
		path: publicPointer(`/detail${path}`, { detail }),
		message,
	}));

/** A pointer without names that only the sender knows: those are `*`. */
function publicPointer(path: string, event: unknown): string {
	let value = event;
	return pointerTokens(path)
		.map((name, depth) => {
			// The envelope's names are ours, and an index says nothing.
			const isPublic = depth === 0 || isArray(value) || isSchemaName(name);
			value = (value as Record<string, unknown> | undefined)?.[name];
			return isPublic ? token(name) : "/*";
		})
		.join("");
}
