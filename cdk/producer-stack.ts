import { CfnOutput, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { EventApi } from "./constructs/event-api.ts";
import { EventFunction } from "./constructs/event-function.ts";
import { grantPublish } from "./constructs/publish-conditions.ts";
import {
	expectToFit,
	functionProps,
	requirements,
	stackProps,
} from "./stack-requirements.ts";
import type { SystemDefinition } from "./system/definition.ts";
import { eventBusArn, functionName, roleName } from "./system/topology.ts";

/** Account A: the API and the publishing functions. */
export class ProducerStack extends Stack {
	constructor(scope: Construct, id: string, system: SystemDefinition) {
		super(scope, id, stackProps(system, "producer"));
		const busArn = eventBusArn(system);
		const required = requirements(
			this,
			system,
			"producer",
			`alias/${system.name}_producer`,
		);
		const api = new EventApi(this, "Api", {
			...required,
			restApiName: `${system.name}-api`,
		});
		for (const [name, producer] of Object.entries(system.producers)) {
			const handler = new EventFunction(this, name, {
				...functionProps(this, system, "producer", required, {
					...producer,
					environment: { ...producer.environment, EVENT_BUS_NAME: busArn },
				}),
				functionName: functionName(system, name),
				roleName: roleName(system, name),
			});
			grantPublish({ eventBusArn: busArn }, handler.role, producer.publishes);
			api.addRoute({
				method: producer.method,
				path: producer.path,
				function: handler.function,
				...(producer.bodyModel ? { bodyModel: producer.bodyModel } : {}),
			});
		}
		new CfnOutput(this, "Url", { value: api.api.url });
		expectToFit(this, "use several systems, or routes with fewer functions");
	}
}
