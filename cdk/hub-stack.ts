import { Duration, Stack } from "aws-cdk-lib";
import { MathExpression } from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import { busProblems } from "../pattern/engine/validate.ts";
import { checkFilters } from "./check-filters.ts";
import type { AccountRequirements } from "./constructs/account-requirements.ts";
import { addAlarm } from "./constructs/alarm.ts";
import { EventHub } from "./constructs/event-hub.ts";
import { FeedDelivery } from "./constructs/feed-delivery.ts";
import { SchemaRegistry } from "./constructs/schema-registry.ts";
import { addFeeds } from "./feeds.ts";
import { expectToFit, requirements, stackProps } from "./stack-requirements.ts";
import { checkNames } from "./system/check-names.ts";
import { type SystemDefinition, SystemError } from "./system/definition.ts";
import {
	eventBusName,
	feedPrefix,
	feedRoleName,
	feeds,
	hubKeyAlias,
	registryName,
	roleArn,
	undeliveredName,
} from "./system/topology.ts";

export interface HubStackProps {
	/** The output folder of `eventwright codegen`. Filters are checked against its contracts. @default generated */
	readonly generatedFolder?: string;
}

/** Account B: the bus, a rule and topic per event type, and the schema registry. */
export class HubStack extends Stack {
	constructor(
		scope: Construct,
		id: string,
		system: SystemDefinition,
		{ generatedFolder = "generated" }: HubStackProps = {},
	) {
		super(scope, id, stackProps(system, "hub"));
		checkNames(system);
		checkFilters(this, system, generatedFolder);
		const { accounts, archiveDays, organizationId, quotas = {} } = system;
		const required = requirements(this, system, "hub", hubKeyAlias(system));
		const busName = eventBusName(system);
		const delivery = new FeedDelivery(this, "Delivery", {
			...required,
			eventBusName: busName,
			topicNamePrefix: feedPrefix(system),
			roleName: feedRoleName(system),
			deadLetterQueueName: undeliveredName(system),
		});
		const hub = new EventHub(this, "Hub", {
			eventBusName: busName,
			...(quotas.eventBusPolicyCharacters === undefined
				? {}
				: { policyCharactersMax: quotas.eventBusPolicyCharacters }),
			...(system.busPolicyPer ? { statementPer: system.busPolicyPer } : {}),
			...(archiveDays === undefined
				? {}
				: { archiveRetention: Duration.days(archiveDays) }),
			...(required.encryptionKey
				? {
						encryptionKey: required.encryptionKey,
						deadLetterQueue: delivery.deadLetters.queue,
					}
				: {}),
		});
		for (const [name, { publishes }] of Object.entries(system.producers))
			hub.allowPublisher({
				name,
				account: accounts.producer.id,
				roleArn: roleArn(system, "producer", name),
				publishes,
				...(organizationId ? { organizationId } : {}),
			});
		const all = feeds(system);
		const [tooMany] = busProblems(
			all.map(({ eventPattern }) => eventPattern),
			quotas.rulesPerEventBus,
		);
		if (tooMany !== undefined)
			throw new SystemError(
				`the bus ${busName} ${tooMany}; if AWS has raised it, state it (quotas.rulesPerEventBus), else filter in handlers`,
			);
		for (const { rule, topic } of addFeeds(
			this,
			system,
			all.filter(({ isFiltered }) => !isFiltered),
		)) {
			rule.node.addDependency(hub.eventBus, delivery);
			// A topic gets its key when the role may use it.
			if (required.encryptionKey)
				topic.node.addDependency(required.encryptionKey, delivery);
		}
		new SchemaRegistry(this, "Registry", {
			registryName: registryName(system),
			description: `Event types of ${system.name}`,
			readers: [accounts.producer.id, accounts.consumer.id],
		});
		this.addLossAlarm(busName, required);
		expectToFit(this, "use several systems, each with its bus");
	}

	/** The bus has no metric of its own, so that a query adds those of its rules. */
	private addLossAlarm(
		busName: string,
		{ alarmAction }: AccountRequirements,
	): void {
		addAlarm(this, "Lost", {
			alarmName: `${busName}-lost`,
			alarmDescription: `A rule of ${busName} could neither deliver an event nor send it to its dead-letter queue: the event is lost. Compare the policy of that queue, and of its key, with the system.`,
			metric: new MathExpression({
				expression: `SELECT SUM(InvocationsFailedToBeSentToDlq) FROM SCHEMA("AWS/Events", EventBusName, RuleName) WHERE EventBusName = '${busName}'`,
				label: "lost events",
				period: Duration.minutes(5),
			}),
			...(alarmAction ? { alarmAction } : {}),
		});
	}
}
