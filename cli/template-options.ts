// Options that select templates and their deployment targets.
import type { Statement } from "../cloud/template/policy.ts";
import type { StackTemplate } from "../cloud/template/stack-template.ts";
import type { SystemMap } from "../cloud/template/system-map.ts";
import { type TextOption, UsageError } from "./command.ts";
import { cleanLine, type Terminal } from "./terminal.ts";

const templatePattern = /^(.+?)(?:=(\d{12})(?:\/([a-z0-9-]+))?)?$/;

export const templateOptions = {
	assembly: {
		type: "string",
		value: "DIR",
		about: 'cloud assembly from "cdk synth"; cdk.out by default',
	},
	template: {
		type: "string",
		value: "FILE[=ACCOUNT[/REGION]]",
		multiple: true,
		about: "read this CloudFormation or SAM template instead",
		refuse: (text) =>
			/=(?!\d{12}(\/[a-z0-9-]+)?$)[^./\\]*$/.test(text)
				? "FILE or FILE=ACCOUNT[/REGION], with a 12-digit account id"
				: undefined,
	},
	account: {
		type: "string",
		value: "ACCOUNT",
		about: "account of stacks that state none",
		refuse: (text) =>
			/^\d{12}$/.test(text) ? undefined : "a 12-digit account id",
	},
	region: {
		type: "string",
		value: "REGION",
		about: "region of stacks that state none; us-east-1 by default",
		refuse: (text) =>
			/^[a-z]{2,}(-[a-z]+)+-\d$/.test(text)
				? undefined
				: "a region such as eu-west-1",
	},
	parameter: {
		type: "string",
		value: "NAME=VALUE",
		multiple: true,
		about: "value of a parameter of the templates",
		refuse: (text) => (/^[A-Za-z0-9]+=/.test(text) ? undefined : "NAME=VALUE"),
	},
} as const satisfies Record<string, TextOption>;

/** Of a command that runs something else if it is absent. */
export const ownAssembly = {
	...templateOptions.assembly,
	about: 'run this cloud assembly from "cdk synth"',
};

export interface TemplateValues {
	readonly assembly: string | undefined;
	readonly template: readonly string[];
	readonly account?: string | undefined;
	readonly region?: string | undefined;
	readonly parameter?: readonly string[];
}

/** Reads the stacks of the given templates or, by default, of the assembly. */
export async function readStacks({
	assembly = "cdk.out",
	template,
	account,
	region,
	parameter = [],
}: TemplateValues): Promise<readonly StackTemplate[]> {
	const { readAssembly, readTemplate } = await import(
		"../cloud/template/assembly.ts"
	);
	const parameters = Object.fromEntries(
		parameter.map((text) => {
			const at = text.indexOf("=");
			return [text.slice(0, at), text.slice(at + 1)];
		}),
	);
	const placement = { account, region, parameters };
	const stacks =
		template.length === 0
			? readAssembly(assembly, placement)
			: named(
					template.map((text) => {
						const [, file = text, ownAccount, ownRegion] =
							templatePattern.exec(text) ?? [];
						return readTemplate(
							file,
							ownAccount,
							ownAccount === undefined
								? undefined
								: (ownRegion ?? region ?? "us-east-1"),
							placement,
						);
					}),
				);
	for (const name of Object.keys(parameters))
		if (
			!stacks.some(({ template }) =>
				Object.hasOwn(template.Parameters ?? {}, name),
			)
		)
			throw new UsageError(
				`no template has a parameter ${name}${suggestion(
					stacks.flatMap(({ template }) =>
						Object.keys(template.Parameters ?? {}),
					),
				)}`,
			);
	return stacks;
}

function suggestion(known: readonly string[]): string {
	const distinct = [...new Set(known)];
	return distinct.length === 0
		? "; they have none"
		: `; there are ${distinct.slice(0, 10).join(", ")}`;
}

/** Stacks of one account and region have different names, also if their files have the same one. */
function named(stacks: readonly StackTemplate[]): readonly StackTemplate[] {
	const seen = new Map<string, number>();
	return stacks.map((stack) => {
		const key = `${stack.account}/${stack.region}/${stack.name}`;
		const count = (seen.get(key) ?? 0) + 1;
		seen.set(key, count);
		return count === 1 ? stack : { ...stack, name: `${stack.name}-${count}` };
	});
}

/** Reads what the templates say of the flow of events. Values that are not known are named on standard error. */
export async function readSystem(
	values: TemplateValues,
	{ warn }: Pick<Terminal, "warn">,
): Promise<SystemMap> {
	const { mapSystem } = await import("../cloud/template/system-map.ts");
	const stacks = await readStacks(values);
	const placements = new Set(stacks.flatMap(({ notes = [] }) => notes));
	const map = mapSystem(stacks);
	for (const what of map.assumptions)
		if (![...placements].some((note) => what.endsWith(note)))
			warn(`note: ${cleanLine(what)}`);
	return map;
}

export const scpOption = {
	type: "string",
	value: "FILE",
	multiple: true,
	about:
		"service control policy in JSON that limits all accounts, or a list of them;\neach file is a level of the organization, and every level must allow",
} as const satisfies TextOption;

/** The statements of each file. A level that only denies has FullAWSAccess beside it, as AWS attaches it by default. */
export async function readScps(
	files: readonly string[],
): Promise<readonly (readonly Statement[])[]> {
	if (files.length === 0) return [];
	const [{ readJson }, { statementsOf }] = await Promise.all([
		import("./json-file.ts"),
		import("../cloud/template/statements.ts"),
	]);
	return files.map((file) => {
		try {
			const own = [readJson(file)].flat().flatMap(statementsOf);
			return own.some(({ Effect }) => Effect === "Allow")
				? own
				: [{ Effect: "Allow", Action: "*", Resource: "*" }, ...own];
		} catch (error) {
			throw new UsageError(`${file}: ${(error as Error).message}`);
		}
	});
}
