export {
	type ConsumerDefinition,
	type ProducerDefinition,
	type SystemDefinition,
	SystemError,
} from "./definition.ts";
export {
	eventBusArn,
	eventBusName,
	functionName,
	queueArn,
	queueName,
	registryName,
	roleArn,
} from "./topology.ts";
