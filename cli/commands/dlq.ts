import {
	type Context,
	command,
	type Options,
	UsageError,
	type ValuesOf,
} from "../command.ts";
import type { NamedEvent } from "../dead-letter-queue.ts";
import { outOption } from "../project-options.ts";

const argument = {
	name: "QUEUE",
	required: true,
	about: "name, ARN or URL of the dead-letter queue",
} as const;

const duration = (text: string): string | undefined =>
	/^\d+[smhd]$/.test(text)
		? undefined
		: "a duration such as 30s, 15m, 2h or 3d";

const accessOptions = {
	endpoint: {
		type: "string",
		value: "URL",
		about: "endpoint to use instead of AWS's, such as the local system's",
		refuse: (text) => (URL.canParse(text) ? undefined : "a URL"),
	},
} as const satisfies Options;

const filterOptions = {
	message: {
		type: "string",
		multiple: true,
		value: "ID",
		about: "only this message, by its id or the first characters, at least 8",
		refuse: (text) =>
			text.length >= 8 ? undefined : "the first 8 characters of an id, or more",
	},
	reason: {
		type: "string",
		multiple: true,
		value: "REASON",
		about:
			"only messages with this reason: json, envelope, sns-control, event-type,\ninvalid, failed, or a rule's error code",
	},
	type: {
		type: "string",
		multiple: true,
		value: "TYPE",
		about: "only messages of this event type, as list shows it",
	},
	"older-than": {
		type: "string",
		value: "DURATION",
		about: "only messages that were sent longer ago, such as 2h",
		refuse: duration,
	},
	"newer-than": {
		type: "string",
		value: "DURATION",
		about: "only messages that were sent since, such as 15m",
		refuse: duration,
	},
	...accessOptions,
} as const satisfies Options;

const formatOption = {
	format: {
		type: "string",
		value: "FORMAT",
		choices: ["text", "json"],
		default: "text",
		about: "json prints one object per line",
	},
} as const satisfies Options;

const about = `Messages are received to be looked at, and visible again once the command has ended: after two
minutes if it was killed. Region and credentials come from the environment, as for other AWS tools.`;

type Filters = ValuesOf<typeof filterOptions>;

const unitMs: Readonly<Record<string, number>> = {
	s: 1_000,
	m: 60_000,
	h: 3_600_000,
	d: 86_400_000,
};
const msOf = (text: string | undefined): number | undefined =>
	text === undefined
		? undefined
		: Number.parseInt(text, 10) * (unitMs[text.at(-1) ?? ""] ?? 0);

/** What is loaded when a command runs, and the queue that it is about. */
async function open(values: Filters, queue: string, wantedOut?: string) {
	const [letters, { openQueue }, { readSettings }, { eventTypesIn }] =
		await Promise.all([
			import("../dead-letters.ts"),
			import("../dead-letter-queue.ts"),
			import("../settings.ts"),
			import("../event-types.ts"),
		]);
	const { endpoint } = values;
	const { out } = await readSettings({ out: wantedOut });
	const types = await eventTypesIn(out);
	const access = {
		endpoint,
		nameOf: (event: NamedEvent) =>
			types.find(
				({ source, detailType }) =>
					source === event.source && detailType === event["detail-type"],
			)?.type,
		accountOf: async (name: string): Promise<string> => {
			const { askRunning } = await import("../send-messages.ts");
			const queues = await askRunning(endpoint ?? "")
				.queues()
				.catch(() => {
					throw new UsageError(
						`no local system answers at ${endpoint}: start one with "eventwright dev", or give the queue's ARN`,
					);
				});
			const [found, ...others] = queues.filter(
				(candidate) => candidate.name === name,
			);
			if (!found)
				throw new UsageError(
					`no queue ${name} at ${endpoint}; there are ${queues.map((known) => known.name).join(", ")}`,
				);
			if (others.length > 0)
				throw new UsageError(
					`there are ${others.length + 1} queues ${name} at ${endpoint}: give its ARN`,
				);
			return found.account;
		},
	};
	return {
		letters,
		types,
		out,
		access,
		queue: await openQueue({ ...access, queue }),
		isWanted: letters.matches(
			{
				message: values.message,
				reason: values.reason,
				type: values.type,
				olderMs: msOf(values["older-than"]),
				newerMs: msOf(values["newer-than"]),
			},
			Date.now(),
		),
	};
}

