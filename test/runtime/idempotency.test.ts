// Each event's effect once, however often it is delivered: with a store in memory, and Powertools' over DynamoDB.
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import {
	CreateTableCommand,
	DynamoDBClient,
	waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import dynalite from "dynalite";
import {
	afterAll,
	beforeAll,
	beforeEach,
	describe,
	expect,
	test,
	vi,
} from "vitest";
import { consume, type SqsRecord } from "../../runtime/consume.ts";
import { eventType } from "../../runtime/event-type.ts";
import {
	type IdempotencyStore,
	idempotency,
} from "../../runtime/idempotency.ts";
import { isolate } from "../../runtime/isolate.ts";
import { powertoolsStore } from "../../runtime/powertools.ts";

interface Order {
	readonly orderId: string;
}
const byId = eventType<"Placed", Order>("Placed", "shop", "Placed", () => true);
const byOrder = eventType<"Placed", Order>(
	"Placed",
	"shop",
	"Placed",
	() => true,
	"orderId",
);

const record = (id: string, orderId: string, messageId = id): SqsRecord => ({
	messageId,
	body: JSON.stringify({
		version: "0",
		id,
		source: "shop",
		"detail-type": "Placed",
		account: "111111111111",
		time: "2026-11-24T09:00:00Z",
		region: "eu-west-1",
		resources: [],
		detail: { orderId },
	}),
});

function memoryStore(): IdempotencyStore & { keys: Map<string, string> } {
	const keys = new Map<string, string>();
	return {
		keys,
		begin: async (key) => {
			const state = keys.get(key);
			if (state === "done" || state === "busy") return state;
			keys.set(key, "busy");
			return "begun";
		},
		complete: async (key) => void keys.set(key, "done"),
		release: async (key) => void keys.delete(key),
	};
}

const handle = async (
	records: readonly SqsRecord[],
	store: IdempotencyStore,
	handler: (orderId: string) => unknown,
	type = byId,
) =>
	(
		await consume<{ Placed: never }>(
			records,
			{ Placed: type } as never,
			{
				Placed: ({ detail }: { detail: Order }) => handler(detail.orderId),
			} as never,
			{ idempotency: idempotency(store) },
		)
	).failures.map(({ messageId }) => messageId);

describe("an idempotent consumer", () => {
	test("drops a delivery of an event that has been handled", async () => {
		const store = memoryStore();
		const handler = vi.fn();
		expect(await handle([record("1", "a")], store, handler)).toEqual([]);
		expect(await handle([record("1", "a")], store, handler)).toEqual([]);
		expect(handler).toHaveBeenCalledTimes(1);
	});

	test("fails a delivery while another is handled, and handles one that failed again", async () => {
		const store = memoryStore();
		let fails = true;
		const handler = vi.fn(async () => {
			await new Promise((resolve) => setTimeout(resolve, 10));
			if (fails) throw new Error("away");
		});
		const twice = [record("1", "a", "first"), record("1", "a", "second")];
		expect(await handle(twice, store, handler)).toEqual(["first", "second"]);
		fails = false;
		expect(await handle(twice.slice(1), store, handler)).toEqual([]);
		expect(handler).toHaveBeenCalledTimes(2);
	});

	test("knows an event that was published twice by the property that the schema names", async () => {
		const store = memoryStore();
		const handler = vi.fn();
		await handle([record("1", "a")], store, handler, byOrder);
		await handle([record("2", "a"), record("3", "b")], store, handler, byOrder);
		expect(handler.mock.calls).toEqual([["a"], ["b"]]);
		expect([...store.keys.keys()]).toEqual([
			'shop Placed orderId="a"',
			'shop Placed orderId="b"',
		]);
	});

	test.each(["begin", "complete"] as const)(
		"a store whose %s fails fails the record",
		async (method) => {
			const store = {
				...memoryStore(),
				[method]: () => Promise.reject(new Error("store")),
			};
			expect(await handle([record("1", "a")], store, () => {})).toEqual(["1"]);
		},
	);

	test("what a handler throws while its event is marked as handled fails the record", async () => {
		const store: IdempotencyStore = {
			...memoryStore(),
			complete: () => new Promise((resolve) => setTimeout(resolve, 30)),
		};
		const { failures } = await consume<{ Placed: never }>(
			[record("1", "a")],
			{ Placed: byId } as never,
			{
				Placed: () => {
					setTimeout(() => {
						throw new Error("late");
					}, 10);
				},
			} as never,
			{ idempotency: idempotency(store) },
			{ isolate },
		);
		expect(failures).toMatchObject([{ message: "late" }]);
	});

	test("a store whose release fails hides no error", async () => {
		const store = {
			...memoryStore(),
			release: () => Promise.reject(new Error("store")),
		};
		const { failures } = await consume<{ Placed: never }>(
			[record("1", "a")],
			{ Placed: byId } as never,
			{
				Placed: () => {
					throw new Error("handler");
				},
			} as never,
			{ idempotency: idempotency(store) },
		);
		expect(failures[0]?.message).toBe("handler");
	});
});

describe("Powertools' store over DynamoDB", () => {
	let server: Server;
	let client: DynamoDBDocumentClient;

	beforeAll(async () => {
		server = dynalite({ createTableMs: 0 }) as Server;
		await new Promise<void>((resolve) =>
			server.listen(0, "127.0.0.1", resolve),
		);
		const dynamo = new DynamoDBClient({
			region: "eu-west-1",
			endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
			credentials: { accessKeyId: "a", secretAccessKey: "b" },
		});
		client = DynamoDBDocumentClient.from(dynamo);
		await dynamo.send(
			new CreateTableCommand({
				TableName: "handled",
				KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
				AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
				BillingMode: "PAY_PER_REQUEST",
			}),
		);
		await waitUntilTableExists(
			{ client: dynamo, maxWaitTime: 60, minDelay: 1, maxDelay: 2 },
			{ TableName: "handled" },
		);
	});
	afterAll(() => {
		client.destroy();
		server.close();
	});
	beforeEach(() => vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "consumer"));

	test("1,000 events, each delivered three times at once, have their effect once", {
		timeout: 120_000,
	}, async () => {
		const store = powertoolsStore(
			new DynamoDBPersistenceLayer({
				tableName: "handled",
				awsSdkV3Client: client as never,
			}),
		);
		const effects = new Map<string, number>();
		const failedOnce = new Set<string>();
		const handler = async (orderId: string) => {
			await new Promise((resolve) => setImmediate(resolve));
			if (orderId.endsWith("7") && !failedOnce.has(orderId)) {
				failedOnce.add(orderId);
				throw new Error("away");
			}
			effects.set(orderId, (effects.get(orderId) ?? 0) + 1);
		};
		let waiting = Array.from({ length: 3_000 }, (_, i) =>
			record(`e-${i % 1_000}`, `o-${i % 1_000}`, `m-${i}`),
		);
		for (let delivery = 1; waiting.length > 0 && delivery <= 20; delivery++) {
			const failed = new Set<string>();
			// Three invocations at once, each with one delivery of each event.
			await Promise.all(
				[0, 1, 2].map(async (third) => {
					const batch = waiting.filter((_, i) => i % 3 === third);
					for (const messageId of await handle(batch, store, handler))
						failed.add(messageId);
				}),
			);
			waiting = waiting.filter(({ messageId }) => failed.has(messageId));
		}
		expect(waiting).toHaveLength(0);
		expect(effects.size).toBe(1_000);
		expect([...effects.values()].every((count) => count === 1)).toBe(true);
	});
});
