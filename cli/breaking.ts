// Compares the schemas of the working tree with another version, and says who is hit by what breaks.
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { pathIn, readSources } from "../generator/codegen/read.ts";
import type { Meaning } from "../generator/compatibility/judge.ts";
import {
	type CompareSystemsOptions,
	compareSystems,
	type EventTypeId,
	idOf,
	type Location,
	type Mode,
	type SystemFinding,
	type SystemVersion,
} from "../generator/compatibility/systems.ts";
import type { Diagnostic } from "../generator/diagnostics.ts";
import { selfContained } from "../generator/emit/self-contained.ts";
import {
	type Analysis,
	analyse,
	type Summarized,
} from "../generator/schema/analyse.ts";
import { type Against, fromCommit, readAgainst } from "./against.ts";
import {
	type Approval,
	approvalsFile,
	approvalsIn,
	fingerprintOf,
	readApprovals,
} from "./approvals.ts";
import {
	type Consumer,
	type Consumers,
	filterChanges,
	readConsumers,
	unpublished,
} from "./consumers.ts";
import { commitsOf, isShallow, shortName } from "./git.ts";
import type { Terminal } from "./terminal.ts";

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

export interface BreakingReport {
	readonly against: string;
	readonly mode: Mode;
	readonly meaning: Meaning;
	readonly eventTypes: number;
	/** How many event types say something else, are gone or are new. */
	readonly changed: number;
	/** Findings, without those that are approved. */
	readonly findings: readonly Break[];
	readonly approved: readonly Break[];
	/** The assemblies and templates that consumers were read from. */
	readonly assemblies: readonly string[];
}

export interface BreakingOptions {
	readonly against: string;
	readonly schemas: readonly string[];
	readonly mode: Mode;
	readonly meaning: Meaning;
	readonly allVersions: boolean;
	readonly assemblies: readonly string[];
	readonly templates: readonly string[];
	readonly approvals: string | undefined;
	readonly today: string;
}

/** The versions to compare, or the errors in the schemas of the working tree. */
export async function readVersions(
	given: string,
	schemas: readonly string[],
): Promise<
	| {
			readonly old: SystemVersion & { readonly against: Against };
			readonly new: SystemVersion;
	  }
	| { readonly errors: readonly Diagnostic[] }
> {
	const against = await readAgainst(given, schemas);
	const memory = new Map<string, Summarized>();
	const analysis = analyse(readSources(schemas), memory);
	const errors = analysis.diagnostics.filter(
		({ severity }) => severity === "error",
	);
	if (errors.length > 0) return { errors };
	return {
		old: {
			label: against.label,
			analysis: analyse(against.sources, memory),
			against,
		},
		new: { label: "the working tree", analysis },
	};
}

/** The versions of one file that git hands to a diff driver; all other schemas are those of the working tree. */
export function readFileVersions(
	file: string,
	old: string,
	now: string,
	schemas: readonly string[],
): { readonly old: SystemVersion; readonly new: SystemVersion } {
	const folder = schemas.find(
		(one) => !path.relative(one, file).startsWith(".."),
	);
	if (folder === undefined)
		throw new Error(`${file} is not in ${schemas.join(" or ")}`);
	const name = path.relative(folder, file).split(path.sep).join("/");
	const others = readSources(schemas)
		.filter((source) => source.file !== name)
		.map((source) => ({ file: source.file, text: source.text }));
	const version = (label: string, from: string): SystemVersion => ({
		label,
		analysis: analyse(
			from === nothing
				? others
				: [...others, { file: name, text: readFileSync(from, "utf8") }],
		),
	});
	const versions = {
		old: version("the old version", old),
		new: version("the new one", now),
	};
	for (const { label, analysis } of [versions.old, versions.new]) {
		const [error] = analysis.diagnostics.filter(
			(one) => one.severity === "error" && one.file === name,
		);
		if (error)
			throw new Error(`${label} of ${file} cannot be read: ${error.message}`);
	}
	return versions;
}

/** What git names instead of a file that is not there. */
const nothing = "/dev/null";

