import type { Resource } from "../template/resource.ts";
import type { Caller } from "./credentials.ts";

/** One AWS service: its resources and its API. */
export interface Service {
	/** As a signature's scope has it, such as sqs. */
	readonly name: string;
	/** By resource type, in the order in which they are created. */
	readonly resources: Readonly<Record<string, ResourceType>>;
	/** Its API behind the one endpoint. */
	readonly call?: (request: AwsRequest) => Promise<AwsResponse>;
}

export interface ResourceType {
	/** Properties that are simulated. */
	readonly simulates: readonly string[];
	/** Properties that change nothing here. Every other property is named at start as not simulated. */
	readonly ignores?: readonly string[];
	readonly create?: (resource: Resource) => void | Promise<void>;
}

export interface AwsRequest {
	/** Of the header x-amz-target; empty for a REST API. */
	readonly operation: string;
	readonly method: string;
	readonly path: string;
	readonly query: URLSearchParams;
	readonly input: Readonly<Record<string, unknown>>;
	readonly region: string;
	readonly accessKeyId: string;
	/** `undefined` for an unknown access key id. */
	readonly caller: Caller | undefined;
}

export interface AwsResponse {
	readonly contentType: string;
	readonly body: object;
}
