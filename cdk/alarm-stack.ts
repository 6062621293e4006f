import { Duration, Stack } from "aws-cdk-lib";
import {
	Dashboard,
	GraphWidget,
	MathExpression,
	Metric,
} from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import { FeedAlarm } from "./constructs/feed-alarm.ts";
import { expectToFit, requirements, stackProps } from "./stack-requirements.ts";
import type { SystemDefinition } from "./system/definition.ts";
import { eventBusName, feeds, undeliveredName } from "./system/topology.ts";

/** Account B: an alarm per topic, and the dashboard. They are apart from the bus, because a stack has at most 500 resources. */
export class AlarmStack extends Stack {
	constructor(scope: Construct, id: string, system: SystemDefinition) {
		super(scope, id, stackProps(system, "hub"));
		const { alarmAction } = requirements(this, system, "hub");
		for (const { name } of feeds(system))
			new FeedAlarm(this, name, {
				topicName: name,
				...(alarmAction ? { alarmAction } : {}),
			});
		if (system.dashboard) this.addDashboard(system);
		expectToFit(this, "use several systems, each with its bus");
	}

	private addDashboard(system: SystemDefinition): void {
		const period = Duration.minutes(5);
		const bus = eventBusName(system);
		const graph = (title: string, expression: string) =>
			new GraphWidget({
				title,
				width: 12,
				left: [new MathExpression({ expression, period, label: "" })],
			});
		const search = (namespace: string, dimensions: string, metric: string) =>
			`SEARCH('{${namespace},${dimensions}} MetricName="${metric}" "${dimensions.startsWith("Event") ? bus : `${system.name}_`}"', 'Sum')`;
		new Dashboard(this, "Dashboard", {
			dashboardName: `${system.name}-events-${system.region}`,
		}).addWidgets(
			graph(
				"Events by rule",
				search("AWS/Events", "EventBusName,RuleName", "MatchedEvents"),
			),
			graph(
				"Failed invocations by rule",
				search("AWS/Events", "EventBusName,RuleName", "FailedInvocations"),
			),
			graph(
				"Deliveries by topic",
				search("AWS/SNS", "TopicName", "NumberOfNotificationsDelivered"),
			),
			new GraphWidget({
				title: "Undelivered events",
				width: 12,
				left: [
					new Metric({
						namespace: "AWS/SQS",
						metricName: "ApproximateNumberOfMessagesVisible",
						dimensionsMap: { QueueName: undeliveredName(system) },
						statistic: "Maximum",
						period,
					}),
				],
			}),
		);
	}
}
