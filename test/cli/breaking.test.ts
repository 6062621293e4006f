// What a change breaks, as a project sees it: a git repository, templates of several stacks, and a file of approvals.
import { execFile, execFileSync } from "node:child_process";
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormatsModule from "ajv-formats";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let folder: string;

const order = {
	title: "OrderPlaced",
	description: "An order was placed.",
	"x-owner": "sales",
	"x-amazon-events-source": "shop.orders",
	"x-amazon-events-detail-type": "Order-Placed",
	type: "object",
	properties: {
		id: { type: "string", maxLength: 64 },
		channel: { enum: ["web", "app", "shop"] },
		note: { type: "string" },
	},
	required: ["id", "channel"],
	additionalProperties: false,
};
const payment = {
	...order,
	title: "PaymentMade",
	"x-amazon-events-source": "shop.payments",
	"x-amazon-events-detail-type": "Payment-Made",
};

const write = (file: string, content: unknown) => {
	const target = path.join(folder, file);
	mkdirSync(path.dirname(target), { recursive: true });
	writeFileSync(
		target,
		typeof content === "string"
			? content
			: `${JSON.stringify(content, null, "\t")}\n`,
	);
};
const git = (...args: readonly string[]) =>
	execFileSync(
		"git",
		["-c", "user.name=a", "-c", "user.email=a@b.example", ...args],
		{ cwd: folder, stdio: "pipe" },
	);
const commit = (message: string) => {
	git("add", "-A");
	git("commit", "-q", "-m", message);
};

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), "breaking-"));
	git("init", "-q", "-b", "main");
	write("package.json", { type: "module" });
	write("schemas/orders/order-placed.json", order);
	write("schemas/payments/payment-made.json", payment);
	commit("first");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function eventwright(...args: readonly string[]) {
	const script = path.resolve("cli/eventwright.js");
	return promisify(execFile)(process.execPath, [script, ...args], {
		cwd: folder,
	}).then(
		({ stdout, stderr }) => ({ code: 0, out: stdout, said: stdout + stderr }),
		({ code, stdout, stderr }) => ({
			code,
			out: stdout,
			said: stdout + stderr,
		}),
	);
}
const breaking = (...args: readonly string[]) =>
	eventwright("breaking", "--against", "main", ...args);

async function findingsOf(...args: readonly string[]) {
	const { out } = await breaking("--format", "json", ...args);
	const report = JSON.parse(out);
	expectReport(report);
	return report.findings as {
		rule: string;
		direction: string;
		path: string;
		message: string;
		eventType?: { name: string };
		consumers: { name: string; rule: string }[];
		against?: string;
		counterexample?: unknown;
	}[];
}

function expectReport(report: unknown): void {
	const ajv = new Ajv2020();
	addFormatsModule.default(ajv);
	const validate = ajv.compile(
		JSON.parse(readFileSync("cli/breaking-report.schema.json", "utf8")),
	);
	expect(validate(report) ? [] : validate.errors).toEqual([]);
}

const properties = (changes: object) => ({
	...order,
	properties: { ...order.properties, ...changes },
});
const rulesOf = (findings: readonly { rule: string; direction: string }[]) =>
	findings.map(({ rule, direction }) => `${rule} ${direction}`);

