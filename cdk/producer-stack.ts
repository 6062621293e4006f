import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { alarmProps } from "./alarm-action.ts";
import { EventApi } from "./constructs/event-api.ts";
import { EventFunction } from "./constructs/event-function.ts";
import type { SystemDefinition } from "./system/definition.ts";
import { eventBusArn, functionName, roleName } from "./system/topology.ts";

/** Account A: the API and the publishing functions. */
export class ProducerStack extends Stack {
	constructor(
		scope: Construct,
		id: string,
		system: SystemDefinition,
		props: StackProps,
	) {
		super(scope, id, props);
		const busArn = eventBusArn(system);
		const alarms = alarmProps(this, system, "producer");
		const api = new EventApi(this, "Api", {
			restApiName: `${system.name}-api`,
			...alarms,
		});
		for (const [name, producer] of Object.entries(system.producers)) {
			const handler = new EventFunction(this, name, {
				functionName: functionName(system, name),
				roleName: roleName(system, name),
				entry: producer.entry,
				environment: { EVENT_BUS_NAME: busArn },
				...alarms,
			});
			handler.role.addToPolicy(
				new PolicyStatement({
					effect: Effect.ALLOW,
					actions: ["events:PutEvents"],
					resources: [busArn],
				}),
			);
			api.addRoute({
				method: producer.method,
				path: producer.path,
				function: handler.function,
				...(producer.bodyModel ? { bodyModel: producer.bodyModel } : {}),
			});
		}
		new CfnOutput(this, "Url", { value: api.api.url });
	}
}
