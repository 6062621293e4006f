// Compares the schemas of the working tree with another version, and says who is hit by what breaks.
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { readSources } from "../generator/codegen/read.ts";
import type { Meaning } from "../generator/compatibility/judge.ts";
import {
	type CompareSystemsOptions,
	compareSystems,
	type Mode,
	type SystemVersion,
} from "../generator/compatibility/systems.ts";
import type { Diagnostic } from "../generator/diagnostics.ts";
import { analyse, type Summarized } from "../generator/schema/analyse.ts";
import { type Against, fromCommit, readAgainst } from "./against.ts";
import { approvalsFile, readApprovals } from "./approvals.ts";
import { approve, approvedBefore } from "./approve.ts";
import {
	type Break,
	breakOf,
	type SpotOf,
	sorted,
	spotIn,
	unreadable,
} from "./break.ts";
import { type Consumers, readConsumers } from "./consumers.ts";
import { filterBreaks } from "./filter-breaks.ts";
import { commitsOf, isShallow, shortName } from "./git.ts";
import type { Terminal } from "./terminal.ts";

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
			? filterBreaks(old, now, compared, consumers, spot)
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

type Compared = ReturnType<typeof compareSystems>;

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
