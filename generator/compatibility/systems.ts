// Two versions of a system's schemas: which event types correspond, and what breaks between them.
import type { Analysis } from "../schema/analyse.ts";
import { ownerKey, sunsetOf } from "../schema/life.ts";
import type { EventModel, NamedSchema } from "../schema/model.ts";
import { type Position, positionsIn } from "../schema/position.ts";
import { compile } from "./compile.ts";
import {
	type Finding,
	judge,
	type Meaning,
	memory,
	type Version,
	writtenPointer,
} from "./judge.ts";
import type { Place } from "./node.ts";
import type { Direction } from "./rules.ts";
import { solver } from "./search.ts";
import { verifier } from "./verify.ts";

/** `full` is both directions. */
export type Mode = Direction | "full";

/** The schemas of a system at one time. */
export interface SystemVersion {
	/** How people call it, such as `main` or `the working tree`. */
	readonly label: string;
	readonly analysis: Analysis;
}

export interface Location extends Position {
	/** Relative to the schemas folder. */
	readonly file: string;
	readonly pointer: string;
}

export interface EventTypeId {
	readonly name: string;
	readonly source: string;
	readonly detailType: string;
	/** The schema's `x-owner`. */
	readonly owner?: string;
}

/** A change that breaks somebody, or that could not be decided. */
export interface SystemFinding {
	/** A stable name, such as `value-removed`. */
	readonly rule: string;
	readonly direction: Direction;
	readonly eventType: EventTypeId;
	/** Where in the detail: a JSON pointer, with `*` for any other property and `[]` for any item. */
	readonly path: string;
	readonly message: string;
	/** Where the schemas say it; one of them has none if the event type is new or gone. */
	readonly old?: Location;
	readonly new?: Location;
	/** A detail that the writer's schema accepts and the reader refuses. */
	readonly counterexample?: unknown;
	/** Other event types that share the schema, and where they have it. */
	readonly alsoIn?: readonly {
		readonly eventType: EventTypeId;
		readonly path: string;
	}[];
}

export interface EventPair {
	readonly old: EventModel;
	readonly new: EventModel;
}

export interface Pairing {
	readonly pairs: readonly EventPair[];
	readonly removed: readonly EventModel[];
	readonly added: readonly EventModel[];
}

/**
 * Event types correspond if source and detail-type are the same; if not, if the file or the name is the same; if not, if the only
 * one that says the same is new.
 */
function pairEvents(
	before: readonly EventModel[],
	after: readonly EventModel[],
	isSame: (old: EventModel, now: EventModel) => boolean = () => false,
): Pairing {
	const pairs: EventPair[] = [];
	let removed = [...before];
	let added = [...after];
	const match = (is: (old: EventModel, now: EventModel) => boolean) => {
		for (const old of removed) {
			const found = added.filter((now) => is(old, now));
			const back = removed.filter(
				(other) => found[0] !== undefined && is(other, found[0]),
			);
			const [now] = found;
			if (!now || found.length > 1 || back.length > 1) continue;
			pairs.push({ old, new: now });
			removed = removed.filter((other) => other !== old);
			added = added.filter((other) => other !== now);
		}
	};
	match(
		(old, now) =>
			old.source === now.source && old.detailType === now.detailType,
	);
	match((old, now) => old.file === now.file);
	match((old, now) => old.name === now.name);
	match(isSame);
	return { pairs, removed, added };
}

export interface CompareSystemsOptions {
	readonly mode?: Mode;
	readonly meaning?: Meaning;
	/** The date of today, as YYYY-MM-DD: an event type may be removed after its `x-sunset`. */
	readonly today: string;
	/** Called before each event type that has changed is compared. */
	readonly progress?: (done: number, total: number) => void;
}

