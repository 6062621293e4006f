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
	EventOfAny,
	EventSubscription,
	EventType,
	ParseOptions,
	SubscribedEvents,
} from "./event.ts";
export { describeIssues, type Issue, type Result } from "./issue.ts";
export { parseAnyEvent } from "./parse.ts";
export { type FailedEvent, PublishError } from "./publish-events.ts";
export { upcasting } from "./upcast.ts";
