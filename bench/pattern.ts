import { compile, compileAll } from "../pattern/match.ts";
import { table, times } from "./measure.ts";

/** Measures events per second: a bus compared with its rules one by one, and one rule compared with JSON.parse. */
export async function pattern(): Promise<string> {
	const events = eventsOf(1_000);
	const texts = events.map((event) => JSON.stringify(event));
	const typical = compile(patternOf(7, "exact"));
	const rows: string[][] = [];
	const parse = perSecond(() => {
		for (const text of texts) JSON.parse(text);
	});
	const one = perSecond(() => {
		for (const event of events) typical(event);
	});
	rows.push([
		"1: source, detail-type, one filter",
		thousands(one),
		times(one / parse),
		"",
	]);
	for (const kind of kinds) {
		const patterns = Array.from({ length: 1_000 }, (_, i) =>
			patternOf(i, kind),
		);
		const all = compileAll(patterns);
		const singly = patterns.map((each) => compile(each));
		const bus = perSecond(() => {
			for (const event of events) all(event);
		});
		const few = events.slice(0, 20);
		const oneByOne =
			perSecond(() => {
				for (const event of few) for (const decide of singly) decide(event);
			}) *
			(few.length / events.length);
		rows.push([
			`1,000, filter: ${kind}`,
			thousands(bus),
			times(bus / parse),
			times(bus / oneByOne),
		]);
	}
	return table(
		`Events matched per second; JSON.parse alone reads ${thousands(parse)}`,
		["rules", "events/s", "vs. JSON.parse", "vs. one by one"],
		rows,
	);

	/** Events per second if one call handles all events; the best of several runs. */
	function perSecond(run: () => void): number {
		let best = 0;
		const until = performance.now() + 1_500;
		do {
			const start = performance.now();
			run();
			best = Math.max(
				best,
				(events.length * 1_000) / (performance.now() - start),
			);
		} while (performance.now() < until);
		return best;
	}
}

const kinds = [
	"exact",
	"prefix",
	"numeric",
	"wildcard",
	"equals-ignore-case",
	"anything-but",
	"cidr",
	"mixed",
] as const;

/** A rule for one of 20 event types from five sources, with a distinct content filter. */
function patternOf(
	i: number,
	kind: (typeof kinds)[number],
): {
	readonly [field: string]: unknown;
} {
	const filters = {
		exact: { customer: [`customer-${i}`] },
		prefix: { customer: [{ prefix: `customer-${i}` }] },
		numeric: { total: [{ numeric: [">", i * 10, "<=", i * 10 + 15] }] },
		wildcard: { path: [{ wildcard: `/shop-${i}/*.json` }] },
		"equals-ignore-case": {
			customer: [{ "equals-ignore-case": `CUSTOMER-${i}` }],
		},
		cidr: { address: { ip: [{ cidr: `10.${i >> 4}.${(i & 15) << 4}.0/20` }] } },
		"anything-but": { channel: [{ "anything-but": ["web", `channel-${i}`] }] },
	};
	const own = Object.values(filters);
	return {
		source: [`shop.domain-${i % 5}`],
		"detail-type": [`Event-${i % 20}`],
		detail: kind === "mixed" ? own[i % own.length] : filters[kind],
	};
}

function eventsOf(count: number): readonly object[] {
	return Array.from({ length: count }, (_, i) => ({
		version: "0",
		id: `7bf73129-1428-4cd3-a780-${i}`,
		"detail-type": `Event-${i % 20}`,
		source: `shop.domain-${i % 5}`,
		account: "111111111111",
		time: "2026-11-24T09:00:00Z",
		region: "eu-west-1",
		resources: [],
		detail: {
			customer: `customer-${(i * 7) % 1_000}`,
			total: (i * 37) % 10_000,
			path: `/shop-${(i * 3) % 1_000}/a/b.json`,
			channel: ["web", "app", "newsletter"][i % 3],
			lines: [
				{ sku: "a-1", amount: 2 },
				{ sku: "b-2", amount: 1 },
			],
			address: {
				country: "NL",
				city: "Utrecht",
				ip: `10.${(i * 3) & 63}.${(i * 7) & 255}.1`,
			},
		},
	}));
}

const thousands = (perSecond: number) =>
	`${Math.round(perSecond / 1_000).toLocaleString("en")} k`;
