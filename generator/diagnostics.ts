/** A lint rule of the user's own, such as `acme/owner`. */
export type RuleName = `${string}/${string}`;

export interface Diagnostic {
	readonly code: DiagnosticCode | LintCode | RuleName;
	readonly severity: "error" | "warning";
	/** Relative to the schemas folder. */
	readonly file: string;
	/** JSON pointer into the file's schema. */
	readonly pointer: string;
	/** Counted from 1. */
	readonly line: number;
	readonly column: number;
	readonly message: string;
	/** What to do about it, in one sentence. */
	readonly remedy: string;
}

/** A diagnostic without its severity and position. The remedy of a code below need not be given. */
export type Finding = Omit<
	Diagnostic,
	"severity" | "line" | "column" | "remedy"
> & { readonly remedy?: string };

/** The remedy for each code. */
export const remedies = {
	"syntax-error": "Fix the file's syntax.",
	"duplicate-key":
		"Remove one of the two: parsers silently keep only the last.",
	"too-deep":
		"Move inner schemas to $defs or to separate files and refer to them.",
	"too-large": "Split it into files that refer to each other.",
	"not-a-schema":
		"See the draft's meta-schema for the values that the keyword allows.",
	"draft-unknown":
		"Use draft-04, draft-06, draft-07, 2019-09 or 2020-12; without $schema, 2020-12 is the default.",
	"keyword-unknown": "Fix the spelling, or prefix a custom annotation with x-.",
	"keyword-ignored":
		"The keyword has no effect; prefix a custom annotation with x-.",
	"keyword-unsupported": "Express the same rule with a supported keyword.",
	"ref-not-found": "Fix the $ref, or add the schema that it points to.",
	"ref-outside":
		"Move the file into the schemas folder; a file of another schemas folder is referred to by its path in that folder.",
	"ref-remote":
		"Put a copy in the schemas folder and refer to it; remote schemas are never fetched.",
	"ref-loop":
		"Break the cycle: remove a reference, or move it into a property or item.",
	"id-duplicate": "Give each schema a unique $id.",
	"module-invalid":
		"Rename the file: import paths must not contain # % ? or \\, a .d before the extension, or a folder that ends in .ts, .js or .json.",
	"module-duplicate":
		"Rename one of the files: both generate the same output files.",
	"title-missing":
		"Give the event type a title, such as OrderPlaced: it becomes the name of the type.",
	"name-invalid":
		"Use a name of letters and digits that starts with a letter, such as OrderPlaced.",
	"name-collision": "Rename one of the two.",
	"name-reserved": "Choose another title: generated code uses this name.",
	"event-incomplete":
		"An event type has both x-amazon-events-source and x-amazon-events-detail-type; a shared definition has neither.",
	"source-invalid":
		"Name the producer in at most 256 characters, such as orders.checkout; the prefix aws. is only for event types with readOnly: true.",
	"detail-type-invalid":
		"Name the event in 1 to 128 characters, such as Order-Placed.",
	"event-duplicate":
		"Change the x-amazon-events-detail-type of one: rules could not distinguish them.",
	"detail-not-object":
		'Add "type": "object" at the root: EventBridge accepts only objects as detail.',
	"pattern-invalid":
		"Fix the regular expression; it is compiled with the u flag.",
	"pattern-slow":
		"Remove ambiguity from the pattern: avoid nested or overlapping repetition such as (a+)+ or (a|a)*.",
	"extensible-enum-invalid":
		'List the known strings of a string, such as ["web", "app"].',
	"idempotency-key-invalid":
		"Name a property in properties that required lists, such as orderId.",
	"personal-invalid": 'Set it to true, or to a category, such as "contact".',
	"format-unknown": "It has no effect: use a known format, or pattern.",
	"number-inexact": "Use a string: in JavaScript, no number equals this one.",
	"example-invalid":
		"Fix the example or the schema: examples are used as fixtures.",
	"example-unchecked":
		"Shorten the example's strings, or rewrite the pattern to match in linear time.",
	"acknowledge-invalid":
		"Map each warning code to a reason; errors cannot be acknowledged.",
	"registry-name-collision":
		"Change the source or detail-type of one: the registry would store both under the same name.",
	"registry-name-too-long":
		"Shorten the source or the detail-type: the name of the entry's file contains both.",
	"registry-too-large":
		"The registry stores at most 100,000 characters: split the event type or shorten its descriptions.",
	"contract-too-large":
		"Split the event type, or shorten its lists of values and examples.",
	"api-model-too-large":
		"Split the event type, or let the function validate alone: use no request model.",
	"api-model-loosened":
		"Nothing to do: the function validates the full schema.",
} as const;

