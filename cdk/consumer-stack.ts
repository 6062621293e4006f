import { Duration, Stack } from "aws-cdk-lib";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { QueueConsumer } from "./constructs/queue-consumer.ts";
import {
	expectToFit,
	functionProps,
	requirements,
	stackProps,
} from "./stack-requirements.ts";
import type {
	ConsumerDefinition,
	SystemDefinition,
} from "./system/definition.ts";
import { feeds, queueName, roleName, topicArn } from "./system/topology.ts";

/** Account C: the queue and function of one consumer. */
export class ConsumerStack extends Stack {
	constructor(
		scope: Construct,
		id: string,
		system: SystemDefinition,
		name: string,
	) {
		super(scope, id, stackProps(system, "consumer"));
		const consumerName = queueName(system, name);
		const definition = system.consumers[name] as ConsumerDefinition;
		const { batchSize, maxBatchingWindowSeconds, maxConcurrency } = definition;
		new QueueConsumer(this, name, {
			...functionProps(
				this,
				system,
				"consumer",
				requirements(this, system, "consumer", `alias/${consumerName}`),
				definition,
			),
			consumerName,
			roleName: roleName(system, name),
			topics: feeds(system)
				.filter(({ subscribers }) => subscribers.includes(name))
				.map((feed) =>
					Topic.fromTopicArn(this, feed.name, topicArn(system, feed)),
				),
			...(batchSize === undefined ? {} : { batchSize }),
			...(maxBatchingWindowSeconds === undefined
				? {}
				: { maxBatchingWindow: Duration.seconds(maxBatchingWindowSeconds) }),
			...(maxConcurrency === undefined ? {} : { maxConcurrency }),
			...(definition.maxReceiveCount === undefined
				? {}
				: { maxReceiveCount: definition.maxReceiveCount }),
		});
		expectToFit(this, "split the consumer");
	}
}
