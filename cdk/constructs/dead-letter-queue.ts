import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import type { Alarm, IAlarmAction } from "aws-cdk-lib/aws-cloudwatch";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { addAlarm } from "./alarm.ts";

export interface DeadLetterQueueProps {
	readonly queueName: string;
	/** What the alarm's description says of its messages: what they are, and what to do. */
	readonly about: string;
	/** @default SQS's own key */
	readonly encryptionKey?: IKey;
	/** Notified when a message arrives. @default none; the alarm is visible in CloudWatch */
	readonly alarmAction?: IAlarmAction;
}

/** A dead-letter queue that retains messages for 14 days, and outlives its stack. Its alarm fires on the first message. */
export class DeadLetterQueue extends Construct {
	readonly queue: Queue;
	readonly alarm: Alarm;

	constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
		super(scope, id);
		this.queue = new Queue(this, "Queue", {
			queueName: props.queueName,
			retentionPeriod: Duration.days(14),
			...encryptionOf(props.encryptionKey),
			enforceSSL: true,
			// Not after a failed creation, so that the next one finds the name free.
			removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
		});
		Validations.of(this.queue).acknowledge({
			id: "AwsSolutions::AwsSolutions-SQS3",
			reason: "It is where dead letters end; its own alarm watches it.",
		});
		this.alarm = addAlarm(this, "Alarm", {
			alarmName: `${props.queueName}-not-empty`,
			alarmDescription: `${props.queueName} holds ${props.about}`,
			metric: this.queue.metricApproximateNumberOfMessagesVisible({
				period: Duration.minutes(1),
				statistic: "Maximum",
			}),
			...(props.alarmAction ? { alarmAction: props.alarmAction } : {}),
		});
	}
}

/** A queue's encryption, as props of CDK's queue. */
export function encryptionOf(encryptionKey: IKey | undefined): {
	readonly encryption: QueueEncryption;
	readonly encryptionMasterKey?: IKey;
} {
	return encryptionKey
		? {
				encryption: QueueEncryption.KMS,
				encryptionMasterKey: encryptionKey,
			}
		: { encryption: QueueEncryption.SQS_MANAGED };
}
