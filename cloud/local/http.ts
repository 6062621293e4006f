import type {
	IncomingMessage,
	OutgoingHttpHeaders,
	Server,
	ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** API Gateway's payload limit, larger than EventBridge's: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const bodyBytesMax = 10 * 1_048_576;

/** Reads the body as a string. Resolves with `undefined` if it is too large. */
export async function bodyOf(
	request: IncomingMessage,
): Promise<string | undefined> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request) {
		bytes += (chunk as Buffer).length;
		if (bytes <= bodyBytesMax) chunks.push(chunk as Buffer);
	}
	return bytes > bodyBytesMax
		? undefined
		: Buffer.concat(chunks).toString("utf8");
}

export function reply(
	response: ServerResponse,
	status: number,
	body: string | Buffer,
	headers: Readonly<Record<string, string | readonly string[]>> = {
		"content-type": "application/json",
	},
): void {
	response.writeHead(status, headers as OutgoingHttpHeaders);
	response.end(status === 304 ? undefined : body);
}

/** Listens on the loopback interface only. Resolves with the URL. */
export async function listen(server: Server, port: number): Promise<string> {
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, "127.0.0.1", resolve);
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