describe("what is compared", () => {
	test("no change is no finding", async () => {
		const { code, said } = await breaking();
		expect(said).toContain(
			"No findings: 0 event types of 2 changed since main",
		);
		expect(code).toBe(0);
	});

	test("file, line, rule, direction, example and owner", async () => {
		write(
			"schemas/orders/order-placed.json",
			properties({ id: { type: "string", maxLength: 8 } }),
		);
		const { code, out } = await breaking();
		expect(code).toBe(1);
		expect(
			out,
		).toBe(`schemas/orders/order-placed.json:11:4 error length-narrowed OrderPlaced/id (backward)
  /id must have maxLength 8 for new readers; old writers: it must have maxLength 64
  for example {"id":"aaaaaaaaa","channel":"web"}
  owner sales
1 finding: 1 event type of 2 changed since main (${git("rev-parse", "main").toString().slice(0, 10)}).
`);
	});

	test.each([
		["backward", ["value-removed backward"]],
		["forward", ["value-added forward"]],
		["full", ["value-removed backward", "value-added forward"]],
	])("--mode %s", async (mode, wanted) => {
		write(
			"schemas/orders/order-placed.json",
			properties({ channel: { enum: ["web", "app", "phone"] } }),
		);
		expect(rulesOf(await findingsOf("--mode", mode))).toEqual(wanted);
	});

	test("a new optional property breaks exact readers only", async () => {
		write(
			"schemas/orders/order-placed.json",
			properties({ gift: { type: "boolean" } }),
		);
		expect(await findingsOf()).toEqual([]);
		expect(rulesOf(await findingsOf("--exact"))).toEqual([
			"object-opened forward",
		]);
	});

	test("removed, renamed and added event types", async () => {
		rmSync(path.join(folder, "schemas/payments/payment-made.json"));
		write("schemas/orders/order-placed.json", {
			...order,
			"x-amazon-events-detail-type": "OrderPlaced",
		});
		write("schemas/orders/order-sent.json", {
			...properties({ carrier: { type: "string" } }),
			title: "OrderSent",
			"x-amazon-events-detail-type": "Order-Sent",
		});
		const findings = await findingsOf();
		expect(
			findings.map(({ rule, eventType, direction }) => [
				eventType?.name,
				rule,
				direction,
			]),
		).toEqual([
			["OrderPlaced", "detail-type-changed", "backward"],
			["OrderPlaced", "detail-type-changed", "forward"],
			["PaymentMade", "event-type-removed", "backward"],
			["PaymentMade", "event-type-removed", "forward"],
		]);
	});

	test("an event type may go after its x-sunset", async () => {
		write("schemas/payments/payment-made.json", {
			...payment,
			deprecated: true,
			"x-sunset": "2027-01-31",
		});
		commit("deprecated");
		rmSync(path.join(folder, "schemas/payments/payment-made.json"));
		expect((await breaking("--date", "2027-01-31")).code).toBe(1);
		expect((await breaking("--date", "2027-02-01")).code).toBe(0);
	});

	test("a shared definition breaks once, for all event types that have it", async () => {
		const shared = (limit: number) => ({
			title: "Code",
			description: "A code.",
			type: "string",
			maxLength: limit,
		});
		const code = { code: { $ref: "../code.json" } };
		write("schemas/code.json", shared(9));
		write("schemas/orders/order-placed.json", properties(code));
		write("schemas/payments/payment-made.json", {
			...payment,
			properties: { ...payment.properties, ...code },
		});
		commit("shared");
		write("schemas/code.json", shared(5));
		const findings = await findingsOf();
		expect(findings).toMatchObject([
			{
				rule: "length-narrowed",
				eventType: { name: "OrderPlaced" },
				path: "/code",
				alsoIn: [{ eventType: { name: "PaymentMade" }, path: "/code" }],
				at: { file: "schemas/code.json", line: 5 },
			},
		]);
	});

	test("every earlier version, with --all-versions", async () => {
		const note = (type: string) =>
			write("schemas/orders/order-placed.json", properties({ note: { type } }));
		note("integer");
		commit("second");
		note("string");
		commit("third");
		write("schemas/orders/order-placed.json", {
			...properties({ note: { type: ["string", "boolean"] } }),
		});
		expect(rulesOf(await findingsOf("--mode", "backward"))).toEqual([]);
		const [finding, ...others] = await findingsOf(
			"--mode",
			"backward",
			"--all-versions",
		);
		expect(others).toEqual([]);
		expect(finding).toMatchObject({ rule: "type-narrowed", path: "/note" });
		expect(finding?.against).toBe(
			git("rev-parse", "main~1").toString().slice(0, 10),
		);
	});
});

