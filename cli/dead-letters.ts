// What a person does with dead letters: list, show, redrive, purge.
import type { EventType } from "../runtime/event.ts";
import { packer } from "../runtime/pack.ts";
import { parseAnyEvent } from "../runtime/parse.ts";
import { poisonOf } from "../runtime/poison.ts";
import {
	type DeadLetter,
	type OpenQueue,
	openQueue,
	type QueueAccess,
} from "./dead-letter-queue.ts";
import { clean, cleanLine, type Terminal } from "./terminal.ts";

/** Which messages a command is about: all that every filter takes. */
export interface LetterFilters {
	readonly message: readonly string[];
	readonly reason: readonly string[];
	readonly type: readonly string[];
	readonly olderMs: number | undefined;
	readonly newerMs: number | undefined;
}

export const matches =
	(filters: LetterFilters, nowMs: number) =>
	(letter: DeadLetter): boolean => {
		const ageMs = nowMs - letter.sentAt.getTime();
		const {
			message,
			reason,
			type,
			olderMs = 0,
			newerMs = Number.POSITIVE_INFINITY,
		} = filters;
		const isOne = (wanted: readonly string[], value: string | undefined) =>
			wanted.length === 0 || wanted.includes(value ?? "");
		return (
			// As `list` shows it, or whole.
			(message.length === 0 ||
				message.some((id) => id !== "" && letter.messageId.startsWith(id))) &&
			isOne(reason, letter.reason) &&
			isOne(type, letter.type) &&
			ageMs >= olderMs &&
			ageMs <= newerMs
		);
	};

/** Why a message would be poison again; undefined if it is an event of one of the types. */
function stillPoison(
	{ body }: DeadLetter,
	types: readonly EventType<string, unknown>[],
): string | undefined {
	const parsed = parseAnyEvent(types, body);
	return parsed.ok ? undefined : poisonOf(body, parsed.issues, types).message;
}

/**
 * Receives all messages that a queue has now, hands them out, and makes those visible again that stay. What comes meanwhile is left:
 * a consumer may send a message back at once. Returns how many messages of a FIFO queue could not be received, as one that stays is
 * before them in their group.
 */
async function eachLetter(
	queue: OpenQueue,
	signal: AbortSignal,
	{ warn }: Terminal,
	/** Returns those that stay. */
	handle: (letters: readonly DeadLetter[]) => Promise<readonly DeadLetter[]>,
): Promise<number> {
	const startedMs = Date.now();
	const initially = await queue.count();
	const seen = new Set<string>();
	const staying: DeadLetter[] = [];
	/** SQS's clock may be another: time decides only once there are more than there were. */
	const isFresh = ({ messageId, sentAt }: DeadLetter) =>
		!seen.has(messageId) &&
		(seen.size < initially || sentAt.getTime() <= startedMs);
	try {
		for await (const letters of queue.receive(signal)) {
			const fresh = letters.filter(isFresh);
			const others = letters.filter((letter) => !fresh.includes(letter));
			for (const { messageId } of fresh) seen.add(messageId);
			const from = staying.length;
			staying.push(...others, ...fresh);
			// After two minutes the first ones come again.
			if (fresh.length === 0 && seen.size >= initially) break;
			if (fresh.length === 0) continue;
			const stay = await handle(fresh);
			staying.splice(from + others.length, fresh.length, ...stay);
		}
		const hidden = queue.isFifo && !signal.aborted ? await queue.count() : 0;
		if (hidden > 0)
			warn(
				`${countOf(hidden)} could not be received: SQS shows no more of a FIFO group while one of it is looked at. Redrive or purge those before them, then run it again.`,
			);
		return hidden;
	} finally {
		const left = await queue.release(staying).catch(() => staying.length);
		if (left > 0)
			warn(`${countOf(left)} will be visible to others in two minutes only.`);
	}
}

const countOf = (count: number) =>
	`${count} ${count === 1 ? "message" : "messages"}`;

export type LetterFormat = "text" | "json";

/** Prints messages as they come. Returns how many. */
export async function listLetters(
	queue: OpenQueue,
	isWanted: (letter: DeadLetter) => boolean,
	format: LetterFormat,
	withBody: boolean,
	signal: AbortSignal,
	terminal: Terminal,
): Promise<number> {
	const { print, style } = terminal;
	let count = 0;
	await eachLetter(queue, signal, terminal, async (letters) => {
		for (const letter of letters.filter(isWanted)) {
			if (format === "json") print(jsonLine(factsOf(letter, withBody)));
			else {
				if (count === 0 && !withBody)
					print(style("bold", row("MESSAGE", "AGE", "EVENT TYPE", "REASON")));
				print(withBody ? whole(letter) : lineOf(letter));
			}
			count++;
		}
		return letters;
	});
	return count;
}

