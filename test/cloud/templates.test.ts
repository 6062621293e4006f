// The commands that read templates: `pattern test`, `pattern explain` and `graph`.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { mermaid, svg } from "../../cloud/template/drawing.ts";
import { graphOf, selected } from "../../cloud/template/graph.ts";
import type { StackTemplate } from "../../cloud/template/stack-template.ts";
import { mapSystem } from "../../cloud/template/system-map.ts";
import { operators } from "../../pattern/engine/operators.ts";
import { eventwright, scratchFiles } from "../eventwright.ts";
import { referenceStacks } from "../reference-system.ts";

const { file, folder } = scratchFiles();

const view = {
	version: "0",
	id: "1",
	source: "api.gateway.content.get",
	"detail-type": "Content-View-Event",
	account: "111111111111",
	time: "2026-11-24T09:00:00Z",
	region: "eu-west-1",
	resources: [],
	detail: {
		contentId: "c-1",
		viewedAt: "2026-11-24T09:00:00Z",
		channel: "web",
		durationMs: 10,
	},
};

/** An external system with each kind of problem, and with names that could inject code. */
const template = {
	Resources: {
		Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "orders" } },
		Role: {
			Type: "AWS::IAM::Role",
			Properties: {
				RoleName: "shop",
				Policies: [
					{
						PolicyName: "send",
						PolicyDocument: {
							Statement: {
								Effect: "Allow",
								Action: "events:PutEvents",
								Resource: { "Fn::GetAtt": ["Bus", "Arn"] },
								Condition: {
									StringEquals: {
										"events:source": "shop.orders",
										"events:detail-type": ["Placed", "Paid"],
									},
								},
							},
						},
					},
				],
			},
		},
		Shop: {
			Type: "AWS::Lambda::Function",
			Properties: {
				FunctionName: 'shop"]<script>',
				Role: { "Fn::GetAtt": ["Role", "Arn"] },
				Code: {},
			},
		},
		Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: "placed" } },
		Placed: rule("placed", {
			source: ["shop.orders"],
			"detail-type": ["Placed"],
		}),
		Stale: rule("stale", { source: ["shop.order"] }),
		Either: rule("either", {
			$or: [
				{ source: ["shop.orders"], "detail-type": ["Placed"] },
				{ detail: { a: [1] }, source: ["x"] },
			],
		}),
		Off: rule("off", { source: ["shop.orders"] }, { State: "DISABLED" }),
		Bad: rule("bad", { source: [{ prefix: 1 }] }),
		Idle: rule("idle", { "detail-type": ["Placed"] }, { Targets: [] }),
		Aws: rule("aws", { source: ["aws.s3"] }),
	},
};

function rule(name: string, EventPattern: object, more: object = {}) {
	return {
		Type: "AWS::Events::Rule",
		Properties: {
			Name: name,
			EventBusName: { Ref: "Bus" },
			EventPattern,
			Targets: [{ Id: "1", Arn: { "Fn::GetAtt": ["Queue", "Arn"] } }],
			...more,
		},
	};
}

describe("pattern test", () => {
	test("prints the matching rules, and the first mismatch of each other rule", async () => {
		const { code, out } = await eventwright(
			"pattern",
			"test",
			"--event",
			file("view.json", view),
			"--assembly",
			"cdk.out/test",
		);
		// Following the README adds rules for other event types.
		expect(out.split("\n")).toEqual(
			expect.arrayContaining([
				"matches   media_content-view-event (media-hub)",
				'no match  media_content-published-event (media-hub): detail-type is "Content-View-Event", wants "Content-Published-Event"',
				"no match  media_recommendations_content-view-event (media-filters): detail.durationMs is 10, wants > 1000",
				expect.stringMatching(/^1 of \d+ rules match\.$/),
			]),
		);
		expect(code).toBe(0);
	});

	test("reads a template; exits with 1 if no rule matches", async () => {
		const own = file("shop.template.json", template);
		const event = (name: string, detailType: string) =>
			file(name, { ...view, source: "shop.orders", "detail-type": detailType });
		const placed = await eventwright(
			"pattern",
			"test",
			"--event",
			event("placed.json", "Placed"),
			"--template",
			`${own}=111111111111/eu-west-1`,
		);
		expect(placed.code).toBe(0);
		expect(placed.out).toContain("matches   placed (shop)");
		expect(placed.out).toContain("matches   idle (shop)");
		expect(placed.out).toContain("disabled  off (shop): would match");
		expect(placed.out).toContain(
			"invalid   bad (shop): /source/0/prefix must be a string",
		);
		expect(placed.out).toContain("3 of 7 rules match.");
		const paid = await eventwright(
			"pattern",
			"test",
			"--event",
			event("paid.json", "Paid"),
			"--template",
			own,
		);
		expect(paid.code).toBe(1);
	});

	test("an event without envelope fields is tested, with a warning", async () => {
		const { err, code } = await eventwright(
			"pattern",
			"test",
			"--event",
			file("short.json", { source: "a" }),
			"--assembly",
			"cdk.out/test",
		);
		expect(err).toContain("has no id, account, time, region, detail-type");
		expect(code).toBe(1);
	});
});

