// IAM policy evaluation: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import { isObject } from "../../runtime/json.ts";

export interface Statement {
	readonly Sid?: string;
	readonly Effect: "Allow" | "Deny";
	readonly Principal?: unknown;
	readonly NotPrincipal?: unknown;
	readonly Action?: string | readonly string[];
	readonly NotAction?: string | readonly string[];
	readonly Resource?: string | readonly string[];
	readonly NotResource?: string | readonly string[];
	readonly Condition?: Readonly<
		Record<string, Readonly<Record<string, unknown>>>
	>;
}

/** The caller. An account means its administrator, whose identity policies allow everything. */
export type Principal =
	| { readonly kind: "role"; readonly arn: string; readonly account: string }
	| { readonly kind: "service"; readonly service: string }
	| { readonly kind: "account"; readonly account: string };

export interface AccessRequest {
	readonly principal: Principal;
	/** Such as `sqs:SendMessage`. */
	readonly action: string;
	/** ARN. */
	readonly resource: string;
	/** Condition keys. A multivalued key has a list. */
	readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

export type Decision =
	| { readonly allowed: true }
	| { readonly allowed: false; readonly reason: string };

function describePrincipal(principal: Principal): string {
	switch (principal.kind) {
		case "role":
			return principal.arn;
		case "service":
			return principal.service;
		case "account":
			return `arn:aws:iam::${principal.account}:root`;
	}
}

/**
 * Evaluates the caller's identity-based policies and the resource-based policy. Within an account, either may allow the request.
 * Across accounts, both must, and a key's policy always must:
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html. For a service, only the resource-based policy counts. An explicit deny always wins.
 */
export function authorize(
	request: AccessRequest,
	identityPolicy: readonly Statement[],
	resourcePolicy: readonly Statement[],
): Decision {
	const { principal, action, resource } = request;
	const context = contextOf(request);
	const denied = (why: string): Decision => ({
		allowed: false,
		reason: `${describePrincipal(principal)} is not authorized to perform ${action} on ${resource}: ${why}`,
	});
	const applies = (statement: Statement) =>
		matchesAction(statement, action) &&
		matchesResource(statement, resource) &&
		unmetCondition(statement, context) === undefined;
	const forIdentity = identityPolicy.filter(applies);
	const forResource = resourcePolicy.filter(
		(statement) => applies(statement) && named(statement, principal) !== "no",
	);
	if ([...forIdentity, ...forResource].some(({ Effect }) => Effect === "Deny"))
		return denied("an explicit deny applies");

	const identityAllows =
		principal.kind === "account" ||
		forIdentity.some(({ Effect }) => Effect === "Allow");
	const allowing = forResource.filter(({ Effect }) => Effect === "Allow");
	const because = conditionHint(request, resourcePolicy, context);
	if (principal.kind === "service")
		return allowing.length > 0
			? { allowed: true }
			: denied(`no resource-based policy allows it${because}`);

	const sameAccount = principal.account === resource.split(":")[4];
	if (sameAccount && isKey(resource))
		return allowing.some(
			(statement) => named(statement, principal) === "itself",
		) ||
			(identityAllows && allowing.length > 0)
			? { allowed: true }
			: denied(
					identityAllows
						? `the key's policy does not allow it${because}`
						: "no identity-based policy and no statement of the key's policy allows it",
				);
	if (sameAccount)
		return identityAllows ||
			allowing.some((statement) => named(statement, principal) === "itself")
			? { allowed: true }
			: denied("no identity-based or resource-based policy allows it");
	if (!identityAllows) return denied("no identity-based policy allows it");
	return allowing.length > 0
		? { allowed: true }
		: denied(
				`the resource is in another account, and no resource-based policy allows it${because}`,
			);
}

const isKey = (arn: string): boolean => arn.split(":")[2] === "kms";

function contextOf({ principal, context, resource }: AccessRequest) {
	const who =
		principal.kind === "service"
			? {
					"aws:PrincipalServiceName": principal.service,
					"aws:PrincipalIsAWSService": "true",
				}
			: {
					"aws:PrincipalIsAWSService": "false",
					"aws:PrincipalArn": describePrincipal(principal),
					"aws:PrincipalAccount": principal.account,
				};
	return new Map<string, readonly string[]>(
		Object.entries({
			"aws:SecureTransport": "true",
			"aws:ResourceAccount": resource.split(":")[4] ?? "",
			...who,
			...context,
		}).map(([key, value]) => [
			key.toLowerCase(),
			typeof value === "string" ? [value] : value,
		]),
	);
}

type Context = ReadonlyMap<string, readonly string[]>;

/** Names the unmet condition of a statement that would otherwise allow the request. */
function conditionHint(
	{ principal, action, resource }: AccessRequest,
	statements: readonly Statement[],
	context: Context,
): string {
	for (const statement of statements) {
		if (
			statement.Effect !== "Allow" ||
			named(statement, principal) === "no" ||
			!matchesAction(statement, action) ||
			!matchesResource(statement, resource)
		)
			continue;
		const unmet = unmetCondition(statement, context);
		if (unmet)
			return `; ${statement.Sid ? `statement ${statement.Sid}` : "a statement"} would allow it, but a condition is not met: ${unmet}`;
	}
	return "";
}

const listOf = (value: unknown): readonly string[] =>
	value === undefined
		? []
		: Array.isArray(value)
			? value.map(String)
			: [String(value)];

function matchesAction(
	{ Action, NotAction }: Statement,
	action: string,
): boolean {
	const hit = (patterns: unknown) =>
		listOf(patterns).some((pattern) =>
			like(pattern.toLowerCase(), action.toLowerCase()),
		);
	return NotAction === undefined ? hit(Action) : !hit(NotAction);
}

/** A statement of a resource-based policy may omit `Resource`. */
function matchesResource(
	{ Resource, NotResource }: Statement,
	resource: string,
): boolean {
	const hit = (patterns: unknown) =>
		listOf(patterns).some((pattern) => like(pattern, resource));
	if (NotResource !== undefined) return !hit(NotResource);
	return Resource === undefined || hit(Resource);
}

/** Whether a statement names the principal itself, its account, or neither. */
function named(
	{ Principal: stated, NotPrincipal }: Statement,
	principal: Principal,
): "itself" | "account" | "no" {
	if (NotPrincipal !== undefined)
		return named({ Effect: "Allow", Principal: NotPrincipal }, principal) ===
			"no"
			? "itself"
			: "no";
	if (stated === "*") return "itself";
	if (!isObject(stated)) return "no";
	if (principal.kind === "service")
		return listOf(stated.Service).includes(principal.service) ||
			listOf(stated.AWS).includes("*")
			? "itself"
			: "no";
	const names = listOf(stated.AWS);
	if (names.includes("*") || names.includes(describePrincipal(principal)))
		return "itself";
	const { account } = principal;
	return names.includes(account) ||
		names.includes(`arn:aws:iam::${account}:root`)
		? "account"
		: "no";
}

/** Describes the first condition that is not met; `undefined` if all are. */
function unmetCondition(
	{ Condition = {}, Effect }: Statement,
	context: Context,
): string | undefined {
	for (const [operator, keys] of Object.entries(Condition))
		for (const [key, stated] of Object.entries(keys)) {
			// An unknown operator must not grant access: an Allow does not apply, and a Deny does.
			if (!isKnownOperator(operator) && Effect === "Deny") continue;
			const values = isAssumedKey(key)
				? listOf(stated)
				: context.get(key.toLowerCase());
			if (!isMet(operator, listOf(stated), values))
				return `${operator} ${key} wants ${listOf(stated).join(", ")}, got ${values?.join(", ") ?? "nothing"}`;
		}
	return undefined;
}

/** Whether a key's value is unknown from the templates. The accounts are assumed to be in the organization that policies name. */
export function isAssumedKey(key: string): boolean {
	return key.toLowerCase() === "aws:principalorgid";
}

type Test = (wanted: string, value: string) => boolean;

const tests: Readonly<Record<string, Test>> = {
	StringEquals: (wanted, value) => wanted === value,
	StringEqualsIgnoreCase: (wanted, value) =>
		wanted.toLowerCase() === value.toLowerCase(),
	StringLike: like,
	ArnEquals: arnLike,
	ArnLike: arnLike,
	Bool: (wanted, value) => wanted.toLowerCase() === value.toLowerCase(),
	NumericEquals: (wanted, value) => Number(value) === Number(wanted),
	NumericLessThan: (wanted, value) => Number(value) < Number(wanted),
	NumericLessThanEquals: (wanted, value) => Number(value) <= Number(wanted),
	NumericGreaterThan: (wanted, value) => Number(value) > Number(wanted),
	NumericGreaterThanEquals: (wanted, value) => Number(value) >= Number(wanted),
};

const negations: Readonly<Record<string, string>> = {
	StringNotEquals: "StringEquals",
	StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
	StringNotLike: "StringLike",
	ArnNotEquals: "ArnEquals",
	ArnNotLike: "ArnLike",
	NumericNotEquals: "NumericEquals",
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
function isMet(
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
function like(pattern: string, text: string): boolean {
	if (!/[*?]/.test(pattern)) return pattern === text;
	const expression = pattern
		.replace(/[.+^${}()|[\]\\]/g, "\\$&")
		.replaceAll("*", ".*")
		.replaceAll("?", ".");
	return new RegExp(`^${expression}$`, "su").test(text);
}
