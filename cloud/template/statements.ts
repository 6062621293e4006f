// The statements of a policy document: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
import { isObject } from "../../runtime/json.ts";
import { shown } from "./check-template.ts";
import type { Statement } from "./policy.ts";

/** Reads a policy document, which has a list of statements or a single one. Throws an `Error` for a statement of the wrong shape. */
export function statementsOf(document: unknown): readonly Statement[] {
	if (document === undefined) return [];
	if (!isObject(document))
		throw new Error(
			`a policy document must be an object, got ${shown(document)}`,
		);
	const { Statement: stated, Version } = document;
	return [stated ?? []].flat().map((statement) => ({
		...checked(statement),
		...(typeof Version === "string" ? { Version } : {}),
	}));
}

/** Whatever a policy says that is not known here is taken to allow everything. */
export const allowsAll: Statement = {
	Effect: "Allow",
	Principal: "*",
	Action: "*",
	Resource: "*",
};

/** The statements of a document that a resource must state; one that is missing is not known. */
export const requiredStatements = (document: unknown): readonly Statement[] =>
	document === undefined ? [allowsAll] : statementsOf(document);

function checked(statement: unknown): Statement {
	if (!isObject(statement))
		throw new Error(`a statement must be an object, got ${shown(statement)}`);
	const { Effect, Condition } = statement;
	if (Effect !== "Allow" && Effect !== "Deny")
		throw new Error(
			`a statement's Effect must be Allow or Deny, got ${shown(Effect)}`,
		);
	if (Condition !== undefined && Condition !== null && !isObject(Condition))
		throw new Error(
			`a statement's Condition must be an object, got ${shown(Condition)}`,
		);
	for (const [operator, keys] of Object.entries(Condition ?? {}))
		if (!isObject(keys))
			throw new Error(
				`the condition ${operator} must be an object of keys, got ${shown(keys)}`,
			);
	const { Condition: _, ...rest } = statement;
	return {
		...rest,
		...(Condition ? { Condition } : {}),
	} as unknown as Statement;
}
