// Options that select templates and their deployment targets.
import type { StackTemplate } from "../cloud/template/stack-template.ts";
import type { SystemMap } from "../cloud/template/system-map.ts";
import type { TextOption } from "./command.ts";

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
		about: "read this CloudFormation template instead",
		refuse: (text) =>
			/=(?!\d{12}(\/[a-z0-9-]+)?$)[^./\\]*$/.test(text)
				? "FILE or FILE=ACCOUNT[/REGION], with a 12-digit account id"
				: undefined,
	},
} as const satisfies Record<string, TextOption>;

export interface TemplateValues {
	readonly assembly: string | undefined;
	readonly template: readonly string[];
}

/** Reads the stacks of the given templates or, by default, of the assembly. */
export async function readStacks({
	assembly = "cdk.out",
	template,
}: TemplateValues): Promise<readonly StackTemplate[]> {
	const { readAssembly, readTemplate } = await import(
		"../cloud/template/assembly.ts"
	);
	if (template.length === 0) return readAssembly(assembly);
	return template.map((text) => {
		const [, file = text, account = "000000000000", region = "us-east-1"] =
			templatePattern.exec(text) ?? [];
		return readTemplate(file, account, region);
	});
}

export async function readSystem(values: TemplateValues): Promise<SystemMap> {
	const { mapSystem } = await import("../cloud/template/system-map.ts");
	try {
		return mapSystem(await readStacks(values));
	} catch (error) {
		// An invalid template can fail in unforeseen ways.
		if (!(error instanceof TypeError || error instanceof RangeError))
			throw error;
		const { assembly = "cdk.out", template } = values;
		throw new Error(
			`${template.join(", ") || assembly} cannot be read as CloudFormation: ${error.message}`,
		);
	}
}
