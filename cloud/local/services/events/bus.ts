import { randomUUID } from "node:crypto";
import {
	describeMismatches,
	type Mismatch,
} from "../../../../pattern/engine/mismatches.ts";
import { isObject } from "../../../../runtime/json.ts";
import type { Statement } from "../../../template/policy.ts";
import { type Cloud, type ResourceType, statementsOf } from "../../cloud.ts";
import { known } from "../../iam.ts";
import type { Span } from "../../trace.ts";

export interface LocalBus {
	readonly name: string;
	readonly arn: string;
	readonly account: string;
	readonly region: string;
}

export const eventBus: ResourceType = {
	simulates: ["Name", "Policy"],
	ignores: ["Tags", "Description"],
	identify: ({ stack, property }) => {
		const name = String(property("Name"));
		return { ref: name, attributes: { Arn: busArn(name, stack), Name: name } };
	},
	create: ({ attributes, ref, stack, properties }, cloud) => {
		const arn = attributes.Arn as string;
		addBus(ref, stack.account, stack.region, cloud);
		if (properties.Policy)
			cloud.addResourcePolicy(
				arn,
				known(statementsOf(properties.Policy), cloud),
			);
	},
};

/** Every account has a bus of its own from the start. */
export function addBus(
	name: string,
	account: string,
	region: string,
	cloud: Cloud,
): void {
	const arn = busArn(name, { account, region });
	const created: LocalBus = { name, arn, account, region };
	cloud.buses.set(arn, created);
	cloud.receivers.set(arn, {
		action: "events:PutEvents",
		label: `bus ${name}`,
		receive: (message, after) =>
			arrive(
				created,
				{ ...JSON.parse(message), id: randomUUID() },
				after,
				cloud,
			),
	});
}

export function busArn(
	nameOrArn: string,
	{ account, region }: { account: string; region: string },
): string {
	return nameOrArn.startsWith("arn:")
		? nameOrArn
		: `arn:aws:events:${region}:${account}:event-bus/${nameOrArn}`;
}

export const eventBusPolicy: ResourceType = {
	simulates: [
		"EventBusName",
		"Statement",
		"StatementId",
		"Action",
		"Principal",
		"Condition",
	],
	identify: ({ property }) => ({ ref: String(property("StatementId")) }),
	create: ({ properties, stack }, cloud) => {
		const {
			EventBusName = "default",
			Statement: stated,
			StatementId,
			Action,
			Principal: principal,
			Condition,
		} = properties;
		const arn = busArn(String(EventBusName), stack);
		const statement = isObject(stated)
			? ({ Sid: String(StatementId), ...stated } as unknown as Statement)
			: olderStatement(
					arn,
					String(StatementId),
					String(Action),
					String(principal),
					Condition,
				);
		cloud.addResourcePolicy(arn, known([statement], cloud));
	},
};

/** `Action`, `Principal` and `Condition` as properties of their own: `Principal` is an account or everybody. */
function olderStatement(
	arn: string,
	sid: string,
	action: string,
	principal: string,
	condition: unknown,
): Statement {
	const { Type, Key, Value } = (condition ?? {}) as {
		Type?: string;
		Key?: string;
		Value?: unknown;
	};
	return {
		Sid: sid,
		Effect: "Allow",
		Action: action,
		Resource: arn,
		Principal:
			principal === "*" ? "*" : { AWS: `arn:aws:iam::${principal}:root` },
		...(Type && Key ? { Condition: { [Type]: { [Key]: Value } } } : {}),
	};
}

/** What a rule for another event type would want of the detail tells nothing. */
function telling(mismatches: readonly Mismatch[]) {
	const ofEnvelope = mismatches.filter(
		({ field }) => !field.startsWith("detail."),
	);
	return ofEnvelope.length > 0 ? ofEnvelope : mismatches;
}

/** More hops than any way has that ends; rules that lead back to their own bus would go on for ever. */
const hopsMax = 60;

/** Takes an event to the bus's rules. */
export async function arrive(
	bus: LocalBus,
	event: {
		readonly id: string;
		readonly source: string;
		readonly "detail-type": string;
	},
	after: Span,
	cloud: Cloud,
): Promise<void> {
	if ((after.depth ?? 0) > hopsMax) {
		cloud.tracer.hop(after, {
			account: bus.account,
			resource: `bus ${bus.name}`,
			outcome: "failed",
			what: `the event goes round in circles: it has passed ${hopsMax} hops`,
		});
		return;
	}
	const rules = cloud.rules.get(bus.arn) ?? [];
	const span = cloud.tracer.hop(after, {
		account: bus.account,
		resource: `bus ${bus.name}`,
		outcome: "ok",
		what: `takes ${event.source} / ${event["detail-type"]} as ${event.id.slice(0, 8)}${rules.length === 0 ? ", and has no rule: the event ends here" : ""}`,
	});
	await Promise.all(
		rules.map(async (candidate) => {
			const mismatches = telling(candidate.mismatches(event));
			if (mismatches.length === 0) await candidate.deliver(event, span);
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
