// The shape of a template: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
import { isObject } from "../../runtime/json.ts";
import { TemplateError } from "./place.ts";
import type { Template } from "./stack-template.ts";

/** Names of sections whose entries are objects. */
const sections = ["Parameters", "Mappings", "Conditions", "Outputs"] as const;

const faultsMax = 20;

/** Returns the value as a template, without what macros would replace. Throws a `TemplateError` that lists what has the wrong shape, each with the file and the logical id. */
export function checkTemplate(value: unknown, file: string): Template {
	if (!isObject(value) || !isObject(value.Resources))
		throw new TemplateError(
			`${file} is not a CloudFormation template: it has no Resources`,
		);
	const faults: string[] = [];
	const fault = (where: string, what: string) =>
		faults.push(`${file}: ${where} ${what}`);
	for (const section of sections) {
		const stated = value[section];
		if (stated === undefined) continue;
		if (!isObject(stated)) {
			fault(section, `must be an object, got ${shown(stated)}`);
			continue;
		}
		for (const [name, entry] of Object.entries(stated))
			checkEntry(section, name, entry, fault);
	}
	for (const [logicalId, resource] of Object.entries(value.Resources))
		if (!isMacro(logicalId)) checkResource(logicalId, resource, fault);
	if (faults.length > faultsMax)
		faults.splice(
			faultsMax,
			Number.POSITIVE_INFINITY,
			`${file}: and ${faults.length - faultsMax} more`,
		);
	if (faults.length > 0) throw new TemplateError(faults.join("\n"));
	const entries = Object.entries(value.Resources);
	return {
		...value,
		Resources: Object.fromEntries(entries.filter(([key]) => !isMacro(key))),
		unevaluated: entries.map(([key]) => key).filter(isMacro),
	} as unknown as Template;
}

export const loopPrefix = "Fn::ForEach::";

/** Keys that a macro or a language extension takes where logical ids stand. */
const isMacro = (key: string): boolean =>
	key.startsWith(loopPrefix) || key === "Fn::Transform";

type Fault = (where: string, what: string) => void;

function checkEntry(
	section: (typeof sections)[number],
	name: string,
	entry: unknown,
	fault: Fault,
): void {
	const where = `${section}.${name}`;
	if (isMacro(name)) return;
	if (!isObject(entry)) {
		fault(where, `must be an object, got ${shown(entry)}`);
		return;
	}
	if (section === "Parameters") {
		if (typeof entry.Type !== "string") fault(where, "has no Type");
		if (isObject(entry.Default) || Array.isArray(entry.Default))
			fault(where, `has a Default that is ${shown(entry.Default)}, not a text`);
		if (
			entry.AllowedValues !== undefined &&
			!(
				Array.isArray(entry.AllowedValues) &&
				entry.AllowedValues.every((value) => typeof value !== "object")
			)
		)
			fault(where, "has AllowedValues that are no list of texts");
	}
	if (section !== "Outputs") return;
	if (entry.Condition !== undefined && typeof entry.Condition !== "string")
		fault(where, `has a Condition that is ${shown(entry.Condition)}`);
	if (entry.Value === undefined) fault(where, "has no Value");
	if (
		entry.Export !== undefined &&
		(!isObject(entry.Export) || entry.Export.Name === undefined)
	)
		fault(where, "has an Export without a Name");
}

function checkResource(
	logicalId: string,
	resource: unknown,
	fault: Fault,
): void {
	if (!isObject(resource)) {
		fault(logicalId, `must be an object with a Type, got ${shown(resource)}`);
		return;
	}
	const { Type, Properties, Condition, DeletionPolicy } = resource;
	if (typeof Type !== "string" || Type === "")
		fault(logicalId, `has no Type, got ${shown(Type)}`);
	if (
		Properties !== undefined &&
		!isObject(Properties) &&
		// An empty block in YAML.
		Properties !== null
	)
		fault(
			logicalId,
			`has Properties that are ${shown(Properties)}, not an object`,
		);
	if (Condition !== undefined && typeof Condition !== "string")
		fault(
			logicalId,
			`has a Condition that is ${shown(Condition)}, not the name of a condition`,
		);
	// A language extension takes a function here.
	if (
		DeletionPolicy !== undefined &&
		typeof DeletionPolicy !== "string" &&
		!isObject(DeletionPolicy)
	)
		fault(logicalId, `has a DeletionPolicy that is ${shown(DeletionPolicy)}`);
}

/** A value in a message, cut short. */
export function shown(value: unknown): string {
	if (value === undefined) return "nothing";
	const text = JSON.stringify(value) ?? String(value);
	return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
