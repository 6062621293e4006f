import { AwsError } from "../../aws-error.ts";
import type { Cloud } from "../../cloud.ts";
import type { Caller } from "../../credentials.ts";
import type { AwsRequest } from "../../service.ts";
import {
	addRegistry,
	type LocalRegistry,
	type Registries,
	type RegistrySchema,
} from "./registry.ts";

/** The registry's REST API: https://docs.aws.amazon.com/eventbridge/latest/schema-reference/ */
export function callRegistry(
	request: AwsRequest,
	registries: Registries,
	cloud: Cloud,
): object {
	const { caller, region } = request;
	const [, registryName = "", , schemaName] =
		/^\/v1\/registries\/name\/([^/]+)(\/schemas(?:\/name\/([^/]+))?)?$/.exec(
			request.path,
		) ?? [];
	if (registryName === "")
		throw new AwsError(
			404,
			"NotFoundException",
			`${request.method} ${request.path} is not run here`,
		);
	const name = decodeURIComponent(registryName);
	const registry = [...registries.values()].find(
		(candidate) => candidate.name === name && mayMean(candidate, caller),
	);
	if (request.path.includes("/schemas") && schemaName !== undefined) {
		if (!registry)
			throw new AwsError(
				404,
				"NotFoundException",
				`Registry with name ${name} does not exist.`,
			);
		return callSchema(
			request,
			registry,
			decodeURIComponent(schemaName),
			caller,
			cloud,
		);
	}
	if (request.path.endsWith("/schemas") && request.method === "GET") {
		if (!registry)
			throw new AwsError(
				404,
				"NotFoundException",
				`Registry with name ${name} does not exist.`,
			);
		permit(caller, "schemas:ListSchemas", registry, undefined, cloud);
		return listSchemas(registry, request.query);
	}
	switch (request.method) {
		case "GET":
			if (!registry)
				throw new AwsError(
					404,
					"NotFoundException",
					`Registry with name ${name} does not exist.`,
				);
			permit(caller, "schemas:DescribeRegistry", registry, undefined, cloud);
			return {
				RegistryName: name,
				RegistryArn: registry.arn,
				Description: registry.description,
			};
		case "POST": {
			if (registry)
				throw new AwsError(
					409,
					"ConflictException",
					`Registry with name ${name} already exists.`,
				);
			const account =
				accountOf(caller) ??
				[...registries.values()][0]?.account ??
				"000000000000";
			const created = addRegistry(
				name,
				String(request.input.Description ?? ""),
				{ account, region },
				registries,
			);
			return { RegistryName: name, RegistryArn: created.arn };
		}
		default:
			throw new AwsError(
				403,
				"ForbiddenException",
				`${request.method} of a registry is not run here`,
			);
	}
}

function callSchema(
	request: AwsRequest,
	registry: LocalRegistry,
	schemaName: string,
	caller: Caller | undefined,
	cloud: Cloud,
): object {
	const schema = registry.schemas.get(schemaName);
	const missing = () =>
		new AwsError(
			404,
			"NotFoundException",
			`Schema with name ${schemaName} does not exist.`,
		);
	switch (request.method) {
		case "GET": {
			permit(caller, "schemas:DescribeSchema", registry, schemaName, cloud);
			if (!schema) throw missing();
			const version = Number(
				request.query.get("schemaVersion") ?? schema.versions.length,
			);
			const content = schema.versions[version - 1];
			if (content === undefined) throw missing();
			return {
				...outline(registry, schemaName, schema),
				SchemaVersion: String(version),
				Content: content,
			};
		}
		case "POST": {
			permit(caller, "schemas:CreateSchema", registry, schemaName, cloud);
			if (schema)
				throw new AwsError(
					409,
					"ConflictException",
					`Schema with name ${schemaName} already exists.`,
				);
			const { Content, Type, Description } = request.input;
			checkContent(schemaName, Content, Type);
			const created: RegistrySchema = {
				type: String(Type),
				description: String(Description ?? ""),
				versions: [String(Content)],
			};
			registry.schemas.set(schemaName, created);
			return { ...outline(registry, schemaName, created), SchemaVersion: "1" };
		}
		case "PUT": {
			permit(caller, "schemas:UpdateSchema", registry, schemaName, cloud);
			if (!schema) throw missing();
			const {
				Content,
				Type = schema.type,
				Description = schema.description,
			} = request.input;
			checkContent(schemaName, Content, Type);
			if (Content === schema.versions.at(-1))
				throw new AwsError(
					304,
					"NotModifiedException",
					"the content is unchanged",
				);
			const updated: RegistrySchema = {
				type: String(Type),
				description: String(Description),
				versions: [...schema.versions, String(Content)],
			};
			registry.schemas.set(schemaName, updated);
			return {
				...outline(registry, schemaName, updated),
				SchemaVersion: String(updated.versions.length),
			};
		}
		default:
			throw new AwsError(
				403,
				"ForbiddenException",
				`${request.method} of a schema is not run here`,
			);
	}
}

