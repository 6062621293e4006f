// IP literals as Event Ruler reads them: IPv4, IPv6 without a dotted part, and IPv4 mapped into IPv6 as IPv4.

export interface IpAddress {
	readonly value: bigint;
	readonly bits: 32 | 128;
}

const mappedIpv4 = 0xffffn;

export function ipAddress(text: string): IpAddress | undefined {
	if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) {
		const octets = text.split(".").map(Number);
		if (octets.some((octet) => octet > 255)) return undefined;
		return {
			value: octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n),
			bits: 32,
		};
	}
	if (!/^[0-9a-fA-F:]*:[0-9a-fA-F:]*$/.test(text)) return undefined;
	const halves = text.split("::");
	if (halves.length > 2) return undefined;
	const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
	const [head = [], tail = []] = groups;
	const missing = 8 - head.length - tail.length;
	if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
	const all = [...head, ...Array<string>(missing).fill("0"), ...tail];
	if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
	const value = all.reduce(
		(sum, group) => (sum << 16n) + BigInt(`0x${group}`),
		0n,
	);
	return value >> 32n === mappedIpv4
		? { value: value & 0xffffffffn, bits: 32 }
		: { value, bits: 128 };
}
