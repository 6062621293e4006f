// CloudFormation's intrinsic functions: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
import { isObject } from "../../runtime/json.ts";
import { shown } from "./check-template.ts";
import type { Parameter, StackTemplate } from "./stack-template.ts";

/** Resolves what other parts of the templates say. */
export interface Surroundings {
	readonly ref: (logicalId: string) => string;
	readonly attribute: (logicalId: string, name: string) => string;
	readonly importValue: (exportName: string) => unknown;
	/** The value of a parameter of the Systems Manager, if a template states it. */
	readonly stored?: (name: string) => unknown;
	/** Reports a value that the templates do not state. Returns the text that is assumed for it. */
	readonly assume: (what: string, text: string) => string;
	/** Like `assume`, for a function that is not evaluated. */
	readonly unevaluated: (name: string) => string;
	/** Whether a text is, or contains, an assumed value. */
	readonly isAssumed: (text: string) => boolean;
}

/** Resolves all intrinsic functions in a template value. An unknown value is assumed; a wrong one throws an `Error`. */
export function resolveIntrinsics(
	value: unknown,
	stack: StackTemplate,
	surroundings: Surroundings,
): unknown {
	const resolve = (inner: unknown): unknown => {
		if (typeof inner === "string") return dynamic(inner, context);
		if (Array.isArray(inner))
			return inner.map(resolve).filter((item) => item !== noValue);
		if (!isObject(inner)) return inner;
		const [key, ...others] = Object.keys(inner);
		if (key !== undefined && others.length === 0) {
			const argument = inner[key];
			if (key === "Ref") return ref(nameIn("Ref", argument), context);
			if (key === "Condition" && typeof argument === "string")
				return condition(argument, context);
			if (key.startsWith("Fn::")) return call(key, argument, context);
		}
		return Object.fromEntries(
			Object.entries(inner).flatMap(([name, item]): [string, unknown][] => {
				// A transform beside other properties adds to them.
				if (name.startsWith("Fn::")) {
					call(name, item, context);
					return [];
				}
				const resolved = resolve(item);
				return resolved === noValue ? [] : [[name, resolved]];
			}),
		);
	};
	const conditions = new Set<string>();
	const context: Context = {
		stack,
		surroundings,
		resolve,
		text: (inner) => textOf(resolve(inner)),
		conditions,
	};
	const resolved = resolve(value);
	return resolved === noValue ? undefined : resolved;
}

interface Context {
	readonly stack: StackTemplate;
	readonly surroundings: Surroundings;
	readonly resolve: (value: unknown) => unknown;
	readonly text: (value: unknown) => string;
	/** Those that are being evaluated. */
	readonly conditions: Set<string>;
}

function textOf(value: unknown): string {
	if (value === noValue) return "";
	if (typeof value === "object" && value !== null)
		throw new Error(`a text is wanted, got ${shown(value)}`);
	return String(value);
}

function nameIn(key: string, argument: unknown): string {
	if (typeof argument === "string") return argument;
	throw new Error(`${key} wants a name, got ${shown(argument)}`);
}

function call(key: string, argument: unknown, context: Context): unknown {
	const known = Object.hasOwn(functions, key) ? functions[key] : undefined;
	if (!known) return context.surroundings.unevaluated(key);
	const parts = Array.isArray(argument) ? argument : [argument];
	const { form, counts, evaluate } = known;
	if (!counts.includes(parts.length))
		throw new Error(`${key} wants ${form}, got ${shown(argument)}`);
	return evaluate(parts, context);
}

interface Intrinsic {
	/** Its argument, for messages. */
	readonly form: string;
	/** How many parts the argument may have. */
	readonly counts: readonly number[];
	readonly evaluate: (parts: readonly unknown[], context: Context) => unknown;
}

const upTo = (max: number) => Array.from({ length: max + 1 }, (_, i) => i);

