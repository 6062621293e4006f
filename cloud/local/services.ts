import type { Cloud } from "./cloud.ts";
import type { Service } from "./service.ts";
import { apiGatewayService } from "./services/api-gateway/api-gateway.ts";
import { eventsService } from "./services/events/events.ts";
import { lambdaService } from "./services/lambda/lambda.ts";
import { logsService } from "./services/logs/logs.ts";
import { schemasService } from "./services/schemas/schemas.ts";
import { snsService } from "./services/sns/sns.ts";
import { sqsService } from "./services/sqs/sqs.ts";

export interface Services {
	/** In the creation order of their resources. */
	readonly all: readonly Service[];
	readonly events: ReturnType<typeof eventsService>;
	readonly topics: ReturnType<typeof snsService>["topics"];
	readonly queues: ReturnType<typeof sqsService>["queues"];
	readonly functions: ReturnType<typeof lambdaService>["functions"];
	readonly apis: ReturnType<typeof apiGatewayService>["apis"];
}

/** Creates every simulated service and passes each the services it depends on. */
export function servicesOf(
	cloud: Cloud,
	accounts: readonly { readonly account: string; readonly region: string }[],
): Services {
	const sqs = sqsService(cloud);
	const sns = snsService(cloud);
	const events = eventsService(cloud, accounts);
	const schemas = schemasService(cloud);
	const logs = logsService(cloud);
	const lambda = lambdaService(cloud, sqs.queues);
	const apiGateway = apiGatewayService(cloud, lambda.functions, [
		events,
		sqs,
		sns,
	]);
	return {
		all: [sqs, sns, events, schemas, logs, lambda, apiGateway],
		events,
		topics: sns.topics,
		queues: sqs.queues,
		functions: lambda.functions,
		apis: apiGateway.apis,
	};
}
