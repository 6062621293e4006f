import type { Finding } from "../diagnostics.ts";
import type { EventModel } from "../schema/model.ts";
import type { Emitter } from "./emitter.ts";
import { selfContained } from "./self-contained.ts";
import { inWords, sizeWithClosure } from "./size.ts";

/** Larger contracts are not written. */
const bytesMax = 500_000;

/** One contract per event type: the detail's schema in 2020-12, self-contained. Filters are checked against it. */
export const contracts: Emitter = (model) => {
	const findings: Finding[] = [];
	const refuse = ({ file, name }: EventModel, bytes: number) => {
		findings.push({
			code: "contract-too-large",
			file,
			pointer: "",
			message: `the contract of ${name} is not written: it has at least ${inWords(bytes)} bytes, the limit is ${inWords(bytesMax)}; filters on the event type are not checked`,
		});
		return [];
	};
	const files = model.events.flatMap((event) => {
		const size = sizeWithClosure(model, event, ({ schema }) => schema);
		if (size > bytesMax) return refuse(event, size);
		const text = `${JSON.stringify(selfContained(event, model))}\n`;
		const bytes = new TextEncoder().encode(text).length;
		return bytes > bytesMax
			? refuse(event, bytes)
			: [[`${event.module}.json`, text] as const];
	});
	return { files, findings };
};
