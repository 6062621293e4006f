import { command, UsageError } from "../command.ts";
import {
	ownAssembly,
	readScps,
	scpOption,
	templateOptions,
} from "../template-options.ts";

export const send = command({
	name: "send",
	summary: "send events and messages to a local system, and show where they go",
	argument: {
		name: "FILE",
		stdin: true,
		required: true,
		about: "a message in JSON, or a list of them; - for standard input",
	},
	options: {
		as: {
			type: "string",
			value: "ROLE-ARN|ACCOUNT",
			about:
				"who sends: a role of the templates, or an account's administrator;\nby default, the account of the bus, topic or queue",
			refuse: (text) =>
				/^(\d{12}|arn:[^:]+:iam::\d{12}:role\/.+)$/.test(text)
					? undefined
					: "a 12-digit account id or the ARN of a role",
		},
		endpoint: {
			type: "string",
			value: "URL",
			default: "http://127.0.0.1:4009",
			about: "endpoint of the running system",
			refuse: (text) =>
				/^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?\/?$/.test(text)
					? undefined
					: "the URL of an endpoint on this machine",
		},
		format: {
			type: "string",
			value: "FORMAT",
			choices: ["text", "json"],
			default: "text",
			about: "json prints one object per line, of the kind hop or queue",
		},
		...templateOptions,
		assembly: ownAssembly,
		scp: scpOption,
	},
	conflicts: [
		["assembly", "template"],
		["assembly", "endpoint"],
		["template", "endpoint"],
	],
	about: `A message is one of:
  {"Source": …, "DetailType": …, "Detail": {…}, "EventBusName": …}   an entry of PutEvents
  {"source": "aws.s3", "detail-type": …, "detail": {…}}              an event of an AWS service
  {"TopicArn": …, "Message": …}                                     SNS's Publish
  {"QueueArn": …, "MessageBody": …}                                 SQS's SendMessage
Each is sent once what the one before led to has ended. With --template or --assembly, a system is started for it.`,
	exits: {
		0: "everything arrived",
		1: "a message was refused, lost, failed, or taken by nothing",
	},
	run: async (values, { argument: file = "-", terminal, signal }) => {
		const [{ readMessages, sendAll, startFor, askRunning }, { readStacks }] =
			await Promise.all([
				import("../send-messages.ts"),
				import("../template-options.ts"),
			]);
		const messages = readMessages(file);
		const isOwn = values.assembly !== undefined || values.template.length > 0;
		for (const option of ["account", "region", "parameter", "scp"] as const)
			if (!isOwn && (values[option]?.length ?? 0) > 0)
				throw new UsageError(
					`--${option} is for a system of its own: give --template or --assembly too`,
				);
		const receiver = isOwn
			? await startFor(
					await readStacks(values),
					await readScps(values.scp),
					values.format,
					terminal,
				)
			: askRunning(values.endpoint);
		const stop = () => receiver.stop();
		signal.addEventListener("abort", stop);
		try {
			return await sendAll(
				messages,
				values.as,
				values.format,
				receiver,
				terminal,
			);
		} finally {
			signal.removeEventListener("abort", stop);
			await receiver.stop();
		}
	},
});