describe("the version to compare with", () => {
	test("a folder of schemas, or of a project", async () => {
		cpSync(path.join(folder, "schemas"), path.join(folder, "old/schemas"), {
			recursive: true,
		});
		write(
			"schemas/orders/order-placed.json",
			properties({ note: { type: "integer" } }),
		);
		for (const given of ["old", "old/schemas"]) {
			const { code, said } = await eventwright("breaking", "--against", given);
			expect(said).toContain(`since ${given}`);
			expect(code).toBe(1);
		}
	});

	test("a ref that is not here", async () => {
		const { code, said } = await eventwright(
			"breaking",
			"--against",
			"origin/release",
		);
		expect(said).toContain(
			"git fetch origin release:refs/remotes/origin/release",
		);
		expect(code).toBe(2);
	});

	test("what is no ref, folder or package", async () => {
		for (const [given, message] of [
			["./nowhere", "there is no folder ./nowhere"],
			["--upload-pack=x", "there is no git ref --upload-pack=x"],
		]) {
			const { code, said } = await eventwright(
				"breaking",
				`--against=${given}`,
			);
			expect(said).toContain(message);
			expect(code).toBe(2);
		}
		expect(await eventwright("breaking")).toMatchObject({ code: 2 });
	});

	test("a folder that was not there is no reason to be content", async () => {
		git("mv", "schemas", "events");
		const { code, said } = await breaking("--schemas", "events");
		expect(said).toContain(
			"has no schemas in events, but elsewhere, such as schemas/orders/order-placed.json",
		);
		expect(code).toBe(2);
	});

	test("a project whose first schemas are new breaks nothing", async () => {
		git("rm", "-rq", "schemas");
		commit("none yet");
		write("schemas/orders/order-placed.json", order);
		const { code, said } = await breaking();
		expect(said).toContain("No findings: 1 event type of 1 changed");
		expect(code).toBe(0);
	});

	test("a schema with an error, now or then", async () => {
		write("schemas/orders/order-placed.json", { ...order, type: "objct" });
		const now = await breaking();
		expect(now.said).toContain("schemas/orders/order-placed.json:7:2");
		expect(now.code).toBe(1);
		const annotated = await breaking("--format", "github");
		expect(annotated.out).toContain(
			"::error file=schemas/orders/order-placed.json,line=7,col=2,title=not-a-schema::",
		);
		expect(annotated.code).toBe(1);
		commit("broken");
		write("schemas/orders/order-placed.json", order);
		expect(await findingsOf()).toMatchObject([
			{ rule: "undecided", message: expect.stringContaining("cannot be read") },
		]);
	});
});

describe("approvals", () => {
	const approval = {
		rule: "type-narrowed",
		eventType: "OrderPlaced",
		pointer: "/note",
		direction: "backward",
		reason: "Nobody has sent notes yet.",
		approver: "team-billing",
		expires: "2027-03-31",
	};
	const approve = (...approvals: readonly object[]) =>
		write("eventwright.approvals.json", { approvals });

	beforeEach(() => {
		write("schemas/orders/order-placed.json", {
			...properties({ note: { type: ["string", "null"] } }),
		});
		commit("nullable");
		write("schemas/orders/order-placed.json", order);
	});

	test("an approved break is none", async () => {
		const before = await breaking();
		expect(before.said).toContain(
			'{"rule":"type-narrowed","eventType":"OrderPlaced","pointer":"/note","direction":"backward",',
		);
		approve(approval);
		const { code, said } = await breaking("--date", "2027-03-31");
		expect(said).toContain("approved by team-billing until 2027-03-31");
		expect(code).toBe(0);
	});

	test("an expired approval approves nothing", async () => {
		approve(approval);
		expect(rulesOf(await findingsOf("--date", "2027-04-01")).sort()).toEqual([
			"approval-expired backward",
			"type-narrowed backward",
		]);
	});

	test("an approval whose change has been merged is no fault", async () => {
		approve(approval);
		commit("merged");
		const { code, said } = await breaking("--date", "2027-01-01");
		expect(said).toContain("No findings");
		expect(code).toBe(0);
		expect((await breaking("--date", "2027-04-01")).said).toContain(
			"approval-expired",
		);
	});

	test("a stale approval is a finding at its line", async () => {
		approve(approval, { ...approval, pointer: "/id" });
		const { code, said } = await breaking("--date", "2027-01-01");
		expect(said).toContain(
			"eventwright.approvals.json:12:3 warning approval-stale",
		);
		expect(code).toBe(1);
	});

	test.each([
		[{ ...approval, expires: "soon" }, ":10:4: expires must be a date such as"],
		[{ ...approval, reason: " " }, ":8:4: reason must be a text"],
		[{ ...approval, approver: undefined }, ":3:3: approver must be a text"],
		[{ ...approval, because: "x" }, ':11:4: an approval has no "because"'],
	])("an invalid entry names its line: %o", async (entry, message) => {
		approve(entry);
		const { code, said } = await breaking();
		expect(said).toContain(`eventwright.approvals.json${message}`);
		expect(code).toBe(2);
	});
});

