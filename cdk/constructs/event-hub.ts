import { type Duration, Lazy, Stack } from "aws-cdk-lib";
import {
	CfnArchive,
	type CfnEventBus,
	CfnEventBusPolicy,
	EventBus,
} from "aws-cdk-lib/aws-events";
import { AccountPrincipal, Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { SystemError } from "../system/definition.ts";
import { nameMax, resourceName } from "../system/names.ts";
import { allowBus } from "./key-statements.ts";
import { type PublishedType, publishConditions } from "./publish-conditions.ts";

export interface EventHubProps {
	readonly eventBusName: string;
	/** Quota of the bus's policy, if AWS has raised it. @default 10240 */
	readonly policyCharactersMax?: number;
	/**
	 * By role, the bus takes from each publisher its event types only. By account, it takes from each those of all publishers of the
	 * account: the policy is smaller, and the roles' own policies have to tell them apart. @default role
	 */
	readonly statementPer?: "role" | "account";
	/** How long the bus archives its events. @default it has no archive */
	readonly archiveRetention?: Duration;
	/** @default EventBridge's own key */
	readonly encryptionKey?: IKey;
	/** Keeps events that the bus cannot decrypt; its policy must allow the bus to send. @default none */
	readonly deadLetterQueue?: IQueue;
}

export interface EventHubPublisher {
	/** Part of the statement id: letters, digits, `-` and `_`. */
	readonly name: string;
	readonly account: string;
	/** The publishing role. It need not exist yet. */
	readonly roleArn: string;
	/** The only event types that it may publish. */
	readonly publishes: readonly PublishedType[];
	/** Id of the AWS organization that the account must belong to. */
	readonly organizationId?: string;
}

/** Characters of a bus policy: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const policyCharactersDefault = 10_240;

/** An event bus (AWS's "Custom Event Bus – Classic") on which each publisher may put only its event types. */
export class EventHub extends Construct {
	readonly eventBus: EventBus;
	private readonly publishers: EventHubPublisher[] = [];
	private readonly eventBusArn: string;
	private readonly policyCharactersMax: number;
	private readonly statementPer: "role" | "account";

	constructor(scope: Construct, id: string, props: EventHubProps) {
		super(scope, id);
		const stack = Stack.of(this);
		this.policyCharactersMax =
			props.policyCharactersMax ?? policyCharactersDefault;
		this.statementPer = props.statementPer ?? "role";
		this.eventBusArn = stack.formatArn({
			service: "events",
			resource: "event-bus",
			resourceName: props.eventBusName,
		});
		// A bus with another name is another bus, so that both can be there while publishers change.
		this.eventBus = new EventBus(this, `Bus-${props.eventBusName}`, {
			eventBusName: props.eventBusName,
			...(props.deadLetterQueue
				? { deadLetterQueue: props.deadLetterQueue }
				: {}),
		});
		const bus = this.eventBus.node.defaultChild as CfnEventBus;
		// Not the construct's `kmsKey`: its statement asks for an encryption context where there is none, in DescribeKey.
		if (props.encryptionKey) bus.kmsKeyIdentifier = props.encryptionKey.keyArn;
		const archiveName = resourceName(nameMax.archive, props.eventBusName);
		if (props.encryptionKey)
			allowBus(
				props.encryptionKey,
				this.eventBusArn,
				stack.account,
				props.archiveRetention &&
					stack.formatArn({
						service: "events",
						resource: "archive",
						resourceName: archiveName,
					}),
			);
		// The policy is a property of the bus and not a resource per statement: it changes as a whole, so that no publisher is refused
		// in between, and statements can be merged.
		bus.policy = Lazy.any({
			produce: () => (this.publishers.length === 0 ? undefined : this.policy()),
		});
		this.eventBus.node.addValidation({
			validate: () =>
				this.eventBus.node
					.findAll()
					.some((child) => child instanceof CfnEventBusPolicy)
					? [
							`the bus ${props.eventBusName} has a policy of its own, which would overwrite this statement: use allowPublisher`,
						]
					: [],
		});
		if (props.archiveRetention)
			new CfnArchive(this, "Archive", {
				archiveName,
				sourceArn: this.eventBus.eventBusArn,
				description: `Events of ${props.eventBusName}`,
				retentionDays: props.archiveRetention.toDays(),
				...(props.encryptionKey
					? { kmsKeyIdentifier: props.encryptionKey.keyArn }
					: {}),
			});
	}

	/**
	 * Lets a role of another account publish. A condition names the role, because a principal must exist and a condition value
	 * need not. Throws a `SystemError` if the bus's policy would exceed its quota.
	 */
	allowPublisher(publisher: EventHubPublisher): void {
		if (publisher.publishes.length === 0)
			throw new Error(
				`allowPublisher: publishes is empty for ${publisher.name}; list the event types that it may publish`,
			);
		this.publishers.push(publisher);
		// The bus's ARN may have tokens, of some characters more or less than what they stand for.
		const characters = JSON.stringify(this.policy()).length;
		if (characters > this.policyCharactersMax)
			throw new SystemError(
				`the policy of the bus would have some ${characters} characters with ${publisher.name}, the quota is ${this.policyCharactersMax}; ask AWS for more and state it (quotas.eventBusPolicyCharacters), or let the bus trust the policies of the publishing roles (busPolicyPer: "account")`,
			);
	}

	/** One statement for all publishers of an account, or for those of them that may publish the same. */
	private policy(): object {
		const groups = Map.groupBy(
			this.publishers.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
			({ account, organizationId, publishes }) =>
				JSON.stringify([
					account,
					organizationId,
					this.statementPer === "account" || publishConditions(publishes),
				]),
		);
		return {
			Version: "2012-10-17",
			Statement: [...groups.values()].map((group) => this.statement(group)),
		};
	}

	private statement(group: readonly EventHubPublisher[]): object {
		const [{ account, organizationId }] = group as [EventHubPublisher];
		return new PolicyStatement({
			sid: resourceName(
				nameMax.statement,
				"Allow",
				...group.map(({ name }) => name),
			),
			effect: Effect.ALLOW,
			principals: [new AccountPrincipal(account)],
			actions: ["events:PutEvents"],
			resources: [this.eventBusArn],
			conditions: {
				ArnEquals: {
					"aws:PrincipalArn": group.map(({ roleArn }) => roleArn).sort(),
				},
				...publishConditions(group.flatMap(({ publishes }) => publishes)),
				...(organizationId
					? { StringEquals: { "aws:PrincipalOrgID": organizationId } }
					: {}),
			},
		}).toStatementJson() as object;
	}
}
