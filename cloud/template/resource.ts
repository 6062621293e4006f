import { fileOf, type StackTemplate } from "./stack-template.ts";

/** A template's resource with resolved properties. */
export interface Resource {
	readonly stack: StackTemplate;
	readonly logicalId: string;
	readonly type: string;
	readonly properties: Readonly<Record<string, unknown>>;
	/** The return value of `Ref`. */
	readonly ref: string;
	/** The return values of `Fn::GetAtt`. */
	readonly attributes: Readonly<Record<string, string>>;
}

/** A resource whose properties are resolved on demand. */
export interface UnresolvedResource {
	readonly stack: StackTemplate;
	readonly logicalId: string;
	/** Returns a resolved property. */
	readonly property: (name: string) => unknown;
	/** The local AWS endpoint, used as the base of queue URLs. */
	readonly endpoint: string;
}

/** How errors and notes name a resource: its file and logical id. */
export const placeOf = ({
	stack,
	logicalId,
}: Pick<Resource, "stack" | "logicalId">): string =>
	`${fileOf(stack)}: ${logicalId}`;