describe("consumers", () => {
	const hub = "111111111111";
	const topic = (name: string) => `arn:aws:sns:eu-west-1:${hub}:${name}`;
	const rule = (name: string, detail?: object) => ({
		Type: "AWS::Events::Rule",
		Properties: {
			Name: name,
			EventBusName: "shop",
			EventPattern: {
				source: ["shop.orders"],
				"detail-type": ["Order-Placed"],
				...(detail ? { detail } : {}),
			},
			Targets: [{ Id: "t", Arn: topic(name) }],
		},
	});
	const consumer = (name: string, filter?: object) => ({
		Resources: {
			Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: name } },
			Subscription: {
				Type: "AWS::SNS::Subscription",
				Properties: {
					TopicArn: topic(name),
					Protocol: "sqs",
					Endpoint: { "Fn::GetAtt": ["Queue", "Arn"] },
					...(filter
						? { FilterPolicyScope: "MessageBody", FilterPolicy: filter }
						: {}),
				},
			},
		},
	});
	let templates: string[];

	beforeEach(() => {
		write("hub.json", {
			Resources: {
				Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "shop" } },
				...Object.fromEntries(
					["billing", "search", "shops"].map((name) => [
						`Topic${name}`,
						{ Type: "AWS::SNS::Topic", Properties: { TopicName: name } },
					]),
				),
				All: rule("billing"),
				Apps: rule("search", { channel: ["app"] }),
				Shops: rule("shops"),
			},
		});
		write("billing.json", consumer("billing"));
		write("search.json", consumer("search"));
		write("shops.json", consumer("shops", { detail: { channel: ["shop"] } }));
		templates = [
			`hub.json=${hub}/eu-west-1`,
			"billing.json=222222222222/eu-west-1",
			"search.json=333333333333/eu-west-1",
			"shops.json=444444444444/eu-west-1",
		].flatMap((text) => ["--template", text]);
	});

	const namesOf = (found: { consumers: { name: string }[] } | undefined) =>
		found?.consumers.map(({ name }) => name).sort();

	test("a break names all who receive the event type", async () => {
		write(
			"schemas/orders/order-placed.json",
			properties({ id: { type: "string", maxLength: 8 } }),
		);
		const [finding] = await findingsOf(...templates);
		expect(namesOf(finding)).toEqual(["billing", "search", "shops"]);
	});

	test.each([
		["app", "search"],
		["shop", "shops"],
	])(
		"a filter on %s that can match no more names %s and no other",
		async (value, name) => {
			write(
				"schemas/orders/order-placed.json",
				properties({
					channel: {
						enum: ["web", "app", "shop"].filter((one) => one !== value),
					},
				}),
			);
			const findings = await findingsOf(...templates);
			const filters = findings.filter(({ rule }) => rule.startsWith("filter-"));
			expect(filters).toMatchObject([
				{ rule: "filter-unmatchable", path: "/channel" },
			]);
			expect(namesOf(filters[0])).toEqual([name]);
		},
	);

	test("a filter that matches everything now", async () => {
		write(
			"schemas/orders/order-placed.json",
			properties({ channel: { const: "app" } }),
		);
		const findings = await findingsOf(...templates);
		const found = findings.filter(({ rule }) => rule.includes("always"));
		expect(found.map(namesOf)).toEqual([["search"]]);
	});

	test("a subscription to what nobody publishes", async () => {
		write("late.json", {
			Resources: {
				Late: {
					...rule("late"),
					Properties: {
						...rule("late").Properties,
						EventPattern: {
							source: ["shop.orders"],
							"detail-type": ["Order-Palced"],
						},
					},
				},
			},
		});
		const findings = await findingsOf(
			...templates,
			"--template",
			`late.json=${hub}/eu-west-1`,
		);
		expect(findings).toMatchObject([{ rule: "subscription-unpublished" }]);
		expect(findings[0]?.message).toContain("Order-Palced");
	});

	test("a removed event type names its rules", async () => {
		rmSync(path.join(folder, "schemas/orders/order-placed.json"));
		const [finding] = await findingsOf(...templates, "--mode", "forward");
		expect(finding?.rule).toBe("event-type-removed");
		expect(namesOf(finding)).toEqual(["billing", "search", "shops"]);
	});
});

