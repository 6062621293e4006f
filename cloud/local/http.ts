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

const ownNames = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Why a request is not served; `undefined` if it is. Another `Host` may be a name that a web page had resolve to this machine, and
 * a page of another site may send requests that the user knows nothing of.
 */
export function foreignRequest({
	headers,
}: IncomingMessage): string | undefined {
	const { host = "", origin } = headers;
	if (!isOwn(`http://${host}`))
		return `only 127.0.0.1 and localhost are served, not the host ${host}`;
	if (
		headers["sec-fetch-site"] === "cross-site" ||
		(origin !== undefined && origin !== "null" && !isOwn(origin))
	)
		return "requests of other sites are refused";
	return undefined;
}

function isOwn(url: string): boolean {
	const hostname = URL.parse(url)?.hostname;
	return hostname !== undefined && ownNames.has(hostname);
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
