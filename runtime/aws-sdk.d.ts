// The SDK's own declarations span hundreds of files, which every compilation of generated code would load. These declare
// only what is used. A test checks them against the SDK's.
import type { Signal } from "./abort-signal.ts";
import type { Entry, SendResult } from "./put-events.ts";

export declare class PutEventsCommand {
	constructor(input: { Entries: Entry[] });
	/** The SDK's type of it is narrower than what it takes. */
	readonly middlewareStack: object;
}

export declare class EventBridgeClient {
	constructor(options: object);
	send(
		command: PutEventsCommand,
		options: { abortSignal: Signal },
	): Promise<SendResult>;
}
