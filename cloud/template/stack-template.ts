/** A CloudFormation template and its deployment target. */
export interface StackTemplate {
	readonly name: string;
	readonly account: string;
	readonly region: string;
	readonly template: Template;
	/** Local paths of assets, by `S3Key`. */
	readonly assets: ReadonlyMap<string, string>;
}

export interface Template {
	readonly Parameters?: Readonly<
		Record<string, { readonly Type?: string; readonly Default?: unknown }>
	>;
	readonly Mappings?: Readonly<Record<string, unknown>>;
	readonly Conditions?: Readonly<Record<string, unknown>>;
	readonly Resources: Readonly<Record<string, TemplateResource>>;
	readonly Outputs?: Readonly<
		Record<
			string,
			{ readonly Value: unknown; readonly Export?: { readonly Name: unknown } }
		>
	>;
}

export interface TemplateResource {
	readonly Type: string;
	readonly Properties?: Readonly<Record<string, unknown>>;
	readonly Condition?: string;
	readonly DeletionPolicy?: string;
}
