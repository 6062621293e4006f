import type { ResourceType } from "./cloud.ts";
import { policy, role } from "./iam.ts";
import {
	apiMethod,
	apiModel,
	apiResource,
	deployment,
	gatewayResponse,
	requestValidator,
	restApi,
	stage,
} from "./services/api-gateway/resources.ts";
import { eventBus, eventBusPolicy } from "./services/events/bus.ts";
import { rule } from "./services/events/rule.ts";
import { eventSourceMapping } from "./services/lambda/event-source-mapping.ts";
import { lambdaFunction, permission } from "./services/lambda/function.ts";
import { registryPolicy, schemaRegistry } from "./services/schemas/registry.ts";
import { subscription, topic, topicPolicy } from "./services/sns/topic.ts";
import { queue, queuePolicy } from "./services/sqs/queue.ts";

/** Every resource type that is run, in the order in which they are created, over all stacks. */
export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map([
	["AWS::IAM::Role", role],
	["AWS::IAM::Policy", policy],
	["AWS::IAM::ManagedPolicy", policy],
	["AWS::SQS::Queue", queue],
	["AWS::SQS::QueuePolicy", queuePolicy],
	["AWS::SNS::Topic", topic],
	["AWS::SNS::TopicPolicy", topicPolicy],
	["AWS::SNS::Subscription", subscription],
	["AWS::Events::EventBus", eventBus],
	["AWS::Events::EventBusPolicy", eventBusPolicy],
	["AWS::EventSchemas::Registry", schemaRegistry],
	["AWS::EventSchemas::RegistryPolicy", registryPolicy],
	["AWS::Lambda::Function", lambdaFunction],
	["AWS::Lambda::Permission", permission],
	["AWS::Events::Rule", rule],
	["AWS::Lambda::EventSourceMapping", eventSourceMapping],
	["AWS::ApiGateway::RestApi", restApi],
	["AWS::ApiGateway::Resource", apiResource],
	["AWS::ApiGateway::Model", apiModel],
	["AWS::ApiGateway::RequestValidator", requestValidator],
	["AWS::ApiGateway::GatewayResponse", gatewayResponse],
	["AWS::ApiGateway::Method", apiMethod],
	["AWS::ApiGateway::Deployment", deployment],
	["AWS::ApiGateway::Stage", stage],
]);

/** Types that leave no trace where nothing is billed, logged or watched. */
export const silentTypes: ReadonlySet<string> = new Set(["AWS::CDK::Metadata"]);
