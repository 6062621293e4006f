// One break, as a person is told of it.
import { pathIn } from "../generator/codegen/read.ts";
import type {
	EventTypeId,
	Location,
	SystemFinding,
	SystemVersion,
} from "../generator/compatibility/systems.ts";
import type { Analysis } from "../generator/schema/analyse.ts";
import { type Approval, fingerprintOf } from "./approvals.ts";
import type { Consumer, Consumers } from "./consumers.ts";

/** Where a person looks for a finding. */
export interface Spot {
	readonly file: string;
	readonly line: number;
	readonly column: number;
	readonly pointer: string;
}

export interface Break {
	readonly rule: string;
	readonly severity: "error" | "warning";
	readonly direction: "backward" | "forward";
	readonly eventType?: EventTypeId;
	/** A pointer into the detail. */
	readonly path: string;
	readonly message: string;
	readonly at: Spot;
	readonly old?: Spot;
	readonly new?: Spot;
	readonly counterexample?: unknown;
	/** Those who receive one of the event types. */
	readonly consumers: readonly Consumer[];
	/** Other event types that share the schema. */
	readonly alsoIn?: SystemFinding["alsoIn"];
	/** The version that it breaks with, if it is not the one that was asked for. */
	readonly against?: string;
	readonly fingerprint: string;
	readonly approval?: Approval;
}

export const sorted = (findings: readonly Break[]): readonly Break[] =>
	findings.toSorted(
		(a, b) =>
			(a.at.file < b.at.file ? -1 : a.at.file > b.at.file ? 1 : 0) ||
			a.at.line - b.at.line ||
			a.at.column - b.at.column ||
			(a.direction < b.direction ? -1 : a.direction > b.direction ? 1 : 0),
	);

const warnings = new Set([
	"undecided",
	"filter-always-matches",
	"filter-condition-unmatchable",
	"approval-stale",
]);

export const severityOf = (rule: string): "error" | "warning" =>
	warnings.has(rule) ? "warning" : "error";

export type SpotOf = (location: Location) => Spot;

export const spotIn =
	(schemas: readonly string[]): SpotOf =>
	({ file, line, column, pointer }) => ({
		file: pathIn(schemas, file),
		line,
		column,
		pointer,
	});

export function breakOf(
	{ eventType, old, new: now, ...finding }: SystemFinding,
	consumers: Consumers | undefined,
	spot: SpotOf,
	before: Analysis,
): Break {
	const at = (now ?? old) as Location;
	// Those who are hit subscribe to the event type as it was, or as it is now.
	const oldType = before.model.events.find(({ file }) => file === old?.file);
	const { rule, direction, path, alsoIn = [], ...rest } = finding;
	const types = [eventType, ...alsoIn.map((other) => other.eventType)];
	const hit = consumers
		? [oldType ?? eventType, ...types].flatMap(consumers.of)
		: [];
	return {
		rule,
		direction,
		path,
		...rest,
		...(alsoIn.length > 0 ? { alsoIn } : {}),
		severity: severityOf(rule),
		eventType,
		at: spot(at),
		...(old ? { old: spot(old) } : {}),
		...(now ? { new: spot(now) } : {}),
		consumers: distinctConsumers(hit),
		fingerprint: fingerprintOf({
			rule,
			eventType: eventType.name,
			pointer: path,
			direction,
		}),
	};
}

export const distinctConsumers = (
	list: readonly Consumer[],
): readonly Consumer[] => [
	...new Map(list.map((one) => [`${one.arn} ${one.rule}`, one])).values(),
];

/** Schemas of the other version that codegen refuses today. */
export function unreadable(
	{ analysis, label }: SystemVersion,
	spot: SpotOf,
): readonly Break[] {
	const errors = analysis.diagnostics.filter(
		({ severity }) => severity === "error",
	);
	return errors.map((error) => ({
		rule: "undecided",
		severity: "warning",
		direction: "backward",
		path: "",
		message: `${label} has a schema that cannot be read: ${error.message}`,
		at: spot(error),
		old: spot(error),
		consumers: [],
		fingerprint: fingerprintOf({
			rule: "undecided",
			eventType: error.file,
			pointer: error.pointer,
			direction: "backward",
		}),
	}));
}
