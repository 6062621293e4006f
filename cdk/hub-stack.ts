import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { busProblems } from "../pattern/engine/validate.ts";
import { alarmProps } from "./alarm-action.ts";
import { checkFilters } from "./check-filters.ts";
import { EventFeed } from "./constructs/event-feed.ts";
import { EventHub } from "./constructs/event-hub.ts";
import { SchemaRegistry } from "./constructs/schema-registry.ts";
import { checkNames } from "./system/check-names.ts";
import { type SystemDefinition, SystemError } from "./system/definition.ts";
import { nameMax, resourceName } from "./system/names.ts";
import {
	eventBusName,
	feeds,
	queueArn,
	registryName,
	roleArn,
} from "./system/topology.ts";

export interface HubStackProps extends StackProps {
	/** The output folder of `eventwright codegen`. Filters are checked against its contracts. @default generated */
	readonly generatedFolder?: string;
}

/** Account B: the bus, its rules and topics, and the schema registry. */
export class HubStack extends Stack {
	constructor(
		scope: Construct,
		id: string,
		system: SystemDefinition,
		props: HubStackProps,
	) {
		super(scope, id, props);
		const { accounts, organizationId } = system;
		checkNames(system);
		checkFilters(this, system, props.generatedFolder ?? "generated");
		const hub = new EventHub(this, "Hub", {
			eventBusName: eventBusName(system),
		});
		// One statement for each producer: it is updated in place, so that no producer is refused in between.
		for (const [name, { publishes }] of Object.entries(system.producers))
			hub.allowPublisher({
				sid: resourceName(nameMax.statement, "Allow", name),
				account: accounts.producer.id,
				roleArn: roleArn(system, "producer", name),
				publishes,
				...(organizationId ? { organizationId } : {}),
			});
		const all = feeds(system);
		const alarms = alarmProps(this, system, "hub");
		const [tooMany] = busProblems(all.map(({ eventPattern }) => eventPattern));
		if (tooMany !== undefined)
			throw new SystemError(`the bus ${eventBusName(system)} ${tooMany}`);
		for (const feed of all) {
			const built = new EventFeed(this, feed.name, {
				eventBus: hub.eventBus,
				feedName: feed.name,
				eventPattern: feed.eventPattern,
				...alarms,
			});
			for (const consumer of feed.subscribers)
				built.allowSubscription(
					accounts.consumer.id,
					queueArn(system, consumer),
				);
		}
		new SchemaRegistry(this, "Registry", {
			registryName: registryName(system),
			description: `Event types of ${system.name}`,
			readers: [accounts.producer.id, accounts.consumer.id],
		});
	}
}
