// Selects the method for a request and validates the body by its model.
import type { IncomingMessage } from "node:http";
import type { ApiMethod, LocalApiState } from "./api.ts";
import type { ApiResponse } from "./request.ts";

export function findMethod(
	api: LocalApiState,
	verb: string,
	path: string,
): { method: ApiMethod; parameters: Record<string, string> } | undefined {
	const candidates = api.methods
		.filter((method) => method.verb === verb || method.verb === "ANY")
		.sort(
			(a, b) =>
				bySpecificity(a.path, b.path) ||
				Number(a.verb === "ANY") - Number(b.verb === "ANY"),
		);
	for (const method of candidates) {
		if (method.path === "$default") return { method, parameters: {} };
		const names: string[] = [];
		const expression = method.path
			.split("/")
			.map((part) => {
				const name = /^\{([\w-]+)(\+?)\}$/.exec(part);
				if (!name) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
				names.push(name[1] as string);
				return name[2] ? "(.+)" : "([^/]+)";
			})
			.join("/");
		const match = new RegExp(`^${expression}/?$`).exec(path);
		if (match)
			return {
				method,
				parameters: Object.fromEntries(
					names.map((name, i) => [
						name,
						decodeURIComponent(match[i + 1] ?? ""),
					]),
				),
			};
	}
	return undefined;
}

/** Orders paths from the most specific: part by part, a name before a parameter before a greedy one. */
function bySpecificity(a: string, b: string): number {
	const rank = (part: string | undefined) =>
		part === undefined || part === "$default"
			? 3
			: part.endsWith("+}")
				? 2
				: part.startsWith("{")
					? 1
					: 0;
	const [own, other] = [a.split("/"), b.split("/")];
	for (let i = 0; i < Math.max(own.length, other.length); i++) {
		const difference = rank(own[i]) - rank(other[i]);
		if (difference !== 0) return difference;
	}
	return 0;
}

/** Validates the content types that the method has models for. A request without a content type counts as JSON. */
export function refuseBody(
	api: LocalApiState,
	method: ApiMethod,
	request: IncomingMessage,
	body: string,
): ApiResponse | undefined {
	const contentType =
		(request.headers["content-type"] ?? "application/json")
			.split(";")[0]
			?.trim()
			.toLowerCase() ?? "";
	const check = method.models.get(contentType);
	if (!check) return undefined;
	let problems: readonly string[];
	try {
		problems = check(JSON.parse(body));
	} catch {
		problems = ["the body is not JSON"];
	}
	if (problems.length === 0) return undefined;
	const { status, template } = api.gatewayResponses.get("BAD_REQUEST_BODY") ?? {
		status: 400,
		template: '{"message":$context.error.messageString}',
	};
	const reason = `[${problems.join(", ")}]`;
	return {
		status,
		headers: { "content-type": "application/json" },
		body: renderTemplate(template, reason),
		reason,
	};
}

/** Substitutes the variables that a BAD_REQUEST_BODY response can use. Gateway responses are not VTL: `$util` stays as it is. */
function renderTemplate(template: string, problems: string): string {
	return template
		.replaceAll("$context.error.validationErrorString", () => problems)
		.replaceAll("$context.error.messageString", '"Invalid request body"')
		.replaceAll("$context.error.message", "Invalid request body")
		.replaceAll("$context.error.responseType", "BAD_REQUEST_BODY");
}