const show =
	(withBody: boolean) =>
	async (
		values: Filters & ValuesOf<typeof formatOption>,
		{ argument: name = "", terminal, signal }: Context,
	): Promise<number> => {
		const { letters, queue, isWanted } = await open(values, name);
		try {
			const count = await letters.listLetters(
				queue,
				isWanted,
				values.format,
				withBody,
				signal,
				terminal,
			);
			if (values.format === "text" && !withBody)
				terminal.print(`${count} ${count === 1 ? "message" : "messages"}.`);
			if (!withBody || count > 0) return 0;
			terminal.warn("There is no such message.");
			return 1;
		} finally {
			queue.close();
		}
	};

export const dlqList = command({
	name: "dlq list",
	summary: "list the messages of a dead-letter queue, each with its reason",
	argument,
	options: { ...filterOptions, ...formatOption },
	about,
	exits: { 0: "success" },
	run: show(false),
});

export const dlqShow = command({
	name: "dlq show",
	summary: "show messages of a dead-letter queue whole",
	argument,
	options: { ...filterOptions, ...formatOption },
	about,
	exits: { 0: "success", 1: "there is no such message" },
	run: show(true),
});

const dryRunOption = {
	"dry-run": {
		type: "boolean",
		about: "say what would be done, and do nothing",
	},
} as const satisfies Options;

export const dlqRedrive = command({
	name: "dlq redrive",
	summary:
		"send messages of a dead-letter queue to the queue that they were in",
	argument,
	options: {
		...filterOptions,
		to: {
			type: "string",
			value: "QUEUE",
			about: "name, ARN or URL of another queue to send them to",
		},
		force: {
			type: "boolean",
			about: "send messages that would be poison again, too",
		},
		...dryRunOption,
		...outOption,
	},
	about: `Each message is sent with its attributes and group, and then deleted: a command that is killed between
the two leaves it in both queues, and loses none. A message that is not an event of the event types in the
project's generated code is not sent.

${about}`,
	exits: { 0: "all were sent", 1: "some stay, or were not seen" },
	run: async (values, { argument: name = "", terminal, signal }) => {
		const { letters, types, out, access, queue, isWanted } = await open(
			values,
			name,
			values.out,
		);
		try {
			if (types.length === 0 && values.out !== undefined)
				throw new UsageError(
					`there are no event types in ${values.out}: run codegen`,
				);
			if (types.length === 0)
				terminal.warn(
					`There are no event types in ${out}: nothing is checked before it is sent.`,
				);
			const stayed = await letters.redriveLetters(
				queue,
				access,
				{
					isWanted,
					to: values.to,
					types,
					force: values.force,
					dryRun: values["dry-run"],
				},
				signal,
				terminal,
			);
			return stayed > 0 ? 1 : 0;
		} finally {
			queue.close();
		}
	},
});

export const dlqPurge = command({
	name: "dlq purge",
	summary: "delete messages of a dead-letter queue",
	argument,
	options: {
		...filterOptions,
		yes: { type: "boolean", about: "delete them: without it, nothing is" },
		...dryRunOption,
	},
	conflicts: [["yes", "dry-run"]],
	about,
	exits: { 0: "success", 1: "some could not be deleted, or were not seen" },
	run: async (values, { argument: name = "", terminal, signal }) => {
		if (!values.yes && !values["dry-run"])
			throw new UsageError(
				"dlq purge deletes messages for good: pass --yes, or --dry-run to see which",
			);
		const { letters, queue, isWanted } = await open(values, name);
		try {
			const failed = await letters.purgeLetters(
				queue,
				isWanted,
				values["dry-run"],
				signal,
				terminal,
			);
			return failed > 0 ? 1 : 0;
		} finally {
			queue.close();
		}
	},
});
