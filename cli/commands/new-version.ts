import { isDate } from "../../generator/schema/life.ts";
import { command } from "../command.ts";

export const newVersion = command({
	name: "new-version",
	summary: "write a new event type beside one that cannot change",
	argument: {
		name: "EVENT",
		about: "the event type's title, such as ContentViewed",
		required: true,
	},
	options: {
		sunset: {
			type: "string",
			value: "DATE",
			about: "the last day of the old event type, such as 2027-01-31",
			refuse: (text) =>
				isDate(text) ? undefined : "a date such as 2027-01-31",
		},
	},
	about: `Writes a copy of the schema with the next title and detail-type, deprecates the old event type, and
writes an upcaster: what an old detail says, as a new one. With it, a consumer handles both as one.`,
	exits: { 0: "success" },
	run: async ({ sunset }, { argument = "", terminal }) => {
		const [{ newVersion }, { writeProject }, { readSettings }] =
			await Promise.all([
				import("../new-version.ts"),
				import("../init-project.ts"),
				import("../settings.ts"),
			]);
		const { oldName, name, upcast, files } = newVersion(
			argument,
			sunset,
			await readSettings(),
		);
		writeProject(".", files);
		for (const { file, action } of files)
			terminal.print(`${action === "merge" ? "changed" : "wrote  "}  ${file}`);
		const schema = files[0]?.file ?? "";
		const upcaster = files[2]?.file ?? "";
		terminal.print(`
Next:
  1. Change ${schema}, and run npm run codegen.
  2. Say in ${upcaster} what an old detail is as a new one; tsc says what it lacks.
  3. Consumers subscribe to both, and handle ${oldName} with upcasting(${name}, ${upcast}, …).
  4. Producers publish ${name}; when none publishes ${oldName}, remove it from consumers and schemas${sunset === undefined ? "" : `, after ${sunset}`}.`);
		if (sunset !== undefined)
			terminal.print(
				`Until then, lint warns of ${oldName}; acknowledge it in its schema: "x-eventwright-acknowledge": { "sunset-ahead": "…" }`,
			);
		return 0;
	},
});