export type DiagnosticCode = keyof typeof remedies;

/** The codes that only the linter reports. */
export const lintRemedies = {
	"title-recommended": "Add a title: tools display it.",
	"description-missing":
		"Describe in one sentence what it is and when it happens.",
	"type-missing": 'Add "type": "object".',
	"type-unknown": 'Say the "type" of the values.',
	"enum-open":
		"Remove the list or the open branch, or list the known values in x-extensible-enum.",
	"name-refused": "Use only the letters A to Z and digits in the title.",
	"name-changed":
		"Use only letters, digits, dots, hyphens and underscores in source and detail-type.",
	"schema-impossible": "Correct one of the two, or remove the schema.",
	"required-impossible":
		"Allow the property, or do not require it: no object matches the schema as it is.",
	"example-wrong": "Fix the example or default, or the schema.",
	"sunset-invalid":
		'Set x-sunset to a date such as "2027-01-31", beside "deprecated": true.',
	"sunset-ahead":
		"Move its producers and consumers to what replaces it; acknowledge the warning until then.",
	"number-unsafe":
		"Use a string, or limit the number to 2^53 - 1: JSON.parse silently changes larger ones.",
	"pattern-risky":
		"Add maxLength, anchor the pattern with ^ and $, or make adjacent parts start with different characters.",
	"pattern-unchecked":
		"Avoid lookaround and backreferences, or split the pattern; add maxLength.",
} as const;

export type LintCode = keyof typeof lintRemedies;

const allRemedies: Readonly<Record<string, string>> = {
	...remedies,
	...lintRemedies,
};

export const remedyOf = ({ code, remedy }: Finding): string =>
	remedy ?? allRemedies[code] ?? "";

export const isCode = (text: string): text is DiagnosticCode | LintCode =>
	Object.hasOwn(allRemedies, text);

/** The codes of warnings, whose severity can be configured. */
export const warningCodes = [
	"keyword-ignored",
	"format-unknown",
	"example-unchecked",
	"registry-too-large",
	"contract-too-large",
	"api-model-too-large",
	"api-model-loosened",
	"title-recommended",
	"description-missing",
	"type-missing",
	"type-unknown",
	"schema-impossible",
	"enum-open",
	"name-refused",
	"name-changed",
	"sunset-invalid",
	"sunset-ahead",
	"number-unsafe",
	"pattern-risky",
	"pattern-unchecked",
] as const satisfies readonly (DiagnosticCode | LintCode)[];

export type WarningCode = (typeof warningCodes)[number];

export const isWarningCode = (code: string): code is WarningCode =>
	warningCodes.some((known) => known === code);

export type Severity = "error" | "warning" | "off";

/** Rules of the user's own are warnings, unless configured otherwise. */
export const isRuleName = (code: string): code is RuleName =>
	/^[\w@.-]+(\/[\w.-]+)+$/.test(code);

export function severityOf(code: Diagnostic["code"]): Diagnostic["severity"] {
	return isWarningCode(code) || isRuleName(code) ? "warning" : "error";
}

/** The diagnostics with configured severities. */
export function withSeverities(
	diagnostics: readonly Diagnostic[],
	severities: ReadonlyMap<string, Severity>,
): readonly Diagnostic[] {
	return diagnostics.flatMap((diagnostic) => {
		const severity = severities.get(diagnostic.code) ?? diagnostic.severity;
		return severity === "off" ? [] : { ...diagnostic, severity };
	});
}

export const hasError = (diagnostics: readonly Diagnostic[]): boolean =>
	diagnostics.some(({ severity }) => severity === "error");
