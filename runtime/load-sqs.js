// Loaded when it is first needed: most invocations of a consumer call no queue.
export const loadSqs = () => import("@aws-sdk/client-sqs");
