import type { Construct } from "constructs";
import { AlarmStack } from "./alarm-stack.ts";
import { ConsumerStack } from "./consumer-stack.ts";
import { FilterStack } from "./filter-stack.ts";
import { HubStack, type HubStackProps } from "./hub-stack.ts";
import { ProducerStack } from "./producer-stack.ts";
import type { SystemDefinition } from "./system/definition.ts";
import { feeds, stackName } from "./system/topology.ts";

export interface SystemStacks {
	readonly hub: HubStack;
	/** Undefined if no subscription has a content filter. */
	readonly filters: FilterStack | undefined;
	/** Undefined without subscriptions. */
	readonly alarms: AlarmStack | undefined;
	/** By the consumer's name. */
	readonly consumers: ReadonlyMap<string, ConsumerStack>;
	/** Undefined without producers. */
	readonly producer: ProducerStack | undefined;
}

/** Builds all stacks of a system. Throws a `SystemError` if its definition is invalid. */
export function buildSystem(
	scope: Construct,
	system: SystemDefinition,
	props: HubStackProps = {},
): SystemStacks {
	const id = (part: string) => stackName(system, part);
	const all = feeds(system);
	return {
		hub: new HubStack(scope, id("hub"), system, props),
		filters: all.some(({ isFiltered }) => isFiltered)
			? new FilterStack(scope, id("filters"), system)
			: undefined,
		alarms:
			all.length > 0 || system.dashboard
				? new AlarmStack(scope, id("alarms"), system)
				: undefined,
		consumers: new Map(
			Object.keys(system.consumers).map((name) => [
				name,
				new ConsumerStack(scope, id(`consumer-${name}`), system, name),
			]),
		),
		producer:
			Object.keys(system.producers).length > 0
				? new ProducerStack(scope, id("producer"), system)
				: undefined,
	};
}
