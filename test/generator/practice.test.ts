// Pairs of an old and a new schema, with what a writer of one and a reader of the other may expect. See vectors/practice.md.
import { readFileSync, rmSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Validator } from "../../runtime/validator/rules.ts";
import { check } from "../../runtime/validator/validate.ts";
import { newFolder, validatorsOf } from "./generated-files.ts";
import { random } from "./random.ts";
import { sampleOf } from "./random-schemas.ts";

type Verdict = `${"strict" | "practice"}_${"backward" | "forward"}`;
type Row = {
	readonly id: string;
	readonly kind: string;
	readonly old: Readonly<Record<string, unknown>>;
	readonly new: Readonly<Record<string, unknown>>;
	readonly counterexample?: Readonly<Partial<Record<Verdict, unknown>>>;
} & Readonly<Record<Verdict, boolean | null>>;

const rows = gunzipSync(readFileSync("test/vectors/practice.jsonl.gz"))
	.toString("utf8")
	.trimEnd()
	.split("\n")
	.map((line): Row => JSON.parse(line))
	.filter(
		(row) =>
			// There, a format is an annotation.
			row.kind !== "value-format" &&
			// Codegen refuses a keyword of another draft, which there is ignored.
			!row.id.includes("/trap-redraft-additionalitems-kept"),
	);

let folder: string;
let pairs: readonly { row: Row; old: Validator; new: Validator }[];
beforeAll(async () => {
	folder = newFolder("practice");
	const validators = await validatorsOf(
		folder,
		rows.flatMap((row) => [row.old, row.new]),
	);
	pairs = rows.map((row, i) => ({
		row,
		old: validators[2 * i] as Validator,
		new: validators[2 * i + 1] as Validator,
	}));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const accepts = (validate: Validator, v: unknown, isTolerant: boolean) =>
	check(validate, { v }, "first", isTolerant).ok;

test.each([
	["backward", "old", "new"],
	["forward", "new", "old"],
] as const)(
	"%s: what the %s writes, as the %s reads it",
	(direction, writer, reader) => {
		const below = random(7);
		const wrong: string[] = [];
		const counts = { refused: 0, read: 0, grown: 0 };
		for (const pair of pairs) {
			const { row } = pair;
			const { id, counterexample = {} } = row;
			for (const [verdict, isTolerant] of [
				[`strict_${direction}`, false],
				[`practice_${direction}`, true],
			] as const) {
				if (row[verdict] !== false) continue;
				const value = counterexample[verdict];
				counts.refused++;
				if (
					!accepts(pair[writer], value, false) ||
					accepts(pair[reader], value, isTolerant)
				)
					wrong.push(`${id}: ${verdict}: ${JSON.stringify(value)}`);
			}
			if (row[`practice_${direction}`] !== true) continue;
			// Samples have only properties that the schema names.
			for (let i = 0; i < 20; i++) {
				const value = sampleOf(row[writer], row[writer], below);
				if (!accepts(pair[writer], value, false)) continue;
				counts.read++;
				if (!accepts(pair[reader], value, false)) counts.grown++;
				if (!accepts(pair[reader], value, true))
					wrong.push(`${id}: ${JSON.stringify(value)}`);
			}
		}
		expect(wrong).toEqual([]);
		for (const count of Object.values(counts))
			expect(count).toBeGreaterThan(100);
	},
);
