import type { Entry } from "./put-events.ts";

/** Limits of a request: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
export const requestBytesMax = 1_048_576;
const requestEntriesMax = 10;

interface Sized {
	readonly bytes: number;
}

interface OpenRequest<T> {
	readonly entries: T[];
	bytes: number;
}

/** Collects entries into requests. */
export interface Packer<T> {
	/** Adds an entry, and returns the requests that are complete. */
	readonly add: (entry: T) => readonly (readonly T[])[];
	/** Returns the requests that are not. */
	readonly rest: () => readonly (readonly T[])[];
}

/**
 * Puts each entry into the first of the open requests that it fits. With one open request the order is kept.
 *
 * More open requests never make more requests in total: the newest request stays open, and holds no more than the newest one of
 * packing in order would.
 */
export function packer<T extends Sized>(openMax: number): Packer<T> {
	let open: OpenRequest<T>[] = [];
	return {
		add(entry) {
			let request = open.find(
				({ bytes }) => bytes + entry.bytes <= requestBytesMax,
			);
			if (!request) {
				request = { entries: [], bytes: 0 };
				open.push(request);
			}
			request.entries.push(entry);
			request.bytes += entry.bytes;
			const complete =
				request.entries.length === requestEntriesMax
					? request
					: open.length > openMax
						? open[0]
						: undefined;
			if (!complete) return [];
			open = open.filter((other) => other !== complete);
			return [complete.entries];
		},
		rest() {
			const requests = open.map(({ entries }) => entries);
			open = [];
			return requests;
		},
	};
}

/** An entry's size as EventBridge counts it: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size */
export function entryBytes(entry: Entry): number {
	const texts = [
		entry.Source,
		entry.DetailType,
		entry.Detail,
		...(entry.Resources ?? []),
	];
	return texts.reduce(
		(sum, text) => sum + Buffer.byteLength(text),
		entry.Time ? 14 : 0,
	);
}
