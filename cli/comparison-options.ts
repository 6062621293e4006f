// Options of commands that compare with another version.
import { isDate } from "../generator/schema/life.ts";

export const againstOption = {
	against: {
		type: "string",
		value: "VERSION",
		about:
			"compare with a git ref, a folder, or an npm package such as\n@acme/schemas@1.2.3",
	},
} as const;

export const dateOption = {
	date: {
		type: "string",
		value: "DATE",
		about: "judge x-sunset and expiry as of this date; by default today",
		refuse: (text: string) =>
			isDate(text) ? undefined : "a date such as 2027-01-31",
	},
} as const;
