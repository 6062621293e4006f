// What generated publishers call, apart from the event types: it loads the AWS SDK. It changes as `codegen-v1.ts` does.
export { domainPublisher } from "./domain-publisher.ts";
