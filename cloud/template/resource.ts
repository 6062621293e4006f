import type { StackTemplate } from "./stack-template.ts";

/** A template's resource, its properties resolved. */
export interface Resource {
	readonly stack: StackTemplate;
	readonly logicalId: string;
	readonly type: string;
	readonly properties: Readonly<Record<string, unknown>>;
	/** What `Ref` gives. */
	readonly ref: string;
	/** What `Fn::GetAtt` gives. */
	readonly attributes: Readonly<Record<string, string>>;
}

/** A resource before its properties are resolved. */
export interface UnresolvedResource {
	readonly stack: StackTemplate;
	readonly logicalId: string;
	/** Resolves one property. */
	readonly property: (name: string) => unknown;
	/** The local AWS endpoint, which queue URLs begin with. */
	readonly endpoint: string;
}
