// The stacks of a system as they are deployed and as they are wanted, and how a plan is printed.
import { readFileSync } from "node:fs";
import path from "node:path";
import {
	accountNames,
	type SystemDefinition,
} from "../cdk/system/definition.ts";
import { systemTag } from "../cdk/system/names.ts";
import { partOf } from "../cdk/system/topology.ts";
import type { Change } from "../cloud/rollout/changes.ts";
import type { Plan, PlannedStack } from "../cloud/rollout/plan.ts";
import { readAssembly } from "../cloud/template/assembly.ts";
import {
	type AwsAccount,
	awsAccount,
	type DeployedStack,
} from "./aws-account.ts";
import type { Terminal } from "./terminal.ts";

export type AccountName = keyof SystemDefinition["accounts"];

export interface DeployedSystemStack extends PlannedStack {
	readonly status: string;
	readonly terminationProtection: boolean;
}

/** The deployed stacks of a system. Accounts may be one and the same. */
export async function deployedStacks(
	system: SystemDefinition,
	accountOf: (name: AccountName) => AwsAccount,
): Promise<readonly DeployedSystemStack[]> {
	const byId = new Map(
		accountNames.map((name) => [system.accounts[name].id, name]),
	);
	const found = await Promise.all(
		[...byId].map(async ([account, name]) => {
			const stacks = await accountOf(name).stacksWith(systemTag, system.name);
			return stacks.map((stack) => ({ account, ...stack }));
		}),
	);
	return found.flat().flatMap((stack) => {
		const part = partOf(system, stack.name);
		return part
			? [{ ...stack, part, region: system.region, settings: settingsOf(stack) }]
			: [];
	});
}

/** Statuses of stacks whose creation has failed, or not begun. CDK makes them anew. */
const neverCreated: ReadonlySet<string> = new Set([
	"CREATE_FAILED",
	"REVIEW_IN_PROGRESS",
	"ROLLBACK_COMPLETE",
	"ROLLBACK_FAILED",
]);

export function isCreated({ status }: DeployedSystemStack): boolean {
	return !neverCreated.has(status);
}

/** Each account, with its credentials. */
export function accountsOf({
	accounts,
	region,
}: SystemDefinition): (name: AccountName) => AwsAccount {
	const made = new Map(
		accountNames.map((name) => [
			name,
			awsAccount(region, accounts[name].profile),
		]),
	);
	return (name) => made.get(name) as AwsAccount;
}

export function ownerOf(part: PlannedStack["part"]): AccountName {
	return part === "alarms" ? "hub" : part;
}

const settingsOf = ({
	tags,
	terminationProtection,
}: Pick<DeployedStack, "tags" | "terminationProtection">) => ({
	tags: Object.fromEntries(Object.entries(tags).sort()),
	terminationProtection,
});

/** The stacks of a synthesized system. */
export function wantedStacks(
	system: SystemDefinition,
	folder: string,
): readonly PlannedStack[] {
	const { artifacts } = JSON.parse(
		readFileSync(path.join(folder, "manifest.json"), "utf8"),
	) as {
		artifacts: Readonly<
			Record<
				string,
				{
					properties?: {
						tags?: Record<string, string>;
						terminationProtection?: boolean;
					};
				}
			>
		>;
	};
	return readAssembly(folder).flatMap((stack) => {
		const part = partOf(system, stack.name);
		const { tags = {}, terminationProtection = false } =
			artifacts[stack.name]?.properties ?? {};
		return part
			? [
					{
						...stack,
						part,
						settings: settingsOf({ tags, terminationProtection }),
					},
				]
			: [];
	});
}

const signs: Readonly<Record<Change["kind"], string>> = {
	add: "+",
	change: "~",
	replace: "±",
	remove: "-",
	leave: "·",
};

/** Prints what each step does, and what is lost. */
export function printPlan(
	{ phases, losses }: Plan,
	deployed: ReadonlySet<string>,
	{ print, style }: Terminal,
): void {
	for (const [index, phase] of phases.entries())
		for (const { stack, action, account, changes } of phase) {
			const isNew = !deployed.has(stack) && action !== "delete";
			print(
				`${index + 1}. ${action === "update" ? "deploy" : action} ${style("bold", stack)} in ${account}${isNew ? `, new: ${changes.length} resources` : changes.length === 0 ? ": properties, tags or protection" : ""}`,
			);
			if (isNew) continue;
			for (const { kind, name, type } of changes)
				print(
					`   ${style(colours[kind], `${signs[kind]} ${name}`)}  ${type}${kind === "leave" ? ", kept" : kind === "replace" ? ", replaced" : ""}`,
				);
		}
	if (losses.length > 0) print(style("red", "This loses:"));
	for (const loss of losses) print(`  ${loss}`);
}

const colours = {
	add: "green",
	change: "yellow",
	replace: "magenta",
	remove: "red",
	leave: "gray",
} as const;
