// The policy statements of templates, each removable.
import type { StackTemplate } from "../cloud/template/stack-template.ts";
import type { MutableTemplate } from "./reference-system.ts";

export interface Removal {
	readonly stack: string;
	readonly resource: string;
	readonly title: string;
	readonly remove: (template: MutableTemplate) => void;
}

type Statement = { Sid?: string; Effect: string; Action: string | string[] };
type Document = { Statement: Statement[] };
interface Place {
	readonly at: (properties: Record<string, unknown>) => Document;
}

/** Where a resource's properties have policy documents. */
function documentsIn(properties: Record<string, unknown>): readonly Place[] {
	const named = [
		"AssumeRolePolicyDocument",
		"PolicyDocument",
		"Policy",
		"KeyPolicy",
	].filter((name) => properties[name] !== undefined);
	const inline = (properties.Policies ?? []) as object[];
	return [
		...named.map((name) => ({
			at: (of: Record<string, unknown>) => of[name] as Document,
		})),
		...inline.map((_, index) => ({
			at: (of: Record<string, unknown>) =>
				(of.Policies as { PolicyDocument: Document }[])[index]
					?.PolicyDocument as Document,
		})),
	];
}

/** The removal of each Allow statement of the templates' policies. */
export function removals(stacks: readonly StackTemplate[]): readonly Removal[] {
	return stacks.flatMap(({ name: stack, template }) =>
		Object.entries(template.Resources).flatMap(
			([resource, { Type, Properties = {} }]): Removal[] => {
				if (Type === "AWS::Lambda::Permission")
					return [
						{
							stack,
							resource,
							title: `${stack} ${resource}`,
							remove: ({ Resources }) => {
								delete Resources[resource];
							},
						},
					];
				return documentsIn(Properties).flatMap((document) =>
					document
						.at(Properties)
						.Statement.flatMap((statement, index): Removal[] =>
							statement.Effect === "Allow"
								? [
										{
											stack,
											resource,
											title: `${stack} ${resource} ${[statement.Sid ?? []].flat().join("")} ${[statement.Action].flat().join(" ")}`,
											remove: ({ Resources }) => {
												document
													.at(Resources[resource]?.Properties ?? {})
													.Statement.splice(index, 1);
											},
										},
									]
								: [],
						),
				);
			},
		),
	);
}
