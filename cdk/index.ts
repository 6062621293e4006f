export { AlarmStack } from "./alarm-stack.ts";
export { ConsumerStack } from "./consumer-stack.ts";
export { FilterStack } from "./filter-stack.ts";
export { HubStack, type HubStackProps } from "./hub-stack.ts";
export { ProducerStack } from "./producer-stack.ts";
export { buildSystem, type SystemStacks } from "./system-stacks.ts";