/** The supported intrinsic functions. */
const functions: Readonly<Record<string, Intrinsic>> = {
	"Fn::GetAtt": {
		form: "[logical id, attribute]",
		counts: [1, 2, 3],
		evaluate: ([first, ...path], { surroundings, text }) => {
			const whole = nameIn("Fn::GetAtt", first);
			const dot = whole.indexOf(".");
			if (path.length === 0 && dot < 0)
				throw new Error(`Fn::GetAtt wants an attribute of ${whole}`);
			return path.length > 0
				? surroundings.attribute(whole, path.map(text).join("."))
				: surroundings.attribute(whole.slice(0, dot), whole.slice(dot + 1));
		},
	},
	"Fn::Join": {
		form: "[delimiter, list]",
		counts: [2],
		evaluate: ([delimiter, items], context) =>
			listIn("Fn::Join", items, context)
				.map(textOf)
				.join(context.text(delimiter)),
	},
	"Fn::Sub": {
		form: "a text, or [text, variables]",
		counts: [1, 2],
		evaluate: ([template, variables], context) =>
			substituted(nameIn("Fn::Sub", template), variables, context),
	},
	"Fn::Select": {
		form: "[index, list]",
		counts: [2],
		evaluate: ([index, items], context) => {
			const list = listIn("Fn::Select", items, context);
			const found = list[Number(context.text(index))];
			if (found !== undefined) return found;
			const open = list.map(String).find(context.surroundings.isAssumed);
			if (open === undefined)
				throw new Error(
					`Fn::Select finds no element ${shown(index)} in ${shown(list)}`,
				);
			return open;
		},
	},
	"Fn::Split": {
		form: "[delimiter, text]",
		counts: [2],
		evaluate: ([delimiter, whole], { text }) =>
			text(whole).split(text(delimiter)),
	},
	"Fn::Length": {
		form: "a list",
		counts: upTo(1_000),
		evaluate: (parts, context) => {
			const [only] = parts;
			return parts.length === 1 && isObject(only)
				? listIn("Fn::Length", only, context).length
				: parts.length;
		},
	},
	"Fn::ImportValue": {
		form: "the name of an export",
		counts: [1],
		evaluate: ([name], { surroundings, text }) =>
			surroundings.importValue(text(name)),
	},
	"Fn::FindInMap": {
		form: "[map, first key, second key]",
		counts: [3, 4],
		evaluate: ([map, first, second, options], context) => {
			const path = [map, first, second].map(context.text);
			const found = path.reduce<unknown>(
				(inner, name) =>
					isObject(inner) && Object.hasOwn(inner, name)
						? inner[name]
						: undefined,
				context.stack.template.Mappings,
			);
			if (found !== undefined) return context.resolve(found);
			if (isObject(options) && options.DefaultValue !== undefined)
				return context.resolve(options.DefaultValue);
			if (path.some(context.surroundings.isAssumed))
				return context.surroundings.assume(
					`the entry ${path.join(".")} of the mappings`,
					path.join("-"),
				);
			throw new Error(`Fn::FindInMap finds no entry ${path.join(".")}`);
		},
	},
	"Fn::GetAZs": {
		form: "a region",
		counts: [0, 1],
		evaluate: ([region], { stack, text }) =>
			["a", "b", "c"].map(
				(zone) =>
					`${region === undefined ? stack.region : text(region) || stack.region}${zone}`,
			),
	},
	"Fn::Base64": {
		form: "a text",
		counts: [1],
		evaluate: ([value], { text }) =>
			Buffer.from(text(value)).toString("base64"),
	},
	"Fn::ToJsonString": {
		form: "an object or a list",
		counts: upTo(10_000),
		evaluate: (parts, { resolve }) =>
			JSON.stringify(
				resolve(parts.length === 1 && isObject(parts[0]) ? parts[0] : parts),
			),
	},
	"Fn::If": {
		form: "[condition, then, otherwise]",
		counts: [3],
		evaluate: ([name, then, otherwise], context) =>
			context.resolve(
				condition(nameIn("Fn::If", name), context) ? then : otherwise,
			),
	},
	"Fn::Equals": {
		form: "[value, value]",
		counts: [2],
		evaluate: ([left, right], { resolve }) =>
			JSON.stringify(comparable(resolve(left))) ===
			JSON.stringify(comparable(resolve(right))),
	},
	"Fn::And": {
		form: "a list of conditions",
		counts: upTo(10),
		evaluate: (parts, { resolve }) =>
			parts.every((part) => resolve(part) === true),
	},
	"Fn::Or": {
		form: "a list of conditions",
		counts: upTo(10),
		evaluate: (parts, { resolve }) =>
			parts.some((part) => resolve(part) === true),
	},
	"Fn::Not": {
		form: "[condition]",
		counts: [1],
		evaluate: ([part], { resolve }) => resolve(part) !== true,
	},
};

