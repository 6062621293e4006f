import { randomBytes, randomUUID } from "node:crypto";
import { Worker } from "node:worker_threads";
import { parseJson } from "../../../../runtime/json.ts";
import { newAccessKeyId } from "../../credentials.ts";
import type { Span } from "../../trace.ts";
import type { Invocation, WorkerMessage } from "./worker.ts";

export type InvocationResult =
	| { readonly ok: true; readonly payload: unknown }
	| { readonly ok: false; readonly error: string };

export interface EnvironmentSettings {
	/** The function's ARN. */
	readonly arn: string;
	readonly handlerName: string;
	readonly timeoutMs: number;
	readonly memoryMib: number;
	readonly variables: Readonly<Record<string, string>>;
	/** Registers an access key id and its current invocation's span. Returns a function that unregisters it. */
	readonly register: (
		accessKeyId: string,
		span: () => Span | undefined,
	) => () => void;
}

interface Environment {
	readonly worker: Worker;
	/** The folder of its code. */
	readonly code: string;
	ready: boolean;
	current: Current | undefined;
}

interface Current {
	readonly span: Span;
	readonly log: (line: string) => void;
	/** Starts the timeout, once the handler is loaded. */
	readonly begin: () => void;
	readonly end: (result: InvocationResult) => void;
}

/** The concurrency limit. Further invocations wait for an idle environment. */
const environmentsMax = 8;

/** Lambda's time limit for the init phase: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const initMs = 10_000;

/** Log lines of an invocation that become hops. */
const logLinesMax = 1_000;

/** As X-Ray's header; nothing is sampled: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
function traceId(): string {
	const seconds = Math.floor(Date.now() / 1000).toString(16);
	return `Root=1-${seconds}-${randomBytes(12).toString("hex")};Parent=${randomBytes(8).toString("hex")};Sampled=0`;
}

/** The execution environments of one function. Each runs one invocation at a time and is reused. */
export class Environments {
	readonly #settings: EnvironmentSettings;
	readonly #all = new Set<Environment>();
	readonly #idle: Environment[] = [];
	readonly #waiting: (() => void)[] = [];
	#code: string;

	constructor(code: string, settings: EnvironmentSettings) {
		this.#code = code;
		this.#settings = settings;
	}

	/** Runs the handler. The ARN may name an alias or a version. */
	async invoke(
		event: unknown,
		span: Span,
		log: (line: string) => void,
		invokedArn = this.#settings.arn,
	): Promise<InvocationResult> {
		while (this.#idle.length === 0 && this.#all.size >= environmentsMax)
			await new Promise<void>((resolve) => {
				this.#waiting.push(resolve);
			});
		return this.#run(
			this.#idle.pop() ?? this.#start(),
			event,
			span,
			log,
			invokedArn,
		);
	}

	/** Later invocations run this code. Invocations in progress finish on the code they started with. */
	replaceCode(code: string): void {
		this.#code = code;
		for (const environment of this.#idle.splice(0)) this.#end(environment);
	}

	async stop(): Promise<void> {
		await Promise.all([...this.#all].map(({ worker }) => worker.terminate()));
	}

	#start(): Environment {
		const { handlerName, memoryMib, variables, register } = this.#settings;
		const accessKeyId = newAccessKeyId();
		const worker = new Worker(new URL("./worker.ts", import.meta.url), {
			workerData: { folder: this.#code, handlerName },
			env: {
				AWS_ACCESS_KEY_ID: accessKeyId,
				AWS_SECRET_ACCESS_KEY: "local",
				LAMBDA_TASK_ROOT: this.#code,
				...variables,
			},
			resourceLimits: { maxOldGenerationSizeMb: memoryMib },
			execArgv: [],
			stdout: true,
			stderr: true,
		});
		const environment: Environment = {
			worker,
			code: this.#code,
			ready: false,
			current: undefined,
		};
		this.#all.add(environment);
		const unregister = register(accessKeyId, () => environment.current?.span);
		const gone = (error: string) => {
			unregister();
			this.#forget(environment);
			environment.current?.end({ ok: false, error });
		};
		worker.on("message", (message: WorkerMessage) =>
			this.#take(environment, message),
		);
		worker.on("error", (error) =>
			gone(`Runtime exited with error: ${(error as Error).message}`),
		);
		worker.on("exit", () => gone("Runtime exited"));
		return environment;
	}

	/** A function's own code can post too, so a message may be anything. */
	#take(
		environment: Environment,
		message: Partial<WorkerMessage> | null,
	): void {
		const { current } = environment;
		switch (message?.kind) {
			case "ready":
				environment.ready = true;
				current?.begin();
				return;
			case "log":
				current?.log(String(message.text));
				return;
			case "result": {
				const payload = parseJson(String(message.payload));
				current?.end(
					payload.ok
						? { ok: true, payload: payload.value }
						: { ok: false, error: "the response is not JSON" },
				);
				return;
			}
			case "error":
				current?.end({
					ok: false,
					error: `${message.errorType}: ${message.errorMessage}`,
				});
		}
	}

	#run(
		environment: Environment,
		event: unknown,
		span: Span,
		log: (line: string) => void,
		invokedArn: string,
	): Promise<InvocationResult> {
		const { timeoutMs } = this.#settings;
		let lines = 0;
		return new Promise((resolve) => {
			const expire = (ms: number) =>
				setTimeout(() => {
					this.#forget(environment);
					environment.current?.end({
						ok: false,
						error: `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
					});
				}, ms);
			let timer = expire(environment.ready ? timeoutMs : initMs + timeoutMs);
			environment.current = {
				span,
				log: (text) => {
					for (const line of text.split("\n")) {
						if (line.trim() === "" || lines > logLinesMax) continue;
						lines++;
						log(
							lines > logLinesMax
								? `more than ${logLinesMax} lines: the others are not shown`
								: line,
						);
					}
				},
				begin: () => {
					clearTimeout(timer);
					timer = expire(timeoutMs);
				},
				end: (result) => {
					clearTimeout(timer);
					environment.current = undefined;
					this.#release(environment);
					resolve(result);
				},
			};
			const invocation: Invocation = {
				requestId: randomUUID(),
				payload: JSON.stringify(event),
				deadlineMs: Date.now() + timeoutMs,
				traceId: traceId(),
				invokedArn,
			};
			environment.worker.postMessage(invocation);
		});
	}

	/** Returns an environment to the idle ones, unless it has ended or its code is outdated. */
	#release(environment: Environment): void {
		if (this.#all.has(environment) && environment.code === this.#code)
			this.#idle.push(environment);
		else this.#end(environment);
		this.#waiting.shift()?.();
	}

	#forget(environment: Environment): void {
		this.#all.delete(environment);
		const place = this.#idle.indexOf(environment);
		if (place >= 0) this.#idle.splice(place, 1);
	}

	#end(environment: Environment): void {
		this.#forget(environment);
		environment.worker.terminate();
	}
}
