// A function's execution environment, run as a worker thread: loads the handler once and runs one invocation at a time.
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";

/** Message from the runner. */
export interface Invocation {
	readonly requestId: string;
	readonly payload: string;
	/** When the invocation times out, in epoch milliseconds. */
	readonly deadlineMs: number;
	/** As X-Ray's header. */
	readonly traceId: string;
	readonly invokedArn: string;
}

/** Message to the runner: "ready" once; then, for each invocation, its log output and one result or error. */
export type WorkerMessage =
	| { readonly kind: "ready" }
	| { readonly kind: "log"; readonly text: string }
	| { readonly kind: "result"; readonly payload: string }
	| {
			readonly kind: "error";
			readonly errorType: string;
			readonly errorMessage: string;
	  };

type Handler = (event: unknown, context: object, callback?: unknown) => unknown;

const { folder, handlerName } = workerData as {
	readonly folder: string;
	readonly handlerName: string;
};
const port = parentPort as NonNullable<typeof parentPort>;
const post = (message: WorkerMessage) => port.postMessage(message);

// The worker shares the runner's process: a function that ends "its" process ends the worker.
const { kill } = process;
process.kill = (pid, signal) => {
	if (signal === 0 || (pid !== process.pid && pid > 0))
		return kill.call(process, pid, signal);
	process.exit(1);
};

for (const stream of [process.stdout, process.stderr])
	stream.write = (
		chunk: string | Uint8Array,
		encoding?: unknown,
		written?: unknown,
	) => {
		const text = Buffer.from(chunk as Uint8Array).toString();
		post({ kind: "log", text });
		const done = typeof encoding === "function" ? encoding : written;
		if (typeof done === "function") queueMicrotask(() => done());
		return true;
	};

async function loadHandler(): Promise<Handler> {
	const dot = handlerName.lastIndexOf(".");
	const base = path.join(folder, handlerName.slice(0, dot));
	const file = [".mjs", ".js", ".cjs"]
		.map((ending) => base + ending)
		.find(existsSync);
	if (!file) throw new Error(`there is no file for the handler ${handlerName}`);
	const module = await import(pathToFileURL(file).href);
	const name = handlerName.slice(dot + 1);
	const handler = module[name] ?? module.default?.[name];
	if (typeof handler !== "function")
		throw new Error(`the handler ${handlerName} is not exported as a function`);
	return handler;
}

const loaded = loadHandler();
loaded.then(
	() => post({ kind: "ready" }),
	// The first invocation reports why loading failed.
	() => post({ kind: "ready" }),
);

async function run({
	requestId,
	payload,
	deadlineMs,
	traceId,
	invokedArn,
}: Invocation): Promise<string> {
	process.env._X_AMZN_TRACE_ID = traceId;
	const handler = await loaded;
	const context = {
		functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
		functionVersion: "$LATEST",
		invokedFunctionArn: invokedArn,
		awsRequestId: requestId,
		memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
		logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
		logStreamName: "local",
		callbackWaitsForEmptyEventLoop: true,
		getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
	};
	const event: unknown = JSON.parse(payload);
	const result = await new Promise((resolve, reject) => {
		const callback = (error: unknown, value: unknown) =>
			error ? reject(error) : resolve(value);
		const returned = handler(event, context, callback);
		if (returned instanceof Promise) returned.then(resolve, reject);
		else if (handler.length < 3) resolve(returned);
	});
	return JSON.stringify(result) ?? "null";
}

port.on("message", (invocation: Invocation) => {
	run(invocation).then(
		(payload) => post({ kind: "result", payload }),
		(error: unknown) => post({ kind: "error", ...described(error) }),
	);
});

/** Whatever a handler throws: an error, any value, or an object that fails when it is read. */
function described(error: unknown): {
	readonly errorType: string;
	readonly errorMessage: string;
} {
	try {
		const { name, message } =
			error instanceof Error
				? error
				: { name: "Error", message: String(error) };
		return { errorType: String(name), errorMessage: String(message) };
	} catch {
		return { errorType: "Error", errorMessage: "an error that cannot be read" };
	}
}
