import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import {
	type SystemDefinition,
	sampleAccountIds,
} from "../../cdk/system/definition.ts";
import { system } from "../../infra/system.ts";

const usage = `npm run deploy [-- --destroy]

Deploys the stacks in the order hub, producer, consumer, each with the AWS CLI profile
that infra/system.ts names for its account.

  --destroy   take the stacks down instead, in the opposite order
  --help      this text
`;

const order = ["hub", "producer", "consumer"] as const;

async function main(destroy: boolean): Promise<number> {
	const { accounts, name }: SystemDefinition = system;
	const samples = order.filter((account) =>
		sampleAccountIds.includes(accounts[account].id),
	);
	if (samples.length > 0) {
		console.error(
			`deploy: ${samples.map((account) => `accounts.${account}.id is ${accounts[account].id}`).join(", ")}: sample ids, which are nobody's.\nSet the ids of your accounts in infra/system.ts, and the profiles to deploy with.`,
		);
		return 2;
	}
	const isCurrent =
		destroy ||
		(await run(process.execPath, [
			"cli/eventwright.js",
			"codegen",
			"--check",
		])) === 0;
	if (!isCurrent) return 1;
	for (const account of destroy ? order.toReversed() : order) {
		const stack = `${name}-${account}`;
		const code = await cdk([
			destroy ? "destroy" : "deploy",
			stack,
			"--exclusively",
			"--profile",
			accounts[account].profile,
			...(destroy ? ["--force"] : []),
		]);
		if (code !== 0) {
			console.error(`deploy: ${stack} failed; what came before it stands.`);
			return code;
		}
	}
	return 0;
}

async function cdk(args: readonly string[]): Promise<number> {
	console.log(`cdk ${args.join(" ")}`);
	return run("cdk", args);
}

async function run(command: string, args: readonly string[]): Promise<number> {
	const child = spawn(command, args, { stdio: "inherit" });
	return new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (code) => resolve(code ?? 1));
	});
}

try {
	const { values } = parseArgs({
		options: {
			destroy: { type: "boolean", default: false },
			help: { type: "boolean", short: "h", default: false },
		},
	});
	if (values.help) console.log(usage.trimEnd());
	else process.exitCode = await main(values.destroy);
} catch (error) {
	console.error(`deploy: ${(error as Error).message}`);
	process.exitCode = 2;
}
