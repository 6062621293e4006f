import { isCancel, text } from "@clack/prompts";
import type { ProjectAnswers } from "./init-project.ts";

/** Asks for the system's name and region. Undefined if it was cancelled. */
export async function askForProject(
	proposed: ProjectAnswers,
	refuse: Readonly<
		Record<keyof ProjectAnswers, (text: string) => string | undefined>
	>,
): Promise<ProjectAnswers | undefined> {
	const ask = (message: string, key: keyof ProjectAnswers) =>
		text({
			message,
			initialValue: proposed[key],
			validate: (value) => {
				const wanted = refuse[key](value ?? "");
				return wanted === undefined ? undefined : `It must be ${wanted}`;
			},
		});
	const system = await ask(
		"Name of the system, a prefix of all names",
		"system",
	);
	if (isCancel(system)) return undefined;
	const region = await ask("AWS region", "region");
	return isCancel(region) ? undefined : { system, region };
}
