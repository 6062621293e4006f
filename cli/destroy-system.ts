import type { SystemDefinition } from "../cdk/system/definition.ts";
import { registryName } from "../cdk/system/topology.ts";
import { changesBetween } from "../cloud/rollout/changes.ts";
import { agrees } from "./agreement.ts";
import type { AwsAccount } from "./aws-account.ts";
import { deleteStack, drained, queuesIn } from "./delete-stack.ts";
import { credentialProblems, stuck } from "./preflight.ts";
import {
	type AccountName,
	accountsOf,
	type DeployedSystemStack,
	deployedStacks,
	ownerOf,
} from "./stack-plan.ts";
import { refuse, report, type Terminal } from "./terminal.ts";

export interface DestroyOptions {
	/** The module that exports the system, for messages. */
	readonly file: string;
	/** Delete queues with their messages. */
	readonly force: boolean;
	/** Do not ask. */
	readonly yes: boolean;
	/** How often queues are looked at that must become empty. Default: 10,000. */
	readonly pollMs?: number;
}

/** A producer goes first, so that nothing is accepted that nobody is subscribed to; what is on its way is handled. */
const order = ["producer", "consumer", "alarms", "hub"] as const;

/** Destroys the stacks of a system. Resolves with the exit code. What was destroyed stays so if a step fails; the next run goes on. */
export async function destroySystem(
	system: SystemDefinition,
	options: DestroyOptions,
	terminal: Terminal,
	signal: AbortSignal,
): Promise<number> {
	const accountOf = accountsOf(system);
	if (report(await credentialProblems(system, accountOf), terminal)) return 1;
	const deployed = await deployedStacks(system, accountOf);
	if (deployed.length === 0) {
		terminal.print("Nothing is deployed.");
		return 0;
	}
	const problems = [
		...stuck(deployed),
		...protectionProblems(system, deployed, options.file),
		...(await schemaProblems(system, accountOf("hub"))),
		...(options.force ? [] : await messageProblems(deployed, accountOf)),
	];
	if (report(problems, terminal)) return 1;
	const stacks = order.flatMap((part) =>
		deployed
			.filter((stack) => stack.part === part)
			// The bus goes after what its rules are in.
			.sort((a, b) => (a.name < b.name ? -1 : 1)),
	);
	const changes = new Map(
		stacks.map(({ name, template }) => [
			name,
			changesBetween(template, undefined),
		]),
	);
	for (const { name, account } of stacks)
		terminal.print(
			`delete ${terminal.style("bold", name)} in ${account}: ${changes.get(name)?.length} resources`,
		);
	for (const { kind, name, type } of [...changes.values()].flat())
		if (kind === "leave") terminal.print(`  kept: ${name}  ${type}`);
	if (!options.yes && !(await agrees(`Destroy ${system.name}?`)))
		return refuse(
			"nothing was changed; to go on, answer y on a terminal, or run with --yes",
			terminal,
		);
	for (const { name, part } of stacks) {
		if (signal.aborted) return 1;
		const account = accountOf(ownerOf(part));
		const queues = queuesIn(changes.get(name) ?? []);
		if (
			!options.force &&
			!(await drained(queues, account, terminal, signal, options.pollMs))
		)
			return 1;
		try {
			await deleteStack(name, account, terminal, signal);
		} catch (error) {
			terminal.warn(
				`destroy: ${name} failed: ${(error as Error).message}\nThe stacks before it are gone. Mend it and run destroy again: it goes on from here.`,
			);
			return 1;
		}
	}
	return 0;
}

function protectionProblems(
	{ terminationProtection = true }: SystemDefinition,
	deployed: readonly DeployedSystemStack[],
	file: string,
): readonly string[] {
	const guarded = deployed.filter((stack) => stack.terminationProtection);
	return terminationProtection && guarded.length > 0
		? [
				`${guarded.map(({ name }) => name).join(", ")}: termination protection is on; to destroy the system, set terminationProtection: false in ${file}`,
			]
		: [];
}

/** CloudFormation cannot delete a registry that has schemas; it would fail in the end. */
async function schemaProblems(
	system: SystemDefinition,
	hub: AwsAccount,
): Promise<readonly string[]> {
	const registry = registryName(system);
	const [schema] = await hub.schemasIn(registry);
	return schema === undefined
		? []
		: [
				`the registry ${registry} has published schemas, which belong to the publishing command; delete each first: aws schemas delete-schema --registry-name ${registry} --schema-name ${schema}`,
			];
}

async function messageProblems(
	deployed: readonly DeployedSystemStack[],
	accountOf: (name: AccountName) => AwsAccount,
): Promise<readonly string[]> {
	const found = await Promise.all(
		deployed.flatMap(({ part, template }) =>
			Object.values(template.Resources)
				.filter(({ Type }) => Type === "AWS::SQS::Queue")
				.map(async ({ Properties = {} }) => {
					const name = String(Properties.QueueName);
					const count = await accountOf(ownerOf(part)).messagesIn(name);
					return count
						? [
								`${name} holds ${count} messages: handle or redrive them first, or destroy with --force`,
							]
						: [];
				}),
		),
	);
	return found.flat();
}