test("control characters of a template are not printed", async () => {
	const evil = "evil\u001b[31m\nmatches   fake\u202e";
	const { out, err } = await eventwright(
		"pattern",
		"explain",
		"--template",
		file("evil.json", {
			Resources: {
				Rule: {
					Type: "AWS::Events::Rule",
					Properties: {
						Name: evil,
						EventPattern: { "detail\u001b[2J": ["\u009b31m"] },
					},
				},
			},
		}),
	);
	expect(out + err).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
	expect(out).not.toMatch(/^matches/m);
});

test.each([
	["null", { A: null }],
	[
		"a list",
		{
			A: {
				Type: "AWS::Events::Rule",
				Properties: { EventPattern: {}, Targets: {} },
			},
		},
	],
])(
	"a resource that is %s is an error with the file's name",
	async (name, Resources) => {
		const { err, code } = await eventwright(
			"graph",
			"--template",
			file("odd.json", { Resources }),
		);
		expect(err, name).toMatch(/odd\.json: A(:| must be)/);
		expect(code).toBe(2);
	},
);

describe("pattern explain", () => {
	test("explains a rule", async () => {
		const { code, out } = await eventwright(
			"pattern",
			"explain",
			"--rule",
			"media_recommendations_content-view-event",
			"--assembly",
			"cdk.out/test",
		);
		expect(out).toBe(`media_recommendations_content-view-event (media-filters)
  source: "api.gateway.content.get"
  detail-type: "Content-View-Event"
  detail.channel: "web" or prefix "app-"
  detail.durationMs: > 1000

`);
		expect(code).toBe(0);
	});

	test("explains a pattern in a file, with alternatives and warnings", async () => {
		const { code, out } = await eventwright(
			"pattern",
			"explain",
			file("pattern.json", {
				a: ["x"],
				$or: [{ a: ["y"] }, { b: { c: [{ exists: false }], d: [1] } }],
			}),
		);
		expect(out).toContain(`  a: "x"
  one of these:
    1. a: "y"
    2. b.c: no value
       b.d: 1
  warning or-overrides /a`);
		expect(code).toBe(0);
	});

	test("reports an invalid pattern and a bus with too many wildcards", async () => {
		const wild = Object.fromEntries(
			Array.from({ length: 31 }, (_, i) => [
				`R${i}`,
				rule(`r${i}`, { a: [{ wildcard: "*a" }] }),
			]),
		);
		const { code, out } = await eventwright(
			"pattern",
			"explain",
			"--template",
			file("wild.json", {
				Resources: { ...template.Resources, ...wild },
			}),
		);
		expect(out).toContain("error /source/0/prefix must be a string");
		expect(out).toContain(
			"has 31 rules with wildcards, the quota is 30 and cannot be raised",
		);
		expect(code).toBe(1);
	});
});

test("pattern operators lists each operator with an example", async () => {
	const { out, code } = await eventwright("pattern", "operators");
	for (const name of Object.keys(operators))
		expect(out).toContain(`\n  example   { "${name}": `);
	expect(code).toBe(0);
});

