// The rules by which a change breaks a reader, and what each is called.

/** `backward`: readers of the new schema, writers of the old one. `forward`: readers of the old schema, writers of the new one. */
export type Direction = "backward" | "forward";

interface Pair {
	/** The new schema accepts less. */
	readonly backward: string;
	/** The new schema accepts more, which old readers refuse. */
	readonly forward: string;
}

/** Rules by the keyword that refuses the value. Each has its mirror in the other direction. */
export const keywordRules = {
	type: { backward: "type-narrowed", forward: "type-widened" },
	values: { backward: "value-removed", forward: "value-added" },
	range: { backward: "range-narrowed", forward: "range-widened" },
	multiple: { backward: "multiple-narrowed", forward: "multiple-widened" },
	length: { backward: "length-narrowed", forward: "length-widened" },
	pattern: { backward: "pattern-narrowed", forward: "pattern-widened" },
	format: { backward: "format-narrowed", forward: "format-widened" },
	itemCount: {
		backward: "item-count-narrowed",
		forward: "item-count-widened",
	},
	unique: {
		backward: "unique-items-required",
		forward: "unique-items-dropped",
	},
	items: { backward: "items-closed", forward: "items-opened" },
	contains: { backward: "contains-narrowed", forward: "contains-widened" },
	required: { backward: "property-required", forward: "property-optional" },
	forbidden: { backward: "property-forbidden", forward: "property-allowed" },
	closed: { backward: "object-closed", forward: "object-opened" },
	propertyCount: {
		backward: "property-count-narrowed",
		forward: "property-count-widened",
	},
	propertyNames: {
		backward: "property-names-narrowed",
		forward: "property-names-widened",
	},
	dependency: { backward: "dependency-added", forward: "dependency-removed" },
	alternatives: {
		backward: "alternative-removed",
		forward: "alternative-added",
	},
	exclusion: { backward: "exclusion-added", forward: "exclusion-removed" },
	condition: { backward: "condition-added", forward: "condition-removed" },
	schema: { backward: "schema-narrowed", forward: "schema-widened" },
} as const satisfies Record<string, Pair>;

export type KeywordRule = keyof typeof keywordRules;

/** Whether a change breaks a reader could not be decided; the same in both directions. */
export const undecided = "undecided";

/** The rule of each keyword. */
const ruleOfKeyword: Readonly<Record<string, KeywordRule>> = {
	type: "type",
	enum: "values",
	const: "values",
	"x-extensible-enum": "values",
	minimum: "range",
	maximum: "range",
	exclusiveMinimum: "range",
	exclusiveMaximum: "range",
	multipleOf: "multiple",
	minLength: "length",
	maxLength: "length",
	pattern: "pattern",
	format: "format",
	minItems: "itemCount",
	maxItems: "itemCount",
	uniqueItems: "unique",
	items: "items",
	prefixItems: "items",
	unevaluatedItems: "items",
	contains: "contains",
	required: "required",
	properties: "closed",
	patternProperties: "closed",
	additionalProperties: "closed",
	unevaluatedProperties: "closed",
	minProperties: "propertyCount",
	maxProperties: "propertyCount",
	propertyNames: "propertyNames",
	dependentRequired: "dependency",
	dependentSchemas: "dependency",
	anyOf: "alternatives",
	oneOf: "alternatives",
	not: "exclusion",
	if: "condition",
	false: "forbidden",
};

export const ruleOf = (keyword: string, direction: Direction): string =>
	keywordRules[ruleOfKeyword[keyword] ?? "schema"][direction];
