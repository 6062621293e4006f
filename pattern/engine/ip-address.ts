// Parses IP addresses as Event Ruler does: IPv4, IPv6 without a dotted part, and IPv4-mapped IPv6 as IPv4.

export type IpAddress =
	| { readonly bits: 32; readonly value: number }
	| { readonly bits: 128; readonly value: bigint };

/** The leading bits of an address, as many as the mask's length. */
export type AddressPrefix = number | bigint;

export function prefixOf(address: IpAddress, mask: number): AddressPrefix {
	if (address.bits === 128) return address.value >> BigInt(128 - mask);
	// JavaScript shifts by 32 bits as by 0.
	return mask === 0 ? 0 : address.value >>> (32 - mask);
}

export function ipAddress(text: string): IpAddress | undefined {
	if (text.includes(":")) return ipv6Address(text);
	const octets = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
	if (!octets) return undefined;
	let value = 0;
	for (let i = 1; i <= 4; i++) {
		const octet = Number(octets[i]);
		if (octet > 255) return undefined;
		value = value * 256 + octet;
	}
	return { value, bits: 32 };
}

const mappedIpv4 = 0xffffn;

function ipv6Address(text: string): IpAddress | undefined {
	const halves = text.split("::");
	if (halves.length > 2) return undefined;
	const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
	const [head = [], tail = []] = groups;
	const missing = 8 - head.length - tail.length;
	if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
	const all = [...head, ...Array<string>(missing).fill("0"), ...tail];
	if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
	const value = BigInt(
		`0x${all.map((group) => group.padStart(4, "0")).join("")}`,
	);
	return value >> 32n === mappedIpv4
		? { value: Number(value & 0xffffffffn), bits: 32 }
		: { value, bits: 128 };
}
