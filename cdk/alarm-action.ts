import type { IAlarmAction } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { SystemDefinition } from "./system/definition.ts";

/** What an account's alarms do: notify its topic, if the system names one. As props of constructs. */
export function alarmProps(
	scope: Construct,
	system: SystemDefinition,
	account: keyof SystemDefinition["accounts"],
): { readonly alarmAction?: IAlarmAction } {
	const { alarmTopicArn } = system.accounts[account];
	return alarmTopicArn === undefined
		? {}
		: {
				alarmAction: new SnsAction(
					Topic.fromTopicArn(scope, "AlarmTopic", alarmTopicArn),
				),
			};
}
