import { spawn } from "node:child_process";
import type { SystemDefinition } from "../cdk/system/definition.ts";
import {
	type Plan,
	type PlannedStack,
	planRollout,
	type Step,
} from "../cloud/rollout/plan.ts";
import { agrees, canAsk } from "./agreement.ts";
import type { AwsAccount } from "./aws-account.ts";
import { checkCode } from "./codegen-report.ts";
import { deleteStack, drained, queuesIn } from "./delete-stack.ts";
import {
	credentialProblems,
	deploymentProblems,
	quotaProblems,
	refusedChanges,
} from "./preflight.ts";
import { settingsAsGenerated } from "./settings.ts";
import {
	type AccountName,
	accountsOf,
	deployedStacks,
	isCreated,
	ownerOf,
	printPlan,
	wantedStacks,
} from "./stack-plan.ts";
import { writeStepAssembly } from "./step-assembly.ts";
import { refuse, report, type Terminal } from "./terminal.ts";

export interface DeployOptions {
	/** The folder that the system is synthesized to. */
	readonly output: string;
	/** Only the steps of these stacks, if there are any. */
	readonly stack: readonly string[];
	/** Print the plan only. */
	readonly dryRun: boolean;
	/** Create the change sets of the first phase, and do not execute them. */
	readonly review: boolean;
	/** Accept losses, and do not ask. */
	readonly yes: boolean;
	/** How often queues are looked at that must become empty. Default: 10,000. */
	readonly pollMs?: number;
}

/** Deploys a system phase by phase. Resolves with the exit code. What was deployed stays if a step fails; the next run goes on. */
export async function deploySystem(
	system: SystemDefinition,
	options: DeployOptions,
	terminal: Terminal,
	signal: AbortSignal,
): Promise<number> {
	const accountOf = accountsOf(system);
	if ((await checkCode(await settingsAsGenerated(), [], terminal)) !== 0)
		return 1;
	if (report(await credentialProblems(system, accountOf), terminal)) return 1;
	if (
		(await cdk(["synth", "--quiet", "--output", options.output], terminal)) !==
		0
	)
		return 1;
	const all = await deployedStacks(system, accountOf);
	const deployed = all.filter(isCreated);
	const wanted = wantedStacks(system, options.output);
	if (wanted.length === 0)
		throw new Error(
			`${options.output} has no stack of the system ${system.name}: the app in cdk.json builds another system`,
		);
	expectStacks(options.stack, deployed, wanted);
	const problems = await deploymentProblems(
		system,
		deployed,
		wanted,
		accountOf,
		terminal,
	);
	const whole = planRollout(deployed, wanted);
	if (
		report(
			[...problems, ...refusedChanges(whole), ...quotaProblems(system, whole)],
			terminal,
		)
	)
		return 1;
	const { phases, losses, left, missing } = restrict(whole, options.stack);
	if (missing.length > 0)
		return refuse(
			`${missing.join(", ")} must be deployed before: add ${missing.map((stack) => `--stack ${stack}`).join(" ")}`,
			terminal,
		);
	if (phases.length === 0) {
		terminal.print(
			left.length === 0
				? "Everything is deployed."
				: "Nothing to deploy alone.",
		);
		printLeft(left, terminal);
		return 0;
	}
	const known = new Set(deployed.map(({ name }) => name));
	printPlan({ phases, losses }, known, terminal);
	printLeft(left, terminal);
	if (options.dryRun) return 0;
	if (options.review) return review(system, phases[0] ?? [], options, terminal);
	const isLossy = losses.length > 0;
	const asks = canAsk() || isLossy;
	const question = isLossy ? "Lose this, and go on?" : "Deploy this?";
	if (asks && !options.yes && !(await agrees(question)))
		return refuse(
			"nothing was changed; to go on, answer y on a terminal, or run with --yes",
			terminal,
		);
	for (const [index, phase] of phases.entries()) {
		if (signal.aborted) return 1;
		const failed = await runPhase(
			system,
			phase,
			accountOf,
			options,
			terminal,
			signal,
		);
		if (failed !== undefined) {
			terminal.warn(
				`deploy: ${failed}\n${index} of ${phases.length} phases are done, and the system works as it is. Mend it and run deploy again: it goes on from here.`,
			);
			return 1;
		}
	}
	return 0;
}

function expectStacks(
	names: readonly string[],
	deployed: readonly PlannedStack[],
	wanted: readonly PlannedStack[],
): void {
	const all = [...new Set([...wanted, ...deployed].map(({ name }) => name))];
	const unknown = names.find((name) => !all.includes(name));
	if (unknown !== undefined)
		throw new Error(
			`there is no stack ${unknown}; there are ${all.sort().join(", ")}`,
		);
}

