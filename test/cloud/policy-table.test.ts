// What IAM decides, and why, as AWS documents it; each row names the page.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type AccessRequest, authorize } from "../../cloud/template/policy.ts";
import { statementsOf } from "../../cloud/template/statements.ts";

/** Policies are documents. The accounts are in the organization that policies name. */
interface PolicyCase extends AccessRequest {
	readonly name: string;
	/** What AWS documents, and where. */
	readonly because: string;
	readonly allowed: boolean;
	readonly identity?: readonly object[];
	readonly boundary?: object;
	/** One for each level of the organization. */
	readonly scps?: readonly object[];
	readonly resourcePolicy?: object;
}

const policyCases = readFileSync("test/vectors/policies.jsonl", "utf8")
	.trim()
	.split("\n")
	.map((line) => JSON.parse(line) as PolicyCase);

test.each(policyCases.map((row) => [row.name, row] as const))(
	"%s",
	(_, row) => {
		const decision = authorize(
			row,
			(row.identity ?? []).flatMap(statementsOf),
			statementsOf(row.resourcePolicy),
			{
				boundary: row.boundary && statementsOf(row.boundary),
				scps: (row.scps ?? []).map(statementsOf),
			},
		);
		expect(decision.allowed, row.because).toBe(row.allowed);
	},
);