/** CloudFormation compares texts. */
function comparable(value: unknown): unknown {
	if (value === noValue) return "";
	return typeof value === "object" ? value : String(value);
}

function listIn(
	key: string,
	stated: unknown,
	{ resolve }: Context,
): readonly unknown[] {
	const list = resolve(stated);
	if (Array.isArray(list)) return list;
	// An assumed value, or a parameter that is one string.
	if (typeof list === "string" && isObject(stated)) return [list];
	throw new Error(`${key} wants a list, got ${shown(list)}`);
}

function ref(name: string, context: Context): unknown {
	const { stack, surroundings } = context;
	const pseudo = pseudoParameter(name, stack);
	if (pseudo !== undefined) return pseudo;
	const { Parameters = {} } = stack.template;
	const parameter = Object.hasOwn(Parameters, name)
		? Parameters[name]
		: undefined;
	return parameter
		? parameterValue(name, parameter, context)
		: surroundings.ref(name);
}

function parameterValue(
	name: string,
	parameter: Parameter,
	{ stack: { parameters = {} }, surroundings }: Context,
): unknown {
	const { Type = "String", Default } = parameter;
	const isStored = Type.startsWith("AWS::SSM::Parameter::Value");
	const given = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
	const value =
		given ??
		(isStored && Default !== undefined
			? (surroundings.stored?.(String(Default)) ??
				surroundings.assume(
					`the value of the SSM parameter ${Default} (${remedy(name)})`,
					String(Default),
				))
			: (Default ?? withoutDefault(name, parameter, surroundings)));
	return /^(CommaDelimitedList|List<|AWS::SSM::Parameter::Value<(List|Comma))/.test(
		Type,
	)
		? String(value)
				.split(",")
				.map((item) => item.trim())
		: value;
}

const remedy = (name: string) => `set --parameter ${name}=VALUE`;

function withoutDefault(
	name: string,
	{ Type = "String", AllowedValues = [], MinValue }: Parameter,
	{ assume }: Surroundings,
): unknown {
	const isNumber = Type === "Number";
	return assume(
		`the parameter ${name}, which has no default (${remedy(name)})`,
		String(AllowedValues[0] ?? (isNumber ? (MinValue ?? 1) : name)),
	);
}

function condition(name: string, context: Context): boolean {
	const { stack, resolve, conditions } = context;
	const { Conditions = {} } = stack.template;
	if (!Object.hasOwn(Conditions, name))
		throw new Error(`there is no condition ${name}`);
	if (conditions.has(name))
		throw new Error(`the condition ${name} refers to itself`);
	conditions.add(name);
	try {
		return resolve(Conditions[name]) === true;
	} finally {
		conditions.delete(name);
	}
}

function substituted(
	template: string,
	variables: unknown,
	context: Context,
): string {
	const own = isObject(variables) ? variables : {};
	const whole = template.replace(/\$\{([^}]+)\}/g, (_, stated: string) => {
		const name = stated.trim();
		if (name.startsWith("!")) return `\${${name.slice(1)}}`;
		if (Object.hasOwn(own, name)) return context.text(own[name]);
		const dot = name.indexOf(".");
		return dot < 0
			? textOf(ref(name, context))
			: context.surroundings.attribute(name.slice(0, dot), name.slice(dot + 1));
	});
	return dynamic(whole, context);
}

/** Replaces dynamic references: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html */
function dynamic(text: string, { surroundings }: Context): string {
	if (!text.includes("{{resolve:")) return text;
	return text.replace(
		/\{\{resolve:([\w-]+):([^}]*)\}\}/g,
		(_, service: string, rest: string) => {
			const name = rest.replace(/:\d+$/, "");
			const stored =
				service === "ssm" ? surroundings.stored?.(name) : undefined;
			return stored === undefined
				? surroundings.assume(
						`the value of {{resolve:${service}:${rest}}}`,
						rest,
					)
				: String(stored);
		},
	);
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
		case "AWS::NotificationARNs":
			return [];
		case "AWS::NoValue":
			return noValue;
		default:
			return undefined;
	}
}
