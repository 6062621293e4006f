export { ConsumerStack } from "./consumer-stack.ts";
export { HubStack, type HubStackProps } from "./hub-stack.ts";
export { ProducerStack } from "./producer-stack.ts";
