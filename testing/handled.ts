import { paint, renderTrace } from "../cloud/local/render.ts";
import type { LocalSystem } from "../cloud/local/runner.ts";
import type { Hop } from "../cloud/local/trace.ts";
import type { EventType } from "../runtime/event.ts";

/**
 * Waits until all that runs in a local system has ended, and returns the hops of each event of a type that a function has handled.
 *
 * Rejects with an `Error` that shows the way of each event if the function has handled none.
 *
 * @example
 * await fetch(`${local.apis[0]?.url}/content/c-1`);
 * await handledBy(local, "media-analytics", ContentViewed);
 */
export async function handledBy(
	local: Pick<LocalSystem, "tracer">,
	functionName: string,
	{
		source,
		detailType,
	}: Pick<EventType<string, unknown>, "source" | "detailType">,
): Promise<readonly (readonly Hop[])[]> {
	const { tracer } = local;
	await tracer.settled();
	const traces = tracer.traces.map((trace) => tracer.hopsOf(trace));
	const isReceived = ({ resource, what }: Hop) =>
		resource.startsWith("bus ") &&
		what.startsWith(`receives ${source} / ${detailType} as `);
	const found = traces.filter((hops) => {
		const byId = new Map(hops.map((hop) => [hop.hop, hop]));
		/** Whether a hop, or one before it, is of a kind. */
		const follows = (
			hop: Hop | undefined,
			is: (hop: Hop) => boolean,
		): boolean =>
			hop !== undefined && (is(hop) || follows(byId.get(hop.parent ?? -1), is));
		return hops.some(
			(hop) =>
				hop.resource === `function ${functionName}` &&
				hop.outcome === "ok" &&
				follows(hop, isReceived) &&
				// What it refused, it has not handled.
				!hops.some(
					(after) =>
						after.outcome === "dead letter" &&
						follows(after, ({ hop: id }) => id === hop.hop),
				),
		);
	});
	if (found.length > 0) return found;
	throw new Error(
		`function ${functionName} has handled no event ${source} / ${detailType}; this is what happened:\n${
			traces.map((hops) => renderTrace(hops, paint)).join("\n\n") || "nothing"
		}`,
	);
}
