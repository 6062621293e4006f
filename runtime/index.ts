export {
	type BatchResponse,
	batchResponse,
	type ConsumeOptions,
	consume,
	type EventTypesOf,
	type HandlersOf,
	type RecordFailure,
	type SqsRecord,
} from "./consume.ts";
export type {
	EventOf,
	EventPatternDocument,
	EventSubscription,
	EventType,
	ParseOptions,
	SubscribedEvents,
} from "./event.ts";
export { describeIssues, type Issue, type Result } from "./issue.ts";
export type {
	Outgoing,
	OutgoingEvent,
	Publish,
	PublishAll,
	PublisherOptions,
} from "./outgoing.ts";
export { parseAnyEvent } from "./parse.ts";
export {
	type FailedEvent,
	PublishError,
	type PublishEventsOptions,
	publishEvents,
} from "./publish-events.ts";
export type { Entry, SendResult } from "./put-events.ts";