/** Finds what breaks. Throws an `Error` for wrong use. */
export async function findBreaks(
	{
		old,
		new: now,
	}: Extract<
		Awaited<ReturnType<typeof readVersions>>,
		{ readonly old: unknown }
	>,
	options: BreakingOptions,
	terminal: Pick<Terminal, "progress">,
): Promise<BreakingReport> {
	const { mode, meaning, today, schemas } = options;
	const { assemblies, templates } = options;
	const consumers =
		assemblies.length + templates.length > 0
			? await readConsumers(assemblies, templates)
			: undefined;
	const progress = terminal.progress("event types compared");
	const settings: CompareSystemsOptions = { mode, meaning, today, progress };
	const compared = compareSystems(old, now, settings);
	const spot = spotIn(schemas);
	const findings = [
		...compared.findings.map((finding) =>
			breakOf(finding, consumers, spot, old.analysis),
		),
		...unreadable(old, spot),
		// Consumers' filters are of those who read what new writers write.
		...(consumers && mode !== "backward"
			? hits(old, now, compared, consumers, spot)
			: []),
		...(options.allVersions
			? earlierBreaks(old.against, now, options, settings, consumers, spot)
			: []),
	];
	progress(1, 1);
	const distinct = [
		...new Map(
			findings
				.toReversed()
				.map((finding) => [
					`${finding.fingerprint} ${finding.at.pointer} ${finding.message}`,
					finding,
				]),
		).values(),
	].reverse();
	const file = options.approvals ?? approvalsFile;
	if (
		options.approvals !== undefined &&
		!statSync(file, { throwIfNoEntry: false })?.isFile()
	)
		throw new Error(`there is no file ${file}`);
	const { open, approved, faults } = approve(
		sorted(distinct),
		readApprovals(file).filter(
			({ direction }) => mode === "full" || direction === mode,
		),
		file,
		today,
		approvedBefore(old.against, file),
	);
	return {
		against: old.label,
		mode,
		meaning,
		eventTypes: now.analysis.model.events.length,
		changed: changedCount(compared),
		findings: [...open, ...faults],
		approved,
		assemblies: [...assemblies, ...templates],
	};
}

const sorted = (findings: readonly Break[]): readonly Break[] =>
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

type Compared = ReturnType<typeof compareSystems>;

type SpotOf = (location: Location) => Spot;

const spotIn =
	(schemas: readonly string[]): SpotOf =>
	({ file, line, column, pointer }) => ({
		file: pathIn(schemas, file),
		line,
		column,
		pointer,
	});

