import type { IncomingMessage } from "node:http";
import type { ApiMethod, LocalApiState } from "./api.ts";

/** A request with its method. */
export interface ApiRequest {
	readonly api: LocalApiState;
	readonly method: ApiMethod;
	readonly message: IncomingMessage;
	readonly url: URL;
	/** Without the stage. */
	readonly path: string;
	readonly stage: string;
	/** Values of the path's parameters. */
	readonly parameters: Readonly<Record<string, string>>;
	readonly body: string;
	readonly requestId: string;
}

export interface ApiResponse {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | readonly string[]>>;
	readonly body: string | Buffer;
	/** Why the request is refused, as the access log says it. Default: the body. */
	readonly reason?: string;
}

export const jsonResponse = (status: number, message: string): ApiResponse => ({
	status,
	headers: { "content-type": "application/json" },
	body: JSON.stringify({ message }),
});

/** A property that the request itself has. */
export const ownValue = (
	values: Readonly<Record<string, string>>,
	name: string,
): string | undefined =>
	Object.hasOwn(values, name) ? values[name] : undefined;

/** The last value of each query parameter. */
export const queryOf = ({
	url,
}: ApiRequest): Readonly<Record<string, string>> =>
	Object.fromEntries(url.searchParams);

/** The last value of each header, by its name in lower case. */
export const headersOf = ({
	message,
}: ApiRequest): Readonly<Record<string, string>> =>
	Object.fromEntries(
		Object.entries(message.headersDistinct).map(([name, values = []]) => [
			name,
			values.at(-1) ?? "",
		]),
	);
