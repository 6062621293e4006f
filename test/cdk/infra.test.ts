import { App, Stack } from "aws-cdk-lib";
import { Annotations, Match, Template } from "aws-cdk-lib/assertions";
import { Topic } from "aws-cdk-lib/aws-sns";
import { eventType } from "eventwright/codegen-v1";
import { beforeAll, describe, expect, test } from "vitest";
import { EventFeed } from "../../cdk/constructs/event-feed.ts";
import { EventHub } from "../../cdk/constructs/event-hub.ts";
import { QueueConsumer } from "../../cdk/constructs/queue-consumer.ts";
import { HubStack } from "../../cdk/hub-stack.ts";
import type { SystemDefinition } from "../../cdk/system/definition.ts";
import { buildSystem } from "../../cdk/system-stacks.ts";
import { system } from "../../infra/system.ts";
import { where } from "../../pattern/where.ts";
import { referenceStacks } from "../reference-system.ts";

const templateOf = (name: string) =>
	Template.fromJSON(
		structuredClone(
			referenceStacks().find((stack) => stack.name === name)?.template ?? {},
		) as Record<string, unknown>,
	);

const { producers: stated, consumers: subscribing }: SystemDefinition = system;
const producers = Object.values(stated);
const consumers = Object.values(subscribing);
const subscriptions = consumers.flatMap(({ subscribes }) => subscribes);

let producer: Template;
let hub: Template;
let filters: Template;
let consumer: Template;
beforeAll(() => {
	producer = templateOf("media-producer");
	hub = templateOf("media-hub");
	filters = templateOf("media-filters");
	consumer = templateOf("media-consumer-analytics");
});

describe("account A", () => {
	test("functions may only put events on the hub's bus and write logs", () => {
		const policies = Object.values(producer.findResources("AWS::IAM::Policy"));
		const actions = policies.flatMap(({ Properties }) =>
			Properties.PolicyDocument.Statement.flatMap(
				({ Action }: { Action: string[] }) => Action,
			),
		);
		expect([...new Set(actions)].sort()).toEqual([
			"events:PutEvents",
			"logs:CreateLogStream",
			"logs:PutLogEvents",
		]);
		producer.hasResourceProperties("AWS::Lambda::Function", {
			Environment: {
				Variables: {
					EVENT_BUS_NAME:
						"arn:aws:events:eu-west-1:222222222222:event-bus/media-events",
				},
			},
		});
	});

	test("only POST bodies are validated", () => {
		producer.hasResourceProperties("AWS::ApiGateway::Method", {
			HttpMethod: "POST",
			RequestModels: { "application/json": Match.anyValue() },
			RequestValidatorId: Match.anyValue(),
		});
		producer.hasResourceProperties("AWS::ApiGateway::Method", {
			HttpMethod: "GET",
			RequestModels: Match.absent(),
		});
	});
});

describe("account B", () => {
	test("each producer may publish only its event types", () => {
		hub.resourceCountIs("AWS::Events::EventBusPolicy", 0);
		const [bus] = Object.values(hub.findResources("AWS::Events::EventBus"));
		expect(bus?.Properties.Policy.Statement).toHaveLength(producers.length);
		expect(bus?.Properties.Policy.Statement[0]).toMatchObject({
			Principal: { AWS: "arn:aws:iam::111111111111:root" },
			Condition: {
				ArnEquals: {
					"aws:PrincipalArn": [
						"arn:aws:iam::111111111111:role/media-get-content-eu-west-1",
					],
				},
				"ForAllValues:StringEquals": {
					"events:source": ["api.gateway.content.get"],
					"events:detail-type": ["Content-View-Event"],
				},
				Null: { "events:source": "false", "events:detail-type": "false" },
			},
		});
	});

	test("there is a rule per event type, and one for the filtered subscription", () => {
		const filtered = subscriptions.filter(({ filter }) => filter);
		const plain = new Set(
			subscriptions.filter(({ filter }) => !filter).map(({ type }) => type),
		);
		hub.resourceCountIs("AWS::Events::Rule", plain.size);
		filters.resourceCountIs("AWS::Events::Rule", filtered.length);
		filters.hasResourceProperties("AWS::Events::Rule", {
			Name: "media_recommendations_content-view-event",
			EventPattern: {
				source: ["api.gateway.content.get"],
				"detail-type": ["Content-View-Event"],
				detail: {
					channel: ["web", { prefix: "app-" }],
					durationMs: [{ numeric: [">", 1000] }],
				},
			},
			Targets: [
				Match.objectLike({
					RoleArn: "arn:aws:iam::222222222222:role/media_feeds-eu-west-1",
					DeadLetterConfig: {
						Arn: "arn:aws:sqs:eu-west-1:222222222222:media_undelivered",
					},
					RetryPolicy: {
						MaximumEventAgeInSeconds: 86_400,
						MaximumRetryAttempts: 185,
					},
				}),
			],
		});
	});

	test("topics accept messages of 1 MiB", () => {
		for (const { Properties } of Object.values(
			hub.findResources("AWS::SNS::Topic"),
		))
			expect(Properties.MaximumMessageSize).toBe(1_048_576);
	});

	test("the other two accounts may read the registry", () => {
		hub.hasResourceProperties("AWS::EventSchemas::RegistryPolicy", {
			Policy: {
				Statement: [
					Match.objectLike({
						Principal: {
							AWS: [
								"arn:aws:iam::111111111111:root",
								"arn:aws:iam::333333333333:root",
							],
						},
					}),
				],
			},
		});
		hub.resourceCountIs("AWS::EventSchemas::Schema", 0);
	});
});

