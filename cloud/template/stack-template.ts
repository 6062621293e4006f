/** A CloudFormation template and its deployment target. */
export interface StackTemplate {
	readonly name: string;
	readonly account: string;
	readonly region: string;
	readonly template: Template;
	/** Local paths of assets, by `S3Key`. */
	readonly assets: ReadonlyMap<string, string>;
	/** The template's file, as errors name it. Default: the stack's name. */
	readonly file?: string;
	/** The folder that local code, such as SAM's `CodeUri`, is relative to. */
	readonly folder?: string;
	/** Values of parameters, by name. */
	readonly parameters?: Readonly<Record<string, string>>;
	/** What is assumed for what the template leaves open, or not read of it: each a phrase. */
	readonly notes?: readonly string[];
}

export interface Template {
	/** Keys of `Resources` that a macro, or a loop over an unknown list, would replace with resources. */
	readonly unevaluated?: readonly string[];
	readonly Transform?: unknown;
	readonly Parameters?: Readonly<Record<string, Parameter>>;
	readonly Mappings?: Readonly<Record<string, unknown>>;
	readonly Conditions?: Readonly<Record<string, unknown>>;
	readonly Resources: Readonly<Record<string, TemplateResource>>;
	readonly Outputs?: Readonly<
		Record<
			string,
			{
				readonly Value: unknown;
				readonly Export?: { readonly Name: unknown };
				readonly Condition?: string;
			}
		>
	>;
}

export interface Parameter {
	readonly Type?: string;
	readonly Default?: unknown;
	readonly AllowedValues?: readonly unknown[];
	readonly MinValue?: unknown;
}

export interface TemplateResource {
	readonly Type: string;
	readonly Properties?: Readonly<Record<string, unknown>>;
	readonly Condition?: string;
	readonly DeletionPolicy?: string;
	/** Of SAM. */
	readonly Connectors?: unknown;
}

/** How errors name a stack's template. */
export const fileOf = ({
	file,
	name,
}: Pick<StackTemplate, "file" | "name">): string => file ?? name;
