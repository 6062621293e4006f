// A template between the deployed and the wanted one, under which whoever works with either of them works.
import { isObject } from "../../runtime/json.ts";
import type { Template, TemplateResource } from "../template/stack-template.ts";

type Properties = Readonly<Record<string, unknown>>;

/** The policy documents among a resource's properties. */
const policyProperties: ReadonlySet<string> = new Set([
	"AssumeRolePolicyDocument",
	"KeyPolicy",
	"Policy",
	"PolicyDocument",
]);

/**
 * Keeps every deployed resource and adds the wanted ones. Of a resource that both have, policies allow what either allows and a
 * rule matches what either matches; `rest` says whose other properties it has. Expanding the result again gives the same.
 */
export function expandTemplate(
	deployed: Template,
	wanted: Template,
	rest: "deployed" | "wanted",
): Template {
	const resources: Record<string, TemplateResource> = {};
	const { Resources: before } = deployed;
	for (const [id, resource] of Object.entries(before))
		resources[id] = expandResource(resource, wanted.Resources[id], rest);
	for (const [id, resource] of Object.entries(wanted.Resources))
		resources[id] ??= resource;
	const [under, over] =
		rest === "wanted" ? [deployed, wanted] : [wanted, deployed];
	const sections = Object.keys({ ...under, ...over }).filter(
		(section) => section !== "Resources",
	);
	return {
		...Object.fromEntries(
			sections.map((section) => {
				const [a, b] = [under, over].map(
					(template) => (template as unknown as Properties)[section],
				);
				return [
					section,
					isObject(a) && isObject(b) ? { ...a, ...b } : (b ?? a),
				];
			}),
		),
		Resources: resources,
	};
}

/** The wanted template, whose policies also allow what those of the deployed one allow. */
export function withDeployedPolicies(
	deployed: Template,
	wanted: Template,
): Template {
	return {
		...wanted,
		Resources: Object.fromEntries(
			Object.entries(wanted.Resources).map(([id, resource]) => [
				id,
				expandResource(deployed.Resources[id] ?? resource, resource, "wanted"),
			]),
		),
	};
}

function expandResource(
	deployed: TemplateResource,
	wanted: TemplateResource | undefined,
	rest: "deployed" | "wanted",
): TemplateResource {
	if (!wanted || wanted.Type !== deployed.Type) return deployed;
	// Only says which constructs made the template.
	if (deployed.Type === "AWS::CDK::Metadata") return deployed;
	const before = deployed.Properties ?? {};
	const after = wanted.Properties ?? {};
	const chosen = rest === "wanted" ? wanted : deployed;
	const properties: Record<string, unknown> = { ...chosen.Properties };
	for (const name of Object.keys({ ...before, ...after })) {
		if (before[name] === undefined || after[name] === undefined) continue;
		if (policyProperties.has(name))
			properties[name] = unionPolicy(before[name], after[name]);
		else if (deployed.Type === "AWS::IAM::Role" && name === "Policies")
			properties[name] = unionInline(before[name], after[name]);
		else if (deployed.Type === "AWS::Events::Rule" && name === "EventPattern")
			properties[name] = unionPattern(before[name], after[name]);
	}
	// A bus whose last statement goes keeps it until then.
	if (before.Policy !== undefined && after.Policy === undefined)
		properties.Policy = before.Policy;
	return chosen.Properties || Object.keys(properties).length > 0
		? { ...chosen, Properties: properties }
		: chosen;
}

/** A document that allows what either allows. What only one denies is not denied. */
function unionPolicy(deployed: unknown, wanted: unknown): unknown {
	const before = statementsOf(deployed);
	const statements = statementsOf(wanted).filter(
		(statement) =>
			isAllow(statement) || before.some((other) => isSame(other, statement)),
	);
	for (const statement of before.filter(isAllow)) {
		const { Sid: sid, ...rule } = statement;
		const others = statements.map(({ Sid: _, ...other }) => other);
		if (others.some((other) => isAllow(other) && allows(other, rule))) continue;
		const narrower = others.findIndex(
			(other) => isAllow(other) && allows(rule, other),
		);
		const at = narrower >= 0 ? narrower : nearest(rule, others);
		if (at === undefined)
			statements.push(withSid(freeSid(sid, statements), rule));
		else
			statements[at] = withSid(
				statements[at]?.Sid,
				narrower >= 0 ? rule : (merged(rule, others[at]) as Properties),
			);
	}
	return { ...(wanted as object), Statement: statements };
}

/** A statement id that no other statement has. */
function freeSid(sid: unknown, statements: readonly Properties[]): unknown {
	const taken = new Set(statements.map(({ Sid }) => Sid));
	if (sid === undefined || !taken.has(sid)) return sid;
	const base = String(sid)
		.replace(/Before\d+$/, "")
		.slice(0, 54);
	for (let i = 1; ; i++) {
		const name = `${base}Before${i}`;
		if (!taken.has(name)) return name;
	}
}

/** Whether a statement surely allows all that another allows. */
function allows(
	{ Condition: wide, ...a }: Properties,
	{ Condition: narrow, ...b }: Properties,
): boolean {
	const [conditions, others] = [wide ?? {}, narrow ?? {}] as Record<
		string,
		Properties
	>[];
	return (
		hasValuesOf(a, b) &&
		Object.entries(conditions ?? {}).every(([operator, keys]) =>
			Object.entries(keys).every(([key, values]) => {
				const own = others?.[operator]?.[key];
				return (
					own !== undefined &&
					hasValuesOf({ [operator]: values }, { [operator]: own })
				);
			}),
		)
	);
}

