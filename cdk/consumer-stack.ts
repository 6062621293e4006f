import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { alarmProps } from "./alarm-action.ts";
import { QueueConsumer } from "./constructs/queue-consumer.ts";
import type { SystemDefinition } from "./system/definition.ts";
import { feeds, queueName, roleName, topicArn } from "./system/topology.ts";

/** Account C: a queue and a function per consumer. */
export class ConsumerStack extends Stack {
	constructor(
		scope: Construct,
		id: string,
		system: SystemDefinition,
		props: StackProps,
	) {
		super(scope, id, props);
		const all = feeds(system);
		const alarms = alarmProps(this, system, "consumer");
		for (const [name, { entry }] of Object.entries(system.consumers))
			new QueueConsumer(this, name, {
				consumerName: queueName(system, name),
				entry,
				roleName: roleName(system, name),
				...alarms,
				topicArns: all
					.filter(({ subscribers }) => subscribers.includes(name))
					.map((feed) => topicArn(system, feed)),
			});
	}
}
