import { Duration, Validations } from "aws-cdk-lib";
import type { IAlarmAction } from "aws-cdk-lib/aws-cloudwatch";
import {
	Alarm,
	ComparisonOperator,
	TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

export interface DeadLetterQueueProps {
	readonly queueName: string;
	/** Notified when a message arrives. @default none; the alarm is visible in CloudWatch */
	readonly alarmAction?: IAlarmAction;
}

/** A dead-letter queue that retains messages for 14 days, with an alarm that fires on the first message. */
export class DeadLetterQueue extends Construct {
	readonly queue: Queue;
	readonly alarm: Alarm;

	constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
		super(scope, id);
		this.queue = new Queue(this, "Queue", {
			queueName: props.queueName,
			retentionPeriod: Duration.days(14),
			encryption: QueueEncryption.SQS_MANAGED,
			enforceSSL: true,
		});
		Validations.of(this.queue).acknowledge({
			id: "AwsSolutions::AwsSolutions-SQS3",
			reason: "It is where dead letters end; its own alarm watches it.",
		});
		this.alarm = new Alarm(this, "Alarm", {
			alarmName: `${props.queueName}-not-empty`,
			alarmDescription: `${props.queueName} holds messages that could not be delivered or handled.`,
			metric: this.queue.metricApproximateNumberOfMessagesVisible({
				period: Duration.minutes(1),
				statistic: "Maximum",
			}),
			threshold: 0,
			comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
			evaluationPeriods: 1,
			treatMissingData: TreatMissingData.NOT_BREACHING,
		});
		if (props.alarmAction) this.alarm.addAlarmAction(props.alarmAction);
	}
}
