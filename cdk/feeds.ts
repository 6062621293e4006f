import type { Stack } from "aws-cdk-lib";
import { EventFeed } from "./constructs/event-feed.ts";
import type { SystemDefinition } from "./system/definition.ts";
import {
	eventBusName,
	type Feed,
	feedRoleArn,
	hubKeyAlias,
	queueArn,
	undeliveredArn,
} from "./system/topology.ts";

/** Adds the rule and topic of each feed, and lets its consumers subscribe. */
export function addFeeds(
	stack: Stack,
	system: SystemDefinition,
	feeds: readonly Feed[],
): readonly EventFeed[] {
	const { consumer, hub } = system.accounts;
	return feeds.map((feed) => {
		const built = new EventFeed(stack, feed.name, {
			eventBusName: eventBusName(system),
			feedName: feed.name,
			eventPattern: feed.eventPattern,
			roleArn: feedRoleArn(system),
			deadLetterQueueArn: undeliveredArn(system),
			...(hub.customerManagedKeys === true
				? { kmsMasterKeyId: hubKeyAlias(system) }
				: {}),
		});
		for (const name of feed.subscribers)
			built.allowSubscription(consumer.id, queueArn(system, name));
		return built;
	});
}
