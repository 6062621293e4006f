import { globSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { EventType } from "../runtime/event.ts";

/** The event types of generated code, if there is any. */
export async function eventTypesIn(
	out: string,
): Promise<readonly EventType<string, unknown>[]> {
	const modules = await Promise.all(
		globSync("**/*.js", { cwd: path.join(out, "events") }).map(
			(file) =>
				import(
					pathToFileURL(path.resolve(out, "events", file)).href
				) as Promise<Record<string, unknown>>,
		),
	);
	return modules.flatMap((module) =>
		Object.values(module).filter(
			(value): value is EventType<string, unknown> =>
				typeof (value as { detailType?: unknown } | undefined)?.detailType ===
				"string",
		),
	);
}
