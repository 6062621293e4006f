import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";

/** The source and detail-type of an event type. */
export interface PublishedType {
	readonly source: string;
	readonly detailType: string;
}

/** Conditions under which every event of a PutEvents request is of one of these event types. */
export function publishConditions(publishes: readonly PublishedType[]): {
	readonly "ForAllValues:StringEquals": {
		readonly "events:source": readonly string[];
		readonly "events:detail-type": readonly string[];
	};
	readonly Null: Readonly<Record<string, "false">>;
} {
	const distinct = (values: readonly string[]) => [...new Set(values)].sort();
	return {
		"ForAllValues:StringEquals": {
			"events:source": distinct(publishes.map(({ source }) => source)),
			"events:detail-type": distinct(
				publishes.map(({ detailType }) => detailType),
			),
		},
		// ForAllValues is also true if the key is absent.
		Null: { "events:source": "false", "events:detail-type": "false" },
	};
}

/** Lets a function's role put events of these types on a bus, and no others. A bus of another account must allow it, too. */
export function grantPublish(
	eventBus: { readonly eventBusArn: string },
	grantee: IGrantable,
	publishes: readonly PublishedType[],
): Grant {
	return Grant.addToPrincipal({
		grantee,
		actions: ["events:PutEvents"],
		resourceArns: [eventBus.eventBusArn],
		conditions: publishConditions(publishes),
	});
}
