// Verdicts about pairs of schemas that people have written down. See vectors/practice.md and vectors/compatibility.md.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
	type Comparison,
	compare,
} from "../../generator/compatibility/compare.ts";
import {
	ajvAccepts,
	isCounterexample,
	partsLeftOut,
} from "./counterexample.ts";

interface Row {
	readonly id: string;
	readonly draft: string;
	readonly old: unknown;
	readonly new: unknown;
	readonly [verdict: string]: unknown;
}

const drafts: Readonly<Record<string, string>> = {
	"draft-04": "http://json-schema.org/draft-04/schema#",
	"draft-06": "http://json-schema.org/draft-06/schema#",
	"draft-07": "http://json-schema.org/draft-07/schema#",
	"2019-09": "https://json-schema.org/draft/2019-09/schema",
};

const rowsIn = (text: string): readonly Row[] =>
	text
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line));

const own = {
	practice: rowsIn(
		gunzipSync(readFileSync("test/vectors/practice.jsonl.gz")).toString("utf8"),
	),
	compatibility: rowsIn(
		readFileSync("test/vectors/compatibility.jsonl", "utf8"),
	),
};

/** Further vectors, whose licences do not let them be copied here: files in this folder, if it is set. */
const folder = process.env.COMPATIBILITY_VECTORS;

type Meaning = "exact" | "tolerant";

interface Outcome {
	readonly id: string;
	readonly meaning: Meaning;
	readonly direction: keyof Comparison;
	readonly wanted: boolean;
	readonly got: string;
}

function run(rows: readonly Row[]): {
	readonly outcomes: readonly Outcome[];
	readonly bad: readonly string[];
} {
	const outcomes: Outcome[] = [];
	const bad: string[] = [];
	for (const row of rows) {
		const [old, now] = [row.old, row.new].map((schema) => {
			const $schema = drafts[row.draft];
			return typeof schema === "object" && $schema !== undefined
				? { $schema, ...schema }
				: schema;
		});
		for (const meaning of ["exact", "tolerant"] as const) {
			const verdicts = (["backward", "forward"] as const).map(
				(direction) =>
					[
						direction,
						meaning === "exact"
							? (row[`strict_${direction}`] ?? row[direction])
							: row[`practice_${direction}`],
					] as const,
			);
			if (verdicts.every(([, wanted]) => typeof wanted !== "boolean")) continue;
			const compared = compare(old, now, { meaning });
			for (const [direction, wanted] of verdicts) {
				const { verdict, findings } = compared[direction];
				const [writer, reader] =
					direction === "backward" ? [old, now] : [now, old];
				if (verdict === "no" && ajvReads(writer, reader)) {
					for (const { rule, counterexample: value } of findings) {
						if (!isCounterexample(writer, reader, value, meaning))
							bad.push(`${row.id} ${meaning} ${direction} ${rule}: no example`);
						for (const smaller of partsLeftOut(value))
							if (isCounterexample(writer, reader, smaller, meaning))
								bad.push(`${row.id} ${direction} ${rule}: not small`);
					}
				}
				if (typeof wanted === "boolean")
					outcomes.push({
						id: row.id,
						meaning,
						direction,
						wanted,
						got: verdict,
					});
			}
		}
	}
	return { outcomes, bad };
}

/** Whether Ajv compiles both, and does not loop on a value: some schemas of others use what it does not support. */
function ajvReads(...schemas: readonly unknown[]): boolean {
	try {
		for (const schema of schemas) ajvAccepts(schema, {});
		return true;
	} catch {
		return false;
	}
}

const isRight = ({ wanted, got }: Outcome) => got === (wanted ? "yes" : "no");

function expectGood(rows: readonly Row[], unknownMax: number) {
	const { outcomes, bad } = run(rows);
	expect(bad).toEqual([]);
	expect(
		outcomes.filter(({ wanted, got }) => !wanted && got === "yes"),
	).toEqual([]);
	for (const meaning of ["exact", "tolerant"] as const) {
		const all = outcomes.filter((outcome) => outcome.meaning === meaning);
		if (all.length === 0) continue;
		expect(all.filter(isRight).length / all.length).toBeGreaterThan(0.97);
		const unknown = all.filter(({ got }) => got === "unknown");
		expect(unknown.length / all.length).toBeLessThanOrEqual(unknownMax);
	}
}

describe("pairs of this project", () => {
	test("practice, in both meanings", { timeout: 120_000 }, () => {
		expectGood(own.practice, 0.02);
	});

	test("a suite of pitfalls, exactly", () => {
		expectGood(own.compatibility, 0.02);
	});
});

describe.skipIf(folder === undefined)("pairs of others", () => {
	test.each(["schema-compatibility.jsonl", "others.jsonl"])(
		"%s",
		{ timeout: 600_000 },
		(name) => {
			const file = path.join(folder ?? "", name);
			expect(existsSync(file)).toBe(true);
			// Neither is a schema: a limit is null.
			const isSchema = ({ id }: Row) => !/^atlassian\/13[15]$/.test(id);
			expectGood(rowsIn(readFileSync(file, "utf8")).filter(isSchema), 0.03);
		},
	);
});
