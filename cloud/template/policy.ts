// IAM policy evaluation: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import { isObject } from "../../runtime/json.ts";
import {
	escapes,
	isKnownOperator,
	isMet,
	like,
	literal,
} from "./condition-operators.ts";

export interface Statement {
	/** Of its document. Policy variables are read in 2012-10-17 only. */
	readonly Version?: string;
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
	| {
			readonly kind: "role";
			readonly arn: string;
			readonly account: string;
			/** The session's name; of a function's role, the function's. */
			readonly session?: string;
	  }
	| { readonly kind: "service"; readonly service: string }
	| { readonly kind: "account"; readonly account: string };

export type Tags = Readonly<Record<string, string>>;

export interface AccessRequest {
	readonly principal: Principal;
	/** Such as `sqs:SendMessage`. */
	readonly action: string;
	/** ARN. */
	readonly resource: string;
	/** Condition keys. A multivalued key has a list. */
	readonly context?: Readonly<Record<string, string | readonly string[]>>;
	readonly principalTags?: Tags;
	readonly resourceTags?: Tags;
}

/** Policies that limit what the others allow. */
export interface Limits {
	/** The role's permissions boundary. */
	readonly boundary?: readonly Statement[] | undefined;
	/** Service control policies, one list for each level of the organization. */
	readonly scps?: readonly (readonly Statement[])[];
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
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html. For a service, only the resource-based policy counts.
 * A boundary limits a role, but not what a resource-based policy grants to its session; each level of service control policies
 * must allow what an account's principals do. An explicit deny always wins.
 */
export function authorize(
	request: AccessRequest,
	identityPolicy: readonly Statement[],
	resourcePolicy: readonly Statement[],
	{ boundary, scps = [] }: Limits = {},
): Decision {
	const { principal, action, resource } = request;
	const context = contextOf(request);
	const isBounded = boundary !== undefined;
	const denied = (why: string): Decision => ({
		allowed: false,
		reason: `${describePrincipal(principal)} is not authorized to perform ${action} on ${resource}: ${why}`,
	});
	const applies = (statement: Statement) =>
		matchesAction(statement, action) &&
		matchesResource(statement, resource, context) &&
		unmetCondition(statement, context) === undefined;
	const allows = (statements: readonly Statement[]) =>
		statements.some((each) => each.Effect === "Allow" && applies(each));
	const denies = (statements: readonly Statement[]) =>
		statements.some((each) => each.Effect === "Deny" && applies(each));
	const forResource = resourcePolicy.filter(
		(statement) =>
			applies(statement) && named(statement, principal, isBounded) !== "no",
	);
	const levels = principal.kind === "service" ? [] : scps;
	if (levels.some(denies))
		return denied("an explicit deny of a service control policy applies");
	if (boundary && denies(boundary))
		return denied("an explicit deny of the permissions boundary applies");
	if (
		denies(identityPolicy) ||
		forResource.some(({ Effect }) => Effect === "Deny")
	)
		return denied("an explicit deny applies");
	if (!levels.every(allows))
		return denied("no service control policy allows it");

	const allowing = forResource.filter(({ Effect }) => Effect === "Allow");
	const isNamed = (how: Named) =>
		allowing.some((statement) => named(statement, principal) === how);
	const because = conditionHint(request, resourcePolicy, context);
	if (principal.kind === "service")
		return allowing.length > 0
			? { allowed: true }
			: denied(`no resource-based policy allows it${because}`);

	const inBoundary = boundary === undefined || allows(boundary);
	const identityAllows =
		inBoundary && (principal.kind === "account" || allows(identityPolicy));
	const bounded = inBoundary
		? ""
		: "; the permissions boundary of the role does not allow it";
	const sameAccount = principal.account === resource.split(":")[4];
	if (sameAccount && isKey(resource))
		return isNamed("session") ||
			(inBoundary && isNamed("itself")) ||
			(identityAllows && allowing.length > 0)
			? { allowed: true }
			: denied(
					identityAllows
						? `the key's policy does not allow it${because}`
						: `no identity-based policy and no statement of the key's policy allows it${bounded}`,
				);
	if (sameAccount)
		return identityAllows ||
			isNamed("session") ||
			(inBoundary && isNamed("itself"))
			? { allowed: true }
			: denied(
					inBoundary
						? "no identity-based or resource-based policy allows it"
						: "the permissions boundary of the role does not allow it",
				);
	if (!identityAllows)
		return denied(
			inBoundary
				? "no identity-based policy allows it"
				: "the permissions boundary of the role does not allow it",
		);
	return allowing.length > 0
		? { allowed: true }
		: denied(
				`the resource is in another account, and no resource-based policy allows it${because}`,
			);
}

const isKey = (arn: string): boolean => arn.split(":")[2] === "kms";

/** Keys that follow from who calls and what is called: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
function contextOf({
	principal,
	context,
	resource,
	principalTags = {},
	resourceTags = {},
}: AccessRequest): Context {
	const [, , , region = "", account = ""] = resource.split(":");
	const who =
		principal.kind === "service"
			? {
					"aws:PrincipalServiceName": principal.service,
					"aws:PrincipalServiceNamesList": [principal.service],
					"aws:PrincipalIsAWSService": "true",
				}
			: {
					"aws:PrincipalIsAWSService": "false",
					"aws:PrincipalArn": describePrincipal(principal),
					"aws:PrincipalAccount": principal.account,
					"aws:PrincipalType":
						principal.kind === "role" ? "AssumedRole" : "Account",
					...(isKey(resource)
						? { "kms:CallerAccount": principal.account }
						: {}),
				};
	const tagged = (key: string, tags: Tags) =>
		Object.entries(tags).map(([name, value]) => [`${key}/${name}`, value]);
	const stated: Readonly<Record<string, string | readonly string[]>> = {
		"aws:SecureTransport": "true",
		"aws:ViaAWSService": "false",
		"aws:RequestedRegion": region || "us-east-1",
		"aws:ResourceAccount": account,
		...who,
		...Object.fromEntries(tagged("aws:PrincipalTag", principalTags)),
		...Object.fromEntries(tagged("aws:ResourceTag", resourceTags)),
		...context,
	};
	const values = new Map(
		Object.entries(stated).map(([key, value]) => [
			key.toLowerCase(),
			typeof value === "string" ? [value] : value,
		]),
	);
	const isOfAccount =
		principal.kind !== "service" ||
		values.has("aws:sourceaccount") ||
		values.has("aws:sourcearn");
	return {
		get: (key) => values.get(key.toLowerCase()),
		isAssumed: (key) => {
			switch (key.toLowerCase()) {
				case "aws:principalorgid":
				case "aws:principalorgpaths":
					return principal.kind !== "service";
				case "aws:sourceorgid":
				case "aws:sourceorgpaths":
					return principal.kind === "service" && isOfAccount;
				case "aws:resourceorgid":
				case "aws:resourceorgpaths":
					return true;
				default:
					return false;
			}
		},
	};
}

interface Context {
	/** The values of a key, whose name may be in any case. */
	readonly get: (key: string) => readonly string[] | undefined;
	/** Whether the key is of an organization, which the templates do not state, and present: it is assumed to be the one that policies name. */
	readonly isAssumed: (key: string) => boolean;
}

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
			!matchesResource(statement, resource, context)
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
	{ Resource, NotResource, Version }: Statement,
	resource: string,
	context: Context,
): boolean {
	const hit = (patterns: unknown) =>
		listOf(patterns).some((stated) => {
			const pattern = withVariables(stated, Version, context);
			return pattern !== undefined && like(pattern, resource);
		});
	if (NotResource !== undefined) return !hit(NotResource);
	return Resource === undefined || hit(Resource);
}

