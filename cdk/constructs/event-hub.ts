import { EventBus } from "aws-cdk-lib/aws-events";
import { AccountPrincipal, Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

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

/** An event bus (AWS's "Custom Event Bus – Classic") on which each publisher may put only its event types. */
export class EventHub extends Construct {
	readonly eventBus: EventBus;

	constructor(scope: Construct, id: string, props: EventHubProps) {
		super(scope, id);
		this.eventBus = new EventBus(this, "Bus", {
			eventBusName: props.eventBusName,
		});
	}

	/** Lets a role of another account publish. A condition names the role, because a principal must exist and a condition value need not. */
	allowPublisher(publisher: EventHubPublisher): void {
		if (publisher.publishes.length === 0)
			throw new Error(
				`allowPublisher: publishes is empty for ${publisher.sid}; list the event types that it may publish`,
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
			}),
		);
	}
}
