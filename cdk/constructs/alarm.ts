import {
	Alarm,
	ComparisonOperator,
	type IAlarmAction,
	type IMetric,
	TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";

export interface AlarmSettings {
	readonly alarmName: string;
	/** What has happened, and what to do. */
	readonly alarmDescription: string;
	readonly metric: IMetric;
	/** The alarm fires above it. @default 0 */
	readonly threshold?: number;
	/** @default 1 */
	readonly evaluationPeriods?: number;
	/** @default none; the alarm is visible in CloudWatch */
	readonly alarmAction?: IAlarmAction;
}

/** An alarm that fires above a threshold. Missing data is fine: idle queues and functions report none. */
export function addAlarm(
	scope: Construct,
	id: string,
	{ alarmAction, ...settings }: AlarmSettings,
): Alarm {
	const alarm = new Alarm(scope, id, {
		threshold: 0,
		evaluationPeriods: 1,
		...settings,
		comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
		treatMissingData: TreatMissingData.NOT_BREACHING,
	});
	if (alarmAction) alarm.addAlarmAction(alarmAction);
	return alarm;
}
