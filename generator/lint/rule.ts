import type { Finding, RuleName } from "../diagnostics.ts";
import type { Model, NamedSchema } from "../schema/model.ts";

export interface RuleFinding {
	/** The schema, such as an event type of the model. */
	readonly schema: NamedSchema;
	/** JSON pointer into the schema; its root by default. */
	readonly pointer?: string;
	/** What is wrong, in one sentence without a full stop. */
	readonly message: string;
}

/** A lint rule of the user's own. */
export interface Rule {
	/** `"warning"` by default; lint fails on both. */
	readonly severity?: "error" | "warning";
	/** What to do about a finding, in one sentence. */
	readonly remedy: string;
	/** The findings about a model, which has all event types and shared definitions. */
	readonly check: (model: Model) => Iterable<RuleFinding>;
}

/** The findings of a rule. Throws an `Error` that names the rule if it throws, or if it returns something else. */
export function check(
	name: RuleName,
	rule: Rule,
	model: Model,
): readonly Finding[] {
	try {
		// A clone each: what one changes, another does not see.
		const found: unknown = rule.check(structuredClone(model));
		if (!isIterable(found))
			throw new Error(
				`check must return a list of findings${found instanceof Promise ? ", not a promise" : ""}`,
			);
		return [...found].map(({ schema, pointer = "", message }) => {
			const known = model.schemas.get(schema?.name);
			if (!known) throw new Error("a finding has no schema of the model");
			if (typeof message !== "string" || message.trim() === "")
				throw new Error("a finding has no message");
			if (!/^(?:\/|$)/.test(String(pointer)))
				throw new Error(
					`${JSON.stringify(pointer)} is not a JSON pointer, such as /properties/x`,
				);
			return {
				code: name,
				file: known.file,
				pointer: known.pointer + pointer,
				message,
				remedy: rule.remedy,
			};
		});
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		throw new Error(`the rule ${name} failed: ${message}`, { cause: error });
	}
}

const isIterable = (value: unknown): value is Iterable<RuleFinding> =>
	typeof value === "object" && value !== null && Symbol.iterator in value;
