// The reference system's stacks, synthesized once for all tests.
import { existsSync } from "node:fs";
import { readAssembly } from "../cloud/template/assembly.ts";
import type {
	StackTemplate,
	Template,
} from "../cloud/template/stack-template.ts";
import { synthesize } from "../cloud/template/synth.ts";

const folder = "cdk.out/test";

/** The `globalSetup` of vitest. */
export async function setup(): Promise<void> {
	await synthesize(".", folder);
}

export function referenceStacks(): readonly StackTemplate[] {
	if (!existsSync(folder)) throw new Error(`${folder} was not synthesized`);
	return readAssembly(folder);
}

/** Returns the stacks with a changed copy of one template. The input is not modified. */
export function withTemplate(
	stacks: readonly StackTemplate[],
	name: string,
	change: (template: MutableTemplate) => void,
): readonly StackTemplate[] {
	return stacks.map((stack) => {
		if (stack.name !== name) return stack;
		const template = structuredClone(stack.template) as MutableTemplate;
		change(template);
		return { ...stack, template: template as Template };
	});
}

export interface MutableTemplate {
	Resources: Record<
		string,
		{ Type: string; Properties: Record<string, unknown> }
	>;
}

export const publishedBody = {
	contentId: "c-3",
	title: "Queues",
	kind: "article",
	publishedAt: "2026-11-24T08:00:00Z",
	authors: [{ name: "Ada Lovelace" }],
};

export function post(
	apiUrl: string,
	body: unknown,
	contentType = "application/json",
): Promise<Response> {
	return fetch(`${apiUrl}/content`, {
		method: "POST",
		headers: { "content-type": contentType },
		body: typeof body === "string" ? body : JSON.stringify(body),
	});
}
