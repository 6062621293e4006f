// What companies require, and systems of a company's size.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { App, Stack, Validations } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { AwsSolutionsChecks } from "cdk-nag";
import { eventType } from "eventwright/codegen-v1";
import { describe, expect, test } from "vitest";
import {
	type SystemDefinition,
	SystemError,
} from "../../cdk/system/definition.ts";
import { buildSystem } from "../../cdk/system-stacks.ts";
import { startLocal } from "../../cloud/local/runner.ts";
import type { Template as CloudFormation } from "../../cloud/template/stack-template.ts";
import { where } from "../../pattern/where.ts";
import { entry, system } from "./edits.ts";

interface Resource {
	readonly Type: string;
	// biome-ignore lint/suspicious/noExplicitAny: properties of any type
	readonly Properties: Record<string, any>;
	readonly DeletionPolicy?: string;
}

const bare = () => new App({ context: { "aws:cdk:bundling-stacks": [] } });

function stacksOf(of: SystemDefinition): readonly Stack[] {
	const app = bare();
	buildSystem(app, of);
	return app.node.children.filter((child) => Stack.isStack(child));
}

function resourcesOf(of: SystemDefinition): readonly Resource[] {
	return stacksOf(of).flatMap((stack) =>
		Object.values(Template.fromStack(stack).toJSON().Resources as object),
	) as Resource[];
}

/** What AWS's rules and cdk-nag's say about the templates. */
function violationsOf(of: SystemDefinition): readonly string[] {
	const outdir = mkdtempSync(path.join(tmpdir(), "synth-"));
	const validation = process.env.CDK_VALIDATION;
	delete process.env.CDK_VALIDATION;
	try {
		const app = new App({
			outdir,
			context: {
				"aws:cdk:bundling-stacks": [],
				"@aws-cdk/core:validateAgainstDefaultRules": true,
				"@aws-cdk/core:enablePartitionLiterals": true,
				"@aws-cdk/aws-iam:minimizePolicies": true,
			},
		});
		buildSystem(app, of);
		for (const rule of ["APIG3", "APIG4", "COG4"])
			Validations.of(app).acknowledge({
				id: `AwsSolutions::AwsSolutions-${rule}`,
				reason: "the sample's API is public",
			});
		Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
		app.synth();
		const report: {
			pluginReports: {
				pluginName: string;
				violations: { ruleName: string; description?: string }[];
			}[];
		} = JSON.parse(
			readFileSync(path.join(outdir, "validation-report.json"), "utf8"),
		);
		expect(report.pluginReports.map(({ pluginName }) => pluginName)).toContain(
			"AwsSolutions",
		);
		return report.pluginReports.flatMap(({ pluginName, violations }) =>
			violations.map(({ ruleName }) => `${pluginName} ${ruleName}`),
		);
	} finally {
		process.exitCode = 0;
		if (validation !== undefined) process.env.CDK_VALIDATION = validation;
		rmSync(outdir, { recursive: true });
	}
}

const required = {
	rolePath: "/team/",
	permissionsBoundaryArn: "arn:aws:iam::222222222222:policy/boundary",
	tags: { owner: "content" },
	customerManagedKeys: true,
	logRetentionDays: 90,
	vpc: {
		subnetIds: ["subnet-0123456789abcdef0"],
		securityGroupIds: ["sg-0123456789abcdef0"],
	},
	bootstrapQualifier: "team1",
} as const;

const strict: SystemDefinition = {
	...system,
	organizationId: "o-1234567890",
	archiveDays: 30,
	dashboard: true,
	accounts: {
		producer: { id: "111111111111", ...required },
		hub: { id: "222222222222", ...required },
		consumer: { id: "333333333333", ...required },
	},
	producers: {
		...system.producers,
		get: {
			...(system.producers.get as SystemDefinition["producers"][string]),
			timeoutSeconds: 7,
			memorySize: 512,
			reservedConcurrentExecutions: 5,
			environment: { TABLE: "t" },
			grants: [
				{
					actions: ["dynamodb:GetItem"],
					resources: ["arn:aws:dynamodb:eu-west-1:111111111111:table/t"],
				},
			],
			alarmTopicArn: "arn:aws:sns:eu-west-1:111111111111:get-owners",
		},
	},
	consumers: {
		...system.consumers,
		analytics: {
			...(system.consumers.analytics as SystemDefinition["consumers"][string]),
			timeoutSeconds: 20,
			batchSize: 100,
			maxBatchingWindowSeconds: 5,
			maxConcurrency: 4,
			maxReceiveCount: 8,
		},
	},
};

