// Deploys and destroys a system against stand-ins of the CDK CLI and of the AWS APIs.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { App } from "aws-cdk-lib";
import {
	afterAll,
	beforeAll,
	beforeEach,
	describe,
	expect,
	test,
} from "vitest";
import type { SystemDefinition } from "../../cdk/system/definition.ts";
import { buildSystem } from "../../cdk/system-stacks.ts";
import { type DeployOptions, deploySystem } from "../../cli/deploy-system.ts";
import {
	type DestroyOptions,
	destroySystem,
} from "../../cli/destroy-system.ts";
import { cleanLine, type Terminal } from "../../cli/terminal.ts";
import { where } from "../../pattern/where.ts";
import { edits, entry, system as sample, typeOf } from "../cdk/edits.ts";
import { type StandIn, startStandIn } from "./stand-in/aws.ts";

const ids = {
	hub: "210987654321",
	consumer: "310987654321",
	producer: "110987654321",
};
const system: SystemDefinition = {
	...sample,
	accounts: {
		hub: { id: ids.hub, profile: "hub" },
		consumer: { id: ids.consumer, profile: "consumer" },
		producer: { id: ids.producer, profile: "producer" },
	},
};
const edited = (title: string): SystemDefinition => {
	const edit = edits.find(([name]) => name === title);
	if (!edit) throw new Error(`there is no edit ${title}`);
	return { ...system, ...edit[1] };
};

let folder: string;
let aws: StandIn;
const environment = { ...process.env };

beforeAll(async () => {
	folder = mkdtempSync(path.join(tmpdir(), "deploy-"));
	mkdirSync(path.join(folder, "bin"));
	writeFileSync(
		path.join(folder, "bin/cdk"),
		`#!/bin/sh\nexec '${process.execPath}' '${path.resolve("test/cli/stand-in/cdk.js")}' "$@"\n`,
		{ mode: 0o755 },
	);
	writeFileSync(
		path.join(folder, "config"),
		Object.entries(ids)
			.map(
				([name, id]) =>
					`[profile ${name}]\naws_access_key_id = ${id}\naws_secret_access_key = s\n`,
			)
			.join("\n"),
	);
});

beforeEach(async () => {
	await aws?.stop();
	aws = await startStandIn();
	for (const id of Object.values(ids)) aws.bootstrap.set(id, 21);
	Object.assign(process.env, {
		AWS_ENDPOINT_URL: aws.url,
		AWS_CONFIG_FILE: path.join(folder, "config"),
		AWS_SHARED_CREDENTIALS_FILE: path.join(folder, "none"),
		PATH: `${folder}/bin:${environment.PATH}`,
		STAND_IN_ASSEMBLY: path.join(folder, "synthesized"),
	});
});

afterAll(async () => {
	await aws.stop();
	process.env = environment;
	rmSync(folder, { recursive: true });
});

interface Ran {
	readonly code: number;
	readonly said: string;
}

function terminalInto(lines: string[]): Terminal {
	const say = (text: string) => {
		lines.push(text);
	};
	return {
		print: say,
		warn: say,
		write: say,
		style: (_, text) => cleanLine(text),
		progress: () => () => {},
	};
}

async function deploy(
	of: SystemDefinition,
	options: Partial<DeployOptions> = {},
	stated = of,
): Promise<Ran> {
	const outdir = path.join(folder, "synthesized");
	rmSync(outdir, { recursive: true, force: true });
	const app = new App({ outdir, context: { "aws:cdk:bundling-stacks": [] } });
	buildSystem(app, of);
	app.synth();
	const lines: string[] = [];
	const code = await deploySystem(
		stated,
		{
			output: path.join(folder, "cdk.out"),
			stack: [],
			dryRun: false,
			review: false,
			yes: false,
			pollMs: 1,
			...options,
		},
		terminalInto(lines),
		new AbortController().signal,
	);
	return { code, said: lines.join("\n") };
}

