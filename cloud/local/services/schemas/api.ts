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
			`${request.method} ${request.path} is not simulated`,
		);
	const name = decodeURIComponent(registryName);
	const registry = [...registries.values()].find(
		(candidate) => candidate.name === name && mayMean(candidate, caller),
	);
	if (schemaName !== undefined)
		return callSchema(
			request,
			registry ?? missing(`Registry with name ${name}`),
			decodeURIComponent(schemaName),
			cloud,
		);
	if (request.path.endsWith("/schemas") && request.method === "GET") {
		const listed = registry ?? missing(`Registry with name ${name}`);
		permit(caller, "schemas:ListSchemas", listed, undefined, cloud);
		return listSchemas(listed, request.query);
	}
	switch (request.method) {
		case "GET": {
			const described = registry ?? missing(`Registry with name ${name}`);
			permit(caller, "schemas:DescribeRegistry", described, undefined, cloud);
			return {
				RegistryName: name,
				RegistryArn: described.arn,
				Description: described.description,
			};
		}
		case "POST": {
			if (registry) throw conflict(`Registry with name ${name}`);
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
				`${request.method} of a registry is not simulated`,
			);
	}
}

function missing(what: string): never {
	throw new AwsError(404, "NotFoundException", `${what} does not exist.`);
}

const conflict = (what: string) =>
	new AwsError(409, "ConflictException", `${what} already exists.`);

function callSchema(
	request: AwsRequest,
	registry: LocalRegistry,
	schemaName: string,
	cloud: Cloud,
): object {
	const { caller } = request;
	const schema = registry.schemas.get(schemaName);
	const what = `Schema with name ${schemaName}`;
	switch (request.method) {
		case "GET": {
			permit(caller, "schemas:DescribeSchema", registry, schemaName, cloud);
			const { versions } = schema ?? missing(what);
			const version = Number(
				request.query.get("schemaVersion") ?? versions.length,
			);
			return {
				...outline(registry, schemaName, schema ?? missing(what)),
				SchemaVersion: String(version),
				Content: versions[version - 1] ?? missing(what),
			};
		}
		case "POST": {
			permit(caller, "schemas:CreateSchema", registry, schemaName, cloud);
			if (schema) throw conflict(what);
			return putSchema(request, registry, schemaName, {
				type: "",
				description: "",
				versions: [],
			});
		}
		case "PUT": {
			permit(caller, "schemas:UpdateSchema", registry, schemaName, cloud);
			return putSchema(request, registry, schemaName, schema ?? missing(what));
		}
		default:
			throw new AwsError(
				403,
				"ForbiddenException",
				`${request.method} of a schema is not simulated`,
			);
	}
}

/** Adds a version to a new or existing schema. */
function putSchema(
	{ input }: AwsRequest,
	registry: LocalRegistry,
	schemaName: string,
	before: RegistrySchema,
): object {
	const {
		Content,
		Type = before.type,
		Description = before.description,
	} = input;
	checkContent(schemaName, Content, Type);
	if (Content === before.versions.at(-1))
		throw new AwsError(304, "NotModifiedException", "the content is unchanged");
	const schema: RegistrySchema = {
		type: String(Type),
		description: String(Description),
		versions: [...before.versions, String(Content)],
	};
	registry.schemas.set(schemaName, schema);
	return {
		...outline(registry, schemaName, schema),
		SchemaVersion: String(schema.versions.length),
	};
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

/** The API has no account parameter: a known caller means its account's registry, an unknown caller any account's. */
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
