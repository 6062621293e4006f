import type { EventType } from "../runtime/event.ts";
import type { PublisherOptions } from "../runtime/outgoing.ts";
import type { Entry, SendResult } from "../runtime/put-events.ts";

/** An event that was published. */
export interface PublishedEvent {
	readonly eventId: string;
	readonly source: string;
	readonly detailType: string;
	readonly detail: unknown;
	readonly time: Date | undefined;
	readonly resources: readonly string[];
	readonly eventBusName: string;
}

export interface RecordingPublisher<Publisher> {
	readonly publisher: Publisher;
	/** What has been published, in order. */
	readonly published: readonly PublishedEvent[];
	/** Details of an event type that have been published. */
	readonly detailsOf: <Detail>(
		eventType: EventType<string, Detail>,
	) => readonly Detail[];
	/** Makes EventBridge refuse all events of the next request, which is not tried again; a code that says so ends the call. @param code such as "AccessDeniedException" */
	readonly failNext: (code: string, message?: string) => void;
	/** Forgets what has been published, and what is to fail. */
	readonly clear: () => void;
}

/**
 * Creates a publisher that validates as in production, sends nothing, and records what it would have sent.
 *
 * @example
 * const { publisher, detailsOf } = recordingPublisher(contentPublisher);
 * await view(publisher, "c-1");
 * expect(detailsOf(ContentViewed)).toEqual([{ contentId: "c-1", … }]);
 */
export function recordingPublisher<Publisher>(
	create: (options: PublisherOptions) => Publisher,
	options: Omit<PublisherOptions, "client"> = {},
): RecordingPublisher<Publisher> {
	const published: PublishedEvent[] = [];
	const failures: {
		readonly ErrorCode: string;
		readonly ErrorMessage: string;
	}[] = [];
	let sent = 0;
	const send = async ({
		input,
	}: {
		input: { Entries: readonly Entry[] };
	}): Promise<SendResult> => {
		const failure = failures.shift();
		return {
			Entries: input.Entries.map((entry) => {
				if (failure) return failure;
				const EventId = `00000001-0000-4000-8000-${String(++sent).padStart(12, "0")}`;
				published.push({
					eventId: EventId,
					source: entry.Source,
					detailType: entry.DetailType,
					detail: JSON.parse(entry.Detail),
					time: entry.Time,
					resources: entry.Resources ?? [],
					eventBusName: entry.EventBusName,
				});
				return { EventId };
			}),
		};
	};
	return {
		publisher: create({
			// What fails is not tried again.
			attemptsMax: 1,
			...options,
			eventBusName: options.eventBusName ?? "recorded",
			client: { send } as unknown as NonNullable<PublisherOptions["client"]>,
		}),
		published,
		detailsOf: <Detail>({ source, detailType }: EventType<string, Detail>) =>
			published
				.filter(
					(event) => event.source === source && event.detailType === detailType,
				)
				.map(({ detail }) => detail as Detail),
		failNext: (ErrorCode, ErrorMessage = "as the test wants it") => {
			if (ErrorCode === "")
				throw new Error(
					"failNext takes an error code, such as InternalFailure",
				);
			failures.push({ ErrorCode, ErrorMessage });
		},
		clear: () => {
			published.length = 0;
			failures.length = 0;
		},
	};
}
