// Loops: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
import { isObject } from "../../runtime/json.ts";
import { loopPrefix, shown } from "./check-template.ts";
import { at, TemplateError } from "./place.ts";

interface Around {
	readonly file: string;
	/** The template's own. */
	readonly Parameters: Readonly<Record<string, unknown>>;
	/** Values by name. */
	readonly parameters: Readonly<Record<string, string>>;
}

/** Returns a template with every loop replaced by what it makes. A loop over a list that is not known stays. */
export function expandLoops(
	template: unknown,
	file: string,
	parameters: Readonly<Record<string, string>>,
): unknown {
	const Parameters =
		isObject(template) && isObject(template.Parameters)
			? template.Parameters
			: {};
	return at(file, () => expand(template, { file, Parameters, parameters }));
}

function expand(value: unknown, around: Around): unknown {
	if (Array.isArray(value)) return value.map((item) => expand(item, around));
	if (!isObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value).flatMap(([key, inner]) =>
			key.startsWith(loopPrefix)
				? loopEntries(key, inner, around)
				: [[key, expand(inner, around)] as const],
		),
	);
}

function loopEntries(
	key: string,
	loop: unknown,
	around: Around,
): readonly (readonly [string, unknown])[] {
	const [name, list, body, ...others] = Array.isArray(loop) ? loop : [];
	if (typeof name !== "string" || !isObject(body) || others.length > 0)
		throw new TemplateError(
			`${around.file}: ${key} must be [identifier, list, {key: value}], got ${shown(loop)}`,
		);
	const items = itemsOf(list, around);
	if (items === undefined) return [[key, loop]];
	return items.flatMap((item) =>
		Object.entries(
			expand(substituted(body, name, item), around) as Record<string, unknown>,
		),
	);
}

/** The items of a list, or of a parameter that is one. */
function itemsOf(
	list: unknown,
	{ Parameters, parameters }: Around,
): readonly string[] | undefined {
	if (Array.isArray(list))
		return list.every((item) => typeof item !== "object")
			? list.map(String)
			: undefined;
	const name = isObject(list) ? list.Ref : undefined;
	if (typeof name !== "string" || !Object.hasOwn(Parameters, name))
		return undefined;
	const parameter = Parameters[name];
	const stated = Object.hasOwn(parameters, name)
		? parameters[name]
		: isObject(parameter)
			? parameter.Default
			: undefined;
	return typeof stated === "string"
		? stated.split(",").map((item) => item.trim())
		: undefined;
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
