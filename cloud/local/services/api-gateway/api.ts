import type { Cloud } from "../../cloud.ts";
import type { Service } from "../../service.ts";
import type { Functions } from "../lambda/functions.ts";

export interface ApiMethod {
	/** Such as GET, or ANY. */
	readonly verb: string;
	/** With parameters in braces; `$default` is any path. */
	readonly path: string;
	readonly integration: Integration;
	/** Checks of the body, by content type. */
	readonly models: ReadonlyMap<string, (body: unknown) => readonly string[]>;
}

/** What handles a request. */
export type Integration =
	| {
			readonly kind: "function";
			readonly arn: string;
			/** The version of the event's format. */
			readonly payload: "1.0" | "2.0";
	  }
	/** A call of an AWS service. */
	| {
			readonly kind: "service";
			readonly service: string;
			/** Such as PutEvents; a template or a header may say it instead. */
			readonly operation: string | undefined;
			/** ARN of the role that calls. */
			readonly role: string | undefined;
			readonly request: ServiceRequest;
			readonly responses: readonly IntegrationResponse[];
	  }
	| {
			readonly kind: "mock";
			readonly templates: Readonly<Record<string, string>>;
			readonly responses: readonly IntegrationResponse[];
	  }
	| { readonly kind: "not simulated"; readonly what: string };

/** How a request becomes the service's input. */
export type ServiceRequest =
	/** An account and a queue, of an SQS path; templates by content type; parameters by their place. */
	| {
			readonly kind: "template";
			readonly path: string | undefined;
			readonly templates: Readonly<Record<string, string>>;
			readonly parameters: Readonly<Record<string, string>>;
	  }
	/** Expressions by the input's property, of an HTTP API. */
	| {
			readonly kind: "mapping";
			readonly values: Readonly<Record<string, string>>;
	  };

export interface IntegrationResponse {
	readonly status: number;
	readonly pattern: string | undefined;
	readonly templates: Readonly<Record<string, string>>;
	/** Headers with constant values. */
	readonly headers: Readonly<Record<string, string>>;
}

export interface LocalApiState {
	readonly kind: "rest" | "http";
	readonly id: string;
	readonly name: string;
	readonly account: string;
	readonly region: string;
	/** A REST API's resources, by id: the parent's id and the last part of the path. The root has no parent. */
	readonly resources: Map<
		string,
		{ readonly parentId?: string; readonly part: string }
	>;
	readonly models: Map<string, object>;
	readonly bodyValidators: Set<string>;
	readonly methods: ApiMethod[];
	readonly gatewayResponses: Map<string, { status: number; template: string }>;
	readonly stages: string[];
	/** Set once the server listens. */
	address?: string;
}

/** A deployed stage. */
export interface LocalApi {
	readonly name: string;
	readonly account: string;
	readonly url: string;
	/** Such as `GET /content/{contentId}`. */
	readonly routes: readonly string[];
}

export interface ApiTables {
	/** By id. */
	readonly states: Map<string, LocalApiState>;
	readonly apis: LocalApi[];
}

export interface Gateway extends ApiTables {
	readonly cloud: Cloud;
	readonly functions: Functions;
	/** Services that an integration may call. */
	readonly services: readonly Service[];
}

export const newState = (
	facts: Pick<LocalApiState, "kind" | "id" | "name" | "account" | "region">,
): LocalApiState => ({
	...facts,
	resources: new Map([[`${facts.id}-root`, { part: "" }]]),
	models: new Map(),
	bodyValidators: new Set(),
	methods: [],
	gatewayResponses: new Map(),
	stages: [],
});