function breakOf(
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

const distinctConsumers = (list: readonly Consumer[]): readonly Consumer[] => [
	...new Map(list.map((one) => [`${one.arn} ${one.rule}`, one])).values(),
];

/** Schemas of the other version that codegen refuses today. */
function unreadable(
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

/** Filters that a change of a schema makes useless, and subscriptions to what nobody publishes. */
function hits(
	old: SystemVersion,
	now: SystemVersion,
	{ pairing: { pairs, removed }, changed }: Compared,
	consumers: Consumers,
	spot: SpotOf,
): readonly Break[] {
	const found: Break[] = [];
	const start = { line: 1, column: 1, pointer: "" };
	const add = (
		rule: string,
		eventType: EventTypeId,
		file: string,
		path: string,
		message: string,
		hit: readonly Consumer[],
	) => {
		const known = found.findIndex(
			(other) =>
				other.rule === rule &&
				other.message === message &&
				other.eventType?.name === eventType.name,
		);
		const before = found[known];
		if (before) {
			found[known] = {
				...before,
				consumers: distinctConsumers([...before.consumers, ...hit]),
			};
			return;
		}
		found.push({
			rule,
			severity: severityOf(rule),
			direction: "forward",
			eventType,
			path,
			message,
			at: spot({ file, ...start }),
			new: spot({ file, ...start }),
			consumers: distinctConsumers(hit),
			fingerprint: fingerprintOf({
				rule,
				eventType: eventType.name,
				pointer: path,
				direction: "forward",
			}),
		});
	};
	for (const pair of changed) {
		const [before, after] = [
			selfContained(pair.old, old.analysis.model),
			selfContained(pair.new, now.analysis.model),
		];
		for (const change of filterChanges(consumers, pair.new, before, after))
			add(
				change.rule,
				idOf(now.analysis, pair.new),
				pair.new.file,
				change.path,
				change.message,
				change.consumers,
			);
	}
	const published = now.analysis.model.events;
	const isKnown = (type: { source: string; detailType: string }) =>
		[...removed, ...pairs.map((pair) => pair.old)].some(
			({ source, detailType }) =>
				source === type.source && detailType === type.detailType,
		);
	for (const { type, consumers: hit } of unpublished(
		consumers,
		published,
		isKnown,
	)) {
		const file = published.find(({ source }) => source === type.source)?.file;
		if (file === undefined) continue;
		add(
			"subscription-unpublished",
			{ name: type.detailType, ...type },
			file,
			"",
			`nobody publishes ${JSON.stringify(type.detailType)} of ${JSON.stringify(type.source)}, which a rule asks for`,
			hit,
		);
	}
	return found;
}

/** Breaks with versions before the one that was asked for. */
function earlierBreaks(
	{ commit }: Against,
	now: SystemVersion,
	{ schemas }: BreakingOptions,
	settings: CompareSystemsOptions,
	consumers: Consumers | undefined,
	spot: SpotOf,
): readonly Break[] {
	if (commit === undefined)
		throw new Error("--all-versions needs a git ref in --against");
	const commits = [
		...new Set(schemas.flatMap((folder) => commitsOf(folder, commit))),
	].filter((one) => one !== commit);
	if (isShallow())
		throw new Error(
			"--all-versions needs all commits, and this clone is shallow: git fetch --unshallow",
		);
	const seen = new Set<string>();
	const known = new Set<string>();
	return commits.flatMap((one) => {
		const { sources } = fromCommit(one, one, schemas);
		// Only what an event type said at that time and never since is compared.
		const text = JSON.stringify(sources.map(({ file, text }) => [file, text]));
		if (sources.length === 0 || seen.has(text)) return [];
		seen.add(text);
		const old = { label: shortName(one), analysis: analyse(sources) };
		const { progress: _, ...quiet } = settings;
		return [
			...compareSystems(old, now, quiet)
				// That it is gone has been decided since.
				.findings.filter(({ rule }) => rule !== "event-type-removed")
				.map((finding) => breakOf(finding, consumers, spot, old.analysis)),
			...unreadable(old, spot),
		]
			.map((found) => ({ ...found, against: old.label }))
			.filter(({ fingerprint }) => {
				const isFirst = !known.has(fingerprint);
				known.add(fingerprint);
				return isFirst;
			});
	});
}

/** An approval stays in the file when its change has been merged; it approves nothing then, and is no fault. */
function approvedBefore(
	{ fileOf }: Against,
	file: string,
): ReadonlySet<string> {
	const text = fileOf?.(file);
	if (text === undefined) return new Set();
	try {
		return new Set(approvalsIn(file, text).map(fingerprintOf));
	} catch {
		return new Set();
	}
}

/** A change of a shared schema is approved as the change of any event type that has it. */
const fingerprintsOf = ({
	fingerprint,
	rule,
	direction,
	alsoIn = [],
}: Break): readonly string[] => [
	fingerprint,
	...alsoIn.map(({ eventType, path }) =>
		fingerprintOf({
			rule,
			eventType: eventType.name,
			pointer: path,
			direction,
		}),
	),
];

/** Separates what is approved; an approval of nothing, or one that has expired, is a finding itself. */
function approve(
	findings: readonly Break[],
	approvals: readonly Approval[],
	file: string,
	today: string,
	/** Fingerprints that the other version's file has: what they are about has been merged. */
	merged: ReadonlySet<string>,
): {
	readonly open: readonly Break[];
	readonly approved: readonly Break[];
	readonly faults: readonly Break[];
} {
	const byFingerprint = new Map(
		approvals.map((approval) => [fingerprintOf(approval), approval]),
	);
	const used = new Set<Approval>();
	const open: Break[] = [];
	const approved: Break[] = [];
	for (const finding of findings) {
		const all = fingerprintsOf(finding).flatMap(
			(fingerprint) => byFingerprint.get(fingerprint) ?? [],
		);
		for (const one of all) used.add(one);
		const [approval] = all.toSorted((a, b) => (a.expires < b.expires ? 1 : -1));
		if (!approval) {
			open.push(finding);
			continue;
		}
		if (approval.expires < today) open.push(finding);
		else approved.push({ ...finding, approval });
	}
	const faults = approvals.flatMap((approval): readonly Break[] => {
		const isExpired = approval.expires < today;
		const isMerged = merged.has(fingerprintOf(approval));
		if (!isExpired && (isMerged || used.has(approval))) return [];
		const rule = isExpired ? "approval-expired" : "approval-stale";
		const { line, column, direction } = approval;
		const fingerprint = fingerprintOf(approval);
		return [
			{
				rule,
				severity: severityOf(rule),
				direction: direction === "forward" ? "forward" : "backward",
				path: approval.pointer,
				message: isExpired
					? `the approval of ${fingerprint} by ${approval.approver} expired on ${approval.expires}: renew or remove it`
					: `nothing is found that the approval of ${fingerprint} is about: remove it`,
				at: { file, line, column, pointer: "" },
				consumers: [],
				fingerprint: `${rule} ${fingerprint}`,
			},
		];
	});
	return { open, approved, faults };
}

/** How many event types say something else, have another name on the wire, are gone or are new. */
function changedCount({ pairing, changed }: Compared): number {
	const { pairs, removed, added } = pairing;
	const renamed = pairs.filter(
		(pair) =>
			pair.old.source !== pair.new.source ||
			pair.old.detailType !== pair.new.detailType,
	);
	return removed.length + added.length + new Set([...changed, ...renamed]).size;
}
