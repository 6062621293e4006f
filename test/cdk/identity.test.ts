// Names and logical ids depend on what a thing is: an edit leaves those of everything else alone.
import { App, type Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import {
	type SystemDefinition,
	SystemError,
} from "../../cdk/system/definition.ts";
import { kebabCase, resourceName } from "../../cdk/system/names.ts";
import { eventBusArn, feeds, roleArn } from "../../cdk/system/topology.ts";
import { buildSystem } from "../../cdk/system-stacks.ts";
import { where } from "../../pattern/where.ts";
import { type Edit, edits, entry, system, typeOf, Viewed } from "./edits.ts";

/** What must not change about each resource: its logical id, type, names and what it connects. */
function identities(of: SystemDefinition): ReadonlyMap<string, string> {
	const app = new App({ context: { "aws:cdk:bundling-stacks": [] } });
	buildSystem(app, of);
	return new Map(
		app.node.children.flatMap((stack) => {
			const { Resources } = Template.fromStack(stack as Stack).toJSON() as {
				Resources: Record<string, { Type: string; Properties?: object }>;
			};
			return (
				Object.entries(Resources)
					// A deployment's id is a digest of the whole API.
					.filter(([, { Type }]) => Type !== "AWS::ApiGateway::Deployment")
					.map(([id, { Type, Properties = {} }]): [string, string] => [
						`${stack.node.id} ${id}`,
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
	// What is global in an account.
	const globalOf = (of: SystemDefinition) =>
		new Set(
			[...identities({ ...of, dashboard: true }).values()]
				.map(
					(identity) => JSON.parse(identity) as [string, [string, unknown][]],
				)
				.filter(([type]) => /IAM::Role|Dashboard/.test(type))
				.flatMap(([, properties]) => properties.map(([, value]) => value))
				.filter((value) => typeof value === "string"),
		);
	const there = globalOf({ ...system, region: "us-east-1" });
	const global = globalOf(system);
	expect(global.size).toBe(7);
	expect([...global].filter((name) => there.has(name))).toEqual([]);
});

describe("names", () => {
	const named = (
		consumers: SystemDefinition["consumers"],
		more: Partial<SystemDefinition> = {},
	) => feeds({ ...system, consumers, ...more }).map(({ name }) => name);

	test("two filters of one consumer on one event type need a name", () => {
		const filters = [where(Viewed, { n: [1] }), where(Viewed, { n: [2] })];
		expect(() => named({ reports: { entry, subscribes: filters } })).toThrow(
			/the filter of reports on content.get \/ Content-Viewed: .*"n":\[1\].* and the filter .*"n":\[2\].* would both be called media_reports_content-viewed/,
		);
		expect(
			named({
				reports: { entry, subscribes: consumers.reports?.subscribes ?? [] },
			}),
		).toEqual([
			"media_reports_content-published",
			"media_reports_content-published_late",
		]);
	});

	test("a filter and an event type never have one name", () => {
		const Other = typeOf("Other", "other", "Content-Content-Viewed");
		const consumers = {
			content: { entry, subscribes: [where(Viewed, { n: [1] })] },
			audit: { entry, subscribes: [Other] },
		};
		expect(named(consumers)).toEqual([
			"media_content-content-viewed",
			"media_content_content-viewed",
		]);
		expect(
			named(consumers, {
				eventTypeNames: [{ eventType: Other, name: "others" }],
			}),
		).toEqual(["media_content_content-viewed", "media_others"]);
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