/** JSON in one line that no terminal and no reader of lines takes for more than text. */
const jsonLine = (value: object): string =>
	JSON.stringify(value).replace(
		/[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu,
		(character) =>
			`\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);

const row = (id: string, age: string, type: string, reason: string): string =>
	[id.padEnd(8), age.padEnd(4), type.padEnd(24), reason].join("  ").trimEnd();

/** The first characters of an id are enough for `--message`. */
const shortId = (letter: DeadLetter) => letter.messageId.slice(0, 8);

const lineOf = (letter: DeadLetter): string =>
	cleanLine(
		row(
			shortId(letter),
			ageText(Date.now() - letter.sentAt.getTime()),
			letter.type ?? "",
			[letter.reason, letter.pointer].filter(Boolean).join(" "),
		),
	);

/** A duration in its largest unit: 5m, 2h, 3d. */
function ageText(ms: number): string {
	const minutes = Math.max(0, Math.floor(ms / 60_000));
	if (minutes < 120) return `${minutes}m`;
	const hours = Math.floor(minutes / 60);
	return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`;
}

const factsOf = (letter: DeadLetter, withBody: boolean) => ({
	kind: "message",
	messageId: letter.messageId,
	reason: letter.reason,
	rule: letter.rule,
	pointer: letter.pointer,
	type: letter.type,
	eventId: letter.eventId,
	sentAt: letter.sentAt.toISOString(),
	ageMs: Date.now() - letter.sentAt.getTime(),
	source: letter.source,
	...(withBody
		? {
				groupId: letter.groupId,
				attributes: textsOf(letter),
				body: letter.body,
			}
		: {}),
});

const textsOf = ({ attributes }: DeadLetter) =>
	Object.fromEntries(
		Object.entries(attributes).map(([name, attribute]) => [
			name,
			attribute?.StringValue ??
				Buffer.from(attribute?.BinaryValue ?? []).toString("base64"),
		]),
	);

function whole(letter: DeadLetter): string {
	const facts = {
		message: letter.messageId,
		sent: letter.sentAt.toISOString(),
		reason: letter.reason,
		rule: letter.rule,
		at: letter.pointer,
		"event type": letter.type,
		event: letter.eventId,
		from: letter.source,
		group: letter.groupId,
		...Object.fromEntries(
			Object.entries(textsOf(letter)).map(([name, value]) => [
				`attribute ${name}`,
				value,
			]),
		),
	};
	const lines = Object.entries(facts)
		.filter(([, value]) => value)
		.map(([name, value]) => cleanLine(`${name.padEnd(12)} ${value}`));
	return [...lines, "", clean(letter.body), ""].join("\n");
}

export interface Redrive {
	readonly isWanted: (letter: DeadLetter) => boolean;
	/** The queue that they go to, instead of where each was. */
	readonly to: string | undefined;
	readonly types: readonly EventType<string, unknown>[];
	/** Sends messages that would be poison again, too. */
	readonly force: boolean;
	readonly dryRun: boolean;
}

/** Sends messages to the queue that they were in, then deletes them. Returns how many wanted ones stay, or were not seen. */
export async function redriveLetters(
	queue: OpenQueue,
	access: Omit<QueueAccess, "queue">,
	{ isWanted, to, types, force, dryRun }: Redrive,
	signal: AbortSignal,
	terminal: Terminal,
): Promise<number> {
	const { print, warn } = terminal;
	const targets = new Map<string, OpenQueue>();
	let sent = 0;
	let stayed = 0;
	const stay = (letter: DeadLetter, why: string): void => {
		stayed++;
		warn(cleanLine(`${shortId(letter)} stays: ${why}`));
	};
	/** Sends a batch, then deletes what was taken: nothing is deleted that SQS has not confirmed. Returns those that stay. */
	const move = async (
		letters: readonly DeadLetter[],
		target: OpenQueue,
	): Promise<readonly DeadLetter[]> => {
		const refused = await target.send(letters, signal);
		for (const letter of letters) {
			const why = refused.get(letter.messageId);
			if (why) stay(letter, why);
		}
		const taken = letters.filter(({ messageId }) => !refused.has(messageId));
		sent += taken.length;
		let why = "SQS did not confirm it";
		const left =
			taken.length > 0
				? await queue.remove(taken).catch((error: Error) => {
						why = error.message;
						return taken;
					})
				: [];
		for (const letter of left)
			stay(
				letter,
				`it was sent, but could not be deleted, so that it is there twice now: ${why}`,
			);
		return [
			...letters.filter(({ messageId }) => refused.has(messageId)),
			...left,
		];
	};
	const moveTo = async (
		target: string,
		letters: readonly DeadLetter[],
	): Promise<readonly DeadLetter[]> => {
		const staying: DeadLetter[] = [];
		for (const batch of packed(letters))
			try {
				const open =
					targets.get(target) ??
					(await openQueue({ ...access, queue: target }));
				targets.set(target, open);
				staying.push(...(await move(batch, open)));
			} catch (error) {
				for (const letter of batch)
					stay(
						letter,
						signal.aborted
							? "the command was ended"
							: `${(error as Error).message}${to === undefined ? ". Give --to QUEUE for another" : ""}`,
					);
				staying.push(...batch);
			}
		return staying;
	};
	let hidden = 0;
	try {
		hidden = await eachLetter(queue, signal, terminal, async (letters) => {
			const staying = letters.filter((letter) => !isWanted(letter));
			const groups = new Map<string, DeadLetter[]>();
			for (const letter of letters.filter(isWanted)) {
				const target = to ?? letter.source;
				const poison =
					types.length > 0 && !force ? stillPoison(letter, types) : undefined;
				if (!poison && target) {
					groups.set(target, [...(groups.get(target) ?? []), letter]);
					continue;
				}
				stay(
					letter,
					poison
						? `it would be poison again: ${poison}`
						: "nothing says which queue it was in: give --to QUEUE",
				);
				staying.push(letter);
			}
			for (const [target, group] of groups)
				if (dryRun) {
					for (const letter of group)
						print(cleanLine(`${shortId(letter)} would go to ${target}`));
					sent += group.length;
					staying.push(...group);
				} else staying.push(...(await moveTo(target, group)));
			return staying;
		});
	} finally {
		for (const target of targets.values()) target.close();
		print(
			`${countOf(sent)} ${dryRun ? "would be redriven" : "redriven"}${stayed > 0 ? `, ${stayed} stay` : ""}.`,
		);
	}
	return stayed + hidden;
}

/** Batches as SQS takes them: ten, and 1 MiB with their attributes. */
function packed(
	letters: readonly DeadLetter[],
): readonly (readonly DeadLetter[])[] {
	const packing = packer<{ letter: DeadLetter; bytes: number }>(1);
	const sized = letters.map((letter) => ({
		letter,
		bytes: Buffer.byteLength(
			letter.body + JSON.stringify(textsOf(letter)) + letter.groupId,
		),
	}));
	return [...sized.flatMap((one) => packing.add(one)), ...packing.rest()].map(
		(batch) => batch.map(({ letter }) => letter),
	);
}

/** Deletes messages. Returns how many could not be, or were not seen. */
export async function purgeLetters(
	queue: OpenQueue,
	isWanted: (letter: DeadLetter) => boolean,
	dryRun: boolean,
	signal: AbortSignal,
	terminal: Terminal,
): Promise<number> {
	const { print, warn } = terminal;
	let deleted = 0;
	let failed = 0;
	const hidden = await eachLetter(queue, signal, terminal, async (letters) => {
		const wanted = letters.filter(isWanted);
		const others = letters.filter((letter) => !isWanted(letter));
		if (dryRun) {
			for (const letter of wanted) print(lineOf(letter));
			deleted += wanted.length;
			return letters;
		}
		let why = "SQS did not confirm it";
		const left =
			wanted.length > 0
				? await queue.remove(wanted).catch((error: Error) => {
						why = error.message;
						return wanted;
					})
				: [];
		for (const letter of left)
			warn(cleanLine(`${shortId(letter)} could not be deleted: ${why}`));
		deleted += wanted.length - left.length;
		failed += left.length;
		return [...others, ...left];
	});
	print(`${countOf(deleted)} ${dryRun ? "would be deleted" : "deleted"}.`);
	return failed + hidden;
}
