// Globals: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
import { isObject } from "../../../runtime/json.ts";
import type { Template } from "../stack-template.ts";
import type { Properties } from "./parts.ts";

/** A resource's properties over those that the template states for all of its type. */
export function withGlobals(
	template: Template,
	type: string,
	properties: Properties,
): Properties {
	const { Globals } = template as { readonly Globals?: unknown };
	const own = isObject(Globals)
		? Globals[type.split("::")[2] ?? ""]
		: undefined;
	return isObject(own) ? (merged(own, properties) as Properties) : properties;
}

/** Objects are merged, lists joined; anything else is replaced. */
function merged(under: unknown, over: unknown): unknown {
	if (Array.isArray(under) && Array.isArray(over)) return [...under, ...over];
	if (!isObject(under) || !isObject(over)) return over;
	return Object.fromEntries([
		...Object.entries(under),
		...Object.entries(over).map(([key, value]) => [
			key,
			Object.hasOwn(under, key) ? merged(under[key], value) : value,
		]),
	]);
}
