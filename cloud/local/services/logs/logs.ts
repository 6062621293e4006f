import { logsPolicyOf } from "../../../template/resource-policies.ts";
import type { Cloud } from "../../cloud.ts";
import type { Service } from "../../service.ts";

/** Log groups as targets of rules: the event is shown. Functions' logs are hops of their own. */
export const logsService = (cloud: Cloud): Service => ({
	name: "logs",
	resources: {
		"AWS::Logs::LogGroup": {
			simulates: ["LogGroupName"],
			ignores: [
				"RetentionInDays",
				"Tags",
				"KmsKeyId",
				"LogGroupClass",
				"DataProtectionPolicy",
			],
			create: ({ ref: name, attributes, stack }) => {
				const arn = attributes.Arn as string;
				for (const written of [arn, arn.replace(/:\*$/, "")])
					cloud.receivers.set(written, {
						// Policies of CloudWatch Logs belong to the account and may be in no template.
						action: undefined,
						label: `log group ${name}`,
						receive: async ({ body }, after) => {
							const allowed = [
								"events.amazonaws.com",
								"delivery.logs.amazonaws.com",
							].some(
								(service) =>
									cloud.decide(
										{ kind: "service", service },
										"logs:PutLogEvents",
										logsPolicyOf(stack),
									).allowed,
							);
							cloud.tracer.hop(after, {
								account: stack.account,
								resource: `log group ${name}`,
								outcome: "ok",
								what: `${body}${allowed ? "" : " (no AWS::Logs::ResourcePolicy of these stacks lets EventBridge write it: the account must have one)"}`,
							});
						},
					});
			},
		},
	},
});
