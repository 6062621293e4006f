// What a target gets of an event: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
import { valueAt } from "../../../template/json-path.ts";

export interface TargetInput {
	readonly Input?: string;
	readonly InputPath?: string;
	readonly InputTransformer?: {
		readonly InputPathsMap?: Readonly<Record<string, string>>;
		readonly InputTemplate: string;
	};
}

export interface MatchedRule {
	readonly name: string;
	readonly arn: string;
}

/** The message for a target. */
export function inputOf(
	{ Input, InputPath, InputTransformer }: TargetInput,
	event: object,
	rule: MatchedRule,
): string {
	if (Input !== undefined) return Input;
	if (InputTransformer !== undefined)
		return transformed(InputTransformer, event, rule);
	if (InputPath === undefined) return JSON.stringify(event);
	return JSON.stringify(valueAt(InputPath, event) ?? null);
}

function transformed(
	{
		InputPathsMap = {},
		InputTemplate,
	}: NonNullable<TargetInput["InputTransformer"]>,
	event: object,
	rule: MatchedRule,
): string {
	const { detail: _, ...withoutDetail } = event as Record<string, unknown>;
	const values = new Map<string, unknown>([
		...Object.entries(InputPathsMap).map(
			([name, path]) => [name, valueAt(path, event)] as const,
		),
		["aws.events.rule-arn", rule.arn],
		["aws.events.rule-name", rule.name],
		["aws.events.event.ingestion-time", withoutDetail.time],
		["aws.events.event", withoutDetail],
		["aws.events.event.json", event],
	]);
	const isJson = /^\s*[{[]/.test(InputTemplate);
	const filled = filledTemplate(InputTemplate, values);
	if (!isJson) return filled;
	try {
		// EventBridge sends JSON without the template's line breaks.
		return JSON.stringify(JSON.parse(filled));
	} catch {
		return filled;
	}
}

/** Fills the placeholders. Outside of quotes, a value is JSON; inside, its text. */
function filledTemplate(
	template: string,
	values: ReadonlyMap<string, unknown>,
): string {
	let isQuoted = false;
	return template.replace(
		/\\.|"|<([^<>\s"]+)>/gs,
		(found, name: string | undefined) => {
			if (found === '"') isQuoted = !isQuoted;
			if (name === undefined || !values.has(name)) return found;
			const value = values.get(name);
			if (!isQuoted) return value === undefined ? '""' : JSON.stringify(value);
			if (value === undefined) return "";
			return typeof value === "object" && value !== null
				? JSON.stringify(value).replaceAll('"', "")
				: JSON.stringify(String(value)).slice(1, -1);
		},
	);
}
