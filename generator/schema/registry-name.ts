/** The registry's limit on a schema's content, in characters: https://docs.aws.amazon.com/eventbridge/latest/schema-reference/v1-registries-name-registryname-schemas-name-schemaname.html */
export const contentCharactersMax = 100_000;

/** `source@DetailType`, with characters that the schema registry does not allow replaced by hyphens. */
export function registryName({
	source,
	detailType,
}: {
	readonly source: string;
	readonly detailType: string;
}): string {
	return `${source}@${detailType}`.replace(/[^A-Za-z0-9._@-]/g, "-");
}
