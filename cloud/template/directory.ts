// What stands at an ARN, simulated or not.
import type { Resource } from "./resource.ts";

/** Resources by ARN. */
export type Directory = ReadonlyMap<string, Resource>;

export function directoryOf(resources: readonly Resource[]): Directory {
	const directory = new Map<string, Resource>();
	for (const resource of resources)
		for (const arn of [
			resource.ref,
			resource.attributes.Arn,
			resource.attributes.TopicArn,
		])
			if (arn?.startsWith("arn:")) directory.set(trimmed(arn), resource);
	return directory;
}

/** Log groups are named with and without the last part. */
const trimmed = (arn: string): string => arn.replace(/:\*$/, "");

/** The resource at an ARN, also if the ARN has a version, an alias or a path after it. */
export function resourceAt(
	directory: Directory,
	arn: string,
): Resource | undefined {
	const wanted = trimmed(arn);
	return (
		directory.get(wanted) ??
		directory.get(wanted.split(":").slice(0, 7).join(":")) ??
		directory.get(wanted.replace(/\/[^/]+$/, ""))
	);
}

/** Says what stands at an ARN where nothing is simulated. */
export function describeOther(directory: Directory, arn: string): string {
	if (!arn.startsWith("arn:"))
		return `${arn} is no ARN: its value is not known here`;
	const found = resourceAt(directory, arn);
	return found
		? `${found.logicalId} (${found.type}) is not simulated`
		: `${arn} is in none of these stacks`;
}