describe("formats", () => {
	beforeEach(() => {
		write(
			"schemas/orders/order-placed.json",
			properties({
				channel: { enum: ["web", "app", "shop", "a`b|c\u001b[31m"] },
			}),
		);
	});

	test("github", async () => {
		const { out } = await breaking("--format", "github");
		expect(out).toMatch(
			/^::error file=schemas\/orders\/order-placed\.json,line=14,col=4,title=value-added::OrderPlaced: \/channel may be /,
		);
	});

	test("sarif", async () => {
		const { out } = await breaking("--format", "sarif");
		expect(JSON.parse(out).runs[0].results[0]).toMatchObject({
			ruleId: "value-added",
			level: "error",
		});
	});

	test("markdown", async () => {
		const { out } = await breaking("--format", "markdown");
		expect(out).toContain(
			"| OrderPlaced | `schemas/orders/order-placed.json:14` |",
		);
		expect(out).not.toContain("\u001b");
		expect(out.trimEnd().split("\n")).toHaveLength(5);
	});
});

describe("changelog", () => {
	test("all changes, in words", async () => {
		const { note: _, ...rest } = order.properties;
		write("schemas/orders/order-placed.json", {
			...order,
			description: "Somebody placed an order.",
			properties: {
				...rest,
				id: { type: "string", maxLength: 8 },
				channel: { enum: ["web", "app", "phone"] },
				gift: { type: "boolean" },
			},
			required: ["id"],
		});
		rmSync(path.join(folder, "schemas/payments/payment-made.json"));
		const { code, out } = await eventwright("changelog", "--against", "main");
		expect(out).toBe(`OrderPlaced (Order-Placed of shop.orders)
  its description changed
  /id maxLength is 8, was 64 (breaks new readers)
  /channel is optional now (breaks old readers)
  /channel "phone" may come; "shop" may come no more (breaks new readers and old readers)
  /gift is new
  /note is gone
PaymentMade: removed (Payment-Made of shop.payments)
  is gone (breaks new readers and old readers)
`);
		expect(code).toBe(0);
	});

	test("no changes", async () => {
		const { out } = await eventwright("changelog", "--against", "main");
		expect(out).toMatch(/^No changes of event types since main/);
	});
});

describe("new-version", () => {
	test("a new event type beside the old one", async () => {
		const { code, said } = await eventwright(
			"new-version",
			"OrderPlaced",
			"--sunset",
			"2027-06-30",
		);
		expect(code).toBe(0);
		expect(said).toContain("upcasting(OrderPlacedV2, orderPlacedToV2, …)");
		const read = (file: string) =>
			JSON.parse(readFileSync(path.join(folder, file), "utf8"));
		expect(read("schemas/orders/order-placed-v2.json")).toEqual({
			...order,
			title: "OrderPlacedV2",
			"x-amazon-events-detail-type": "Order-Placed-V2",
		});
		expect(read("schemas/orders/order-placed.json")).toEqual({
			...order,
			deprecated: true,
			"x-sunset": "2027-06-30",
		});
		expect((await breaking()).code).toBe(0);
		const lint = await eventwright("lint");
		expect(lint.said).toContain(
			"order-placed.json:5:2 warning sunset-ahead: the event type is deprecated, and may be gone after 2027-06-30",
		);
		// A version of the version.
		expect((await eventwright("new-version", "OrderPlacedV2")).code).toBe(0);
		expect(
			existsSync(path.join(folder, "schemas/orders/order-placed-v3.json")),
		).toBe(true);
		const again = await eventwright("new-version", "OrderPlaced");
		expect(again.said).toContain("there is a OrderPlacedV2 already");
		expect(again.code).toBe(2);
	});

	test("YAML keeps its comments", async () => {
		write(
			"schemas/orders/order-sent.yaml",
			"# Sent, not delivered.\ntitle: OrderSent\ndescription: An order was sent. # by whom?\nx-amazon-events-source: shop.orders\nx-amazon-events-detail-type: Order.Sent.v1\ntype: object\n",
		);
		expect((await eventwright("new-version", "OrderSent")).code).toBe(0);
		const read = (file: string) =>
			readFileSync(path.join(folder, "schemas/orders", file), "utf8");
		expect(read("order-sent-v2.yaml")).toContain("Order.Sent.v2");
		expect(read("order-sent-v2.yaml")).toContain("# by whom?");
		expect(read("order-sent.yaml")).toContain("deprecated: true");
	});

	test("an event type that is not there", async () => {
		const { code, said } = await eventwright("new-version", "OrderLost");
		expect(said).toContain("there are OrderPlaced, PaymentMade");
		expect(code).toBe(2);
	});
});
