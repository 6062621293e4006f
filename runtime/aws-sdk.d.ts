// The SDK's own declarations are hundreds of files, which every compiler of generated code would read: these are all that
// is used of them. A test holds them against the SDK's.
import type { Entry, SendResult } from "./publish.ts";

export declare class PutEventsCommand {
	constructor(input: { Entries: Entry[] });
}

export declare class EventBridgeClient {
	constructor(options: { maxAttempts: number });
	send(command: PutEventsCommand): Promise<SendResult>;
}
