// Names and logical ids depend on what a thing is: an edit leaves those of everything else alone.
import { App, type Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { eventType } from "eventwright/codegen-v1";
import { describe, expect, test } from "vitest";
import { ConsumerStack } from "../../cdk/consumer-stack.ts";
import { HubStack } from "../../cdk/hub-stack.ts";
import { ProducerStack } from "../../cdk/producer-stack.ts";
import {
	type SystemDefinition,
	SystemError,
} from "../../cdk/system/definition.ts";
import { kebabCase, resourceName } from "../../cdk/system/names.ts";
import { eventBusArn, feeds, roleArn } from "../../cdk/system/topology.ts";
import { where } from "../../pattern/where.ts";

const typeOf = (title: string, source: string, detailType: string) =>
	eventType<string, { a: string; n: number }>(
		title,
		source,
		detailType,
		() => true,
	);
const Viewed = typeOf("ContentViewed", "content.get", "Content-Viewed");
const Published = typeOf(
	"ContentPublished",
	"content.post",
	"Content-Published",
);
const Archived = typeOf(
	"ContentArchived",
	"content.delete",
	"Content-Archived",
);
const entry = "handlers/recommendations/on-long-view.ts";

const system: SystemDefinition = {
	name: "media",
	region: "eu-west-1",
	accounts: {
		producer: { id: "111111111111", profile: "p" },
		hub: { id: "222222222222", profile: "h" },
		consumer: { id: "333333333333", profile: "c" },
	},
	producers: {
		get: {
			entry,
			method: "GET",
			path: "/content/{contentId}",
			publishes: [Viewed],
		},
		post: { entry, method: "POST", path: "/content", publishes: [Published] },
	},
	consumers: {
		analytics: { entry, subscribes: [Viewed, Published] },
		recommendations: { entry, subscribes: [where(Viewed, { n: [1] })] },
		reports: {
			entry,
			subscribes: [
				where(Published, { a: ["x"] }),
				where(Published, { a: ["y"] }, { name: "late" }),
			],
		},
	},
};

/** What must not change about each resource: its logical id, type, names and what it connects. */
function identities(of: SystemDefinition): ReadonlyMap<string, string> {
	const stacks: readonly (new (
		scope: App,
		id: string,
		system: SystemDefinition,
		props: { env: { account: string; region: string } },
	) => Stack)[] = [HubStack, ConsumerStack, ProducerStack];
	return new Map(
		stacks.flatMap((Built) => {
			const app = new App({ context: { "aws:cdk:bundling-stacks": [] } });
			const env = { account: "222222222222", region: of.region };
			const { Resources } = Template.fromStack(
				new Built(app, Built.name, of, { env }),
			).toJSON() as {
				Resources: Record<string, { Type: string; Properties?: object }>;
			};
			return (
				Object.entries(Resources)
					// A deployment's id is a digest of the whole API.
					.filter(([, { Type }]) => Type !== "AWS::ApiGateway::Deployment")
					.map(([id, { Type, Properties = {} }]): [string, string] => [
						`${Built.name} ${id}`,
						JSON.stringify([
							Type,
							Object.entries(Properties).filter(([name]) =>
								/Name$|^TopicArn$|^Endpoint$|^PathPart$|^StatementId$/.test(
									name,
								),
							),
						]),
					])
			);
		}),
	);
}

const before = identities(system);
const { producers, consumers } = system;
const reversed = <Value>(of: Readonly<Record<string, Value>>) =>
	Object.fromEntries(Object.entries(of).reverse());
const { analytics, recommendations, reports } = consumers as Record<
	string,
	SystemDefinition["consumers"][string]
>;

/** Edit, and what it is about: only resources whose id contains a word of these may be gone. */
type Edit = [string, Partial<SystemDefinition>, RegExp?];
const edits: Edit[] = [
	["reorder consumers", { consumers: reversed(consumers) }],
	["reorder producers", { producers: reversed(producers) }],
	[
		"reorder subscriptions",
		{
			consumers: {
				...consumers,
				analytics: { entry, subscribes: [Published, Viewed] },
			},
		},
	],
	[
		"add a consumer first",
		{
			consumers: {
				archive: { entry, subscribes: [Published, Archived] },
				...consumers,
			},
		},
	],
	[
		"add a consumer last",
		{ consumers: { ...consumers, archive: { entry, subscribes: [Viewed] } } },
	],
	[
		"remove a consumer",
		{
			consumers: {
				analytics,
				recommendations,
			} as SystemDefinition["consumers"],
		},
		/reports/,
	],
	[
		"remove the first subscription",
		{
			consumers: {
				...consumers,
				analytics: { entry, subscribes: [Published] },
			},
		},
		/content-?viewed/i,
	],
	[
		"add a subscription first",
		{
			consumers: {
				...consumers,
				analytics: { entry, subscribes: [Archived, Viewed, Published] },
			},
		},
	],
	[
		"rename a consumer",
		{
			consumers: {
				analytics,
				suggestions: recommendations,
				reports,
			} as SystemDefinition["consumers"],
		},
		/recommendations/,
	],
	[
		"add a filter before others",
		{
			consumers: {
				...consumers,
				reports: {
					entry,
					subscribes: [
						where(Published, { n: [3] }, { name: "early" }),
						...(reports?.subscribes ?? []),
					],
				},
			},
		},
	],
	[
		"change a filter",
		{
			consumers: {
				...consumers,
				recommendations: { entry, subscribes: [where(Viewed, { n: [2] })] },
			},
		},
	],
	[
		"remove a filter",
		{
			consumers: {
				...consumers,
				reports: { entry, subscribes: (reports?.subscribes ?? []).slice(1) },
			},
		},
		/reports/,
	],
	[
		"add a producer first",
		{
			producers: {
				remove: {
					entry,
					method: "DELETE",
					path: "/content/{contentId}",
					publishes: [Archived],
				},
				...producers,
			},
		},
	],
	[
		"rename a producer",
		{
			producers: {
				fetch: producers.get,
				post: producers.post,
			} as SystemDefinition["producers"],
		},
		/get/i,
	],
	[
		"remove a producer",
		{ producers: { get: producers.get } as SystemDefinition["producers"] },
		/post/i,
	],
	[
		"give an event type another title",
		{
			consumers: {
				...consumers,
				analytics: {
					entry,
					subscribes: [
						typeOf("ContentContentViewed", "content.get", "Content-Viewed"),
						Published,
					],
				},
			},
		},
	],
	[
		"let a producer publish more",
		{
			producers: {
				...producers,
				get: { ...producers.get, publishes: [Viewed, Archived] },
			} as SystemDefinition["producers"],
		},
	],
];

test("another name for a path variable changes no logical id", () => {
	const { get, post } = producers as Record<
		string,
		SystemDefinition["producers"][string]
	>;
	const renamed = { ...get, path: "/content/{id}" };
	const after = identities({
		...system,
		producers: { get: renamed, post } as SystemDefinition["producers"],
	});
	// CDK names the function's permission after the path; it is made anew, and the old one goes last.
	const idsOf = (all: ReadonlyMap<string, string>) =>
		[...all.keys()].filter((id) => !id.includes("ApiPermission"));
	expect(idsOf(after)).toEqual(idsOf(before));
	const other = { ...post, path: "/content/{contentId}/comments" };
	expect(() =>
		identities({
			...system,
			producers: { get: renamed, post: other } as SystemDefinition["producers"],
		}),
	).toThrow(
		"/content/{contentId}/comments calls a variable {contentId} that another route calls {id}",
	);
});

test.each<Edit>(edits)("%s", (_, change, about) => {
	const after = identities({ ...system, ...change });
	for (const [id, identity] of before) {
		if (about?.test(id)) continue;
		expect([id, after.get(id)]).toEqual([id, identity]);
	}
});

/** Properties that name a resource within its account. */
const namesOfResources = new Set([
	"AlarmName",
	"FunctionName",
	"LogGroupName",
	"Name",
	"QueueName",
	"RegistryName",
	"RoleName",
	"TopicName",
]);

test("two stages, and another region, have no name in common", () => {
	const namesOf = (of: SystemDefinition) =>
		new Set(
			[...identities(of).values()].flatMap((identity) =>
				(JSON.parse(identity)[1] as [string, unknown][])
					// A request validator's name is its API's own.
					.filter(
						([key, value]) => namesOfResources.has(key) && value !== "body",
					)
					.filter(([, value]) => typeof value === "string")
					.map(([, value]) => String(value)),
			),
		);
	const here = namesOf(system);
	const stage = namesOf({ ...system, name: "media-dev" });
	expect(here.size).toBeGreaterThan(30);
	expect([...here].filter((name) => stage.has(name))).toEqual([]);
	const rolesOf = (region: string) =>
		roleArn({ ...system, region }, "producer", "get");
	expect(rolesOf("us-east-1")).not.toBe(rolesOf("eu-west-1"));
});

describe("names", () => {
	const named = (
		consumers: SystemDefinition["consumers"],
		more: Partial<SystemDefinition> = {},
	) => feeds({ ...system, consumers, ...more }).map(({ name }) => name);

	test("two filters of one consumer on one event type need a name", () => {
		const filters = [where(Viewed, { n: [1] }), where(Viewed, { n: [2] })];
		expect(() => named({ reports: { entry, subscribes: filters } })).toThrow(
			/the filter of reports on content.get \/ Content-Viewed: .*"n":\[1\].* and the filter .*"n":\[2\].* would both be called media-reports-content-viewed/,
		);
		expect(
			named({ reports: { entry, subscribes: reports?.subscribes ?? [] } }),
		).toEqual([
			"media-reports-content-published",
			"media-reports-content-published-late",
		]);
	});

	test("a filter and an event type with one name are refused", () => {
		const Other = typeOf("Other", "other", "Content-Content-Viewed");
		const consumers = {
			content: { entry, subscribes: [where(Viewed, { n: [1] })] },
			audit: { entry, subscribes: [Other] },
		};
		expect(() => named(consumers)).toThrow(SystemError);
		expect(() => named(consumers)).toThrow(
			/the filter of content .* and all events other/,
		);
		expect(
			named(consumers, {
				eventTypeNames: [{ eventType: Other, name: "others" }],
			}),
		).toEqual(["media-content-content-viewed", "media-others"]);
	});

	test("a subscription twice is refused", () => {
		expect(() =>
			named({ audit: { entry, subscribes: [Viewed, Viewed] } }),
		).toThrow("subscribes twice to all events content.get / Content-Viewed");
	});

	test("two sources with one detail-type are refused, by both names", () => {
		const Elsewhere = typeOf("Elsewhere", "content.feed", "Content-Viewed");
		expect(() =>
			named({ audit: { entry, subscribes: [Viewed, Elsewhere] } }),
		).toThrow(
			/content.get \/ Content-Viewed and all events content.feed \/ Content-Viewed/,
		);
	});

	test("a long name is shortened with a hash, and differs from its neighbours", () => {
		const name = (last: string) =>
			resourceName(
				64,
				"media",
				"a-consumer-with-a-very-long-name-indeed",
				last,
			);
		const [a, b] = [
			name("an-event-of-some-length-a"),
			name("an-event-of-some-length-b"),
		];
		expect(a.length).toBeLessThanOrEqual(64);
		expect(a).toMatch(
			/^media-a-consumer-with-a-very-long-name-indeed-an-event-\w{8}$/,
		);
		expect(a).not.toBe(b);
		expect(resourceName(64, "media", "short")).toBe("media-short");
	});

	test.each([
		["Content-View-Event", "content-view-event"],
		[
			"EC2 Instance State-change Notification",
			"ec2-instance-state-change-notification",
		],
		["orderPlaced.v2", "order-placed-v2"],
		["Bestellung geändert", "bestellung-geandert"],
	])("%s is %s", (text, name) => {
		expect(kebabCase(text)).toBe(name);
	});

	test("a detail-type without letters has a name, too", () => {
		expect(kebabCase("注文")).toMatch(/^\w{8}$/);
		expect(kebabCase("注文")).not.toBe(kebabCase("注 文 2"));
		expect(kebabCase("日本 Order")).toMatch(/^order-\w{8}$/);
	});

	test("names that AWS would refuse, and a producer of nothing, are refused", () => {
		const [get] = Object.values(producers);
		const build = () =>
			identities({
				...system,
				producers: {
					"a b": { ...get, publishes: [] },
				} as SystemDefinition["producers"],
				consumers: {
					...consumers,
					"reports-undelivered": { entry, subscribes: [Viewed] },
				},
				eventTypeNames: [{ eventType: Viewed, name: "order.created" }],
			});
		expect(build).toThrow(SystemError);
		for (const message of [
			'the name of the producer "a b"',
			"the producer a b publishes nothing",
			"the name of the consumer reports-undelivered",
			'the name of the event type "order.created"',
		])
			expect(build).toThrow(message);
	});

	test("ARNs are in the region's partition", () => {
		expect(eventBusArn({ ...system, region: "cn-north-1" })).toBe(
			"arn:aws-cn:events:cn-north-1:222222222222:event-bus/media-events",
		);
		expect(
			roleArn({ ...system, region: "us-gov-west-1" }, "producer", "get"),
		).toBe("arn:aws-us-gov:iam::111111111111:role/media-get-us-gov-west-1");
	});
});
