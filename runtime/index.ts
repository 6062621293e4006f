export {
	type BatchResponse,
	batchResponse,
	type Consumed,
	type ConsumeOptions,
	type ConsumeServices,
	consume,
	type Delivery,
	type EventTypesOf,
	type HandlersOf,
	type Idempotency,
	type LambdaContext,
	type RecordAttribute,
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
export {
	type FailedEvent,
	type Outcome,
	PublishError,
	type SentEvent,
} from "./outcome.ts";
export type {
	CallOptions,
	Observe,
	Operation,
	OperationEnd,
	PublishAllOptions,
	Sink,
	UnpublishedEvent,
} from "./outgoing.ts";
export { parseAnyEvent } from "./parse.ts";
export type { Poison, PoisonReason } from "./poison.ts";
export { upcasting } from "./upcast.ts";
