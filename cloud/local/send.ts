// Sends messages into a running system, and follows each until it has settled.
import { randomUUID } from "node:crypto";
import { isObject } from "../../runtime/json.ts";
import type { Access } from "../template/access.ts";
import type { Principal } from "../template/policy.ts";
import { AwsError } from "./aws-error.ts";
import type { Cloud } from "./cloud.ts";
import type { Service } from "./service.ts";
import type { BusEvent } from "./services/events/bus.ts";
import type { Services } from "./services.ts";
import type { Hop, Span } from "./trace.ts";

/**
 * A PutEvents entry, whose Detail may be an object; an event of an AWS service, as EventBridge delivers it, for the account's default
 * bus or for the one that EventBusName names; SNS's Publish, or SQS's SendMessage with QueueArn or QueueUrl.
 */
export type SentMessage = Readonly<Record<string, unknown>>;

export interface SendResult {
	/** The error of the call, if AWS would refuse it. */
	readonly refused?: { readonly code: string; readonly message: string };
	readonly hops: readonly Hop[];
}

/** What a queue holds. */
export interface QueueContent {
	readonly name: string;
	readonly account: string;
	readonly region: string;
	readonly bodies: readonly string[];
}

export interface Sending {
	readonly cloud: Cloud;
	readonly services: Services;
	readonly access: Access;
}

/**
 * Sends a message as an account's administrator, or as a role, given by ARN. By default the sender is the account of the bus, topic
 * or queue. Resolves once everything that follows has settled. Rejects with an `Error` if the message is of no known kind, or if
 * it does not say where it goes.
 */
export async function sendMessage(
	message: SentMessage,
	as: string | undefined,
	sending: Sending,
): Promise<SendResult> {
	const { cloud } = sending;
	const { tracer } = cloud;
	const call = callFor(message, as, sending);
	const begun = tracer.begin();
	let refused: SendResult["refused"];
	try {
		refused = await call.run(begun).catch((error: unknown) => {
			if (!(error instanceof AwsError)) throw error;
			return { code: error.code, message: error.message };
		});
		if (refused && tracer.hopsOf(begun.trace).length === 0)
			tracer.hop(begun, {
				account: call.account,
				resource: call.what,
				outcome: "failed",
				what: `${refused.code}: ${refused.message}`,
			});
	} finally {
		tracer.release(begun);
	}
	await tracer.settledOf(begun);
	return {
		...(refused ? { refused } : {}),
		hops: tracer.hopsOf(begun.trace),
	};
}

/** What all queues hold, without receiving it. */
export async function queueContents({
	services,
}: Pick<Sending, "services">): Promise<readonly QueueContent[]> {
	return Promise.all(
		[...services.queues.values()].map(async (queue) => ({
			name: queue.name,
			account: queue.account,
			region: queue.region,
			bodies: (await queue.messages()).map(({ body }) => body),
		})),
	);
}

interface Call {
	/** Such as PutEvents. */
	readonly what: string;
	readonly account: string;
	readonly run: (span: Span) => Promise<SendResult["refused"]>;
}

function callFor(
	message: SentMessage,
	as: string | undefined,
	sending: Sending,
): Call {
	if (message.TopicArn !== undefined) return publishCall(message, as, sending);
	if (message.QueueUrl !== undefined || message.QueueArn !== undefined)
		return sendCall(message, as, sending);
	if (message.Source !== undefined || message.DetailType !== undefined)
		return putCall(message, as, sending);
	if (message.source !== undefined && message["detail-type"] !== undefined)
		return String(message.source).startsWith("aws.")
			? awsEventCall(message, as, sending)
			: putCall(entryOf(message), as, sending);
	throw new Error(
		"a message is a PutEvents entry (Source, DetailType, Detail), an event (source, detail-type, detail), or has a TopicArn or a QueueArn",
	);
}

/** An event as EventBridge delivers it, as the entry that it came from. */
const entryOf = (event: SentMessage): SentMessage => ({
	Source: event.source,
	DetailType: event["detail-type"],
	Detail: event.detail,
	...(event.resources === undefined ? {} : { Resources: event.resources }),
	...(event.EventBusName === undefined
		? {}
		: { EventBusName: event.EventBusName }),
});

function putCall(
	message: SentMessage,
	as: string | undefined,
	sending: Sending,
): Call {
	const { events } = sending.services;
	const bus = String(message.EventBusName ?? "default");
	const matching = [...events.buses.values()].filter(
		({ arn, name }) => arn === bus || name === bus,
	);
	const asAccount = as === undefined ? undefined : accountIn(as);
	const own =
		matching.find(({ account }) => account === asAccount) ?? matching[0];
	const accounts = new Set(matching.map(({ account }) => account));
	if (as === undefined && accounts.size > 1)
		throw new Error(
			`there is a bus ${bus} in ${[...accounts].join(" and in ")}: say who sends`,
		);
	if (as === undefined && own === undefined)
		throw new Error(
			`there is no bus ${bus}; there are ${[...new Set([...events.buses.values()].map(({ name }) => name))].join(", ") || "none"}`,
		);
	const principal = principalFor(as ?? own?.account ?? "", sending);
	const { Detail, Time } = message;
	const entry = {
		...message,
		// A bus by its name is the sender's own.
		EventBusName:
			as === undefined && own !== undefined ? own.arn : message.EventBusName,
		...(Detail === undefined || typeof Detail === "string"
			? {}
			: { Detail: JSON.stringify(Detail) }),
		...(typeof Time === "string" ? { Time: Date.parse(Time) / 1000 } : {}),
	};
	return callOf(
		events,
		"PutEvents",
		{ Entries: [entry] },
		principal,
		own?.region ?? regionOf(sending),
	);
}