function outline(
	registry: LocalRegistry,
	schemaName: string,
	{ type, description }: RegistrySchema,
) {
	return {
		SchemaName: schemaName,
		SchemaArn: `arn:aws:schemas:${registry.region}:${registry.account}:schema/${registry.name}/${schemaName}`,
		Type: type,
		Description: description,
	};
}

const pageSize = 100;

function listSchemas(registry: LocalRegistry, query: URLSearchParams): object {
	const prefix = query.get("schemaNamePrefix") ?? "";
	const names = [...registry.schemas.keys()]
		.filter((name) => name.startsWith(prefix))
		.sort();
	const limit = Number(query.get("limit") ?? pageSize);
	const start = Number(query.get("nextToken") ?? 0);
	const page = names.slice(start, start + limit);
	return {
		Schemas: page.map((name) => ({
			SchemaName: name,
			SchemaArn: `arn:aws:schemas:${registry.region}:${registry.account}:schema/${registry.name}/${name}`,
			VersionCount: registry.schemas.get(name)?.versions.length,
		})),
		...(start + limit < names.length
			? { NextToken: String(start + limit) }
			: {}),
	};
}

function checkContent(
	schemaName: string,
	content: unknown,
	type: unknown,
): void {
	if (!/^[A-Za-z0-9._@-]{1,385}$/.test(schemaName))
		throw new AwsError(
			400,
			"BadRequestException",
			`The schema name ${schemaName} is not valid.`,
		);
	if (
		typeof content !== "string" ||
		content.length < 1 ||
		content.length > 100_000
	)
		throw new AwsError(
			400,
			"BadRequestException",
			"Content must have 1 to 100,000 characters.",
		);
	if (type !== "OpenApi3" && type !== "JSONSchemaDraft4")
		throw new AwsError(
			400,
			"BadRequestException",
			`Type must be OpenApi3 or JSONSchemaDraft4, got ${type}.`,
		);
}

const accountOf = (caller: Caller | undefined) =>
	caller && caller.principal.kind !== "service"
		? caller.principal.account
		: undefined;

/** The API names no account: a call means its own, and one from outside the stacks whichever has the registry. */
function mayMean(registry: LocalRegistry, caller: Caller | undefined): boolean {
	const account = accountOf(caller);
	return account === undefined || account === registry.account;
}

function permit(
	caller: Caller | undefined,
	action: string,
	registry: LocalRegistry,
	schemaName: string | undefined,
	cloud: Cloud,
): void {
	if (!caller) return;
	const resource =
		schemaName === undefined
			? registry.arn
			: `${registry.arn.replace(":registry/", ":schema/")}/${schemaName}`;
	const decision = cloud.decide(caller.principal, action, resource);
	if (!decision.allowed)
		throw new AwsError(403, "ForbiddenException", decision.reason);
}
