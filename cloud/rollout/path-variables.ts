// API Gateway takes one name for a variable path part, so that a renamed one can neither be updated nor made beside the old one:
// https://github.com/aws/aws-cdk/issues/25172
import { isObject } from "../../runtime/json.ts";
import type { Template, TemplateResource } from "../template/stack-template.ts";

const resourceType = "AWS::ApiGateway::Resource";

/**
 * The deployed template without the paths whose variables get other names, or undefined if there are none. The stage goes on
 * to serve them: it serves what its last deployment has.
 */
export function withoutRenamedPaths(
	deployed: Template,
	wanted: Template,
): Template | undefined {
	const before = Object.entries(deployed.Resources);
	const gone = new Set(
		before
			.filter(
				([id, { Type, Properties = {} }]) =>
					Type === resourceType &&
					isVariable(Properties.PathPart) &&
					siblingsOf(Properties, wanted).some(
						([other, part]) => other !== id || part !== Properties.PathPart,
					),
			)
			.map(([id]) => id),
	);
	if (gone.size === 0) return undefined;
	const below = ([, { Type, Properties = {} }]: [string, TemplateResource]) =>
		(Type === resourceType && gone.has(refOf(Properties.ParentId))) ||
		(Type === "AWS::ApiGateway::Method" &&
			gone.has(refOf(Properties.ResourceId)));
	for (let size = 0; size !== gone.size; ) {
		size = gone.size;
		for (const entry of before) if (below(entry)) gone.add(entry[0]);
	}
	return {
		...deployed,
		Resources: Object.fromEntries(
			before
				.filter(([id]) => !gone.has(id))
				.map(([id, resource]) => [id, withoutDependence(resource, gone)]),
		),
	};
}

/** The variables that the wanted template has in the place of a deployed one. */
function siblingsOf(
	{ ParentId, RestApiId }: Readonly<Record<string, unknown>>,
	{ Resources }: Template,
): readonly (readonly [string, unknown])[] {
	const place = JSON.stringify([ParentId, RestApiId]);
	return Object.entries(Resources)
		.filter(
			([, { Type, Properties = {} }]) =>
				Type === resourceType &&
				isVariable(Properties.PathPart) &&
				JSON.stringify([Properties.ParentId, Properties.RestApiId]) === place,
		)
		.map(([id, { Properties = {} }]) => [id, Properties.PathPart]);
}

const isVariable = (part: unknown): boolean =>
	typeof part === "string" && part.startsWith("{");

function refOf(value: unknown): string {
	return isObject(value) && typeof value.Ref === "string" ? value.Ref : "";
}

function withoutDependence(
	resource: TemplateResource & { readonly DependsOn?: string | string[] },
	gone: ReadonlySet<string>,
): TemplateResource {
	const { DependsOn, ...rest } = resource;
	const left = [DependsOn ?? []].flat().filter((id) => !gone.has(id));
	return left.length === 0
		? rest
		: ({ ...rest, DependsOn: left } as TemplateResource);
}
