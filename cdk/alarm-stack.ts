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
		// Quotes ask for a whole value: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
		const ofRules = (metric: string) =>
			`SEARCH('{AWS/Events,EventBusName,RuleName} MetricName="${metric}" EventBusName="${bus}"', 'Sum')`;
		const ofTopics = (metric: string) =>
			`SEARCH('{AWS/SNS,TopicName} MetricName="${metric}" TopicName=${system.name}', 'Sum')`;
		new Dashboard(this, "Dashboard", {
			dashboardName: `${system.name}-events-${system.region}`,
		}).addWidgets(
			graph("Events by rule", ofRules("MatchedEvents")),
			graph("Failed invocations by rule", ofRules("FailedInvocations")),
			graph("Deliveries by topic", ofTopics("NumberOfNotificationsDelivered")),
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