async function destroy(
	of: SystemDefinition,
	options: Partial<DestroyOptions> = {},
): Promise<Ran> {
	const lines: string[] = [];
	const code = await destroySystem(
		of,
		{ file: "infra/system.ts", force: false, yes: true, pollMs: 1, ...options },
		terminalInto(lines),
		new AbortController().signal,
	);
	return { code, said: lines.join("\n") };
}

const all = [
	"deploy media-hub",
	"deploy media-filters",
	"deploy media-consumer-analytics",
	"deploy media-consumer-recommendations",
	"deploy media-consumer-reports",
	"deploy media-producer",
	"deploy media-alarms",
];

describe("deploy", () => {
	test("the first time, in the order hub, consumers, producer; then nothing is left to do", async () => {
		const { code, said } = await deploy(system);
		expect([code, said]).toEqual([0, expect.anything()]);
		expect(aws.done).toEqual(all);
		expect(said).toContain("1. deploy media-hub in 210987654321, new: ");
		for (const [args, profile] of [
			[aws.deployed[0], "hub"],
			[aws.deployed[2], "consumer"],
			[aws.deployed[3], "producer"],
		] as const)
			expect(args?.join(" ")).toContain(
				`--exclusively --require-approval never${profile === "consumer" ? " --concurrency 5" : ""} --profile ${profile}`,
			);
		const again = await deploy(system);
		expect(again).toEqual({
			code: 0,
			said: expect.stringContaining("Everything is deployed."),
		});
		expect(aws.done).toEqual(all);
	});

	test("a renamed event type expands, moves and contracts", async () => {
		await deploy(system);
		aws.done.length = 0;
		const { code, said } = await deploy(edited("rename an event type"));
		expect(code, said).toBe(0);
		expect(aws.done).toEqual([
			"deploy media-hub",
			"deploy media-filters",
			"deploy media-consumer-analytics",
			"deploy media-consumer-recommendations",
			"deploy media-producer",
			"deploy media-producer",
			"deploy media-consumer-analytics",
			"deploy media-consumer-recommendations",
			"deploy media-filters",
			"deploy media-hub",
			"deploy media-alarms",
		]);
		expect(said).toContain("1. expand media-hub");
		expect(said).toContain("+ media_content-seen  AWS::SNS::Topic");
		expect(said).toMatch(
			/\d\. contract media-hub[^\n]*\n(?:.*\n)*? {3}- media_content-viewed {2}AWS::SNS::Topic/,
		);
		expect(said).not.toContain("This loses");
	});

	test("a failure in the middle leaves what works, and the next run goes on", async () => {
		await deploy(system);
		aws.done.length = 0;
		aws.fail.add("deploy media-producer");
		const next = edited("rename an event type");
		const { code, said } = await deploy(next);
		expect(code).toBe(1);
		expect(said).toContain("media-producer failed");
		expect(said).toContain("run deploy again");
		const before = aws.done.length;
		expect(aws.done.at(-1)).toBe("deploy media-producer");
		const hub = JSON.stringify(aws.stacks.get("media-hub")?.template);
		expect(hub).toContain("media_content-viewed");
		expect(hub).toContain("media_content-seen");
		expect((await deploy(next)).code).toBe(0);
		expect(aws.done.slice(before)).toEqual([
			"deploy media-producer",
			"deploy media-producer",
			"deploy media-consumer-analytics",
			"deploy media-consumer-recommendations",
			"deploy media-filters",
			"deploy media-hub",
			"deploy media-alarms",
		]);
		expect(JSON.stringify(aws.stacks.get("media-hub")?.template)).not.toContain(
			"media_content-viewed",
		);
	});

	test("without a terminal, what loses something is refused without --yes", async () => {
		await deploy(system);
		aws.done.length = 0;
		const next: SystemDefinition = {
			...system,
			consumers: {
				recommendations: system.consumers
					.recommendations as SystemDefinition["consumers"][string],
			},
		};
		const { code, said } = await deploy(next);
		expect(code).toBe(1);
		expect(said).toContain(
			"content.post / Content-Published may be published, and nobody subscribes to it any more",
		);
		expect(said).toContain(
			"/aws/lambda/media-reports (AWS::Logs::LogGroup) is removed, and with it its logs",
		);
		expect(said).toContain("run with --yes");
		expect(aws.done).toEqual([]);
	});

	test("a removed consumer is unsubscribed, and deleted when its queue is empty", async () => {
		await deploy(system);
		aws.done.length = 0;
		aws.messages.set("media-reports", [3, 1, 0]);
		const { code, said } = await deploy(edited("remove a consumer"), {
			yes: true,
		});
		expect(code, said).toBe(0);
		expect(said).toContain(
			"waiting until its function has handled them: media-reports holds 3",
		);
		expect(said).toContain("media-reports holds 1");
		expect(aws.done).toEqual([
			"deploy media-consumer-reports",
			"delete media-consumer-reports",
			"deploy media-filters",
			"deploy media-alarms",
		]);
		expect(
			aws.deployed
				.findLast((args) => args.includes("media-consumer-reports"))
				?.join(" "),
		).toContain("--profile consumer");
	});

	test("the last consumer's stack is deployed as a neighbour in its account was", async () => {
		await deploy(system);
		const { code, said } = await deploy(
			{ ...system, consumers: {} },
			{ yes: true },
		);
		expect(code, said).toBe(0);
		expect([...aws.stacks.keys()].sort()).toEqual([
			"media-hub",
			"media-producer",
		]);
	});

	test("--dry-run and --review deploy nothing", async () => {
		expect((await deploy(system, { dryRun: true })).said).toContain(
			"4. deploy media-producer",
		);
		expect(aws.done).toEqual([]);
		const { said } = await deploy(system, { review: true });
		expect(aws.done).toEqual(["prepare media-hub"]);
		expect(said).toContain("change sets are called eventwright");
		expect(aws.stacks.size).toBe(0);
	});

	test("--stack deploys one stack, and takes nothing away that others use", async () => {
		expect(
			(await deploy(system, { stack: ["media-producer"] })).said,
		).toContain(
			"media-hub, media-filters must be deployed before: add --stack media-hub --stack media-filters",
		);
		await deploy(system);
		aws.done.length = 0;
		const next = edited("rename an event type");
		const { code, said } = await deploy(next, { stack: ["media-hub"] });
		expect(code).toBe(0);
		expect(said).toContain("media-hub keeps what other stacks still use");
		expect(aws.done).toEqual(["deploy media-hub"]);
		expect(JSON.stringify(aws.stacks.get("media-hub")?.template)).toContain(
			"media_content-viewed",
		);
		await expect(deploy(system, { stack: ["media-hubs"] })).rejects.toThrow(
			"there is no stack media-hubs; there are media-alarms,",
		);
	});

	test("tags and protection alone are a step", async () => {
		await deploy(system);
		aws.done.length = 0;
		const { said } = await deploy({ ...system, terminationProtection: false });
		expect(said).toContain(
			"deploy media-hub in 210987654321: properties, tags or protection",
		);
		expect(aws.done.sort()).toEqual([...all].sort());
	});

	test("the accounts are checked before anything is deployed", async () => {
		aws.bootstrap.delete(ids.consumer);
		aws.bootstrap.set(ids.producer, 4);
		aws.logRole = undefined;
		aws.existing.add("arn:aws:sns:eu-west-1:210987654321:media_content-viewed");
		aws.existing.add("media-get-eu-west-1");
		aws.existing.add(
			"https://sqs.eu-west-1.amazonaws.com/310987654321/media-reports-dead-letters",
		);
		const { code, said } = await deploy(system);
		expect(code).toBe(1);
		for (const message of [
			"the account 310987654321 (consumer) is not bootstrapped in eu-west-1: run: npx cdk bootstrap aws://310987654321/eu-west-1 --profile consumer",
			"the account 110987654321 (producer) has bootstrap version 4, CDK needs 6",
			"aws apigateway update-account --patch-operations op=replace,path=/cloudwatchRoleArn,value=arn:aws:iam::110987654321:role/apigateway-logs --region eu-west-1",
			"media-hub would make media_content-viewed (AWS::SNS::Topic), which the account 210987654321 has already",
			"media-producer would make media-get-eu-west-1 (AWS::IAM::Role)",
			"media-reports-dead-letters (AWS::SQS::Queue), which the account 310987654321 has already: an earlier stack may have kept it",
		])
			expect(said).toContain(message);
		expect(aws.done).toEqual([]);
	});

	test("a check that the credentials do not allow is a warning", async () => {
		for (const service of ["ssm", "apigateway", "cloudcontrolapi"])
			aws.denied.add(service);
		const { code, said } = await deploy(system);
		expect(code, said).toBe(0);
		expect(said).toContain("could not check the bootstrap of 110987654321");
		expect(said).toContain("could not check API Gateway's role for logs");
		expect(said).toMatch(
			/could not look up \d+ of \d+ names, such as an AWS::\S+ in \d+: AccessDeniedException: no cloudcontrolapi for you/,
		);
	});

	test("old and new side by side must fit, too", async () => {
		const named = (prefix: string): SystemDefinition => ({
			...system,
			consumers: {
				audit: {
					entry,
					subscribes: Array.from({ length: 90 }, (_, i) =>
						typeOf(`T${i}`, "many", `${prefix}-${i}`),
					),
				},
			},
		});
		expect((await deploy(named("old"))).code).toBe(0);
		aws.done.length = 0;
		const { code, said } = await deploy(named("new"));
		expect(code).toBe(1);
		expect(said).toMatch(
			/expand media-hub: the stack media-hub has 5\d\d resources; the quota is 500: old and new stand side by side/,
		);
		expect(said).toContain("the policy of the queue media-audit has");
		expect(aws.done).toEqual([]);
	});

	test("credentials of another account, and none, are refused", async () => {
		const { code, said } = await deploy({
			...system,
			accounts: {
				...system.accounts,
				hub: { id: ids.hub, profile: "consumer" },
				producer: { id: ids.producer, profile: "missing" },
			},
		});
		expect(code).toBe(1);
		expect(said).toContain(
			"accounts.hub.id is 210987654321, but the profile consumer is of the account 310987654321",
		);
		expect(said).toContain(
			"accounts.producer: the profile missing cannot be used",
		);
		expect(aws.done).toEqual([]);
	});

	test("without profiles, the environment's credentials are used", async () => {
		Object.assign(process.env, {
			AWS_ACCESS_KEY_ID: ids.hub,
			AWS_SECRET_ACCESS_KEY: "s",
		});
		const account = { id: ids.hub };
		const { code, said } = await deploy({
			...system,
			accounts: { hub: account, consumer: account, producer: account },
		});
		delete process.env.AWS_ACCESS_KEY_ID;
		delete process.env.AWS_SECRET_ACCESS_KEY;
		expect(code, said).toBe(0);
		expect(aws.done).toEqual(all);
		expect(aws.deployed.flat()).not.toContain("--profile");
	});

	test("a pattern for old and new that EventBridge would refuse is refused", async () => {
		const Odd = typeOf("Odd", "odd", "Odd") as never;
		const filtered = (prefix: string, n: number): SystemDefinition => ({
			...system,
			consumers: {
				audit: {
					entry,
					subscribes: [where(Odd, { prefix: [prefix], n: [n] } as never)],
				},
			},
		});
		await deploy(filtered("a", 1));
		const { code, said } = await deploy(filtered("b", 2));
		expect(code).toBe(1);
		expect(said).toMatch(
			/expand media-filters: EventBridge would refuse the pattern of the rule media_audit_odd: .*change fewer things at once/,
		);
	});

	test("a number that is written in another way is deployed", async () => {
		const valued = (LIMIT: string): SystemDefinition => ({
			...system,
			producers: {
				...system.producers,
				get: {
					...system.producers.get,
					environment: { LIMIT },
				} as SystemDefinition["producers"][string],
			},
		});
		await deploy(valued("1"));
		aws.done.length = 0;
		await deploy(valued("01"));
		expect(aws.done).toEqual(["deploy media-producer"]);
	});

	test("a stack whose creation failed is made again", async () => {
		await deploy(system);
		for (const [name, status] of [
			["media-consumer-reports", "ROLLBACK_COMPLETE"],
			["media-producer", "REVIEW_IN_PROGRESS"],
		] as const) {
			const stack = aws.stacks.get(name);
			if (stack) stack.status = status;
		}
		aws.done.length = 0;
		const { code, said } = await deploy(system);
		expect(code, said).toBe(0);
		expect(aws.done).toEqual([
			"deploy media-consumer-reports",
			"deploy media-producer",
		]);
	});

	test("all producers can go", async () => {
		await deploy(system);
		aws.done.length = 0;
		const { code, said } = await deploy(
			{ ...system, producers: {} },
			{ yes: true },
		);
		expect(code, said).toBe(0);
		expect(said).toContain(
			"(AWS::ApiGateway::RestApi) is removed, and with it its URL",
		);
		expect(aws.done).toEqual(["delete media-producer", "deploy media-hub"]);
	});

	test("a deletion that fails says why, and can be tried again", async () => {
		await deploy(system);
		aws.fail.add("delete media-consumer-reports");
		const next = edited("remove a consumer");
		const { code, said } = await deploy(next, { yes: true });
		expect(code).toBe(1);
		expect(said).toContain(
			"media-consumer-reports could not be deleted: it is DELETE_FAILED: its events in CloudFormation say why",
		);
		expect(said).toContain("run deploy again");
		aws.done.length = 0;
		expect((await deploy(next, { yes: true })).code).toBe(0);
		expect(aws.done[0]).toBe("delete media-consumer-reports");
	});

	test("what CloudFormation would refuse is refused before", async () => {
		await deploy(system);
		aws.done.length = 0;
		const { code, said } = await deploy({
			...system,
			accounts: {
				...system.accounts,
				hub: { ...system.accounts.hub, rolePath: "/team/" },
			},
		});
		expect(code).toBe(1);
		expect(said).toContain(
			"media-hub: media_feeds-eu-west-1 (AWS::IAM::Role) would have to be replaced under the name that it has, which CloudFormation refuses",
		);
		expect(aws.done).toEqual([]);
	});

	test("a key that goes is a loss", async () => {
		const keyed = (customerManagedKeys: boolean): SystemDefinition => ({
			...system,
			accounts: {
				...system.accounts,
				consumer: { ...system.accounts.consumer, customerManagedKeys },
			},
		});
		await deploy(keyed(true));
		const { code, said } = await deploy(keyed(false));
		expect(code).toBe(1);
		expect(said).toMatch(
			/media-consumer-analytics: \w+ \(AWS::KMS::Key\) is removed, and with it the permission to read what it has encrypted: empty the queues first/,
		);
	});

	test("an app that builds another system is refused", async () => {
		await deploy(system);
		aws.done.length = 0;
		await expect(
			deploy(system, {}, { ...system, name: "orders" }),
		).rejects.toThrow(
			"has no stack of the system orders: the app in cdk.json builds another system",
		);
		expect(aws.done).toEqual([]);
	});

	test("--stack asks before it loses something, and deploys a changed route", async () => {
		await deploy(system);
		aws.done.length = 0;
		const archived = { ...system, archiveDays: 7 };
		expect((await deploy(archived, { stack: ["media-hub"] })).code).toBe(0);
		const { code, said } = await deploy(
			{ ...edited("rename the bus"), archiveDays: 7 },
			{ stack: ["media-hub"] },
		);
		expect(code).toBe(1);
		expect(said).toContain(
			"(AWS::Events::Archive) is replaced, and with it its events",
		);
		await deploy(system, { yes: true });
		aws.done.length = 0;
		const next: SystemDefinition = {
			...system,
			producers: {
				...system.producers,
				put: {
					entry,
					method: "PUT",
					path: "/content",
					publishes: system.producers.post?.publishes ?? [],
				},
			},
			consumers: edited("add a consumer last").consumers,
		};
		await deploy(next, { stack: ["media-hub", "media-producer"] });
		expect(aws.done).toEqual(["deploy media-hub", "deploy media-producer"]);
	});

	test("a bootstrap qualifier is used and checked", async () => {
		const own: SystemDefinition = {
			...system,
			accounts: {
				...system.accounts,
				hub: { ...system.accounts.hub, bootstrapQualifier: "team1" },
			},
		};
		aws.bootstrap.delete(ids.hub);
		expect((await deploy(own)).said).toContain(
			"--qualifier team1 --profile hub",
		);
		aws.bootstrap.set(`${ids.hub} team1`, 20);
		expect((await deploy(own)).code).toBe(0);
	});

	test.each([
		["UPDATE_IN_PROGRESS", "another deployment is running"],
		["UPDATE_ROLLBACK_FAILED", "roll it back there first"],
		["UPDATE_FAILED", "roll it back there first"],
	])("a stack that is %s is refused", async (status, message) => {
		await deploy(system);
		aws.done.length = 0;
		const hub = aws.stacks.get("media-hub");
		if (hub) hub.status = status;
		const { code, said } = await deploy(edited("rename an event type"));
		expect(code).toBe(1);
		expect(said).toContain(`media-hub is ${status}`);
		expect(said).toContain(message);
		expect(aws.done).toEqual([]);
	});
});

