// Templates under which old and new work.
import { describe, expect, test } from "vitest";
import { expandTemplate } from "../../cloud/rollout/expand.ts";
import type { Template } from "../../cloud/template/stack-template.ts";

type Statement = Record<string, unknown>;

const put = (
	sid: string | undefined,
	roles: readonly string[],
	types: readonly string[],
	more: object = {},
): Statement => ({
	...(sid === undefined ? {} : { Sid: sid }),
	Effect: "Allow",
	Principal: { AWS: "arn:aws:iam::1:root" },
	Action: "events:PutEvents",
	Resource: "bus",
	Condition: {
		ArnEquals: { "aws:PrincipalArn": roles },
		"ForAllValues:StringEquals": { "events:detail-type": types },
		Null: { "events:detail-type": "false" },
		...more,
	},
});

const bus = (...statements: Statement[]): Template => ({
	Resources: {
		Bus: {
			Type: "AWS::Events::EventBus",
			Properties: {
				Name: "events",
				Policy: { Version: "2012-10-17", Statement: statements },
			},
		},
	},
});

function expanded(
	deployed: Template,
	...wanted: Template[]
): readonly Statement[] {
	const all = wanted.reduce(
		(template, next) => expandTemplate(template, next, "wanted"),
		deployed,
	);
	const again = expandTemplate(all, wanted.at(-1) as Template, "wanted");
	expect(again).toEqual(all);
	const { Policy } = (all.Resources.Bus?.Properties ?? {}) as {
		Policy: { Statement: Statement[] };
	};
	const sids = Policy.Statement.flatMap(({ Sid }) => (Sid ? [Sid] : []));
	expect(new Set(sids).size).toBe(sids.length);
	return Policy.Statement;
}

describe("policies", () => {
	test("a value more or less is in one list", () => {
		expect(
			expanded(bus(put("A", ["r"], ["Old"])), bus(put("A", ["r"], ["New"]))),
		).toEqual([put("A", ["r"], ["New", "Old"])]);
	});

	test("statements of one name that differ in two things have two", () => {
		const [old, now] = [put("A", ["r"], ["Old"]), put("A", ["s"], ["New"])];
		const last = put("A", ["t"], ["Newest"]);
		expect(expanded(bus(old), bus(now), bus(last))).toEqual([
			last,
			{ ...now, Sid: "ABefore1" },
			{ ...old, Sid: "ABefore2" },
		]);
	});

	test("statements without a name stay so", () => {
		const statements = [
			put(undefined, ["r"], ["A"]),
			put(undefined, ["s"], ["B"]),
		];
		expect(
			expanded(bus(...statements), bus(put(undefined, ["t"], ["C"]))),
		).toHaveLength(3);
	});

	test("a statement for all takes in those for each", () => {
		const each = ["a", "b", "c"].map((name) => put(name, [name], [name]));
		const all = put("All", ["a", "b", "c"], ["a", "b", "c"]);
		expect(expanded(bus(...each), bus(all))).toEqual([all]);
		expect(expanded(bus(all), bus(...each))).toEqual([
			{ ...all, Sid: "a" },
			each[1],
			each[2],
		]);
	});

	test("a condition more comes last", () => {
		const old = put("A", ["r"], ["T"]);
		const strict = put("A", ["r"], ["T"], {
			StringEquals: { "aws:PrincipalOrgID": "o-1" },
		});
		expect(expanded(bus(old), bus(strict))).toEqual([old]);
		expect(expanded(bus(strict), bus(old))).toEqual([old]);
	});

	test("what only one denies is not denied", () => {
		const deny = { Effect: "Deny", Principal: "*", Action: "*", Resource: "x" };
		const allow = put("A", ["r"], ["T"]);
		expect(expanded(bus(allow, deny), bus(allow))).toEqual([allow]);
		expect(expanded(bus(allow), bus(allow, deny))).toEqual([allow]);
		expect(expanded(bus(allow, deny), bus(allow, deny))).toEqual([allow, deny]);
	});
});

describe("patterns", () => {
	const rule = (EventPattern: object): Template => ({
		Resources: {
			Rule: { Type: "AWS::Events::Rule", Properties: { EventPattern } },
		},
	});
	const union = (deployed: object, ...wanted: object[]) => {
		const all = wanted.reduce<Template>(
			(template, next) => expandTemplate(template, rule(next), "wanted"),
			rule(deployed),
		);
		expect(
			expandTemplate(all, rule(wanted.at(-1) as object), "wanted"),
		).toEqual(all);
		return all.Resources.Rule?.Properties?.EventPattern;
	};

	test("one field has the values of both", () => {
		expect(
			union(
				{ source: ["a"], detail: { n: [{ numeric: [">", 1] }] } },
				{ source: ["a"], detail: { n: [{ exists: true }] } },
			),
		).toEqual({
			source: ["a"],
			detail: { n: [{ exists: true }, { numeric: [">", 1] }] },
		});
	});

	test("patterns that differ in more are alternatives", () => {
		const [a, b, c] = ["a", "b", "c"].map((name) => ({
			source: [name],
			"detail-type": [name],
		})) as [object, object, object];
		expect(union(a, b)).toEqual({ $or: [b, a] });
		expect(union(a, b, c)).toEqual({ $or: [c, b, a] });
		expect(union(a, b, a)).toEqual({ $or: [a, b] });
	});
});