describe("account C", () => {
	test("subscriptions use raw delivery and a dead-letter queue", () => {
		consumer.resourceCountIs(
			"AWS::SNS::Subscription",
			subscribing.analytics?.subscribes.length ?? 0,
		);
		for (const { Properties } of Object.values(
			consumer.findResources("AWS::SNS::Subscription"),
		))
			expect(Properties).toMatchObject({
				Protocol: "sqs",
				RawMessageDelivery: true,
				RedrivePolicy: { deadLetterTargetArn: expect.anything() },
			});
	});

	test("the visibility timeout is six times the function's, and messages are dead-lettered after five deliveries", () => {
		consumer.hasResourceProperties("AWS::SQS::Queue", {
			QueueName: "media-analytics",
			VisibilityTimeout: 60,
			RedrivePolicy: Match.objectLike({ maxReceiveCount: 5 }),
		});
	});

	test("mappings report batch item failures", () => {
		for (const { Properties } of Object.values(
			consumer.findResources("AWS::Lambda::EventSourceMapping"),
		))
			expect(Properties.FunctionResponseTypes).toEqual([
				"ReportBatchItemFailures",
			]);
	});

	test("there are alarms for both dead-letter queues, the age of the oldest message, and the function", () => {
		const metrics = Object.values(
			consumer.findResources("AWS::CloudWatch::Alarm"),
		).map(({ Properties }) => Properties.MetricName);
		expect(metrics.sort()).toEqual([
			"ApproximateAgeOfOldestMessage",
			"ApproximateNumberOfMessagesVisible",
			"ApproximateNumberOfMessagesVisible",
			"Errors",
			"Throttles",
		]);
	});
});

test("each account's alarms notify the topic that the system names for it, and say what to do", () => {
	const withTopics: SystemDefinition = {
		...system,
		accounts: {
			producer: {
				...system.accounts.producer,
				alarmTopicArn: "arn:aws:sns:eu-west-1:111111111111:on-call",
			},
			hub: {
				...system.accounts.hub,
				alarmTopicArn: "arn:aws:sns:eu-west-1:222222222222:on-call",
			},
			consumer: {
				...system.accounts.consumer,
				alarmTopicArn: "arn:aws:sns:eu-west-1:333333333333:on-call",
			},
		},
	};
	const app = new App({ context: { "aws:cdk:bundling-stacks": [] } });
	const {
		alarms,
		consumers: built,
		hub: ofHub,
		producer: ofProducer,
	} = buildSystem(app, withTopics);
	for (const [stack, account] of [
		[ofProducer, "producer"],
		[ofHub, "hub"],
		[alarms, "hub"],
		[built.get("analytics"), "consumer"],
	] as const) {
		const found = Object.values(
			Template.fromStack(stack as Stack).findResources(
				"AWS::CloudWatch::Alarm",
			),
		);
		expect(found.length).toBeGreaterThan(1);
		for (const { Properties } of found) {
			expect(Properties.AlarmActions).toEqual([
				withTopics.accounts[account].alarmTopicArn,
			]);
			expect(Properties.AlarmDescription.length).toBeGreaterThan(20);
		}
	}
	const metrics = Object.values(
		producer.findResources("AWS::CloudWatch::Alarm"),
	).map(({ Properties }) => Properties.MetricName);
	expect(metrics.sort()).toEqual([
		"5XXError",
		...producers.map(() => "Errors"),
		...producers.map(() => "Throttles"),
	]);
});

