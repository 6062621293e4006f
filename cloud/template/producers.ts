// Which principals may put which events on which bus, by the same policy evaluation as in the runner.
import { isObject } from "../../runtime/json.ts";
import { type Access, accessOf, type Role } from "./access.ts";
import { busArn } from "./identities.ts";
import { authorize, type Principal, type Statement } from "./policy.ts";
import type { Resource } from "./resource.ts";
import { allowsAll } from "./statements.ts";

export interface EventTypeName {
	readonly source: string;
	readonly detailType: string;
}

/** A function, a role without a function, or an external principal that may put events on a bus. */
export interface MappedProducer {
	readonly name: string;
	readonly busArn: string;
	/** The event types that it may publish; `undefined` if they are not limited to a list of sources and detail-types. */
	readonly publishes?: readonly EventTypeName[];
}

export function producersOf(
	resources: readonly Resource[],
): readonly MappedProducer[] {
	const access = accessOf(resources);
	// Each bus has its policy there, and so has a default bus that only a policy names.
	const withPolicy = [...access.resourcePolicies].filter(([arn]) =>
		arn.includes(":event-bus/"),
	);
	const known = new Set([
		...withPolicy.map(([bus]) => bus),
		...resources
			.filter(({ type }) => type === "AWS::Events::Rule")
			.map(({ properties, stack }) =>
				busArn(String(properties.EventBusName ?? "default"), stack),
			),
	]);
	const accounts = new Set(resources.map(({ stack }) => stack.account));
	const own = [...access.roles.values()].flatMap((role) =>
		roleProducers(role, access, known, accounts, resources),
	);
	const outside = withPolicy.flatMap(([bus, statements]) =>
		outsideProducers(bus, statements, access),
	);
	return [...own, ...outside];
}

function roleProducers(
	role: Role,
	access: Access,
	known: ReadonlySet<string>,
	accounts: ReadonlySet<string>,
	resources: readonly Resource[],
): readonly MappedProducer[] {
	const functions = resources
		.filter(
			({ type, properties }) =>
				type === "AWS::Lambda::Function" && properties.Role === role.arn,
		)
		.map(({ ref }) => ref);
	const named = role.policies
		.flatMap(({ Resource: of }) => [of ?? []].flat().map(String))
		.filter((arn) => arn.includes(":event-bus/") && !/[*?]/.test(arn));
	return [...new Set([...named, ...known])].flatMap((bus) => {
		// The policy of a bus in another system is unknown.
		const isOutside = !accounts.has(bus.split(":")[4] ?? "");
		const policy = isOutside
			? [allowsAll]
			: (access.resourcePolicies.get(bus) ?? []);
		const principal = {
			kind: "role",
			arn: role.arn,
			account: role.account,
		} as const;
		const allowed = allowedTypes(principal, bus, role.policies, policy);
		if (allowed === "none") return [];
		return (functions.length > 0 ? functions : [role.name]).map((name) => ({
			name,
			busArn: bus,
			...(allowed === "any" ? {} : { publishes: allowed }),
		}));
	});
}

/** Principals that a bus policy allows, except the templates' roles and their accounts. */
function outsideProducers(
	bus: string,
	policy: readonly Statement[],
	{ roles }: Access,
): readonly MappedProducer[] {
	const candidates = new Map(
		policy
			.filter(({ Effect }) => Effect === "Allow")
			.flatMap(principalsOf)
			.map(({ name, principal }) => [name, principal]),
	);
	return [...candidates].flatMap(([name, principal]) => {
		if ([...roles.values()].some((role) => isOfTemplates(principal, role)))
			return [];
		const allowed = allowedTypes(principal, bus, [allowsAll], policy);
		if (allowed === "none") return [];
		return [
			{
				name,
				busArn: bus,
				...(allowed === "any" ? {} : { publishes: allowed }),
			},
		];
	});
}

