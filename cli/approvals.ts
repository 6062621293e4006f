// Breaks that somebody has approved: a file with one entry for each.
import { readFileSync, statSync } from "node:fs";
import { isDate } from "../generator/schema/life.ts";
import { positionsIn } from "../generator/schema/position.ts";
import { isObject, parseJson } from "../runtime/json.ts";
import { appendPointer } from "../runtime/json-pointer.ts";

export const approvalsFile = "eventwright.approvals.json";

/** What an approval is about. */
export interface Fingerprint {
	readonly rule: string;
	/** The event type's name. */
	readonly eventType: string;
	/** A pointer into the detail; "" is the detail. */
	readonly pointer: string;
	readonly direction: string;
}

export interface Approval extends Fingerprint {
	readonly reason: string;
	/** Who approves: a person or a team. */
	readonly approver: string;
	/** The last day on which it counts, as YYYY-MM-DD. */
	readonly expires: string;
	readonly line: number;
	readonly column: number;
}

const facts = ["rule", "eventType", "pointer", "direction"] as const;
const texts = [...facts, "reason", "approver", "expires"] as const;

/** One line for what an approval is about. */
export const fingerprintOf = (fingerprint: Fingerprint): string =>
	facts.map((fact) => fingerprint[fact] || "/").join(" ");

/** Reads a file of approvals; without the file, there are none. Throws an `Error` that names file and line if it is invalid. */
export function readApprovals(file: string): readonly Approval[] {
	if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return [];
	return approvalsIn(file, readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
}

/** The approvals of a text, which is a version of the file. */
export function approvalsIn(file: string, text: string): readonly Approval[] {
	const parsed = parseJson(text);
	if (!parsed.ok) throw new Error(`${file} is not JSON: ${parsed.message}`);
	const find = positionsIn("approvals.json", text);
	const at = (pointer: string) => {
		const { line, column } = find(pointer);
		return `${file}:${line}:${column}`;
	};
	const list = isObject(parsed.value) ? parsed.value.approvals : undefined;
	if (!Array.isArray(list))
		throw new Error(`${file}: it must be { "approvals": [ … ] }`);
	return list.map((entry: unknown, i) => {
		const here = appendPointer("", "approvals", i);
		if (!isObject(entry))
			throw new Error(`${at(here)}: an approval must be an object`);
		for (const name of Object.keys(entry))
			if (!texts.some((known) => known === name))
				throw new Error(
					`${at(appendPointer(here, name))}: an approval has no ${JSON.stringify(name)}; it has ${texts.join(", ")}`,
				);
		for (const name of texts) {
			const value = entry[name];
			if (
				typeof value !== "string" ||
				(value.trim() === "" && name !== "pointer")
			)
				throw new Error(
					`${at(name in entry ? appendPointer(here, name) : here)}: ${name} must be a text${name === "pointer" ? "" : " that is not empty"}`,
				);
		}
		if (entry.direction !== "backward" && entry.direction !== "forward")
			throw new Error(
				`${at(appendPointer(here, "direction"))}: direction must be backward or forward, got ${JSON.stringify(entry.direction)}`,
			);
		if (!isDate(entry.expires))
			throw new Error(
				`${at(appendPointer(here, "expires"))}: expires must be a date such as 2027-01-31, got ${JSON.stringify(entry.expires)}`,
			);
		return {
			...(entry as unknown as Omit<Approval, "line" | "column">),
			...find(here),
		};
	});
}

/** The entry that approves a break, for people to fill in. */
export const entryFor = (fingerprint: Fingerprint): string =>
	JSON.stringify({
		...Object.fromEntries(facts.map((fact) => [fact, fingerprint[fact]])),
		reason: "…",
		approver: "…",
		expires: "YYYY-MM-DD",
	});
