import type { Resource } from "../template/resource.ts";
import type { Caller } from "./credentials.ts";
import type { QueryNames } from "./query-protocol.ts";

/** One AWS service: its resources and its API. */
export interface Service {
	/** The service name in a signature's credential scope, such as sqs. */
	readonly name: string;
	/** By resource type, in creation order. */
	readonly resources: Readonly<Record<string, ResourceType>>;
	/** Handles calls to the service's API. */
	readonly call?: (request: AwsRequest) => Promise<AwsResponse>;
	/** Set if clients may use the query protocol. */
	readonly query?: QueryNames;
}

export interface ResourceType {
	/** Properties that are simulated. */
	readonly simulates: readonly string[];
	/** Properties without effect in the simulation. All others are reported at startup as not simulated. */
	readonly ignores?: readonly string[];
	readonly create?: (resource: Resource) => void | Promise<void>;
}

export interface AwsRequest {
	/** From the x-amz-target header, or the form's Action; empty for a REST API. */
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
