import { EventBus } from "aws-cdk-lib/aws-events";
import { AccountPrincipal, Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct, type IDependable } from "constructs";
import { SystemError } from "../system/definition.ts";

export interface EventHubProps {
	readonly eventBusName: string;
}

export interface EventHubPublisher {
	/** The statement id: letters, digits, `-` and `_`. */
	readonly sid: string;
	readonly account: string;
	/** The publishing role. It need not exist yet. */
	readonly roleArn: string;
	/** The only event types that it may publish. */
	readonly publishes: readonly {
		readonly source: string;
		readonly detailType: string;
	}[];
	/** Id of the AWS organization that the account must belong to. */
	readonly organizationId?: string;
}

/** Characters of a bus policy: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const policyCharactersMax = 10_240;

/** An event bus (AWS's "Custom Event Bus – Classic") on which each publisher may put only its event types. */
export class EventHub extends Construct {
	readonly eventBus: EventBus;
	private policyCharacters = '{"Version":"2012-10-17","Statement":[]}'.length;
	private lastStatement: IDependable | undefined;

	constructor(scope: Construct, id: string, props: EventHubProps) {
		super(scope, id);
		this.eventBus = new EventBus(this, "Bus", {
			eventBusName: props.eventBusName,
		});
	}

	/**
	 * Lets a role of another account publish. A condition names the role, because a principal must exist and a condition value
	 * need not. Throws a `SystemError` if the bus's policy would exceed its quota.
	 */
	allowPublisher(publisher: EventHubPublisher): void {
		if (publisher.publishes.length === 0)
			throw new Error(
				`allowPublisher: publishes is empty for ${publisher.sid}; list the event types that it may publish`,
			);
		const distinct = (values: readonly string[]) => [...new Set(values)].sort();
		const statement = new PolicyStatement({
			sid: publisher.sid,
			effect: Effect.ALLOW,
			principals: [new AccountPrincipal(publisher.account)],
			actions: ["events:PutEvents"],
			resources: [this.eventBus.eventBusArn],
			conditions: {
				ArnEquals: { "aws:PrincipalArn": publisher.roleArn },
				"ForAllValues:StringEquals": {
					"events:source": distinct(
						publisher.publishes.map(({ source }) => source),
					),
					"events:detail-type": distinct(
						publisher.publishes.map(({ detailType }) => detailType),
					),
				},
				// ForAllValues is also true if the key is absent.
				Null: { "events:source": "false", "events:detail-type": "false" },
				...(publisher.organizationId
					? {
							StringEquals: {
								"aws:PrincipalOrgID": publisher.organizationId,
							},
						}
					: {}),
			},
		});
		this.expectToFit(statement, publisher.sid);
		const { policyDependable } = this.eventBus.addToResourcePolicy(statement);
		// Statements are written one by one: PutPermission fails on concurrent changes of one policy.
		if (this.lastStatement)
			(policyDependable as unknown as Construct).node.addDependency(
				this.lastStatement,
			);
		this.lastStatement = policyDependable;
	}

	private expectToFit(statement: PolicyStatement, sid: string): void {
		// The bus's ARN is a token of some 20 characters more or less than itself.
		this.policyCharacters += JSON.stringify(statement.toJSON()).length + 1;
		if (this.policyCharacters > policyCharactersMax)
			throw new SystemError(
				`the policy of the bus would have some ${this.policyCharacters} characters with the statement ${sid}, the quota is ${policyCharactersMax}; use several buses`,
			);
	}
}