describe("graph", () => {
	const own: StackTemplate = {
		name: "shop",
		account: "111111111111",
		region: "eu-west-1",
		template: template as never,
		assets: new Map(),
	};

	test("connects producers to consumers in the reference system", () => {
		const { nodes, edges } = graphOf(mapSystem(referenceStacks()));
		const name = (id: string) => nodes.find((node) => node.id === id)?.lines[0];
		expect(edges.map(([from, to]) => `${name(from)} > ${name(to)}`)).toEqual(
			expect.arrayContaining([
				"Content-Published-Event > media_content-published-event",
				"Content-View-Event > media_content-view-event",
				"Content-View-Event > media_recommendations_content-view-event",
				"media_content-published-event > media-analytics",
				"media_content-view-event > media-analytics",
				"media-get-content > Content-View-Event",
				"media-post-content > Content-Published-Event",
				"media_recommendations_content-view-event > media-recommendations",
			]),
		);
		expect(nodes.filter(({ problem }) => problem !== undefined)).toEqual([]);
	});

	test("reports event types without a consumer and rules without events", () => {
		const { nodes } = graphOf(mapSystem([own]));
		expect(
			nodes.flatMap(({ lines, problem }) =>
				problem ? `${lines[0]}: ${problem}` : [],
			),
		).toEqual([
			"idle: has no targets",
			"Paid: has no consumer",
			"stale: receives no events",
			"off: is disabled",
			"bad: has a pattern that AWS rejects",
		]);
	});

	const problemsOf = (resources: object) =>
		graphOf(
			mapSystem([{ ...own, template: { Resources: resources } as never }]),
		).nodes.flatMap(({ lines, problem }) =>
			problem ? `${lines[0]}: ${problem}` : [],
		);
	const { Bus, Queue, Role, Placed, Stale } = template.Resources;

	test("without a known producer, no rule is reported", () => {
		const { nodes } = graphOf(
			mapSystem([
				{ ...own, template: { Resources: { Bus, Queue, Placed } } as never },
			]),
		);
		expect(nodes.map(({ column, lines }) => [column, lines[0]])).toEqual([
			["eventType", "Placed"],
			["rule", "placed"],
			["consumer", "placed"],
		]);
		expect(problemsOf({ Bus, Queue, Placed, Stale })).toEqual([]);
	});

	test("with a condition other than equality, no rule is reported", () => {
		const open = structuredClone(Role);
		const [policy] = open.Properties.Policies;
		Object.assign(policy?.PolicyDocument.Statement ?? {}, {
			Condition: { StringNotEquals: { "events:source": "shop.orders" } },
		});
		expect(problemsOf({ Bus, Queue, Role: open, Placed, Stale })).toEqual([]);
	});

	test("60 rules of 20 consumers: edges are short, and a selection is small", () => {
		const count = 20;
		const queue = (i: number) => `arn:aws:sqs:eu-west-1:111111111111:q${i}`;
		const resources = Object.fromEntries(
			Array.from({ length: 60 }, (_, i) => [
				`R${i}`,
				rule(
					`r${i}`,
					{ source: ["shop"], "detail-type": [`Event ${i}`] },
					{ Targets: [{ Id: "1", Arn: queue((i * 7) % count) }] },
				),
			]),
		);
		const graph = graphOf(
			mapSystem([
				{
					name: "s",
					account: "111111111111",
					region: "eu-west-1",
					assets: new Map(),
					template: {
						Resources: { Bus: template.Resources.Bus, ...resources },
					} as never,
				},
			]),
		);
		const drawn = svg(graph);
		const heights = [...drawn.matchAll(/d="M\S+ (\S+)C.* (\S+)"/g)].map(
			([, from, to]) => Math.abs(Number(from) - Number(to)),
		);
		expect(heights).toHaveLength(120);
		expect(Math.max(...heights)).toBeLessThan(400);
		const part = selected(graph, { consumer: "q13" });
		expect(part.nodes.map(({ lines }) => lines[0])).toContain("q13");
		expect(part.nodes).toHaveLength(7);
		expect(selected(graph, { eventType: "Event 59" }).nodes).toHaveLength(3);
		expect(selected(graph, { source: "nothing" }).nodes).toEqual([]);
	});

	test("names are escaped in Mermaid and SVG", () => {
		const graph = graphOf(mapSystem([own]));
		expect(mermaid(graph)).toContain('"shop#34;#93;#60;script#62;"');
		expect(mermaid(graph)).not.toContain("<script");
		expect(svg(graph)).not.toContain("<script");
		expect(svg(graph).match(/<g /g)).toHaveLength(graph.nodes.length);
	});

	test("writes a file, and problems to standard error", async () => {
		const target = path.join(folder(), "graph.svg");
		const { code, out, err } = await eventwright(
			"graph",
			"--format",
			"svg",
			"--out",
			target,
			"--template",
			file("shop.json", template),
		);
		expect({ code, out }).toEqual({ code: 1, out: "" });
		expect(err).toContain("event type Paid: has no consumer");
		expect(readFileSync(target, "utf8")).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
	});
});

test.each([
	[["pattern"], "pattern takes test, explain or operators"],
	[["pattern", "check"], 'got "check"'],
	[["pattern", "test"], "--event FILE is missing"],
	[["pattern", "test", "--event", "no.json"], "no.json"],
	[["pattern", "test", "--event", "README.md"], "README.md is not JSON"],
	[
		["pattern", "explain", "--rule", "x", "--assembly", "cdk.out/test"],
		"there is no rule x; there are media_",
	],
	[
		["graph", "--format", "png"],
		"--format must be one of mermaid, svg, got png",
	],
	[["graph", "--assembly", "test"], "test is not a cloud assembly"],
	[["graph", "--template", "package.json"], "is not a CloudFormation template"],
	[["graph", "--template", "README.md"], "README.md is not a CloudFormation"],
	[["graph", "--template", "no.json"], "there is no file no.json"],
	[["graph", "--template", "t.json=abc"], "with a 12-digit account id"],
	[
		["graph", "--template", "t.json", "--assembly", "cdk.out"],
		"--assembly and --template cannot be used together",
	],
] as const)("%j is a usage error", async (args, message) => {
	const { code, err } = await eventwright(...args);
	expect(err).toContain(message);
	expect(err).not.toMatch(/^\s+at /m);
	expect(code).toBe(2);
});
