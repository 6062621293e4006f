import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import {
	isObject,
	nestsDeeperThan,
	parseJson,
} from "../../../../runtime/json.ts";
import { busArn } from "../../../template/identities.ts";
import type { Principal } from "../../../template/policy.ts";
import { AwsError } from "../../aws-error.ts";
import type { Cloud } from "../../cloud.ts";
import type { Caller } from "../../credentials.ts";
import type { Span } from "../../trace.ts";
import { arrive, type EventTables, type LocalBus } from "./bus.ts";

interface PutEventsEntry {
	readonly EventBusName?: string;
	readonly Source?: string;
	readonly DetailType?: string;
	readonly Detail?: string;
	readonly Resources?: readonly string[];
	readonly Time?: number;
}

const requestBytesMax = 1_048_576;

/** Handles a PutEvents call and returns the service's response. */
export async function putEvents(
	input: unknown,
	caller: Caller,
	region: string,
	tables: EventTables,
	cloud: Cloud,
): Promise<object> {
	const entries = entriesOf(input);
	if (entries.length < 1 || entries.length > 10)
		throw new AwsError(
			400,
			"ValidationException",
			`Entries must have 1 to 10 members, got ${entries.length}`,
		);
	const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
	if (bytes > requestBytesMax)
		throw new AwsError(
			400,
			"ValidationException",
			`Total size of the entries in the request is over the limit: ${bytes} of ${requestBytesMax} bytes`,
		);
	const { principal } = caller;
	const account = principal.kind === "service" ? "" : principal.account;
	return cloud.within(caller, async (span) => {
		const byBus = Map.groupBy(entries, ({ EventBusName = "default" }) =>
			busArn(EventBusName, { account, region }),
		);
		for (const [arn, own] of byBus)
			authorizePut(arn, own, principal, span, tables, cloud);
		const results = entries.map((entry) => {
			const arn = busArn(entry.EventBusName ?? "default", { account, region });
			const bus = tables.buses.get(arn) as LocalBus;
			const refused = refuseEntry(entry);
			if (refused) {
				cloud.tracer.hop(span, {
					account: bus.account,
					resource: `bus ${bus.name}`,
					outcome: "failed",
					what: `refuses an entry: ${refused.ErrorCode}: ${refused.ErrorMessage}`,
				});
				return refused;
			}
			const event = eventOf(entry, account, bus.region);
			cloud.follow(span, bus.account, async () => {
				// The service responds before the rules are evaluated.
				await setImmediate();
				await arrive(bus, event, span, tables, cloud);
			});
			return { EventId: event.id };
		});
		return {
			FailedEntryCount: results.filter((result) => "ErrorCode" in result)
				.length,
			Entries: results,
		};
	});
}

function entriesOf(input: unknown): readonly PutEventsEntry[] {
	const stated = isObject(input) ? (input.Entries ?? []) : undefined;
	const isText = (value: unknown) =>
		value === undefined || typeof value === "string";
	const isEntry = (entry: unknown): entry is PutEventsEntry =>
		isObject(entry) &&
		[entry.EventBusName, entry.Source, entry.DetailType, entry.Detail].every(
			isText,
		) &&
		(entry.Time === undefined || Number.isFinite(entry.Time)) &&
		(entry.Resources === undefined ||
			(Array.isArray(entry.Resources) && entry.Resources.every(isText)));
	if (!Array.isArray(stated) || !stated.every(isEntry))
		throw new AwsError(
			400,
			"SerializationException",
			"Entries must be a list of PutEvents entries",
		);
	return stated;
}

function authorizePut(
	arn: string,
	entries: readonly PutEventsEntry[],
	principal: Principal,
	span: Span,
	{ buses }: EventTables,
	cloud: Cloud,
): void {
	const distinct = (values: readonly (string | undefined)[]) => [
		...new Set(values.filter((value) => value !== undefined)),
	];
	const hop = {
		account: arn.split(":")[4] ?? "",
		resource: `bus ${arn.split("/").at(-1)}`,
	};
	if (!buses.has(arn)) {
		const what = `there is no bus ${arn} in these stacks`;
		cloud.tracer.hop(span, { ...hop, outcome: "failed", what });
		throw new AwsError(400, "ResourceNotFoundException", what);
	}
	const decision = cloud.decide(principal, "events:PutEvents", arn, {
		"events:source": distinct(entries.map(({ Source }) => Source)),
		"events:detail-type": distinct(entries.map(({ DetailType }) => DetailType)),
	});
	if (decision.allowed) return;
	cloud.tracer.hop(span, { ...hop, outcome: "denied", what: decision.reason });
	throw new AwsError(400, "AccessDeniedException", decision.reason);
}

function refuseEntry({
	Source,
	DetailType,
	Detail,
}: PutEventsEntry): { ErrorCode: string; ErrorMessage: string } | undefined {
	for (const [name, value] of Object.entries({ Source, DetailType, Detail }))
		if (!value)
			return {
				ErrorCode: "InvalidArgument",
				ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
			};
	if (Source?.startsWith("aws."))
		return {
			ErrorCode: "NotAuthorizedForSourceException",
			ErrorMessage: "Not authorized for the source.",
		};
	if ((DetailType ?? "").length > 128)
		return {
			ErrorCode: "InvalidArgument",
			ErrorMessage:
				"Parameter DetailType is not valid. Reason: Length must be at most 128.",
		};
	const detail = parseJson(Detail ?? "");
	return detail.ok &&
		isObject(detail.value) &&
		!nestsDeeperThan(detail.value, detailDepthMax)
		? undefined
		: { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
}

/** The nesting limit of a typical JSON parser. */
const detailDepthMax = 1_000;

function bytesOf({
	Source = "",
	DetailType = "",
	Detail = "",
	Resources = [],
	Time,
}: PutEventsEntry): number {
	return [Source, DetailType, Detail, ...Resources].reduce(
		(sum, text) => sum + Buffer.byteLength(text),
		Time === undefined ? 0 : 14,
	);
}

function eventOf(entry: PutEventsEntry, account: string, region: string) {
	const time =
		entry.Time === undefined ? new Date() : new Date(entry.Time * 1000);
	return {
		version: "0",
		id: randomUUID(),
		"detail-type": entry.DetailType as string,
		source: entry.Source as string,
		account,
		time: time.toISOString().replace(/\.\d+Z$/, "Z"),
		region,
		resources: entry.Resources ?? [],
		detail: JSON.parse(entry.Detail ?? ""),
	};
}
