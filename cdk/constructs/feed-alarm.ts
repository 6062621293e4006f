import { Duration } from "aws-cdk-lib";
import {
	type IAlarmAction,
	MathExpression,
	Metric,
} from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import { addAlarm } from "./alarm.ts";

export interface FeedAlarmProps {
	readonly topicName: string;
	readonly alarmAction?: IAlarmAction;
}

/** An alarm that fires if a topic receives messages that reach nobody: SNS drops them, and counts that nowhere. */
export class FeedAlarm extends Construct {
	constructor(scope: Construct, id: string, props: FeedAlarmProps) {
		super(scope, id);
		const metric = (metricName: string) =>
			new Metric({
				namespace: "AWS/SNS",
				metricName,
				dimensionsMap: { TopicName: props.topicName },
				statistic: "Sum",
				period: Duration.minutes(5),
			});
		addAlarm(this, "Lost", {
			alarmName: `${props.topicName}-lost`,
			alarmDescription: `${props.topicName} has published messages that no subscription received, or that could be neither delivered nor dead-lettered. Compare its subscriptions with the system: the consumer's stack may have failed, or the policy of its queue may be gone.`,
			metric: new MathExpression({
				expression:
					"IF(FILL(delivered, 0) == 0, FILL(published, 0), 0) + FILL(unkept, 0)",
				usingMetrics: {
					published: metric("NumberOfMessagesPublished"),
					delivered: metric("NumberOfNotificationsDelivered"),
					unkept: metric("NumberOfNotificationsFailedToRedriveToDlq"),
				},
				label: "lost messages",
				period: Duration.minutes(5),
			}),
			...(props.alarmAction ? { alarmAction: props.alarmAction } : {}),
		});
	}
}