describe("destroy", () => {
	const open: SystemDefinition = { ...system, terminationProtection: false };
	const order = [
		"delete media-producer",
		"delete media-consumer-analytics",
		"delete media-consumer-recommendations",
		"delete media-consumer-reports",
		"delete media-alarms",
		"delete media-filters",
		"delete media-hub",
	];

	beforeEach(async () => {
		await deploy(open);
		aws.done.length = 0;
	});

	test("in the order producer, consumers, hub; a queue must be empty", async () => {
		const { code, said } = await destroy(open);
		expect(code, said).toBe(0);
		expect(aws.done).toEqual(order);
		expect(said).toContain(
			"kept: media-analytics-dead-letters  AWS::SQS::Queue",
		);
		expect(await destroy(open)).toEqual({
			code: 0,
			said: "Nothing is deployed.",
		});
	});

	test("is refused while queues hold messages, unless forced", async () => {
		aws.messages.set("media-analytics", [2]);
		aws.messages.set("media_undelivered", [1]);
		const { code, said } = await destroy(open);
		expect(code).toBe(1);
		expect(said).toContain("media-analytics holds 2 messages");
		expect(said).toContain("media_undelivered holds 1 messages");
		expect(aws.done).toEqual([]);
		expect((await destroy(open, { force: true })).code).toBe(0);
		expect(aws.done).toEqual(order);
	});

	test("is refused under termination protection, with schemas, and without an answer", async () => {
		for (const stack of aws.stacks.values())
			aws.stacks.set(stack.name, { ...stack, terminationProtection: true });
		aws.schemas = ["content@Viewed"];
		const { code, said } = await destroy(system);
		expect(code).toBe(1);
		expect(said).toContain(
			"set terminationProtection: false in infra/system.ts",
		);
		expect(said).toContain(
			"aws schemas delete-schema --registry-name media --schema-name content@Viewed",
		);
		aws.schemas = [];
		expect(await destroy(open, { yes: false })).toMatchObject({ code: 1 });
		expect(aws.done).toEqual([]);
		// The system says that the stacks may go.
		expect((await destroy(open)).code).toBe(0);
	});

	test("goes on after a failure", async () => {
		aws.fail.add("delete media-filters");
		const { code, said } = await destroy(open);
		expect(code).toBe(1);
		expect(said).toContain("media-filters failed");
		expect(said).toContain("it is DELETE_FAILED");
		aws.done.length = 0;
		expect((await destroy(open)).code).toBe(0);
		expect(aws.done).toEqual(["delete media-filters", "delete media-hub"]);
	});
});