test("no stack refers to another, so each can be deployed alone", () => {
	for (const { template } of referenceStacks()) {
		expect(JSON.stringify(template)).not.toContain("Fn::ImportValue");
		expect(
			Object.values(template.Outputs ?? {}).some(({ Export }) => Export),
		).toBe(false);
	}
});

test("no policy allows a bare wildcard", () => {
	const allowed = referenceStacks().flatMap(({ template }) => [
		...JSON.stringify(template).matchAll(
			/\{"Action":"\*"[^}]*"Effect":"Allow"|"Effect":"Allow","Principal":"\*"|"Effect":"Allow","Principal":\{"AWS":"\*"\}/g,
		),
	]);
	expect(allowed).toEqual([]);
});

describe("filters checked at synthesis", () => {
	const Viewed = eventType<
		"ContentViewed",
		{ channel: string; contentId: string; more: string }
	>(
		"ContentViewed",
		"api.gateway.content.get",
		"Content-View-Event",
		() => true,
	);
	const Other = eventType<"Other", { a: string }>(
		"Other",
		"other",
		"Other",
		() => true,
	);
	const hubWith = (
		subscribes: SystemDefinition["consumers"][string]["subscribes"],
	) => {
		const app = new App({ context: { "aws:cdk:bundling-stacks": [] } });
		return new HubStack(app, "hub", {
			...system,
			consumers: { reports: { entry: "x.ts", subscribes } },
		});
	};

	test("fails with all filters that can never match", () => {
		const build = () =>
			hubWith([
				where(Viewed, { channel: ["fax"] }),
				where(Viewed, { more: [{ exists: true }] }, { name: "more" }),
			]);
		expect(build).toThrow(
			/infra\.test\.ts:\d+: rule media_reports_content-view-event, consumer reports: ContentViewed where detail\/channel\/0: "fax" can never match/,
		);
		expect(build).toThrow(
			/rule media_reports_content-view-event_more, .*\/more\/0/,
		);
	});

	test("warns of a filter that always matches", () => {
		const stack = hubWith([where(Viewed, { channel: [{ exists: true }] })]);
		Annotations.fromStack(stack).hasWarning(
			"*",
			Match.stringLikeRegexp("consumer reports: .* always matches"),
		);
	});

	test.each([
		[
			"has no conditions",
			[where(Viewed, {})],
			"always matches: it has no conditions",
		],
		[
			"has an empty alternative",
			[where(Viewed, { $or: [{ channel: ["web"] }, {}] })],
			"always matches: it has no conditions",
		],
		[
			"is replaced inside of $or",
			[
				where(Viewed, {
					channel: ["web"],
					$or: [{ channel: ["app-ios"] }, { contentId: ["c-1"] }],
				}),
			],
			"the later one replaces the earlier one",
		],
		[
			"overlaps a subscription to all events of its type",
			[Viewed, where(Viewed, { channel: ["web"] })],
			"receives each of these events twice",
		],
		[
			"is duplicated",
			[
				where(Viewed, { channel: ["web"] }),
				where(Viewed, { channel: ["web"] }, { name: "again" }),
			],
			"twice: another subscription is identical",
		],
		["has no contract", [where(Other, { a: ["b"] })], "there is no contract"],
	] as const)("warns of a filter that %s", (_, subscribes, message) => {
		const stack = hubWith(subscribes);
		Annotations.fromStack(stack).hasWarning(
			"*",
			Match.stringLikeRegexp(message.replace("$", "\\$")),
		);
	});

	test("warns of the same filter twice, but not of different filters", () => {
		const warningsOf = (
			...subscribes: SystemDefinition["consumers"][string]["subscribes"]
		) =>
			Annotations.fromStack(hubWith(subscribes)).findWarning(
				"*",
				Match.anyValue(),
			);
		const web = { channel: ["web"] } as const;
		expect(
			warningsOf(where(Viewed, web), where(Viewed, web, { name: "again" })),
		).toHaveLength(2);
		expect(
			warningsOf(
				where(Viewed, web),
				where(Viewed, { contentId: ["c-1"] }, { name: "first" }),
			),
		).toEqual([]);
	});

	test("a bus with more rules than EventBridge's quotas fails", () => {
		const filters = (count: number, filter: (i: number) => object) =>
			Array.from({ length: count }, (_, i) =>
				where(Viewed, filter(i) as never, { name: `n${i}` }),
			);
		expect(() =>
			hubWith(filters(31, (i) => ({ contentId: [{ wildcard: `*${i}` }] }))),
		).toThrow(
			"media-events has 31 rules with wildcards, the quota is 30 and cannot be raised",
		);
		expect(() =>
			hubWith(filters(301, (i) => ({ contentId: [`c-${i}`] }))),
		).toThrow("media-events has 301 rules, the quota is 300");
	});
});

