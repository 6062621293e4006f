import { createHash } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, vi } from "vitest";

/** What a call of SQS had: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/ */
export interface QueueCall {
	readonly action: string;
	readonly input: Record<string, unknown>;
}

/** A service that takes SQS's calls, for the SDK's client. */
async function startQueueService(): Promise<{
	readonly url: string;
	readonly calls: QueueCall[];
	/** Answers a call instead of the service. */
	respond: ((call: QueueCall, response: ServerResponse) => boolean) | undefined;
	readonly stop: () => void;
}> {
	const calls: QueueCall[] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on("data", (chunk: Buffer) => chunks.push(chunk));
		request.on("end", () => {
			const call = {
				action: String(request.headers["x-amz-target"]).split(".")[1] ?? "",
				input: JSON.parse(String(Buffer.concat(chunks))),
			};
			calls.push(call);
			if (service.respond?.(call, response)) return;
			response.end(
				JSON.stringify(
					call.action === "GetQueueUrl"
						? { QueueUrl: `${service.url}/source` }
						: // The client checks it.
							{ MessageId: "m", MD5OfMessageBody: md5(call.input.MessageBody) },
				),
			);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const service = {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		calls,
		respond: undefined as
			| ((call: QueueCall, response: ServerResponse) => boolean)
			| undefined,
		stop: () => {
			server.closeAllConnections();
			server.close();
		},
	};
	vi.stubEnv("AWS_ENDPOINT_URL", service.url);
	vi.stubEnv("AWS_REGION", "eu-west-1");
	vi.stubEnv("AWS_ACCESS_KEY_ID", "a");
	vi.stubEnv("AWS_SECRET_ACCESS_KEY", "b");
	return service;
}

/** A service that lasts as long as a file's tests or a group of them; each test begins without calls. */
export function queueService(): () => QueueService {
	let service: QueueService;
	beforeAll(async () => {
		service = await startQueueService();
	});
	beforeEach(() => {
		service.calls.length = 0;
		service.respond = undefined;
	});
	afterAll(() => {
		vi.unstubAllEnvs();
		service.stop();
	});
	return () => service;
}

type QueueService = Awaited<ReturnType<typeof startQueueService>>;

const md5 = (text: unknown): string =>
	createHash("md5").update(String(text)).digest("hex");