/** Whether two values are equal, but for lists of alternatives in which the first has more. */
function hasValuesOf(wide: Properties, narrow: Properties): boolean {
	return differences(narrow, wide, []).every(
		({ path, union, wanted }) =>
			mayUnite(path) && union.length === [wanted].flat().length,
	);
}

const isAllow = ({ Effect }: Properties): boolean => Effect === "Allow";

const isSame = ({ Sid: _, ...a }: Properties, { Sid: __, ...b }: Properties) =>
	JSON.stringify(a) === JSON.stringify(b);

function withSid(sid: unknown, statement: Properties): Properties {
	return sid === undefined ? statement : { Sid: sid, ...statement };
}

function unionInline(deployed: unknown, wanted: unknown): unknown {
	const before = deployed as { PolicyName: string; PolicyDocument: unknown }[];
	const after = wanted as typeof before;
	return [
		...after.map((policy) => {
			const known = before.find(
				({ PolicyName }) => PolicyName === policy.PolicyName,
			);
			return known
				? {
						...policy,
						PolicyDocument: unionPolicy(
							known.PolicyDocument,
							policy.PolicyDocument,
						),
					}
				: policy;
		}),
		...before.filter(
			({ PolicyName }) =>
				!after.some((policy) => policy.PolicyName === PolicyName),
		),
	];
}

/** A pattern that matches what either matches. */
export function unionPattern(deployed: unknown, wanted: unknown): unknown {
	const alternatives = [...alternativesOf(wanted)];
	for (const pattern of alternativesOf(deployed)) {
		const at = nearest(pattern, alternatives);
		if (at === undefined) alternatives.push(pattern);
		else alternatives[at] = merged(pattern, alternatives[at]);
	}
	return alternatives.length === 1 ? alternatives[0] : { $or: alternatives };
}

/** The patterns of which one must match. */
function alternativesOf(pattern: unknown): readonly unknown[] {
	if (!isObject(pattern) || !Array.isArray(pattern.$or)) return [pattern];
	return Object.keys(pattern).length === 1 ? pattern.$or : [pattern];
}

function statementsOf(document: unknown): readonly Properties[] {
	const stated = isObject(document) ? document.Statement : undefined;
	if (stated === undefined) return [];
	return (Array.isArray(stated) ? stated : [stated]) as Properties[];
}

/**
 * If two values differ in one list of alternatives only, the value with both lists in one: it stands for what either stands
 * for. Undefined otherwise.
 */
function merged(deployed: unknown, wanted: unknown): unknown {
	const [difference, ...more] = differences(deployed, wanted, []);
	if (!difference) return wanted;
	if (more.length > 0 || !mayUnite(difference.path)) return undefined;
	return withValue(wanted, difference.path, difference.union);
}

/** The value that a deployed one can be merged with: one that adds nothing to it, if there is one. */
function nearest(
	deployed: unknown,
	wanted: readonly unknown[],
): number | undefined {
	const size = (value: unknown) => JSON.stringify(value).length;
	const [first] = wanted
		.map((value, index) => ({ index, value: merged(deployed, value) }))
		.filter(({ value }) => value !== undefined)
		.sort((a, b) => size(a.value) - size(b.value));
	return first?.index;
}

/** Lists of which one value is enough. */
function mayUnite(path: readonly string[]): boolean {
	return !path.some((key) => /^Effect$|Not|^Null$/.test(key));
}

interface Difference {
	readonly path: readonly string[];
	/** The wanted values, then the deployed ones that are not among them. */
	readonly union: readonly unknown[];
	readonly wanted: unknown;
}

const incomparable: Difference = {
	path: ["Not"],
	union: [],
	wanted: undefined,
};

function differences(
	a: unknown,
	b: unknown,
	path: readonly string[],
): readonly Difference[] {
	if (JSON.stringify(a) === JSON.stringify(b)) return [];
	if (isPlain(a) && isPlain(b)) {
		const keys = Object.keys({ ...a, ...b });
		// A condition that only one has is no list.
		return keys.some((key) => a[key] === undefined || b[key] === undefined)
			? [incomparable]
			: keys.flatMap((key) => differences(a[key], b[key], [...path, key]));
	}
	if (isPlain(a) || isPlain(b)) return [incomparable];
	const values = new Map(
		[b, a].flat().map((value) => [JSON.stringify(value), value]),
	);
	return [{ path, union: [...values.values()], wanted: b }];
}

/** An object that is neither `{ "Ref": … }` nor `{ "Fn::…": … }`, which stand for a value. */
function isPlain(value: unknown): value is Properties {
	return (
		isObject(value) &&
		!Object.keys(value).some((key) => /^(Ref$|Fn::)/.test(key))
	);
}

function withValue(
	value: unknown,
	[key, ...path]: readonly string[],
	leaf: unknown,
): unknown {
	if (key === undefined) return leaf;
	const object = value as Properties;
	return { ...object, [key]: withValue(object[key], path, leaf) };
}