/** How a statement names a principal: its session, itself, its account, or not. */
type Named = "session" | "itself" | "account" | "no";

function named(
	{ Principal: stated, NotPrincipal, Effect, Condition = {} }: Statement,
	principal: Principal,
	/** Whether it has a permissions boundary: NotPrincipal with Deny hits it whatever it names. */
	isBounded = false,
): Named {
	if (NotPrincipal !== undefined)
		return isExcepted(NotPrincipal, principal) &&
			!(isBounded && Effect === "Deny")
			? "no"
			: "itself";
	const names = isObject(stated) ? listOf(stated.AWS) : [];
	const isEverybody = stated === "*" || names.includes("*");
	// A boundary does not limit what is granted in this form: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
	if (isEverybody)
		return principal.kind === "role" && hasKey(Condition, "aws:principalarn")
			? "session"
			: "itself";
	if (!isObject(stated)) return "no";
	if (principal.kind === "service")
		return listOf(stated.Service).includes(principal.service) ? "itself" : "no";
	if (names.includes(sessionArn(principal) ?? "")) return "session";
	if (names.includes(describePrincipal(principal))) return "itself";
	return namesAccount(names, principal.account) ? "account" : "no";
}

const hasKey = (condition: object, key: string): boolean =>
	Object.values(condition).some((keys) =>
		Object.keys(keys).some((name) => name.toLowerCase() === key),
	);

