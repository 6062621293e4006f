export {
	type ConsumerDefinition,
	type ProducerDefinition,
	type SystemDefinition,
	SystemError,
} from "./definition.ts";
export {
	eventBusArn,
	functionName,
	queueArn,
	queueName,
	roleArn,
} from "./topology.ts";
