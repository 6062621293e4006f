// Names of resources. A name depends on what a thing is, never on its position or on other things.

/** Joins parts with hyphens. A name of more than `max` characters is shortened, and ends in a hash of the whole. */
export function resourceName(max: number, ...parts: readonly string[]): string {
	return shortened(max, parts.join("-"));
}

/** A name in the hub. No other part of a name has an underscore, so `media_` begins the names of one system only. */
export function hubName(max: number, ...parts: readonly string[]): string {
	return shortened(max, parts.join("_"));
}

function shortened(max: number, name: string): string {
	if (name.length <= max) return name;
	const hash = hashOf(name);
	return `${name.slice(0, max - hash.length - 1).replace(/[-_]$/, "")}-${hash}`;
}

/** Eight characters of a 64-bit FNV-1a hash: http://www.isthe.com/chongo/tech/comp/fnv/ */
export function hashOf(text: string): string {
	let hash = 0xcbf29ce484222325n;
	for (const byte of new TextEncoder().encode(text))
		hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
	return hash.toString(36).padStart(13, "0").slice(-8);
}

/**
 * Words of letters and digits, in lower case: `Content-View-Event`, `contentViewEvent` and `content.view.event` are
 * `content-view-event`. What other scripts say is in a hash.
 */
export function kebabCase(text: string): string {
	const plain = text.normalize("NFKD").replace(/\p{M}/gu, "");
	const words = plain
		.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-")
		.toLowerCase()
		.split(/[^a-z0-9]+/)
		.filter((word) => word !== "");
	const isWhole = words.length > 0 && !/[^ -~]/.test(plain);
	return [...words, ...(isWhole ? [] : [hashOf(text)])].join("-");
}

/** Longest names: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html and each service's reference. */
export const nameMax = {
	/** Shorter than a system's name may be, so that a shortened name begins with it. */
	system: 40,
	stack: 128,
	rule: 64,
	role: 64,
	function: 64,
	statement: 64,
	archive: 48,
} as const;

/** The tag that the stacks of a system carry. Its value is the system's name. */
export const systemTag = "eventwright:system";

/** The schema registry where no system says another. */
export const defaultRegistryName = "eventwright";

/** The partition of a region: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
export function partitionOf(region: string): string {
	if (region.startsWith("cn-")) return "aws-cn";
	return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