/** All breaks between two versions of a system, by event type. */
export function compareSystems(
	before: SystemVersion,
	after: SystemVersion,
	{
		mode = "full",
		meaning = "tolerant",
		today,
		progress,
	}: CompareSystemsOptions,
): {
	readonly findings: readonly SystemFinding[];
	readonly pairing: Pairing;
	/** The pairs whose details are not the same any more. */
	readonly changed: readonly EventPair[];
} {
	const versions = versionsOf(before.analysis, after.analysis);
	const pairing = pairEvents(
		before.analysis.model.events,
		after.analysis.model.events,
		(old, now) => classOf(versions.old, old) === classOf(versions.new, now),
	);
	const directions: readonly Direction[] =
		mode === "full" ? ["backward", "forward"] : [mode];
	const oldAt = locator(before.analysis);
	const newAt = locator(after.analysis);
	const findings: SystemFinding[] = [];
	for (const { old, new: now } of pairing.pairs)
		for (const direction of directions)
			findings.push(...renamed(old, now, direction, after, oldAt, newAt));
	for (const old of pairing.removed) {
		const sunset = sunsetOf(before.analysis, old.file);
		if (sunset !== undefined && sunset < today) continue;
		for (const direction of directions)
			findings.push({
				rule: "event-type-removed",
				direction,
				eventType: idOf(before.analysis, old),
				path: "",
				message:
					direction === "forward"
						? `is gone: old readers receive no more of it${sunset === undefined ? "" : `; its x-sunset is ${sunset}`}`
						: "is gone: nothing reads what queues and archives still hold of it",
				old: oldAt({ file: old.file, pointer: "" }),
			});
	}
	const changed = pairing.pairs.filter(
		({ old, new: now }) =>
			classOf(versions.old, old) !== classOf(versions.new, now),
	);
	versions.old.verifier.prepare(changed.map(({ old }) => old.name));
	versions.new.verifier.prepare(changed.map((pair) => pair.new.name));
	const solve = solver(meaning === "tolerant");
	const memories = {
		backward: memory(meaning, solve),
		forward: memory(meaning, solve),
	};
	const others = new Map<Finding, { eventType: EventTypeId; path: string }[]>();
	for (const [i, { old, new: now }] of changed.entries()) {
		progress?.(i, changed.length);
		for (const direction of directions) {
			const sides = [
				{ version: versions.old, name: old.name },
				{ version: versions.new, name: now.name },
			] as const;
			const [writer, reader] =
				direction === "backward" ? sides : ([sides[1], sides[0]] as const);
			const judged = judge(
				direction,
				writer,
				reader,
				meaning,
				memories[direction],
			);
			const eventType = idOf(after.analysis, now);
			for (const { finding, path } of judged.shared) {
				const known = others.get(finding) ?? [];
				if (
					!known.some(
						(other) =>
							other.path === path && other.eventType.name === eventType.name,
					)
				)
					known.push({ eventType, path });
			}
			for (const finding of judged.findings) {
				const { rule, path, message } = finding;
				const alsoIn: { eventType: EventTypeId; path: string }[] = [];
				others.set(finding, alsoIn);
				findings.push({
					rule,
					direction,
					eventType,
					path,
					message,
					old: oldAt(finding.old),
					new: newAt(finding.new),
					...("counterexample" in finding
						? { counterexample: finding.counterexample }
						: {}),
					alsoIn,
				});
			}
		}
	}
	return { findings, pairing, changed };
}

function versionsOf(
	before: Analysis,
	after: Analysis,
): { readonly old: Version; readonly new: Version } {
	const [old, now] = [before.model.schemas, after.model.schemas];
	const [oldCompiled, newCompiled] = compile([old, now]);
	if (!oldCompiled || !newCompiled) throw new Error("nothing was compiled");
	const version = (
		schemas: ReadonlyMap<string, NamedSchema>,
		compiled: Version["compiled"],
	): Version => ({ schemas, compiled, verifier: verifier(schemas) });
	return { old: version(old, oldCompiled), new: version(now, newCompiled) };
}

export const classOf = ({ compiled }: Version, { name }: EventModel): number =>
	compiled.classOf(name);

function renamed(
	old: EventModel,
	now: EventModel,
	direction: Direction,
	{ analysis }: SystemVersion,
	oldAt: (place: Place) => Location,
	newAt: (place: Place) => Location,
): readonly SystemFinding[] {
	const who =
		direction === "forward"
			? "rules of old readers do not match it"
			: "rules of new readers do not match what old writers send";
	return (
		[
			["source-changed", "source", "/x-amazon-events-source"],
			["detail-type-changed", "detailType", "/x-amazon-events-detail-type"],
		] as const
	).flatMap(([rule, fact, pointer]) =>
		old[fact] === now[fact]
			? []
			: [
					{
						rule,
						direction,
						eventType: idOf(analysis, now),
						path: "",
						message: `${fact === "source" ? "its source" : "its detail-type"} is ${JSON.stringify(now[fact])}, was ${JSON.stringify(old[fact])}: ${who}`,
						old: oldAt({ file: old.file, pointer }),
						new: newAt({ file: now.file, pointer }),
					},
				],
	);
}

export function idOf(
	{ documents }: Analysis,
	{ name, source, detailType, file }: EventModel,
): EventTypeId {
	const owner = documents.get(file)?.schema[ownerKey];
	return {
		name,
		source,
		detailType,
		...(typeof owner === "string" ? { owner } : {}),
	};
}

/** Finds lines and columns; each file is parsed once. */
function locator({ sources, documents }: Analysis): (place: Place) => Location {
	const byFile = new Map<string, (pointer: string) => Position>();
	return ({ file, pointer }) => {
		const find =
			byFile.get(file) ?? positionsIn(file, sources.get(file)?.text ?? "");
		byFile.set(file, find);
		const written = writtenPointer(documents.get(file)?.schema, pointer);
		return { file, pointer: written, ...find(written) };
	};
}
