import { Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { addFeeds } from "./feeds.ts";
import { expectToFit, stackProps } from "./stack-requirements.ts";
import type { SystemDefinition } from "./system/definition.ts";
import { feeds } from "./system/topology.ts";

/** Account B: a rule and topic per content filter. They are apart from the bus, because a stack has at most 500 resources. */
export class FilterStack extends Stack {
	constructor(scope: Construct, id: string, system: SystemDefinition) {
		super(scope, id, stackProps(system, "hub"));
		addFeeds(
			this,
			system,
			feeds(system).filter(({ isFiltered }) => isFiltered),
		);
		expectToFit(this, "use fewer filters; a handler can ignore events, too");
	}
}
