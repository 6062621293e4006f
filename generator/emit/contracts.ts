import type { Finding } from "../diagnostics.ts";
import type { Emitter } from "./emitter.ts";
import { selfContained } from "./self-contained.ts";

/** Larger contracts are not written. */
const bytesMax = 1_000_000;

/** One contract per event type: the detail's schema in 2020-12, self-contained. Filters are checked against it. */
export const contracts: Emitter = (model) => {
	const findings: Finding[] = [];
	const files = model.events.flatMap((event) => {
		const text = `${JSON.stringify(selfContained(event, model))}\n`;
		const bytes = new TextEncoder().encode(text).length;
		if (bytes <= bytesMax) return [[`${event.module}.json`, text] as const];
		findings.push({
			code: "contract-too-large",
			file: event.file,
			pointer: "",
			message: `the contract of ${event.name} is not written: it has ${bytes.toLocaleString("en")} bytes, the limit is ${bytesMax.toLocaleString("en")}; filters on the event type are not checked`,
		});
		return [];
	});
	return { files, findings };
};
