export interface Diagnostic {
	readonly code: DiagnosticCode | LintCode;
	readonly severity: "error" | "warning";
	/** Relative to the schemas folder. */
	readonly file: string;
	/** JSON pointer into the file's schema. */
	readonly pointer: string;
	/** Counted from 1. */
	readonly line: number;
	readonly column: number;
	readonly message: string;
}

/** A finding before its line is known. */
export type Finding = Omit<Diagnostic, "severity" | "line" | "column">;

/** Every code, with what to do about it. */
export const remedies = {
	"syntax-error": "Mend the file's syntax.",
	"duplicate-key":
		"Keep one of the two: parsers keep the last and drop the other in silence.",
	"too-deep":
		"Move inner parts to $defs or files of their own and refer to them.",
	"too-large": "Split it into files that refer to each other.",
	"not-a-schema": "See the draft's meta-schema for what the keyword takes.",
	"draft-unknown":
		"Use draft-07, 2019-09 or 2020-12, or leave $schema out for 2020-12.",
	"keyword-unknown":
		"Mend the spelling, or begin annotations of your own with x-.",
	"keyword-ignored": "It says nothing; begin annotations of your own with x-.",
	"keyword-unsupported": "Say the same with a keyword that is supported.",
	"ref-not-found": "Mend the $ref, or add what it points to.",
	"ref-outside": "Move the file below the schemas folder.",
	"ref-remote":
		"Keep a copy below the schemas folder and refer to that; nothing is fetched.",
	"ref-loop": "Let one of the schemas say something besides $ref.",
	"id-duplicate": "Give each file an $id of its own.",
	"module-invalid":
		"Rename the file: its name becomes part of import paths, which # % ?, a .d before the ending and a folder that ends as a file of code would break.",
	"module-duplicate":
		"Rename one of the files: both would be generated to the same place.",
	"title-missing":
		"Give the event type a title, as OrderPlaced: it names the type.",
	"name-invalid":
		"Use a title of letters and digits that begins with a letter, as OrderPlaced.",
	"name-collision": "Give one of the two another title or name.",
	"name-reserved":
		"Choose another title: generated code needs this name itself.",
	"event-incomplete":
		"An event type has both x-amazon-events-source and x-amazon-events-detail-type; a shared definition has neither.",
	"source-invalid":
		"Name the producer in at most 256 characters, as orders.checkout; aws. is AWS's own, for event types with readOnly: true.",
	"detail-type-invalid":
		"Name the event in 1 to 128 characters, as Order-Placed.",
	"event-duplicate":
		"Give one of the two another x-amazon-events-detail-type: rules could not tell them apart.",
	"detail-not-object":
		'Say "type": "object" at the root: EventBridge takes only objects as detail.',
	"pattern-invalid": "Mend the regular expression; it is read with the u flag.",
	"pattern-slow":
		"Write the pattern so that no string matches it in many ways: no (a+)+ or (a|a)*.",
	"format-unknown": "Use a format that is known, or pattern.",
	"example-invalid": "Mend the example or the schema: examples are fixtures.",
	"example-unchecked":
		"Shorten the example's strings, or write the pattern so that it takes linear time.",
	"acknowledge-invalid":
		"Give each code of a warning a reason; errors cannot be acknowledged.",
	"registry-name-collision":
		"Give one of the two another source or detail-type: the registry would keep both under one name.",
	"registry-name-too-long":
		"Shorten the source or the detail-type: the entry's file has both in its name.",
	"registry-too-large":
		"The registry keeps 100,000 characters: split the event type or shorten its descriptions.",
	"api-model-loosened": "Nothing to do: the function validates exactly.",
} as const;

export type DiagnosticCode = keyof typeof remedies;

/** What only the linter says. */
export const lintRemedies = {
	"title-recommended": "Give it a title: tools show it.",
	"description-missing": "Say in a sentence what it is and when it happens.",
	"enum-open":
		"Leave the list out, or the branch that takes everything; say known values in a description.",
	"name-refused": "Use a title of the letters A to Z and digits.",
	"name-changed":
		"Use letters, digits, dots, hyphens and underscores in source and detail-type.",
	"required-impossible":
		"Let the property be, or do not require it: as it is, nothing fits the schema.",
	"example-wrong": "Mend the example or default, or the schema.",
	"number-unsafe":
		"Carry it as a string, or limit it to 2^53 - 1: JSON.parse changes it in silence.",
	"pattern-risky":
		"Add maxLength, anchor the pattern with ^ and $, or let neighbouring parts begin with different characters.",
	"pattern-unchecked":
		"Write it without look-around and back-references, or split it; add maxLength.",
} as const;

export type LintCode = keyof typeof lintRemedies;

export const allRemedies: Readonly<Record<DiagnosticCode | LintCode, string>> =
	{ ...remedies, ...lintRemedies };

export const isCode = (text: string): text is DiagnosticCode | LintCode =>
	Object.hasOwn(allRemedies, text);

const warnings: ReadonlySet<string> = new Set<DiagnosticCode | LintCode>([
	"keyword-ignored",
	"registry-too-large",
	"api-model-loosened",
	"title-recommended",
	"description-missing",
	"enum-open",
	"name-refused",
	"name-changed",
	"number-unsafe",
	"pattern-risky",
	"pattern-unchecked",
	"example-unchecked",
]);

export function severityOf(
	code: DiagnosticCode | LintCode,
): Diagnostic["severity"] {
	return warnings.has(code) ? "warning" : "error";
}

export const hasError = (diagnostics: readonly Diagnostic[]): boolean =>
	diagnostics.some(({ severity }) => severity === "error");
