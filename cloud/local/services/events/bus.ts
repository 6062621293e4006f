import { randomUUID } from "node:crypto";
import {
	describeMismatches,
	type Mismatch,
} from "../../../../pattern/engine/mismatches.ts";
import { isObject, parseJson } from "../../../../runtime/json.ts";
import { busArn } from "../../../template/identities.ts";
import type { Principal } from "../../../template/policy.ts";
import { type Cloud, DeliveryError } from "../../cloud.ts";
import { deliver } from "../../delivery.ts";
import type { Span } from "../../trace.ts";

/** Buses by ARN, and rules by their bus's ARN. */
export interface EventTables {
	readonly buses: Map<string, LocalBus>;
	readonly rules: Map<string, Rule[]>;
}

export interface BusEvent {
	readonly id: string;
	readonly source: string;
	readonly "detail-type": string;
}

/** How an event came to a bus. */
export interface Arrival {
	/** Whether another bus sent it. */
	readonly isForwarded: boolean;
}

export interface Rule {
	readonly name: string;
	readonly arn: string;
	readonly isEnabled: boolean;
	/** Returns an empty list if the event matches. */
	readonly mismatches: (event: unknown) => readonly Mismatch[];
	readonly deliver: (
		event: BusEvent,
		after: Span,
		arrival: Arrival,
	) => Promise<void>;
}

export interface LocalBus {
	readonly name: string;
	readonly arn: string;
	readonly account: string;
	readonly region: string;
	/** Why EventBridge cannot use the key of the bus, if it cannot. */
	readonly locked: () => string | undefined;
	/** The queue for events that cannot be encrypted. */
	readonly deadLetterArn: string | undefined;
}

const eventBridge: Principal = {
	kind: "service",
	service: "events.amazonaws.com",
};

/** Adds a bus and registers it as a delivery target. */
export function addBus(
	{
		name,
		account,
		region,
		key,
		deadLetterArn,
	}: {
		readonly name: string;
		readonly account: string;
		readonly region: string;
		readonly key?: string | undefined;
		readonly deadLetterArn?: string | undefined;
	},
	tables: EventTables,
	cloud: Cloud,
): void {
	const arn = busArn(name, { account, region });
	const created: LocalBus = {
		name,
		arn,
		account,
		region,
		locked: () => {
			if (key === undefined) return undefined;
			const source = {
				"aws:SourceAccount": account,
				"aws:SourceArn": arn,
			};
			const use = (actions: readonly string[], context: object) =>
				cloud.decideKey(eventBridge, actions, key, arn, {
					...source,
					...context,
				});
			const denied = [
				use(["kms:DescribeKey"], {}),
				use(["kms:GenerateDataKey", "kms:Decrypt"], {
					"kms:EncryptionContext:aws:events:event-bus:arn": arn,
				}),
			].find(({ allowed }) => !allowed);
			return denied && !denied.allowed ? denied.reason : undefined;
		},
		deadLetterArn,
	};
	tables.buses.set(arn, created);
	cloud.receivers.set(arn, {
		action: "events:PutEvents",
		label: `bus ${name}`,
		receive: async ({ body, fromRegion }, after) => {
			const parsed = parseJson(body);
			if (!parsed.ok || !isObject(parsed.value))
				throw new DeliveryError("the message is no event");
			const event = parsed.value as unknown as BusEvent;
			// An event keeps its id within a Region.
			await arrive(
				created,
				fromRegion === undefined || fromRegion === region
					? event
					: { ...event, id: randomUUID() },
				after,
				tables,
				cloud,
				{ isForwarded: fromRegion !== undefined },
			);
		},
	});
}

/** Leaves out mismatches in the detail if the envelope does not match: the rule is for another event type. */
function telling(mismatches: readonly Mismatch[]) {
	const ofEnvelope = mismatches.filter(
		({ field }) => !field.startsWith("detail."),
	);
	return ofEnvelope.length > 0 ? ofEnvelope : mismatches;
}

/** More hops than any terminating path has. Rules that send events back to their bus would loop forever. */
const hopsMax = 60;

/** Evaluates the bus's rules for an event. */
export async function arrive(
	bus: LocalBus,
	event: BusEvent,
	after: Span,
	{ rules }: Pick<EventTables, "rules">,
	cloud: Cloud,
	arrival: Arrival = { isForwarded: false },
): Promise<void> {
	if ((after.depth ?? 0) > hopsMax) {
		cloud.tracer.hop(after, {
			account: bus.account,
			resource: `bus ${bus.name}`,
			outcome: "failed",
			what: `the rules form a loop: the event has passed ${hopsMax} hops`,
		});
		return;
	}
	const locked = bus.locked();
	if (locked !== undefined) {
		const span = cloud.tracer.hop(after, {
			account: bus.account,
			resource: `bus ${bus.name}`,
			outcome: "denied",
			what: locked,
		});
		if (bus.deadLetterArn !== undefined)
			await deliver(
				{
					message: { body: JSON.stringify(event) },
					to: bus.deadLetterArn,
					sender: {
						principal: eventBridge,
						context: {
							"aws:SourceArn": bus.arn,
							"aws:SourceAccount": bus.account,
						},
					},
				},
				span,
				cloud,
			);
		return;
	}
	const own = rules.get(bus.arn) ?? [];
	const span = cloud.tracer.hop(after, {
		account: bus.account,
		resource: `bus ${bus.name}`,
		outcome: "ok",
		what: `receives ${event.source} / ${event["detail-type"]} as ${event.id.slice(0, 8)}${own.length === 0 ? "; the bus has no rules, so the event ends here" : ""}`,
	});
	await Promise.all(
		own.map(async (candidate) => {
			if (!candidate.isEnabled) {
				cloud.tracer.hop(span, {
					account: bus.account,
					resource: `rule ${candidate.name}`,
					outcome: "no match",
					what: "is disabled",
				});
				return;
			}
			const mismatches = telling(candidate.mismatches(event));
			if (mismatches.length === 0)
				await candidate.deliver(event, span, arrival);
			else
				cloud.tracer.hop(span, {
					account: bus.account,
					resource: `rule ${candidate.name}`,
					outcome: "no match",
					what: describeMismatches(mismatches),
				});
		}),
	);
}
