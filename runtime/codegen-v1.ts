// What generated event types call. A name in it keeps its meaning and is never removed, so that generated code outlives an update.

export type { EventType } from "./event.ts";
export { eventType } from "./event-type.ts";
export type {
	OutgoingEvent,
	Publish,
	PublishAll,
	PublisherOptions,
} from "./outgoing.ts";
export * from "./validator/checks.ts";
export * from "./validator/formats.ts";
export * from "./validator/unions.ts";

/** What an object without a property of this name inherits. */
export type Inherited<Name extends keyof typeof Object.prototype> =
	(typeof Object.prototype)[Name];