const namesAccount = (names: readonly string[], account: string): boolean =>
	names.includes(account) || names.includes(`arn:aws:iam::${account}:root`);

/**
 * Whether `NotPrincipal` leaves a principal out. A role is left out if its account, the role and its session are each named:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
function isExcepted(stated: unknown, principal: Principal): boolean {
	if (stated === "*") return true;
	if (!isObject(stated)) return false;
	const names = listOf(stated.AWS);
	if (names.includes("*")) return true;
	switch (principal.kind) {
		case "service":
			return listOf(stated.Service).includes(principal.service);
		case "account":
			return namesAccount(names, principal.account);
		case "role": {
			const session = sessionArn(principal);
			const ofRole = `arn:aws:sts::${principal.account}:assumed-role/${nameOfRole(principal.arn)}/`;
			return (
				namesAccount(names, principal.account) &&
				names.includes(principal.arn) &&
				names.some((name) =>
					session === undefined ? name.startsWith(ofRole) : name === session,
				)
			);
		}
	}
}

const nameOfRole = (arn: string): string => arn.split("/").at(-1) ?? "";

function sessionArn(principal: Principal): string | undefined {
	return principal.kind === "role" && principal.session !== undefined
		? `arn:aws:sts::${principal.account}:assumed-role/${nameOfRole(principal.arn)}/${principal.session}`
		: undefined;
}

/** What stands for the organization's id in a variable. */
const assumedOrganization = "o-assumed";

/**
 * Replaces policy variables: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html. Returns `undefined`
 * if a key has no value and no default: the text matches nothing then. `${*}`, `${?}` and `${$}` are the characters themselves.
 */
function withVariables(
	text: string,
	version: string | undefined,
	context: Context,
): string | undefined {
	if (version !== "2012-10-17" || !text.includes("${")) return text;
	let isKnown = true;
	const replaced = text.replace(
		/\$\{\s*([^},]+?)\s*(?:,\s*'([^']*)'\s*)?\}/g,
		(_, key: string, otherwise: string | undefined) => {
			if (key in escapes) return escapes[key] as string;
			const values = context.isAssumed(key)
				? [assumedOrganization]
				: context.get(key);
			const value = values?.length === 1 ? values[0] : undefined;
			if (value === undefined && otherwise === undefined) isKnown = false;
			// A value's own characters are no wildcards.
			return (value ?? otherwise ?? "").replace(
				/[*?]/g,
				(character) => escapes[character] as string,
			);
		},
	);
	return isKnown ? replaced : undefined;
}

/** Describes the first condition that is not met; `undefined` if all are. */
function unmetCondition(
	{ Condition = {}, Effect, Version }: Statement,
	context: Context,
): string | undefined {
	for (const [operator, keys] of Object.entries(Condition))
		for (const [key, stated] of Object.entries(keys)) {
			// An unknown operator must not grant access: an Allow does not apply, and a Deny does.
			if (!isKnownOperator(operator) && Effect === "Deny") continue;
			const wanted = listOf(stated).flatMap(
				(text) => withVariables(text, Version, context) ?? [],
			);
			const values = context.isAssumed(key)
				? wanted.map(literal)
				: context.get(key);
			if (!isMet(operator, wanted, values))
				return `${operator} ${key} wants ${listOf(stated).join(", ")}, got ${values?.join(", ") ?? "nothing"}`;
		}
	return undefined;
}

/** Condition keys that are evaluated: those of all services, in lower case, and the services' own, by prefix. */
const knownKeys =
	/^(aws:(principal(arn|account|type|isawsservice|servicename|servicenameslist|orgid|orgpaths|tag\/.*)|resource(account|orgid|orgpaths|tag\/.*)|source(arn|account|orgid|orgpaths)|viaawsservice|requestedregion|securetransport|currenttime|epochtime)|events:(source|detail-type)|sns:(protocol|endpoint)|kms:(viaservice|calleraccount|encryptioncontext:.*|encryptioncontextkeys))$/;

/** Keys that are absent from the requests of functions and services, as in AWS. */
const absentKeys =
	/^aws:(username|calledvia(first|last)?|sourcevpc(e|arn)?|vpcsourceip|multifactorauth(present|age)|federatedprovider|sourceidentity)$/;

/** Whether a key's value follows from a request, or is surely absent. Any other is taken as absent. */
export const isKnownKey = (key: string): boolean =>
	knownKeys.test(key.toLowerCase()) || absentKeys.test(key.toLowerCase());

/** Whether a key is of the organization, which the templates do not state. */
export const isOrganizationKey = (key: string): boolean =>
	/^aws:(principal|source|resource)org(id|paths)$/i.test(key);