function publishCall(
	message: SentMessage,
	as: string | undefined,
	sending: Sending,
): Call {
	const arn = String(message.TopicArn);
	const { Message } = message;
	return callOf(
		serviceNamed("sns", sending),
		"Publish",
		{
			...message,
			Message: typeof Message === "string" ? Message : JSON.stringify(Message),
		},
		principalFor(as ?? arn.split(":")[4] ?? "", sending),
		arn.split(":")[3] ?? "",
	);
}

function sendCall(
	message: SentMessage,
	as: string | undefined,
	sending: Sending,
): Call {
	const { QueueArn, QueueUrl, MessageBody, ...rest } = message;
	const [, , , region = "", account = "", name = ""] = String(
		QueueArn ?? "",
	).split(":");
	const url = QueueUrl === undefined ? `/${account}/${name}` : String(QueueUrl);
	const owner = url.split("/").at(-2) ?? "";
	return callOf(
		serviceNamed("sqs", sending),
		"SendMessage",
		{
			...rest,
			QueueUrl: url,
			MessageBody:
				typeof MessageBody === "string"
					? MessageBody
					: JSON.stringify(MessageBody),
		},
		principalFor(as ?? owner, sending),
		region || regionOf(sending),
	);
}

function awsEventCall(
	message: SentMessage,
	as: string | undefined,
	sending: Sending,
): Call {
	const { buses, arrive } = sending.services.events;
	const { EventBusName: wantedBus = "default", ...event } = message;
	for (const field of ["id", "account", "region", "time", "detail-type"])
		if (event[field] !== undefined && typeof event[field] !== "string")
			throw new Error(
				`${field} of an event must be a string, got ${JSON.stringify(event[field])}`,
			);
	const defaults = [...buses.values()].filter(
		({ name, arn }) => name === wantedBus || arn === wantedBus,
	);
	const wanted = as ?? event.account;
	const accounts = new Set(defaults.map(({ account }) => account));
	if (wanted === undefined && accounts.size > 1)
		throw new Error(
			`an event of an AWS service goes to its account's default bus, and there are the accounts ${[...accounts].join(" and ")}: say which one sends`,
		);
	const account = accountIn(String(wanted ?? [...accounts][0]));
	const bus =
		defaults.find(
			(each) => each.account === account && each.region === event.region,
		) ?? defaults.find((each) => each.account === account);
	if (!bus)
		throw new Error(
			`there is no bus ${wantedBus} in the account ${account} of these stacks`,
		);
	return {
		what: "event of an AWS service",
		account,
		run: async (span) => {
			await arrive(
				bus,
				{
					version: "0",
					id: randomUUID(),
					account,
					region: bus.region,
					time: `${new Date().toISOString().slice(0, 19)}Z`,
					resources: [],
					detail: {},
					...event,
				} as unknown as BusEvent,
				span,
			);
			return undefined;
		},
	};
}

function callOf(
	service: Service,
	operation: string,
	input: SentMessage,
	principal: Principal,
	region: string,
): Call {
	return {
		what: operation,
		account: principal.kind === "service" ? "" : principal.account,
		run: async (span) => {
			if (!service.call) throw new Error(`${service.name} has no API here`);
			const { body } = await service.call({
				operation,
				method: "POST",
				path: "/",
				query: new URLSearchParams(),
				input,
				region,
				accessKeyId: "",
				caller: { principal, span: () => span },
			});
			const [entry] = (body as { Entries?: unknown[] }).Entries ?? [];
			return isObject(entry) && typeof entry.ErrorCode === "string"
				? { code: entry.ErrorCode, message: String(entry.ErrorMessage) }
				: undefined;
		},
	};
}

const serviceNamed = (name: string, { services }: Sending): Service =>
	services.all.find((each) => each.name === name) as Service;

const regionOf = ({ services }: Sending): string =>
	[...services.events.buses.values()][0]?.region ?? "us-east-1";

const accountIn = (as: string): string => /\d{12}/.exec(as)?.[0] ?? as;

/** The administrator of an account, or a role of the templates. */
function principalFor(as: string, { access }: Sending): Principal {
	if (/^\d{12}$/.test(as)) return { kind: "account", account: as };
	const role = access.roles.get(as);
	if (role) return { kind: "role", arn: role.arn, account: role.account };
	throw new Error(
		as.startsWith("arn:")
			? `there is no role ${as}; there are ${[...access.roles.keys()].join(", ") || "none"}`
			: `${as || "nobody"} is no sender: it is a 12-digit account id or the ARN of a role`,
	);
}