/** Whether a principal is a role, which its ARN may name with wildcards, or that role's account. */
function isOfTemplates(principal: Principal, { arn, account }: Role): boolean {
	if (principal.kind === "service") return false;
	if (principal.kind === "account") return principal.account === account;
	const named = { "aws:PrincipalArn": principal.arn };
	return authorize(
		{
			principal: { kind: "role", arn, account },
			action: "events:PutEvents",
			resource: arn,
		},
		[{ ...allowsAll, Condition: { ArnLike: named } }],
		[],
	).allowed;
}

/** The principals of a statement. Conditions on the principal take precedence over `Principal.AWS`. */
function principalsOf(
	statement: Statement,
): readonly { name: string; principal: Principal }[] {
	const { Principal: stated } = statement;
	const services = isObject(stated) ? [stated.Service ?? []].flat() : [];
	const conditions = [
		...conditionValues(statement, "aws:principalarn"),
		...conditionValues(statement, "aws:principalaccount"),
	];
	const names = isObject(stated)
		? [stated.AWS ?? []].flat().map(String)
		: stated === undefined
			? []
			: [String(stated)];
	return [
		...services.map((service) => ({
			name: String(service),
			principal: { kind: "service", service: String(service) } as const,
		})),
		...(conditions.length > 0 ? conditions : names).map((name) => {
			const account = /\d{12}/.exec(name)?.[0] ?? name;
			const isRole = /:(role|user|assumed-role)\//.test(name);
			return {
				name,
				principal: isRole
					? ({ kind: "role", arn: name, account } as const)
					: ({ kind: "account", account } as const),
			};
		}),
	];
}

/** Placeholders for values that no policy names. */
const anySource = "a source that no policy names";
const anyDetailType = "a detail-type that no policy names";

/** Which event types a principal may put on a bus. The policies' conditions provide the candidates. */
function allowedTypes(
	principal: Principal,
	bus: string,
	identity: readonly Statement[],
	policy: readonly Statement[],
): readonly EventTypeName[] | "any" | "none" {
	const isAllowed = (source: string, detailType: string) =>
		authorize(
			{
				principal,
				action: "events:PutEvents",
				resource: bus,
				context: {
					"events:source": [source],
					"events:detail-type": [detailType],
				},
			},
			identity,
			policy,
		).allowed;
	const all = [...identity, ...policy];
	const sources = valuesOf(all, "events:source");
	const detailTypes = valuesOf(all, "events:detail-type");
	const isOpen =
		[anySource, ...sources.open].some((source) =>
			[anyDetailType, ...detailTypes.open, ...detailTypes.exact].some(
				(detailType) => isAllowed(source, detailType),
			),
		) ||
		sources.exact.some((source) =>
			[anyDetailType, ...detailTypes.open].some((detailType) =>
				isAllowed(source, detailType),
			),
		);
	if (isOpen) return "any";
	const allowed = sources.exact.flatMap((source) =>
		detailTypes.exact
			.filter((detailType) => isAllowed(source, detailType))
			.map((detailType) => ({ source, detailType })),
	);
	return allowed.length > 0 ? allowed : "none";
}

/** The values that conditions name for a key: exact ones, and an example for each wildcard. */
function valuesOf(
	statements: readonly Statement[],
	key: string,
): { readonly exact: readonly string[]; readonly open: readonly string[] } {
	const values = statements.flatMap((statement) =>
		conditionValues(statement, key),
	);
	const distinct = [...new Set(values)];
	return {
		exact: distinct.filter((value) => !/[*?]/.test(value)),
		open: distinct
			.filter((value) => /[*?]/.test(value))
			.map((value) => value.replaceAll("*", "any").replaceAll("?", "x")),
	};
}

/** The values that conditions compare a key with. Its name is in lower case here; policies may write it in any case. */
const conditionValues = (
	{ Condition = {} }: Statement,
	key: string,
): readonly string[] =>
	Object.values(Condition).flatMap((keys) =>
		Object.entries(keys)
			.filter(([name]) => name.toLowerCase() === key)
			.flatMap(([, value]) => [value].flat().map(String)),
	);