describe("what companies require", () => {
	const resources = resourcesOf(strict);
	const of = (type: string) =>
		resources.filter(({ Type }) => Type === `AWS::${type}`);
	const named = (type: string, property: string, name: string) => {
		const found = of(type).find(
			({ Properties }) => Properties[property] === name,
		);
		if (!found) throw new Error(`there is no ${type} ${name}`);
		return found.Properties;
	};

	test("every role has the path and the boundary, and the bus knows the path", () => {
		for (const { Properties } of of("IAM::Role"))
			expect(Properties).toMatchObject({
				Path: "/team/",
				PermissionsBoundary: required.permissionsBoundaryArn,
			});
		expect(of("IAM::Role").length).toBe(6);
		expect(JSON.stringify(of("Events::EventBus"))).toContain(
			"arn:aws:iam::111111111111:role/team/media-get-eu-west-1",
		);
		expect(JSON.stringify(of("Events::Rule"))).toContain(
			"arn:aws:iam::222222222222:role/team/media_feeds-eu-west-1",
		);
	});

	test("keys, log groups, functions and mappings are as stated", () => {
		for (const { DeletionPolicy, Properties } of of("KMS::Key")) {
			expect(DeletionPolicy).toBe("RetainExceptOnCreate");
			expect(Properties.EnableKeyRotation).toBe(true);
		}
		for (const { Properties } of of("Logs::LogGroup"))
			expect(Properties).toMatchObject({
				RetentionInDays: 90,
				KmsKeyId: expect.anything(),
			});
		for (const { Properties } of of("Lambda::Function"))
			expect(Properties.VpcConfig).toEqual({
				SubnetIds: ["subnet-0123456789abcdef0"],
				SecurityGroupIds: ["sg-0123456789abcdef0"],
			});
		expect(
			named("Lambda::Function", "FunctionName", "media-get"),
		).toMatchObject({
			Timeout: 7,
			MemorySize: 512,
			ReservedConcurrentExecutions: 5,
			Environment: { Variables: { TABLE: "t" } },
		});
		expect(JSON.stringify(of("IAM::Policy"))).toContain("dynamodb:GetItem");
		expect(
			named("CloudWatch::Alarm", "AlarmName", "media-get-errors"),
		).toMatchObject({
			AlarmActions: ["arn:aws:sns:eu-west-1:111111111111:get-owners"],
		});
		expect(named("SQS::Queue", "QueueName", "media-analytics")).toMatchObject({
			VisibilityTimeout: 125,
			RedrivePolicy: { maxReceiveCount: 8 },
		});
		expect(
			of("Lambda::EventSourceMapping").map(({ Properties }) => Properties),
		).toContainEqual(
			expect.objectContaining({
				BatchSize: 100,
				MaximumBatchingWindowInSeconds: 5,
				ScalingConfig: { MaximumConcurrency: 4 },
			}),
		);
	});

	test("the bus has an archive, and the account a dashboard", () => {
		expect(of("Events::Archive")[0]?.Properties).toMatchObject({
			ArchiveName: "media-events",
			RetentionDays: 30,
			KmsKeyIdentifier: expect.anything(),
		});
		expect(of("CloudWatch::Dashboard")[0]?.Properties.DashboardName).toBe(
			"media-events-eu-west-1",
		);
	});

	test("stacks have tags, protection, and the bootstrap's qualifier", () => {
		const app = bare();
		buildSystem(app, strict);
		const { stacks } = app.synth();
		expect(stacks.length).toBe(7);
		for (const { manifest, tags, terminationProtection } of stacks) {
			expect(terminationProtection).toBe(true);
			expect(tags).toEqual({ owner: "content", "eventwright:system": "media" });
			expect(JSON.stringify(manifest)).toContain(
				"/cdk-bootstrap/team1/version",
			);
		}
	});

	test("dead-letter queues outlive their stacks, other queues do not", () => {
		for (const { DeletionPolicy, Properties } of of("SQS::Queue"))
			expect([Properties.QueueName, DeletionPolicy]).toEqual([
				Properties.QueueName,
				/dead-letters|undelivered/.test(Properties.QueueName)
					? "RetainExceptOnCreate"
					: "Delete",
			]);
	});

	test("AWS's rules and cdk-nag's find nothing", { timeout: 120_000 }, () => {
		const { grants: _, ...get } = strict.producers
			.get as SystemDefinition["producers"][string];
		expect(
			violationsOf({ ...strict, producers: { ...strict.producers, get } }),
		).toEqual([]);
	});

	test("a batch of more than ten waits a second, and a producer and a consumer share no name in one account", () => {
		const { analytics } = system.consumers;
		const of = (more: object): SystemDefinition => ({
			...system,
			consumers: {
				...system.consumers,
				analytics: { ...analytics, batchSize: 11, ...more },
			} as SystemDefinition["consumers"],
		});
		expect(
			resourcesOf(of({})).find(({ Properties }) => Properties.BatchSize === 11)
				?.Properties.MaximumBatchingWindowInSeconds,
		).toBe(1);
		expect(() => stacksOf(of({ maxBatchingWindowSeconds: 0 }))).toThrow(
			"maxBatchingWindow must be at least 1 second for a batchSize of 11, got 0",
		);
		const account = { id: "444444444444" };
		expect(() =>
			stacksOf({
				...system,
				accounts: { producer: account, hub: account, consumer: account },
				consumers: { get: analytics } as SystemDefinition["consumers"],
			}),
		).toThrow("the name get: a producer and a consumer in one account have it");
	});

	test("a log retention that CloudWatch does not know is refused", () => {
		expect(() =>
			stacksOf({
				...system,
				accounts: {
					...system.accounts,
					hub: { ...system.accounts.hub, logRetentionDays: 31 },
				},
			}),
		).toThrow(
			/logRetentionDays is 31: CloudWatch Logs has no such period, but 1, 3, 5, 7, 14, 30/,
		);
	});
});

