// Separates breaks that somebody has approved from those that nobody has.
import type { Against } from "./against.ts";
import { type Approval, approvalsIn, fingerprintOf } from "./approvals.ts";
import { type Break, severityOf } from "./break.ts";

/** An approval stays in the file when its change has been merged; it approves nothing then, and is no fault. */
export function approvedBefore(
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
export function approve(
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
