// The changes of a system's schemas, in words.
import { changesBetween } from "../generator/compatibility/changes.ts";
import {
	compareSystems,
	type SystemFinding,
	type SystemVersion,
} from "../generator/compatibility/systems.ts";
import { cleanLine } from "./terminal.ts";

export interface ChangelogEntry {
	/** A pointer into the detail; "" is the event type itself. */
	readonly path: string;
	readonly kind: "added" | "removed" | "changed" | "documentation";
	readonly message: string;
	/** Who is broken by it. */
	readonly breaks: readonly ("old readers" | "new readers")[];
}

export interface ChangedEventType {
	readonly name: string;
	readonly source: string;
	readonly detailType: string;
	readonly kind: "added" | "removed" | "changed";
	readonly changes: readonly ChangelogEntry[];
}

export interface Changelog {
	readonly against: string;
	readonly eventTypes: readonly ChangedEventType[];
}

export function changelogOf(
	old: SystemVersion,
	now: SystemVersion,
	today: string,
): Changelog {
	const { findings, pairing } = compareSystems(old, now, { today });
	const facts = ({
		name,
		source,
		detailType,
	}: {
		name: string;
		source: string;
		detailType: string;
	}) => ({ name, source, detailType });
	const all = findings.flatMap((finding) => [
		{ ...finding, type: finding.eventType.name, at: finding.path },
		...(finding.alsoIn ?? []).map(({ eventType, path }) => ({
			...finding,
			type: eventType.name,
			at: path,
		})),
	]);
	const changed = pairing.pairs.map((pair): ChangedEventType => {
		const own = all.filter(({ type }) => type === pair.new.name);
		const changes: Omit<ChangelogEntry, "breaks">[] = [
			...(["name", "source", "detailType", "file"] as const)
				.filter((fact) => pair.old[fact] !== pair.new[fact])
				.map((fact) => ({
					path: "",
					kind: "changed" as const,
					message: `its ${fact === "detailType" ? "detail-type" : fact} is ${JSON.stringify(pair.new[fact])}, was ${JSON.stringify(pair.old[fact])}`,
				})),
			...changesBetween(
				{
					schemas: old.analysis.model.schemas,
					schema: withoutTitle(pair.old.schema),
				},
				{
					schemas: now.analysis.model.schemas,
					schema: withoutTitle(pair.new.schema),
				},
			),
		];
		const used = new Set<SystemFinding>();
		const entries = changes.map((change): ChangelogEntry => {
			const isName = /^its (name|file) is /.test(change.message);
			const hit =
				change.kind === "documentation" || isName
					? []
					: own.filter((finding) => isAbout(finding, change));
			for (const finding of hit) used.add(finding);
			return { ...change, breaks: broken(hit) };
		});
		const others = own
			.filter((finding) => !used.has(finding))
			.map(
				(finding): ChangelogEntry => ({
					path: finding.at,
					kind: "changed",
					message: finding.message.startsWith(`${finding.path} `)
						? finding.message.slice(finding.path.length + 1)
						: finding.message,
					breaks: broken([finding]),
				}),
			);
		return {
			...facts(pair.new),
			kind: "changed",
			changes: [...entries, ...others],
		};
	});
	const eventTypes: ChangedEventType[] = [
		...pairing.added.map((event) => ({
			...facts(event),
			kind: "added" as const,
			changes: [],
		})),
		...pairing.removed.map((event) => ({
			...facts(event),
			kind: "removed" as const,
			changes: [
				{
					path: "",
					kind: "removed" as const,
					message: "is gone",
					breaks: broken(all.filter(({ type }) => type === event.name)),
				},
			],
		})),
		...changed.filter(({ changes }) => changes.length > 0),
	];
	return {
		against: old.label,
		eventTypes: eventTypes.sort((a, b) => (a.name < b.name ? -1 : 1)),
	};
}

/** The title is the name, which is compared as such. */
const withoutTitle = <T extends object>(schema: T) => {
	const { title: _, ...rest } = schema as T & { title?: unknown };
	return rest;
};

const isAbout = (
	{ at, rule }: SystemFinding & { readonly at: string },
	{ path, message: said }: Omit<ChangelogEntry, "breaks">,
): boolean =>
	// What a property is required for is said of the property.
	at === path &&
	/^is (required|optional) now$|^is new, and required$|required$/.test(said) ===
		/^property-(required|optional)$/.test(rule);

const broken = (
	findings: readonly Pick<SystemFinding, "direction" | "rule">[],
): ChangelogEntry["breaks"] => [
	...new Set(
		findings
			.filter(({ rule }) => rule !== "undecided")
			.map(({ direction }) =>
				direction === "backward" ? "new readers" : "old readers",
			),
	),
];

/** Lines for a terminal, or a list in Markdown. */
export function changelogText(
	{ against, eventTypes }: Changelog,
	format: "text" | "markdown",
): string {
	const isMarkdown = format === "markdown";
	const text = (value: string) =>
		isMarkdown
			? cleanLine(value).replace(/[\\`*_{}[\]<>#|]/g, (one) => `\\${one}`)
			: cleanLine(value);
	if (eventTypes.length === 0)
		return `No changes of event types since ${text(against)}.`;
	const out = isMarkdown ? [`## Changes since ${text(against)}`] : [];
	for (const { name, source, detailType, kind, changes } of eventTypes) {
		const title = `${text(name)}${kind === "changed" ? "" : kind === "added" ? ": new" : ": removed"}`;
		const facts = text(`${detailType} of ${source}`);
		out.push(
			...(isMarkdown
				? ["", `### ${title}`, "", facts, ""]
				: [`${title} (${facts})`]),
		);
		for (const { path, message, breaks } of changes) {
			const mark =
				breaks.length > 0
					? isMarkdown
						? ` **breaks ${breaks.join(" and ")}**`
						: ` (breaks ${breaks.join(" and ")})`
					: "";
			const where = path === "" ? "" : `${text(path)} `;
			out.push(`${isMarkdown ? "- " : "  "}${where}${text(message)}${mark}`);
		}
	}
	return out.join("\n");
}
