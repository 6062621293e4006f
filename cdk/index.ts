export { AlarmStack } from "./alarm-stack.ts";
export type { AccountRequirements } from "./constructs/account-requirements.ts";
export {
	DeadLetterQueue,
	type DeadLetterQueueProps,
} from "./constructs/dead-letter-queue.ts";
export {
	EventApi,
	type EventApiProps,
	type EventApiRoute,
} from "./constructs/event-api.ts";
export { EventFeed, type EventFeedProps } from "./constructs/event-feed.ts";
export {
	EventFunction,
	type EventFunctionProps,
	type FunctionProps,
} from "./constructs/event-function.ts";
export {
	EventHub,
	type EventHubProps,
	type EventHubPublisher,
} from "./constructs/event-hub.ts";
export {
	FeedDelivery,
	type FeedDeliveryProps,
} from "./constructs/feed-delivery.ts";
export {
	grantPublish,
	type PublishedType,
} from "./constructs/publish-conditions.ts";
export {
	QueueConsumer,
	type QueueConsumerProps,
} from "./constructs/queue-consumer.ts";
export {
	SchemaRegistry,
	type SchemaRegistryProps,
} from "./constructs/schema-registry.ts";
export { ConsumerStack } from "./consumer-stack.ts";
export { FilterStack } from "./filter-stack.ts";
export { HubStack, type HubStackProps } from "./hub-stack.ts";
export { ProducerStack } from "./producer-stack.ts";
export { buildSystem, type SystemStacks } from "./system-stacks.ts";
