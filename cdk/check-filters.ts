// A filter that can never match fails synthesis. One that always matches, cannot be checked or behaves unexpectedly is a warning.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Annotations } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { type SystemDefinition, SystemError } from "./system/definition.ts";
import {
	type FilterProblem,
	filterProblems,
} from "./system/filter-problems.ts";

/** Throws a `SystemError` that lists the rule, consumer, file and filter of each filter that can never match. */
export function checkFilters(
	scope: Construct,
	system: SystemDefinition,
	generatedFolder: string,
): void {
	// Event types of external publishers are in ReadOnly.
	const files = ["JSONSchemaDraft4", "ReadOnly"]
		.map((format) => path.join(generatedFolder, "registry", format))
		.filter((folder) => existsSync(folder))
		.flatMap((folder) =>
			readdirSync(folder).map((file) => path.join(folder, file)),
		);
	const documents = new Map(
		files.map((file) => {
			const document = JSON.parse(readFileSync(file, "utf8"));
			const key = JSON.stringify([
				document["x-amazon-events-source"],
				document["x-amazon-events-detail-type"],
			]);
			return [key, document];
		}),
	);
	const problems = filterProblems(system, ({ source, detailType }) => {
		const document = documents.get(JSON.stringify([source, detailType]));
		return document && { schema: document.properties.detail, document };
	});
	const errors = problems.filter(({ severity }) => severity === "error");
	if (errors.length > 0)
		throw new SystemError(
			`these filters can never match; change the filter, or change the schema and run codegen:\n${errors.map(textOf).join("\n")}`,
		);
	for (const problem of problems)
		Annotations.of(scope).addWarningV2(
			`eventwright:filter:${problem.rule}${problem.path}`,
			textOf(problem),
		);
}

function textOf({
	consumer,
	rule,
	subscription,
	path: pointer,
	message,
}: FilterProblem): string {
	const { type, filter, filteredAt = "" } = subscription;
	const at = filteredAt.startsWith("file:")
		? path.relative(
				process.cwd(),
				fileURLToPath(filteredAt.replace(/:\d+$/, "")),
			) + (/:\d+$/.exec(filteredAt)?.[0] ?? "")
		: filteredAt;
	return `${at || "system"}: rule ${rule}, consumer ${consumer}: ${type} where detail${pointer}: ${message}${filter ? `; the filter is ${JSON.stringify(filter)}` : ""}`;
}
