// A system, and the edits that its users make.
import { eventType } from "eventwright/codegen-v1";
import type { SystemDefinition } from "../../cdk/system/definition.ts";
import { where } from "../../pattern/where.ts";

export const typeOf = (title: string, source: string, detailType: string) =>
	eventType<string, { a: string; n: number }>(
		title,
		source,
		detailType,
		() => true,
	);
export const Viewed = typeOf("ContentViewed", "content.get", "Content-Viewed");
export const Published = typeOf(
	"ContentPublished",
	"content.post",
	"Content-Published",
);
const Archived = typeOf(
	"ContentArchived",
	"content.delete",
	"Content-Archived",
);
export const entry = "handlers/recommendations/on-long-view.ts";

export const system: SystemDefinition = {
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

const { producers, consumers } = system;
const reversed = <Value>(of: Readonly<Record<string, Value>>) =>
	Object.fromEntries(Object.entries(of).reverse());
type Consumer = SystemDefinition["consumers"][string];
const { get, post } = producers as Record<
	"get" | "post",
	SystemDefinition["producers"][string]
>;
const Seen = typeOf("ContentSeen", "content.get", "Content-Seen");
const { analytics, recommendations, reports } = consumers as Record<
	string,
	SystemDefinition["consumers"][string]
>;

/** Edit, and what it is about: only resources whose id contains a word of these may be gone. */
export type Edit = [string, Partial<SystemDefinition>, RegExp?];
export const edits: Edit[] = [
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
	[
		"filter the only subscription to an event type",
		{
			consumers: {
				analytics: {
					entry,
					subscribes: [where(Viewed, { n: [1, 2] }), Published],
				},
				recommendations: consumers.recommendations as Consumer,
				reports: consumers.reports as Consumer,
			},
		},
		/content-?viewed/i,
	],
	[
		"no longer filter a subscription",
		{
			consumers: {
				...consumers,
				recommendations: { entry, subscribes: [Viewed] },
			},
		},
		/recommendations/,
	],
	[
		"rename a filter",
		{
			consumers: {
				...consumers,
				reports: {
					entry,
					subscribes: [
						where(Published, { a: ["x"] }),
						where(Published, { a: ["y"] }, { name: "tardy" }),
					],
				},
			},
		},
		/reports/,
	],
	[
		"swap the conditions of two filters",
		{
			consumers: {
				...consumers,
				reports: {
					entry,
					subscribes: [
						where(Published, { a: ["y"] }),
						where(Published, { a: ["x"] }, { name: "late" }),
					],
				},
			},
		},
	],
	[
		"remove all filters",
		{
			consumers: {
				analytics: consumers.analytics as Consumer,
				recommendations: { entry, subscribes: [Viewed] },
				reports: { entry, subscribes: [Published] },
			},
		},
		/recommendations|reports/,
	],
	[
		"rename an event type",
		renamed(typeOf("ContentSeen", "content.get", "Content-Seen")),
		/content-?viewed/i,
	],
	[
		"rename an event type by its case only",
		renamed(typeOf("ContentViewed", "content.get", "content-viewed")),
	],
	[
		"change an event type's source",
		renamed(typeOf("ContentViewed", "content.views", "Content-Viewed")),
	],
	[
		"change an event type's source and detail-type",
		renamed(typeOf("ContentSeen", "content.views", "Content-Seen")),
		/content-?viewed/i,
	],
	[
		"name an event type in infrastructure",
		{ eventTypeNames: [{ eventType: Viewed, name: "views" }] },
		/content-?viewed/i,
	],
	[
		"move an event type to another producer",
		{
			producers: {
				get: { ...get, publishes: [Archived] },
				post: { ...post, publishes: [Published, Viewed] },
			},
		},
	],
	[
		"swap what two producers publish",
		{
			producers: {
				get: { ...get, publishes: [Published] },
				post: { ...post, publishes: [Viewed] },
			},
		},
	],
	[
		"swap two producers' names",
		{ producers: { get: { ...post }, post: { ...get } } },
		/producer .*(get|post|Api)/i,
	],
	[
		"rename all producers",
		{ producers: { fetch: get, store: post } },
		/get|post/i,
	],
	[
		"let two producers publish the same",
		{
			producers: {
				get: { ...get, publishes: [Viewed, Published] },
				post: { ...post, publishes: [Viewed, Published] },
			},
		},
	],
	[
		"let a producer publish less",
		{
			producers: { get, post: { ...post, publishes: [Archived] } },
			consumers: {
				...consumers,
				analytics: { entry, subscribes: [Viewed, Published, Archived] },
			},
		},
	],
	[
		"add an event type with its producer and consumer",
		{
			producers: {
				...producers,
				remove: {
					entry,
					method: "DELETE",
					path: "/content/{contentId}",
					publishes: [Archived],
				},
			},
			consumers: { ...consumers, archive: { entry, subscribes: [Archived] } },
		},
	],
	[
		"remove an event type with its producer and subscriptions",
		{
			producers: { get },
			consumers: {
				analytics: { entry, subscribes: [Viewed] },
				recommendations: consumers.recommendations as Consumer,
			},
		},
		/post|published|reports/i,
	],
	[
		"move a subscription to another consumer",
		{
			consumers: {
				...consumers,
				analytics: { entry, subscribes: [Viewed] },
				archive: { entry, subscribes: [Published] },
			},
		},
		/analytics.*published/i,
	],
	[
		"swap the subscriptions of two consumers",
		{
			consumers: {
				...consumers,
				analytics: consumers.recommendations as Consumer,
				recommendations: consumers.analytics as Consumer,
			},
		},
		/recommendations|analytics/i,
	],
	[
		"rename all consumers",
		{
			consumers: {
				counts: consumers.analytics as Consumer,
				suggestions: consumers.recommendations as Consumer,
				letters: consumers.reports as Consumer,
			},
		},
		/analytics|recommendations|reports/,
	],
	[
		"swap two consumers' names",
		{
			consumers: {
				analytics: consumers.analytics as Consumer,
				recommendations: consumers.reports as Consumer,
				reports: consumers.recommendations as Consumer,
			},
		},
		/recommendations|reports/,
	],
	[
		"give another event type the title of an existing one",
		{
			consumers: {
				...consumers,
				archive: {
					entry,
					subscribes: [typeOf("ContentViewed", "billing", "Bill-Viewed")],
				},
			},
		},
	],
	[
		"rename a path variable",
		{ producers: { get: { ...get, path: "/content/{id}" }, post } },
		/producer .*(variable|ApiPermission)/,
	],
	[
		"move a route",
		{ producers: { get: { ...get, path: "/items/{contentId}" }, post } },
		/producer .*(variable|ApiPermission)/,
	],
	[
		"change a method",
		{ producers: { get, post: { ...post, method: "PUT" } } },
		/producer .*contentPOST/,
	],
	["rename the bus", { eventBusName: "events" }, /HubBus|Rule|hub Lost/],
	[
		"rename an event type and its consumer and producer",
		{
			producers: { fetch: { ...get, publishes: [Seen] }, post },
			consumers: {
				counts: { entry, subscribes: [Seen, Published] },
				suggestions: { entry, subscribes: [where(Seen, { n: [1] })] },
				reports: consumers.reports as Consumer,
			},
		},
		/get|analytics|recommendations|content-?viewed/i,
	],
];

/** Everybody publishes and subscribes to another event type instead of the viewed one. */
function renamed(type: typeof Viewed): Partial<SystemDefinition> {
	return {
		producers: { get: { ...get, publishes: [type] }, post },
		consumers: {
			analytics: { entry, subscribes: [type, Published] },
			recommendations: { entry, subscribes: [where(type, { n: [1] })] },
			reports: consumers.reports as Consumer,
		},
	};
}
