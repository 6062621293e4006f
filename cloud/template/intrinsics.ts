// CloudFormation's intrinsic functions: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
import { isObject } from "../../runtime/json.ts";
import type { StackTemplate } from "./stack-template.ts";

/** What a template's references stand for, outside of what the template says itself. */
export interface Surroundings {
	readonly ref: (logicalId: string) => string;
	readonly attribute: (logicalId: string, name: string) => string;
	readonly importValue: (exportName: string) => unknown;
}

/** Resolves every intrinsic in a value of a stack's template. Throws an `Error` that names the intrinsic it cannot resolve. */
export function resolveIntrinsics(
	value: unknown,
	stack: StackTemplate,
	surroundings: Surroundings,
): unknown {
	const resolve = (inner: unknown): unknown => {
		if (Array.isArray(inner))
			return inner.map(resolve).filter((item) => item !== noValue);
		if (!isObject(inner)) return inner;
		const keys = Object.keys(inner);
		const [key] = keys;
		if (keys.length === 1 && key !== undefined) {
			if (key === "Ref") return ref(String(inner.Ref));
			if (key === "Condition" && typeof inner.Condition === "string")
				return condition(inner.Condition);
			if (key.startsWith("Fn::")) return intrinsic(key, inner[key]);
		}
		return Object.fromEntries(
			Object.entries(inner)
				.map(([name, item]): [string, unknown] => [name, resolve(item)])
				.filter(([, item]) => item !== noValue),
		);
	};
	const text = (inner: unknown) => String(resolve(inner));
	const list = (inner: unknown) => resolve(inner) as unknown[];

	const ref = (name: string): unknown => {
		const pseudo = pseudoParameter(name, stack);
		if (pseudo !== undefined) return pseudo;
		const { Parameters = {} } = stack.template;
		const parameter = Object.hasOwn(Parameters, name)
			? Parameters[name]
			: undefined;
		if (parameter) {
			const text = parameter.Default ?? "";
			const isList =
				/^(CommaDelimitedList|List<|AWS::SSM::Parameter::Value<List)/.test(
					parameter.Type ?? "",
				);
			return isList
				? String(text)
						.split(",")
						.map((item) => item.trim())
				: text;
		}
		return surroundings.ref(name);
	};

	const condition = (name: string): boolean => {
		const stated = stack.template.Conditions?.[name];
		if (stated === undefined)
			throw new Error(`${stack.name}: there is no condition ${name}`);
		return resolve(stated) === true;
	};

	const present = (value: unknown, what: string, where: unknown): unknown => {
		if (value === undefined)
			throw new Error(`${stack.name}: ${what} ${JSON.stringify(where)}`);
		return value;
	};

	const intrinsic = (key: string, argument: unknown): unknown => {
		const parts = Array.isArray(argument) ? argument : [argument];
		switch (key) {
			case "Fn::GetAtt":
				return surroundings.attribute(
					String(parts[0]),
					parts.slice(1).map(text).join("."),
				);
			case "Fn::Join":
				return list(parts[1]).map(String).join(text(parts[0]));
			case "Fn::Sub":
				return sub(String(parts[0]), parts[1]);
			case "Fn::Select":
				return present(
					list(parts[1])[Number(resolve(parts[0]))],
					"Fn::Select: no element",
					parts[0],
				);
			case "Fn::Split":
				return text(parts[1]).split(text(parts[0]));
			case "Fn::ImportValue":
				return surroundings.importValue(text(parts[0]));
			case "Fn::FindInMap": {
				const [, , , options] = parts;
				const found = parts
					.slice(0, 3)
					.map(text)
					.reduce<unknown>(
						(map, name) => (map as Record<string, unknown> | undefined)?.[name],
						stack.template.Mappings,
					);
				return present(
					found ??
						(isObject(options) ? resolve(options.DefaultValue) : undefined),
					"Fn::FindInMap: no entry",
					parts.slice(0, 3),
				);
			}
			case "Fn::GetAZs":
				return ["a", "b", "c"].map((zone) => `${stack.region}${zone}`);
			case "Fn::Base64":
				return Buffer.from(text(parts[0])).toString("base64");
			case "Fn::ToJsonString":
				return JSON.stringify(resolve(parts[0]));
			case "Fn::If":
				return resolve(condition(String(parts[0])) ? parts[1] : parts[2]);
			case "Fn::Equals":
				return text(parts[0]) === text(parts[1]);
			case "Fn::And":
				return parts.every((part) => resolve(part) === true);
			case "Fn::Or":
				return parts.some((part) => resolve(part) === true);
			case "Fn::Not":
				return resolve(parts[0]) !== true;
			default:
				throw new Error(`${stack.name}: ${key} is not supported`);
		}
	};

	const sub = (template: string, variables: unknown): string => {
		const own = isObject(variables) ? variables : {};
		return template.replace(/\$\{([^}]+)\}/g, (_, name: string) => {
			if (name.startsWith("!")) return `\${${name.slice(1)}}`;
			if (Object.hasOwn(own, name)) return text(own[name]);
			const dot = name.indexOf(".");
			return dot < 0
				? String(ref(name))
				: surroundings.attribute(name.slice(0, dot), name.slice(dot + 1));
		});
	};

	return resolve(value);
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
