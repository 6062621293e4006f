import { randomUUID } from "node:crypto";
import { Worker } from "node:worker_threads";
import { newAccessKeyId } from "../../credentials.ts";
import type { Span } from "../../trace.ts";
import type { Invocation, WorkerMessage } from "./worker.ts";

export type InvocationResult =
	| { readonly ok: true; readonly payload: unknown }
	| { readonly ok: false; readonly error: string };

export interface EnvironmentSettings {
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

	async invoke(
		event: unknown,
		span: Span,
		log: (line: string) => void,
	): Promise<InvocationResult> {
		while (this.#idle.length === 0 && this.#all.size >= environmentsMax)
			await new Promise<void>((resolve) => {
				this.#waiting.push(resolve);
			});
		return this.#run(this.#idle.pop() ?? this.#start(), event, span, log);
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

	#take(environment: Environment, message: WorkerMessage): void {
		const { current } = environment;
		switch (message.kind) {
			case "ready":
				environment.ready = true;
				current?.begin();
				return;
			case "log":
				current?.log(message.text);
				return;
			case "result":
				current?.end({ ok: true, payload: JSON.parse(message.payload) });
				return;
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
	): Promise<InvocationResult> {
		const { timeoutMs } = this.#settings;
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
					for (const line of text.split("\n"))
						if (line.trim() !== "") log(line);
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
