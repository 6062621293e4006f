// Condition operators: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
import { ipAddress, prefixOf } from "../../pattern/engine/ip-address.ts";

type Test = (wanted: string, value: string) => boolean;

const tests: Readonly<Record<string, Test>> = {
	StringEquals: (wanted, value) => literal(wanted) === value,
	StringEqualsIgnoreCase: (wanted, value) =>
		literal(wanted).toLowerCase() === value.toLowerCase(),
	StringLike: like,
	ArnEquals: arnLike,
	ArnLike: arnLike,
	Bool: (wanted, value) => wanted.toLowerCase() === value.toLowerCase(),
	NumericEquals: (wanted, value) => Number(value) === Number(wanted),
	NumericLessThan: (wanted, value) => Number(value) < Number(wanted),
	NumericLessThanEquals: (wanted, value) => Number(value) <= Number(wanted),
	NumericGreaterThan: (wanted, value) => Number(value) > Number(wanted),
	NumericGreaterThanEquals: (wanted, value) => Number(value) >= Number(wanted),
	DateEquals: (wanted, value) => timeOf(value) === timeOf(wanted),
	DateLessThan: (wanted, value) => timeOf(value) < timeOf(wanted),
	DateLessThanEquals: (wanted, value) => timeOf(value) <= timeOf(wanted),
	DateGreaterThan: (wanted, value) => timeOf(value) > timeOf(wanted),
	DateGreaterThanEquals: (wanted, value) => timeOf(value) >= timeOf(wanted),
	IpAddress: inBlock,
	BinaryEquals: (wanted, value) => wanted === value,
};

/** A date in ISO 8601, or in seconds since 1970. */
const timeOf = (text: string): number =>
	/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);

/** Whether an address is in a CIDR block, or is the one stated. */
function inBlock(block: string, address: string): boolean {
	const [text = "", length] = block.split("/");
	const base = ipAddress(text);
	const found = ipAddress(address);
	if (!base || !found || base.bits !== found.bits) return false;
	const mask = Number(length ?? base.bits);
	return (
		Number.isInteger(mask) &&
		mask >= 0 &&
		mask <= base.bits &&
		prefixOf(base, mask) === prefixOf(found, mask)
	);
}

const negations: Readonly<Record<string, string>> = {
	StringNotEquals: "StringEquals",
	StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
	StringNotLike: "StringLike",
	ArnNotEquals: "ArnEquals",
	ArnNotLike: "ArnLike",
	NumericNotEquals: "NumericEquals",
	DateNotEquals: "DateEquals",
	NotIpAddress: "IpAddress",
};

/** Whether a condition operator is supported. */
export function isKnownOperator(operator: string): boolean {
	const { name } = operatorParts(operator);
	return name === "Null" || name in tests || name in negations;
}

function operatorParts(operator: string) {
	const [set, rest] = operator.includes(":")
		? (operator.split(":") as [string, string])
		: [undefined, operator];
	return {
		set,
		name: rest.replace(/IfExists$/, ""),
		ifExists: rest.endsWith("IfExists"),
	};
}

/** Evaluates a condition. An unknown operator is not met. */
export function isMet(
	operator: string,
	wanted: readonly string[],
	values: readonly string[] | undefined,
): boolean {
	const { set, name, ifExists } = operatorParts(operator);
	const absent = values === undefined || values.length === 0;
	if (name === "Null")
		return wanted.every((want) => (want.toLowerCase() === "true") === absent);
	const negated = negations[name];
	const test = tests[negated ?? name];
	if (!test) return false;
	const one = (value: string) =>
		wanted.some((want) => test(want, value)) === (negated === undefined);
	if (set === "ForAllValues") return (values ?? []).every(one);
	if (absent) return ifExists || (negated !== undefined && set === undefined);
	return set === "ForAnyValue" ? values.some(one) : values.every(one);
}

/** Matches the six parts of an ARN separately. A `*` does not match across a colon. */
function arnLike(pattern: string, arn: string): boolean {
	if (pattern === "*") return true;
	const partsOf = (text: string) => {
		const all = text.split(":");
		return [...all.slice(0, 5), all.slice(5).join(":")];
	};
	const parts = partsOf(arn);
	return partsOf(pattern).every((part, i) => like(part, parts[i] ?? ""));
}

/** Matches with wildcards: `*` is any number of characters, `?` is one. */
export function like(pattern: string, text: string): boolean {
	if (!/[*?]/.test(pattern)) return literal(pattern) === text;
	const expression = pattern
		.replace(/[.+^${}()|[\]\\]/g, "\\$&")
		.replaceAll("*", ".*")
		.replaceAll("?", ".");
	return new RegExp(`^${literalExpression(expression)}$`, "su").test(text);
}

const literalExpression = (expression: string): string =>
	expression.replaceAll("\uE000", "\\*").replaceAll("\uE001", "\\?");

/** Characters that are meant literally, in a private area of Unicode until they are compared. */
export const escapes: Readonly<Record<string, string>> = {
	"*": "\uE000",
	"?": "\uE001",
	$: "$",
};

export const literal = (text: string): string =>
	text.replaceAll("\uE000", "*").replaceAll("\uE001", "?");