const types = Array.from({ length: 150 }, (_, i) =>
	eventType<string, { a: string }>(
		`Type${i}`,
		`domain-${i % 12}`,
		`Type-${i}`,
		() => true,
	),
);
const large: SystemDefinition = {
	...system,
	busPolicyPer: "account",
	producers: Object.fromEntries(
		Array.from({ length: 30 }, (_, i) => [
			`producer-${i}`,
			{
				entry,
				method: "POST",
				path: `/things-${i}/{id}`,
				publishes: types.slice(i * 5, i * 5 + 5),
			},
		]),
	),
	consumers: Object.fromEntries(
		Array.from({ length: 40 }, (_, i) => [
			`consumer-${i}`,
			{
				entry,
				subscribes: Array.from({ length: 20 }, (_, j) => {
					const type = types[(i * 7 + j) % 150] as (typeof types)[number];
					return j < 3 ? where(type, { a: ["x"] }) : type;
				}),
			},
		]),
	),
};

describe("150 event types, 40 consumers with 20 subscriptions, 30 producers", () => {
	test("AWS's rules and cdk-nag's find nothing", { timeout: 300_000 }, () => {
		expect(violationsOf(large)).toEqual([]);
	});

	test("run on this machine", { timeout: 120_000 }, async () => {
		const stacks = stacksOf(large).map((stack) => ({
			name: stack.stackName,
			account: stack.account,
			region: stack.region,
			assets: new Map<string, string>(),
			template: {
				...(Template.fromStack(stack).toJSON() as CloudFormation),
				Outputs: {},
			},
		}));
		// The functions' code is not bundled here; messages stay in their queues.
		const local = await startLocal(
			stacks.map((stack) => ({
				...stack,
				template: {
					...stack.template,
					Resources: Object.fromEntries(
						Object.entries(stack.template.Resources).filter(
							([, { Type }]) => !/Lambda|ApiGateway/.test(Type),
						),
					),
				},
			})),
		);
		try {
			const { EventBridgeClient, PutEventsCommand } = await import(
				"@aws-sdk/client-eventbridge"
			);
			for (let i = 0; i < 30; i++) {
				const client = new EventBridgeClient({
					endpoint: local.endpoint,
					region: "eu-west-1",
					credentials: {
						accessKeyId: local.accessKeyFor(
							`arn:aws:iam::111111111111:role/media-producer-${i}-eu-west-1`,
						),
						secretAccessKey: "local",
					},
				});
				const { FailedEntryCount } = await client.send(
					new PutEventsCommand({
						Entries: types.slice(i * 5, i * 5 + 5).map((type) => ({
							EventBusName:
								"arn:aws:events:eu-west-1:222222222222:event-bus/media-events",
							Source: type.source,
							DetailType: type.detailType,
							Detail: '{"a":"x"}',
						})),
					}),
				);
				expect(FailedEntryCount).toBe(0);
				client.destroy();
			}
			await local.tracer.settled();
			for (let i = 0; i < 40; i++)
				expect(await local.messagesIn(`media-consumer-${i}`)).toHaveLength(20);
		} finally {
			await local.stop();
		}
	});

	test("what a bus policy has no room for is refused, with the figure and a remedy", () => {
		const build = (change: Partial<SystemDefinition>) => () =>
			stacksOf({ ...large, ...change });
		expect(build({ busPolicyPer: "role" })).toThrow(SystemError);
		expect(build({ busPolicyPer: "role" })).toThrow(
			/some \d+ characters with producer-\d+, the quota is 10240; ask AWS for more and state it \(quotas.eventBusPolicyCharacters\), or let the bus trust/,
		);
		build({
			busPolicyPer: "role",
			quotas: { eventBusPolicyCharacters: 30_000 },
		})();
	});

	test("a stack with too many resources is refused", () => {
		const many = Object.fromEntries(
			Array.from({ length: 60 }, (_, i) => [
				`producer-${i}`,
				{ entry, method: "POST", path: `/things-${i}`, publishes: [types[0]] },
			]),
		) as SystemDefinition["producers"];
		expect(() => stacksOf({ ...large, producers: many })).toThrow(
			/the stack media-producer has \d+ resources, CloudFormation takes 500: use several systems/,
		);
	});
});
