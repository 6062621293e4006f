// Which principals may put which events on which bus, by the same policy evaluation as in the runner.
import { isObject } from "../../runtime/json.ts";
import { type Access, accessOf, type Role } from "./access.ts";
import { busArn } from "./identities.ts";
import { authorize, type Principal, type Statement } from "./policy.ts";
import type { Resource } from "./resource.ts";

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
	const known = new Set(
		resources.flatMap(({ type, attributes, properties, stack }) =>
			type === "AWS::Events::EventBus"
				? [attributes.Arn as string]
				: type === "AWS::Events::Rule"
					? [busArn(String(properties.EventBusName ?? "default"), stack)]
					: [],
		),
	);
	const accounts = new Set(resources.map(({ stack }) => stack.account));
	const own = [...access.roles.values()].flatMap((role) =>
		roleProducers(role, access, known, accounts, resources),
	);
	const outside = [...access.resourcePolicies].flatMap(([bus, statements]) =>
		bus.includes(":event-bus/")
			? outsideProducers(bus, statements, access)
			: [],
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

/** External principals that a bus policy allows. */
function outsideProducers(
	bus: string,
	statements: readonly Statement[],
	{ roles }: Access,
): readonly MappedProducer[] {
	return statements.flatMap((statement): readonly MappedProducer[] => {
		if (statement.Effect !== "Allow") return [];
		const denials = statements.filter(({ Effect }) => Effect === "Deny");
		const policy = [statement, ...denials];
		const isOwn = [...roles.values()].some(
			({ arn, account }) =>
				allowedTypes(
					{ kind: "role", arn, account },
					bus,
					[allowsAll],
					[statement],
				) !== "none",
		);
		if (isOwn) return [];
		return principalsOf(statement).flatMap(({ name, principal }) => {
			const allowed = allowedTypes(principal, bus, [allowsAll], policy);
			return allowed === "none"
				? []
				: [
						{
							name,
							busArn: bus,
							...(allowed === "any" ? {} : { publishes: allowed }),
						},
					];
		});
	});
}

const allowsAll: Statement = {
	Effect: "Allow",
	Principal: "*",
	Action: "*",
	Resource: "*",
};

/** The principals of a statement. A condition on aws:PrincipalArn takes precedence over `Principal.AWS`. */
function principalsOf({
	Principal: stated,
	Condition = {},
}: Statement): readonly { name: string; principal: Principal }[] {
	const services = isObject(stated) ? [stated.Service ?? []].flat() : [];
	const arns = Object.values(Condition).flatMap((keys) =>
		[keys["aws:PrincipalArn"] ?? []].flat().map(String),
	);
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
		...(arns.length > 0 ? arns : names).map((name) => {
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
	const values = statements.flatMap(({ Condition = {} }) =>
		Object.values(Condition).flatMap((keys) =>
			Object.entries(keys)
				.filter(([name]) => name.toLowerCase() === key)
				.flatMap(([, value]) => [value].flat().map(String)),
		),
	);
	const distinct = [...new Set(values)];
	return {
		exact: distinct.filter((value) => !/[*?]/.test(value)),
		open: distinct
			.filter((value) => /[*?]/.test(value))
			.map((value) => value.replaceAll("*", "any").replaceAll("?", "x")),
	};
}
