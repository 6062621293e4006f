// A filter that can never match fails synthesis. One that always matches, cannot be checked or behaves unexpectedly is a warning.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Annotations } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { isObject, parseJson } from "../runtime/json.ts";
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
	const problems = filterProblems(system, contractsIn(generatedFolder));
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

/** Returns a function that finds the contract of an event type. The folder is read when the first one is asked for. */
function contractsIn(
	generatedFolder: string,
): (event: {
	readonly source: string;
	readonly detailType: string;
}) => unknown {
	let contracts: ReadonlyMap<string, unknown> | undefined;
	return ({ source, detailType }) => {
		contracts ??= readContracts(path.join(generatedFolder, "contracts"));
		return contracts.get(JSON.stringify([source, detailType]));
	};
}

function readContracts(folder: string): ReadonlyMap<string, unknown> {
	const files = existsSync(folder)
		? readdirSync(folder, { recursive: true, encoding: "utf8" })
		: [];
	return new Map(
		files
			.filter((file) => file.endsWith(".json"))
			.map((file) => {
				const full = path.join(folder, file);
				const parsed = parseJson(readFileSync(full, "utf8"));
				if (!parsed.ok || !isObject(parsed.value))
					throw new SystemError(
						`${full} is not a contract: run codegen to write it again`,
					);
				const contract = parsed.value;
				const source = contract["x-amazon-events-source"];
				const detailType = contract["x-amazon-events-detail-type"];
				return [JSON.stringify([source, detailType]), contract];
			}),
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
