import { EventBus } from "aws-cdk-lib/aws-events";
import { AccountPrincipal, Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

export interface EventHubProps {
	readonly eventBusName: string;
}

export interface EventHubPublisher {
	/** The statement's id: letters, digits, `-` and `_`. */
	readonly sid: string;
	readonly account: string;
	/** The role that publishes. It need not exist yet. */
	readonly roleArn: string;
	/** What it may publish, and nothing else. */
	readonly publishes: readonly {
		readonly source: string;
		readonly detailType: string;
	}[];
	/** AWS Organizations' id that the account must belong to. */
	readonly organizationId?: string;
}

/** An event bus (AWS's "Custom Event Bus – Classic") on which each publisher may put its own event types only. */
export class EventHub extends Construct {
	readonly eventBus: EventBus;

	constructor(scope: Construct, id: string, props: EventHubProps) {
		super(scope, id);
		this.eventBus = new EventBus(this, "Bus", {
			eventBusName: props.eventBusName,
		});
	}

	/** Lets a role of another account publish. The account names the role's ARN in a condition, since a principal must exist and a condition need not. */
	allowPublisher(publisher: EventHubPublisher): void {
		if (publisher.publishes.length === 0)
			throw new Error(
				`allowPublisher: publishes is empty for ${publisher.sid}; name the event types that it publishes`,
			);
		const distinct = (values: readonly string[]) => [...new Set(values)].sort();
		this.eventBus.addToResourcePolicy(
			new PolicyStatement({
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
					// ForAllValues alone is true where the key is absent.
					Null: { "events:source": "false", "events:detail-type": "false" },
					...(publisher.organizationId
						? {
								StringEquals: {
									"aws:PrincipalOrgID": publisher.organizationId,
								},
							}
						: {}),
				},
			}),
		);
	}
}
