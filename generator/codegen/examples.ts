import { describeIssues } from "../../runtime/issue.ts";
import { appendPointer } from "../../runtime/json-pointer.ts";
import type { Finding } from "../diagnostics.ts";
import type { Trial } from "../emit/validator/trial.ts";
import type { EventModel } from "../schema/model.ts";

/** Examples of event types are used as fixtures, so each must match its schema. */
export function checkExamples(
	events: readonly EventModel[],
	trials: ReadonlyMap<string, Trial>,
): readonly Finding[] {
	return events.flatMap(({ file, name, schema }) => {
		const trial = trials.get(name);
		if (!trial) return [];
		return (schema.examples as unknown[]).flatMap((example, i): Finding[] => {
			const result = trial(example);
			const pointer = appendPointer("", "examples", i);
			if ("slow" in result)
				return [
					{
						code: "example-unchecked",
						file,
						pointer,
						message: `the example has a string of more than 200 characters, and ${JSON.stringify(result.slow)} may take more than linear time`,
					},
				];
			if (result.ok) return [];
			return [
				{
					code: "example-invalid",
					file,
					pointer,
					message: `the example does not match its schema: ${describeIssues(result.issues)}`,
				},
			];
		});
	});
}
