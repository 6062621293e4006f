import { createHash } from "node:crypto";
import {
	ConflictException,
	CreateRegistryCommand,
	CreateSchemaCommand,
	DescribeRegistryCommand,
	DescribeSchemaCommand,
	NotFoundException,
	SchemasClient,
	UpdateSchemaCommand,
} from "@aws-sdk/client-schemas";
import type { RegistryApi } from "./publish.ts";

/** A schema registry client based on the AWS SDK. Local endpoints get placeholder credentials by default. */
export function awsRegistry(endpoint?: string): RegistryApi {
	const local =
		endpoint !== undefined &&
		["127.0.0.1", "localhost", "[::1]"].includes(new URL(endpoint).hostname);
	const client = new SchemasClient({
		...(endpoint === undefined ? {} : { endpoint }),
		...(local && !process.env.AWS_REGION ? { region: "us-east-1" } : {}),
		...(local && !process.env.AWS_ACCESS_KEY_ID && !process.env.AWS_PROFILE
			? { credentials: { accessKeyId: "local", secretAccessKey: "local" } }
			: {}),
	});
	return {
		describeRegistry: (RegistryName) =>
			unlessMissing(client.send(new DescribeRegistryCommand({ RegistryName }))),
		createRegistry: async (RegistryName) => {
			await unlessConflict(
				client.send(new CreateRegistryCommand({ RegistryName })),
			);
		},
		describeSchema: async (RegistryName, SchemaName) => {
			const found = await unlessMissing(
				client.send(new DescribeSchemaCommand({ RegistryName, SchemaName })),
			);
			return (
				found && {
					type: found.Type ?? "",
					content: found.Content ?? "",
					version: found.SchemaVersion ?? "",
				}
			);
		},
		createSchema: async (RegistryName, entry) => {
			const created = await unlessConflict(
				client.send(
					new CreateSchemaCommand({
						RegistryName,
						SchemaName: entry.schemaName,
						Type: entry.type,
						Content: entry.content,
						Description: entry.description,
					}),
				),
			);
			return created === "conflict"
				? "exists"
				: { version: created.SchemaVersion ?? "" };
		},
		updateSchema: async (RegistryName, entry, previousVersion) => {
			try {
				const updated = await client.send(
					new UpdateSchemaCommand({
						RegistryName,
						SchemaName: entry.schemaName,
						Type: entry.type,
						Content: entry.content,
						Description: entry.description,
						ClientTokenId: tokenOf(
							RegistryName,
							entry.schemaName,
							previousVersion,
							entry.content,
						),
					}),
				);
				return { version: updated.SchemaVersion ?? "" };
			} catch (error) {
				if (statusOf(error) === 304) return "unchanged";
				throw error;
			}
		},
	};
}

const statusOf = (error: unknown) =>
	(error as { $metadata?: { httpStatusCode?: number } }).$metadata
		?.httpStatusCode;

async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
	try {
		return await call;
	} catch (error) {
		if (error instanceof NotFoundException || statusOf(error) === 404)
			return undefined;
		throw error;
	}
}

async function unlessConflict<T>(call: Promise<T>): Promise<T | "conflict"> {
	try {
		return await call;
	} catch (error) {
		if (error instanceof ConflictException || statusOf(error) === 409)
			return "conflict";
		throw error;
	}
}

/** The same change has the same token, so the service recognizes retries. */
function tokenOf(...parts: readonly string[]): string {
	const hex = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
	return [
		hex.slice(0, 8),
		hex.slice(8, 12),
		hex.slice(12, 16),
		hex.slice(16, 20),
		hex.slice(20, 32),
	].join("-");
}
