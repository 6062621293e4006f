/** `source@DetailType`, in the characters that the schema registry takes. */
export function registryName({
	source,
	detailType,
}: {
	readonly source: string;
	readonly detailType: string;
}): string {
	return `${source}@${detailType}`.replace(/[^A-Za-z0-9._@-]/g, "-");
}