interface Restricted {
	readonly phases: readonly (readonly Step[])[];
	readonly losses: readonly string[];
	/** Stacks that keep what other stacks still use. */
	readonly left: readonly string[];
	/** Stacks that have to be deployed before the chosen ones. */
	readonly missing: readonly string[];
}

/** The steps of some stacks. What takes away waits until all other stacks are deployed. */
function restrict(
	{ phases, losses }: Plan,
	stacks: readonly string[],
): Restricted {
	const all = phases.flat();
	if (stacks.length === 0 || all.every(({ stack }) => stacks.includes(stack)))
		return { phases, losses, left: [], missing: [] };
	const isFirst = (step: Step) =>
		all.find(({ stack }) => stack === step.stack) === step;
	const adds = (step: Step) =>
		isFirst(step) && ["expand", "update"].includes(step.action);
	const chosen = phases
		.map((phase) =>
			phase.filter((step) => stacks.includes(step.stack) && adds(step)),
		)
		.filter((phase) => phase.length > 0);
	const namesOf = (steps: readonly Step[]) => [
		...new Set(steps.map(({ stack }) => stack)),
	];
	const beyondHub = chosen
		.flat()
		.some(({ part }) => part === "consumer" || part === "producer");
	return {
		phases: chosen,
		losses: chosen.flat().flatMap((step) => step.losses),
		left: namesOf(
			all.filter((step) => stacks.includes(step.stack) && !adds(step)),
		),
		missing: beyondHub
			? namesOf(
					all.filter(
						(step) =>
							step.part === "hub" && !stacks.includes(step.stack) && adds(step),
					),
				)
			: [],
	};
}

function printLeft(left: readonly string[], { print }: Terminal): void {
	for (const stack of left)
		print(
			`${stack} keeps what other stacks still use: run deploy without --stack to take it away.`,
		);
}

/** Runs the steps of a phase. Resolves with what failed, or undefined. */
async function runPhase(
	system: SystemDefinition,
	phase: readonly Step[],
	accountOf: (name: AccountName) => AwsAccount,
	options: DeployOptions,
	terminal: Terminal,
	signal: AbortSignal,
): Promise<string | undefined> {
	const byOwner = Map.groupBy(phase, ({ part }) => ownerOf(part));
	for (const [owner, steps] of byOwner) {
		const deletions = steps.filter(({ action }) => action === "delete");
		for (const { stack, changes } of deletions) {
			const account = accountOf(owner);
			if (
				!(await drained(
					queuesIn(changes),
					account,
					terminal,
					signal,
					options.pollMs,
				))
			)
				return `${stack} is not empty`;
			try {
				await deleteStack(stack, account, terminal, signal);
			} catch (error) {
				return `${stack} could not be deleted: ${(error as Error).message}`;
			}
		}
		const deployments = steps.filter(({ action }) => action !== "delete");
		if (deployments.length === 0) continue;
		const code = await cdk(
			deployArguments(system, owner, deployments, options),
			terminal,
		);
		if (code !== 0)
			return `${deployments.map(({ stack }) => stack).join(", ")} failed`;
	}
	return undefined;
}

/** Creates the change sets of a phase. The phases after it depend on it. */
async function review(
	system: SystemDefinition,
	phase: readonly Step[],
	options: DeployOptions,
	terminal: Terminal,
): Promise<number> {
	const steps = phase.filter(({ action }) => action !== "delete");
	if (steps.length === 0)
		return refuse("the first phase only deletes stacks", terminal);
	for (const [owner, own] of Map.groupBy(steps, ({ part }) => ownerOf(part))) {
		const code = await cdk(
			[
				...deployArguments(system, owner, own, options),
				"--method",
				"prepare-change-set",
				"--change-set-name",
				"eventwright",
			],
			terminal,
		);
		if (code !== 0) return 1;
	}
	terminal.print(
		"The first phase's change sets are called eventwright. Nothing was deployed; look at them, then run deploy.",
	);
	return 0;
}

/** How many stacks CloudFormation updates at once. */
const stacksAtOnce = 5;

function deployArguments(
	{ accounts }: SystemDefinition,
	owner: AccountName,
	steps: readonly Step[],
	{ output }: DeployOptions,
): readonly string[] {
	const { profile } = accounts[owner];
	return [
		"deploy",
		...steps.map(({ stack }) => stack),
		"--app",
		writeStepAssembly(output, steps),
		"--exclusively",
		// The plan was agreed to. CDK cannot ask for several stacks at once.
		"--require-approval",
		"never",
		...(steps.length > 1 ? ["--concurrency", String(stacksAtOnce)] : []),
		...(profile === undefined ? [] : ["--profile", profile]),
	];
}

async function cdk(
	args: readonly string[],
	terminal: Terminal,
): Promise<number> {
	terminal.print(terminal.style("gray", `cdk ${args.join(" ")}`));
	const child = spawn("cdk", args, { stdio: "inherit" });
	return new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (code) => resolve(code ?? 1));
	});
}
