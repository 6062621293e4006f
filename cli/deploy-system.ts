import { spawn } from "node:child_process";
import { sampleAccountIds } from "../cdk/system/definition.ts";
import { checkCode } from "./codegen-report.ts";
import { formatsIn } from "./registry-formats.ts";
import { readSystem } from "./system-file.ts";
import type { Terminal } from "./terminal.ts";

/** A producer is deployed last and destroyed first, so that no event is accepted that nobody is subscribed to. */
const order = ["hub", "consumer", "producer"] as const;

/** Deploys or destroys a system's stacks one by one. Resolves with the exit code. */
export async function deploySystem(
	file: string,
	destroy: boolean,
	terminal: Terminal,
): Promise<number> {
	const { accounts, name } = await readSystem(file);
	const samples = order.filter((account) =>
		sampleAccountIds.includes(accounts[account].id),
	);
	if (samples.length > 0)
		throw new Error(
			`${samples.map((account) => `accounts.${account}.id is ${accounts[account].id}`).join(", ")}: these are sample ids.\nSet your account ids and AWS CLI profiles in ${file}.`,
		);
	if (!destroy && !isGenerated(terminal)) return 1;
	for (const account of destroy ? order.toReversed() : order) {
		const stack = `${name}-${account}`;
		const code = await cdk(terminal, [
			destroy ? "destroy" : "deploy",
			stack,
			"--exclusively",
			"--profile",
			accounts[account].profile,
			...(destroy ? ["--force"] : []),
		]);
		if (code !== 0) {
			terminal.warn(
				`deploy: ${stack} failed; the stacks before it stay ${destroy ? "destroyed" : "deployed"}.`,
			);
			return 1;
		}
	}
	return 0;
}

/** Whether the generated code is up to date, with the registry formats that it has. */
function isGenerated(terminal: Terminal): boolean {
	const out = "generated";
	return checkCode("schemas", out, formatsIn(out), terminal) === 0;
}

async function cdk(
	terminal: Terminal,
	args: readonly string[],
): Promise<number> {
	terminal.print(`cdk ${args.join(" ")}`);
	const child = spawn("cdk", args, { stdio: "inherit" });
	return new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (code) => resolve(code ?? 1));
	});
}