describe("constructs in another app", () => {
	const stack = () =>
		new Stack(
			new App({ context: { "aws:cdk:bundling-stacks": [] } }),
			"Other",
			{ env: { account: "444444444444", region: "us-east-1" } },
		);

	test("QueueConsumer creates a subscribed queue", () => {
		const scope = stack();
		new QueueConsumer(scope, "Orders", {
			consumerName: "orders",
			entry: "handlers/recommendations/on-long-view.ts",
			topics: [
				Topic.fromTopicArn(
					scope,
					"Topic",
					"arn:aws:sns:us-east-1:555555555555:order-placed",
				),
			],
		});
		const template = Template.fromStack(scope);
		template.hasResourceProperties("AWS::SQS::QueuePolicy", {
			PolicyDocument: {
				Statement: Match.arrayWith([
					Match.objectLike({
						Action: "sqs:SendMessage",
						Condition: {
							ArnEquals: {
								"aws:SourceArn": [
									"arn:aws:sns:us-east-1:555555555555:order-placed",
								],
							},
						},
					}),
				]),
			},
		});
	});

	test("more topics than a queue's policy has room for are refused", () => {
		const topicArns = Array.from(
			{ length: 140 },
			(_, i) => `arn:aws:sns:us-east-1:555555555555:an-event-type-${i}`,
		);
		const build = (count: number) => {
			const scope = stack();
			new QueueConsumer(scope, "C", {
				consumerName: "orders",
				entry: "handlers/recommendations/on-long-view.ts",
				topics: topicArns
					.slice(0, count)
					.map((arn) => Topic.fromTopicArn(scope, arn, arn)),
			});
		};
		build(100);
		expect(() => build(140)).toThrow(
			/orders subscribes to 140 topics: .* the quota is 8192; split the consumer/,
		);
	});

	test("more publishers than a bus's policy has room for are refused", () => {
		const hub = new EventHub(stack(), "Hub", { eventBusName: "b" });
		const allow = (i: number) =>
			hub.allowPublisher({
				name: `p-${i}`,
				account: "555555555555",
				roleArn: `arn:aws:iam::555555555555:role/producer-${i}`,
				publishes: [{ source: `source-${i}`, detailType: `Type-${i}` }],
			});
		for (let i = 0; i < 20; i++) allow(i);
		expect(() => {
			for (let i = 20; i < 40; i++) allow(i);
		}).toThrow(/characters with p-2\d, the quota is 10240/);
	});

	test("EventFeed accepts any bus", () => {
		const scope = stack();
		const feed = new EventFeed(scope, "Feed", {
			eventBusName: "theirs",
			feedName: "order-placed",
			eventPattern: { source: ["shop"] },
			roleArn: "arn:aws:iam::444444444444:role/theirs",
			deadLetterQueueArn: "arn:aws:sqs:us-east-1:444444444444:theirs",
		});
		feed.allowSubscription(
			"555555555555",
			"arn:aws:sqs:us-east-1:555555555555:orders",
		);
		Template.fromStack(scope).hasResourceProperties("AWS::Events::Rule", {
			EventBusName: "theirs",
			EventPattern: { source: ["shop"] },
		});
	});

	test("invalid props throw an error that names them", () => {
		const scope = stack();
		expect(() =>
			new EventHub(scope, "Hub", { eventBusName: "b" }).allowPublisher({
				name: "Nobody",
				account: "1",
				roleArn: "arn",
				publishes: [],
			}),
		).toThrow("publishes is empty for Nobody");
		expect(
			() =>
				new QueueConsumer(scope, "C", {
					consumerName: "c",
					entry: "handlers/recommendations/on-long-view.ts",
					topics: [],
					maxReceiveCount: 1,
				}),
		).toThrow("maxReceiveCount must be at least 5, got 1");
	});
});
