// A service that accepts every event, in a process of its own. Prints its port.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const server = createServer((request, response) => {
	const chunks: Buffer[] = [];
	request.on("data", (chunk: Buffer) => chunks.push(chunk));
	request.on("end", () => {
		const { Entries } = JSON.parse(String(Buffer.concat(chunks))) as {
			Entries: readonly object[];
		};
		response.end(
			JSON.stringify({
				Entries: Entries.map((_, i) => ({
					EventId: `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`,
				})),
			}),
		);
	});
});
server.listen(0, "127.0.0.1", () =>
	console.log((server.address() as AddressInfo).port),
);
// It ends with the process that started it.
process.stdin.resume().on("end", () => process.exit());
