import type { Emitter } from "./emitter.ts";

/** One rule pattern per event type, for Terraform, SAM and the AWS CLI. */
export const patterns: Emitter = ({ events }) => ({
	files: events.map(({ module, source, detailType }) => {
		const pattern = { source: [source], "detail-type": [detailType] };
		return [`${module}.json`, `${JSON.stringify(pattern, null, 2)}\n`];
	}),
});
