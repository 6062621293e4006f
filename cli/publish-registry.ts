import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { awsRegistry } from "../generator/registry/aws.ts";
import {
	type PublishedRegistry,
	type PublishedRow,
	publishEntries,
	type RegistryEntry,
} from "../generator/registry/publish.ts";

export interface PublishRegistryOptions {
	readonly registryName: string;
	readonly type: RegistryEntry["type"];
	/** The generated folder. */
	readonly out: string;
	readonly endpoint?: string;
	readonly dryRun: boolean;
}

/** Publishes the generated entries. Resolves with a table of the results. */
export async function publishRegistry(
	options: PublishRegistryOptions,
): Promise<{ readonly table: string; readonly isRefused: boolean }> {
	const { registryName, type, out, endpoint, dryRun } = options;
	const entries = await readEntries(out, type);
	const published = await publishEntries(
		registryName,
		entries,
		awsRegistry(endpoint),
		dryRun,
	).catch((error: Error) => {
		throw new Error(`${error.message}${hint(error, endpoint)}`);
	});
	return {
		table: table(published, registryName, dryRun),
		isRefused: published.rows.some(({ action }) => action === "refused"),
	};
}

async function readEntries(
	out: string,
	type: RegistryEntry["type"],
): Promise<readonly RegistryEntry[]> {
	const folder = path.join(out, "registry", type);
	if (!existsSync(folder))
		throw new Error(
			`there are no registry entries in ${folder}; event types with readOnly: true have none. Run: npm run codegen${type === "OpenApi3" ? "" : " -- --registry-format both"}`,
		);
	const files = (await readdir(folder))
		.filter((file) => file.endsWith(".json"))
		.sort();
	return Promise.all(
		files.map(async (file) => {
			const content = JSON.parse(
				await readFile(path.join(folder, file), "utf8"),
			);
			const description: string =
				content.info?.description ?? content.description ?? "";
			return {
				schemaName: file.replace(/\.json$/, ""),
				type,
				content: JSON.stringify(content),
				description: description.slice(0, 256),
			};
		}),
	);
}

/** A hint for SDK errors caused by the configuration. */
function hint(error: Error, endpoint: string | undefined): string {
	const { code } = error as NodeJS.ErrnoException;
	if (code === "ECONNREFUSED")
		return ` (nothing listens at ${endpoint ?? process.env.AWS_ENDPOINT_URL ?? "AWS's endpoint"}; compare it with the endpoint that npm run dev prints)`;
	if (/region/i.test(error.message)) return ": set AWS_REGION";
	if (/credentials/i.test(error.message))
		return ": set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
	return "";
}

const wouldBe = {
	created: "would create",
	updated: "would update",
	unchanged: "unchanged",
	refused: "refused",
} as const;

function table(
	{ registryCreated, rows }: PublishedRegistry,
	registryName: string,
	dryRun: boolean,
): string {
	const widths = [
		Math.max(6, ...rows.map(({ schemaName }) => schemaName.length)),
		12,
	] as const;
	const verb = (action: PublishedRow["action"]) =>
		dryRun ? wouldBe[action] : action;
	const lines = rows.map(({ schemaName, action, version, message }) =>
		`${schemaName.padEnd(widths[0])}  ${verb(action).padEnd(widths[1])}  ${version.padStart(7)}${message ? `  ${message}` : ""}`.trimEnd(),
	);
	return [
		`registry ${registryName}${registryCreated ? (dryRun ? " would be created" : " created") : ""}${dryRun ? " (dry run: nothing was written)" : ""}`,
		`${"schema".padEnd(widths[0])}  ${"action".padEnd(widths[1])}  version`,
		...lines,
	].join("\n");
}
