// What generated event types call. A name in it keeps its meaning and is never removed, so that generated code outlives an update.

export type { EventType } from "./event.ts";
export { eventType } from "./event-type.ts";
export type {
	OutgoingEvent,
	Publish,
	PublishAll,
	PublisherOptions,
} from "./outgoing.ts";
export {
	among,
	any,
	bool,
	closed,
	each,
	equal,
	evaluated,
	exactly,
	fromJson,
	integer,
	isArray,
	isObject,
	keys,
	known,
	longer,
	matching,
	multiple,
	note,
	object,
	open,
	optional,
	own,
	real,
	set,
	shorter,
	size,
	text,
	tracked,
	typed,
	unique,
} from "./validator/checks.ts";
export * from "./validator/formats.ts";
export { hidden } from "./validator/hidden.ts";
export { exactReport, once } from "./validator/recursion.ts";
export * from "./validator/rules.ts";
export { none } from "./validator/unions.ts";

/** The properties of any member of a union, each of which may be there. */
export type Possible<T> = {
	[Name in T extends unknown ? keyof T : never]?: unknown;
};

/** The objects of a type, with more properties; its other values as they are. */
export type Also<T, More> = T extends object ? T & More : T;

/** What an object without a property of this name inherits. */
export type Inherited<Name extends keyof typeof Object.prototype> =
	(typeof Object.prototype)[Name];
