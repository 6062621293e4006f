import { command, UsageError } from "../command.ts";
import { outOption } from "../project-options.ts";

export const sample = command({
	name: "sample",
	summary: "print a valid event of an event type",
	argument: {
		name: "EVENT",
		required: true,
		about: "the event type's name, such as ContentViewed",
	},
	options: {
		wire: {
			type: "string",
			value: "WIRE",
			choices: ["detail", "entry", "event", "sqs", "sns"],
			default: "detail",
			about:
				"its form: the detail, an entry of PutEvents, an event as EventBridge\ndelivers it, or a record of SQS, raw or with SNS's envelope",
		},
		...outOption,
	},
	about: `It is an example of the schema, or a small value that the schema accepts. An entry is for the bus that
EVENT_BUS_NAME names: eventwright sample ContentViewed --wire entry | eventwright send -`,
	exits: { 0: "success" },
	run: async (values, { argument: name = "", terminal }) => {
		const [{ sample: sampleOf }, { eventTypesIn }, { readSettings }] =
			await Promise.all([
				import("../../testing/sample.ts"),
				import("../event-types.ts"),
				import("../settings.ts"),
			]);
		const { out } = await readSettings({ out: values.out });
		const types = await eventTypesIn(out);
		const found = types.find(({ type }) => type === name);
		if (!found)
			throw new UsageError(
				types.length === 0
					? `there are no event types in ${out}: run codegen`
					: `there is no event type ${name}; there are ${types.map(({ type }) => type).join(", ")}`,
			);
		terminal.print(
			JSON.stringify(
				sampleOf(found, {}, values.wire, { generatedFolder: out }),
				null,
				2,
			),
		);
		return 0;
	},
});
