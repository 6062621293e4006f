import { parseJson } from "../../runtime/json.ts";
import { equal } from "../../runtime/validator/checks.ts";
import { contentCharactersMax } from "../schema/registry-name.ts";

/** A schema to store in the registry. */
export interface RegistryEntry {
	readonly schemaName: string;
	readonly type: "OpenApi3" | "JSONSchemaDraft4";
	readonly content: string;
	readonly description: string;
}

/** The schema registry API that publishing needs. Lookups return `undefined` if there is no such resource. */
export interface RegistryApi {
	readonly describeRegistry: (registry: string) => Promise<object | undefined>;
	readonly createRegistry: (registry: string) => Promise<void>;
	readonly describeSchema: (
		registry: string,
		schemaName: string,
	) => Promise<
		| {
				readonly type: string;
				readonly content: string;
				readonly version: string;
		  }
		| undefined
	>;
	/** `"exists"` if another client created it first. */
	readonly createSchema: (
		registry: string,
		entry: RegistryEntry,
	) => Promise<{ readonly version: string } | "exists">;
	/** `"unchanged"` if the service considers the content equal. */
	readonly updateSchema: (
		registry: string,
		entry: RegistryEntry,
		previousVersion: string,
	) => Promise<{ readonly version: string } | "unchanged">;
}

export interface PublishedRow {
	readonly schemaName: string;
	readonly action: "created" | "updated" | "unchanged" | "refused";
	readonly version: string;
	readonly message?: string;
}

export interface PublishedRegistry {
	readonly registryCreated: boolean;
	readonly rows: readonly PublishedRow[];
}

/** Creates missing entries and updates changed ones; never deletes. With `dryRun`, it only reads. */
export async function publishEntries(
	registry: string,
	entries: readonly RegistryEntry[],
	api: RegistryApi,
	dryRun: boolean,
): Promise<PublishedRegistry> {
	const exists = (await api.describeRegistry(registry)) !== undefined;
	if (!exists && !dryRun) await api.createRegistry(registry);
	const rows: PublishedRow[] = [];
	for (const entry of entries)
		rows.push(await publishEntry(registry, entry, api, dryRun, exists));
	return { registryCreated: !exists, rows };
}

async function publishEntry(
	registry: string,
	entry: RegistryEntry,
	api: RegistryApi,
	dryRun: boolean,
	registryExists: boolean,
): Promise<PublishedRow> {
	const { schemaName } = entry;
	const row = (
		action: PublishedRow["action"],
		version: string,
		message?: string,
	): PublishedRow => ({
		schemaName,
		action,
		version,
		...(message === undefined ? {} : { message }),
	});
	const refusal = refuse(entry);
	if (refusal) return row("refused", "", refusal);
	let current =
		registryExists || !dryRun
			? await api.describeSchema(registry, schemaName)
			: undefined;
	if (!current) {
		if (dryRun) return row("created", "1");
		const created = await api.createSchema(registry, entry);
		if (created !== "exists") return row("created", created.version);
		current = await api.describeSchema(registry, schemaName);
		if (!current)
			return row(
				"refused",
				"",
				"the registry reports the schema both as existing and as missing",
			);
	}
	if (current.type === entry.type && sameJson(current.content, entry.content))
		return row("unchanged", current.version);
	if (dryRun) return row("updated", String(Number(current.version) + 1));
	const updated = await api.updateSchema(registry, entry, current.version);
	return updated === "unchanged"
		? row("unchanged", current.version)
		: row("updated", updated.version);
}

function refuse({ schemaName, content }: RegistryEntry): string | undefined {
	if (schemaName.length > 385)
		return `the name has ${schemaName.length} characters, the limit is 385`;
	return content.length > contentCharactersMax
		? `the content has ${content.length} characters, the limit is ${contentCharactersMax}`
		: undefined;
}

function sameJson(a: string, b: string): boolean {
	const [left, right] = [parseJson(a), parseJson(b)];
	return left.ok && right.ok && equal(left.value, right.value);
}
