// What tools of ours ask a running system, at the same endpoint as AWS's clients.
import { isObject } from "../../runtime/json.ts";
import { AwsError } from "./aws-error.ts";
import { queueContents, type Sending, sendMessage } from "./send.ts";
import type { Service } from "./service.ts";

/** The service name in the signature's credential scope. */
const controlName = "eventwright";

export const controlService = (sending: Sending): Service => ({
	name: controlName,
	resources: {},
	call: async ({ operation, input }) => ({
		contentType: "application/json",
		body: await respond(operation, input, sending),
	}),
});

async function respond(
	operation: string,
	{ message, as }: Readonly<Record<string, unknown>>,
	sending: Sending,
): Promise<object> {
	if (operation === "Queues") return { queues: await queueContents(sending) };
	if (operation !== "Send" || !isObject(message))
		throw new AwsError(400, "InvalidAction", `there is no action ${operation}`);
	try {
		return await sendMessage(
			message,
			typeof as === "string" ? as : undefined,
			sending,
		);
	} catch (error) {
		if (error instanceof AwsError) throw error;
		throw new AwsError(400, "ValidationException", (error as Error).message);
	}
}
