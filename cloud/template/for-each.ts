// Loops: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
import { isObject } from "../../runtime/json.ts";
import { checkTemplate, shown } from "./check-template.ts";
import { at, TemplateError } from "./place.ts";
import { fileOf, type StackTemplate } from "./stack-template.ts";

const prefix = "Fn::ForEach::";

/** Returns the stack with every loop replaced by what it makes. A loop over a list that is not known stays. */
export function expandLoops(stack: StackTemplate): StackTemplate {
	const { template } = stack;
	const file = fileOf(stack);
	if (!JSON.stringify(template).includes(prefix)) return stack;
	const expanded = at(file, () => expand(template, stack));
	return { ...stack, template: checkTemplate(expanded, file) };
}

function expand(value: unknown, stack: StackTemplate): unknown {
	if (Array.isArray(value)) return value.map((item) => expand(item, stack));
	if (!isObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value).flatMap(([key, inner]) =>
			key.startsWith(prefix)
				? loopEntries(key, inner, stack)
				: [[key, expand(inner, stack)] as const],
		),
	);
}

function loopEntries(
	key: string,
	loop: unknown,
	stack: StackTemplate,
): readonly (readonly [string, unknown])[] {
	const [name, list, body, ...others] = Array.isArray(loop) ? loop : [];
	if (typeof name !== "string" || !isObject(body) || others.length > 0)
		throw new TemplateError(
			`${fileOf(stack)}: ${key} must be [identifier, list, {key: value}], got ${shown(loop)}`,
		);
	const items = itemsOf(list, stack);
	if (items === undefined) return [[key, loop]];
	return items.flatMap((item) =>
		Object.entries(
			expand(substituted(body, name, item), stack) as Record<string, unknown>,
		),
	);
}

/** The items of a list, or of a parameter that is one. */
function itemsOf(
	list: unknown,
	{ template, parameters = {} }: StackTemplate,
): readonly string[] | undefined {
	if (Array.isArray(list))
		return list.every((item) => typeof item !== "object")
			? list.map(String)
			: undefined;
	const { Parameters = {} } = template;
	const name = isObject(list) ? list.Ref : undefined;
	if (typeof name !== "string" || !Object.hasOwn(Parameters, name))
		return undefined;
	const stated = Object.hasOwn(parameters, name)
		? parameters[name]
		: Parameters[name]?.Default;
	return stated === undefined
		? undefined
		: String(stated)
				.split(",")
				.map((item) => item.trim());
}

/** Replaces the identifier in names, in texts and in references. */
function substituted(value: unknown, name: string, item: string): unknown {
	const inText = (text: string) =>
		text
			.replaceAll(`\${${name}}`, item)
			.replaceAll(`&{${name}}`, item.replace(/[^A-Za-z0-9]/g, ""));
	if (typeof value === "string") return inText(value);
	if (Array.isArray(value))
		return value.map((inner) => substituted(inner, name, item));
	if (!isObject(value)) return value;
	if (value.Ref === name) return item;
	return Object.fromEntries(
		Object.entries(value).map(([key, inner]) => [
			inText(key),
			substituted(inner, name, item),
		]),
	);
}
