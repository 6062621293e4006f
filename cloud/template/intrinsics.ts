// CloudFormation's intrinsic functions: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
import { isObject } from "../../runtime/json.ts";
import type { StackTemplate } from "./stack-template.ts";

/** Resolves references to resources and to other stacks' exports. */
export interface Surroundings {
	readonly ref: (logicalId: string) => string;
	readonly attribute: (logicalId: string, name: string) => string;
	readonly importValue: (exportName: string) => unknown;
}

/** Resolves all intrinsic functions in a template value. Throws an `Error` that names an intrinsic it cannot resolve. */
export function resolveIntrinsics(
	value: unknown,
	stack: StackTemplate,
	surroundings: Surroundings,
): unknown {
	const resolve = (inner: unknown): unknown => {
		if (Array.isArray(inner))
			return inner.map(resolve).filter((item) => item !== noValue);
		if (!isObject(inner)) return inner;
		const [key, ...others] = Object.keys(inner);
		if (key !== undefined && others.length === 0) {
			const argument = inner[key];
			if (key === "Ref") return ref(String(argument), context);
			if (key === "Condition" && typeof argument === "string")
				return condition(argument, context);
			if (key.startsWith("Fn::")) return call(key, argument, context);
		}
		return Object.fromEntries(
			Object.entries(inner)
				.map(([name, item]): [string, unknown] => [name, resolve(item)])
				.filter(([, item]) => item !== noValue),
		);
	};
	const context: Context = {
		stack,
		surroundings,
		resolve,
		text: (inner) => String(resolve(inner)),
	};
	return resolve(value);
}

interface Context {
	readonly stack: StackTemplate;
	readonly surroundings: Surroundings;
	readonly resolve: (value: unknown) => unknown;
	readonly text: (value: unknown) => string;
}

function call(key: string, argument: unknown, context: Context): unknown {
	if (!Object.hasOwn(functions, key))
		throw new Error(`${context.stack.name}: ${key} is not supported`);
	const parts = Array.isArray(argument) ? argument : [argument];
	return functions[key]?.(parts, context);
}

/** The supported intrinsic functions. */
const functions: Readonly<
	Record<string, (parts: readonly unknown[], context: Context) => unknown>
> = {
	"Fn::GetAtt": ([logicalId, ...path], { surroundings, text }) =>
		surroundings.attribute(String(logicalId), path.map(text).join(".")),
	"Fn::Join": ([delimiter, items], { resolve, text }) =>
		(resolve(items) as unknown[]).map(String).join(text(delimiter)),
	"Fn::Sub": ([template, variables], context) =>
		substituted(String(template), variables, context),
	"Fn::Select": ([index, items], context) =>
		present(
			(context.resolve(items) as unknown[])[Number(context.resolve(index))],
			"Fn::Select: no element",
			index,
			context,
		),
	"Fn::Split": ([delimiter, whole], { text }) =>
		text(whole).split(text(delimiter)),
	"Fn::ImportValue": ([name], { surroundings, text }) =>
		surroundings.importValue(text(name)),
	"Fn::FindInMap": ([map, first, second, options], context) => {
		const path = [map, first, second];
		const found = path
			.map(context.text)
			.reduce<unknown>(
				(inner, name) => (inner as Record<string, unknown> | undefined)?.[name],
				context.stack.template.Mappings,
			);
		return present(
			found ??
				(isObject(options) ? context.resolve(options.DefaultValue) : undefined),
			"Fn::FindInMap: no entry",
			path,
			context,
		);
	},
	"Fn::GetAZs": (_, { stack }) =>
		["a", "b", "c"].map((zone) => `${stack.region}${zone}`),
	"Fn::Base64": ([value], { text }) =>
		Buffer.from(text(value)).toString("base64"),
	"Fn::ToJsonString": ([value], { resolve }) => JSON.stringify(resolve(value)),
	"Fn::If": ([name, then, otherwise], context) =>
		context.resolve(condition(String(name), context) ? then : otherwise),
	"Fn::Equals": ([left, right], { text }) => text(left) === text(right),
	"Fn::And": (parts, { resolve }) =>
		parts.every((part) => resolve(part) === true),
	"Fn::Or": (parts, { resolve }) =>
		parts.some((part) => resolve(part) === true),
	"Fn::Not": ([part], { resolve }) => resolve(part) !== true,
};

function ref(name: string, { stack, surroundings }: Context): unknown {
	const pseudo = pseudoParameter(name, stack);
	if (pseudo !== undefined) return pseudo;
	const { Parameters = {} } = stack.template;
	const parameter = Object.hasOwn(Parameters, name)
		? Parameters[name]
		: undefined;
	if (!parameter) return surroundings.ref(name);
	const value = parameter.Default ?? "";
	const isList =
		/^(CommaDelimitedList|List<|AWS::SSM::Parameter::Value<List)/.test(
			parameter.Type ?? "",
		);
	return isList
		? String(value)
				.split(",")
				.map((item) => item.trim())
		: value;
}

function condition(name: string, { stack, resolve }: Context): boolean {
	const stated = stack.template.Conditions?.[name];
	if (stated === undefined)
		throw new Error(`${stack.name}: there is no condition ${name}`);
	return resolve(stated) === true;
}

function present(
	value: unknown,
	what: string,
	where: unknown,
	{ stack }: Context,
): unknown {
	if (value === undefined)
		throw new Error(`${stack.name}: ${what} ${JSON.stringify(where)}`);
	return value;
}

function substituted(
	template: string,
	variables: unknown,
	context: Context,
): string {
	const own = isObject(variables) ? variables : {};
	return template.replace(/\$\{([^}]+)\}/g, (_, name: string) => {
		if (name.startsWith("!")) return `\${${name.slice(1)}}`;
		if (Object.hasOwn(own, name)) return context.text(own[name]);
		const dot = name.indexOf(".");
		return dot < 0
			? String(ref(name, context))
			: context.surroundings.attribute(name.slice(0, dot), name.slice(dot + 1));
	});
}

const noValue = Symbol("AWS::NoValue");

function pseudoParameter(name: string, stack: StackTemplate): unknown {
	switch (name) {
		case "AWS::AccountId":
			return stack.account;
		case "AWS::Region":
			return stack.region;
		case "AWS::Partition":
			return "aws";
		case "AWS::URLSuffix":
			return "amazonaws.com";
		case "AWS::StackName":
			return stack.name;
		case "AWS::StackId":
			return `arn:aws:cloudformation:${stack.region}:${stack.account}:stack/${stack.name}/local`;
		case "AWS::NoValue":
			return noValue;
		default:
			return undefined;
	}
}
