// Who sends what to whom, drawn.

import { validate } from "../../pattern/engine/validate.ts";
import { explain } from "../../pattern/explain.ts";
import {
	consumersOf,
	type EventTypeName,
	type MappedRule,
	mayTake,
	type SystemMap,
} from "./system-map.ts";

type Column = "producer" | "eventType" | "rule" | "consumer";

export interface GraphNode {
	readonly id: string;
	readonly column: Column;
	/** The first line is its name. */
	readonly lines: readonly string[];
	/** What is wrong with it, in words. */
	readonly problem?: string;
}

export interface Graph {
	readonly nodes: readonly GraphNode[];
	readonly edges: readonly (readonly [from: string, to: string])[];
}

/** Producers → event types → rules → consumers; what nobody consumes and what nothing feeds has a problem, if the templates tell for sure. */
export function graphOf(map: SystemMap): Graph {
	const nodes = new Map<string, GraphNode>();
	const edges = new Map<string, readonly [string, string]>();
	const ids = new Map<string, string>();
	const node = (
		column: Column,
		key: string,
		rest: Omit<GraphNode, "id" | "column">,
	) => {
		const known = ids.get(column + key);
		if (known !== undefined) return known;
		const id = `${column}${ids.size}`;
		ids.set(column + key, id);
		nodes.set(id, { id, column, ...rest });
		return id;
	};
	const edge = (from: string, to: string) => {
		edges.set(`${from} ${to}`, [from, to]);
	};
	const types = eventTypesOf(map);
	const takes = (rule: MappedRule, type: BusType) =>
		rule.busArn === type.busArn && mayTake(rule, type);
	const fed = new Set(
		map.rules.filter((rule) => types.some((type) => takes(rule, type))),
	);
	const ruleNodes = new Map<MappedRule, string>();
	for (const type of types) {
		const senders = map.producers.filter(
			({ busArn, publishes }) =>
				busArn === type.busArn &&
				(!publishes || publishes.some((each) => isSame(each, type))),
		);
		const rules = map.rules.filter(
			(rule) => rule.isEnabled && takes(rule, type),
		);
		const id = node("eventType", JSON.stringify(type), {
			lines: [type.detailType, type.source],
			...(rules.length > 0 ? {} : { problem: "nobody consumes it" }),
		});
		for (const { name } of senders) edge(producerNode(name), id);
		for (const rule of rules) edge(id, ruleNode(rule));
	}
	// A rule that names no event type is fed by whoever may send anything.
	for (const { name, busArn, publishes } of map.producers)
		for (const rule of map.rules)
			if (!publishes && rule.busArn === busArn && !fed.has(rule))
				edge(producerNode(name), ruleNode(rule));
	for (const rule of map.rules) {
		const id = ruleNode(rule);
		for (const target of rule.targets)
			for (const arn of consumersOf(map, target))
				edge(
					id,
					node("consumer", arn, { lines: [nameOf(arn), serviceOf(arn)] }),
				);
	}
	return { nodes: [...nodes.values()], edges: [...edges.values()] };

	function producerNode(name: string): string {
		return node("producer", name, { lines: [name] });
	}

	function ruleNode(rule: MappedRule): string {
		const known = ruleNodes.get(rule);
		if (known !== undefined) return known;
		const problem = !validate(rule.pattern).ok
			? "has a pattern that AWS refuses"
			: !rule.isEnabled
				? "is disabled"
				: rule.targets.length === 0
					? "has no target"
					: isFed(rule)
						? undefined
						: "nothing feeds it";
		const id = node("rule", String(ruleNodes.size), {
			lines: [rule.name, ...filterLines(rule)],
			...(problem === undefined ? {} : { problem }),
		});
		ruleNodes.set(rule, id);
		return id;
	}

	function isFed(rule: MappedRule): boolean {
		const senders = map.producers.filter(
			({ busArn }) => busArn === rule.busArn,
		);
		return (
			// Nobody in these templates sends to the bus, so somebody else does.
			senders.length === 0 ||
			senders.some(({ publishes }) => !publishes) ||
			fed.has(rule) ||
			// AWS's own events come of themselves.
			[rule.pattern.source]
				.flat()
				.some((source) => String(source).startsWith("aws."))
		);
	}
}

interface BusType extends EventTypeName {
	readonly busArn: string;
}

const isSame = (a: EventTypeName, b: EventTypeName) =>
	a.source === b.source && a.detailType === b.detailType;

/** Those that producers may send and, where a bus's producers may send anything or are not known, those that its rules name. */
function eventTypesOf({ producers, rules }: SystemMap): readonly BusType[] {
	const sent = producers.flatMap(({ busArn, publishes = [] }) =>
		publishes.map(({ source, detailType }) => ({ source, detailType, busArn })),
	);
	const asked = rules.flatMap(({ busArn, pattern, isEnabled }) => {
		const senders = producers.filter((producer) => producer.busArn === busArn);
		const isOpen =
			senders.length === 0 || senders.some(({ publishes }) => !publishes);
		const texts = (field: string) =>
			[pattern[field]]
				.flat()
				.filter((value): value is string => typeof value === "string");
		return texts("source").flatMap((source) =>
			isEnabled && (isOpen || source.startsWith("aws."))
				? texts("detail-type").map((detailType) => ({
						source,
						detailType,
						busArn,
					}))
				: [],
		);
	});
	return [
		...new Map(
			[...sent, ...asked].map((type) => [JSON.stringify(type), type]),
		).values(),
	];
}

/** A rule's content filter in words. */
function filterLines({ pattern }: MappedRule): readonly string[] {
	const { source: _, "detail-type": __, ...rest } = pattern;
	if (!validate(rest).ok) return [];
	const lines = explain(rest).map((line) => line.replaceAll("detail.", ""));
	return lines.length > 4 ? [...lines.slice(0, 3), "…"] : lines;
}

const nameOf = (arn: string) => arn.split(/[:/]/).at(-1) ?? arn;
const serviceOf = (arn: string) =>
	({ lambda: "function", sqs: "queue", sns: "topic", events: "event bus" })[
		arn.split(":")[2] ?? ""
	] ??
	arn.split(":")[2] ??
	"";

/** For Markdown and https://mermaid.js.org */
export function mermaid({ nodes, edges }: Graph): string {
	const text = (lines: readonly string[]) =>
		lines
			.map((line) =>
				line.replace(
					/[^\p{L}\p{N} .,:;/_*-]/gu,
					(character) => `#${character.codePointAt(0)};`,
				),
			)
			.join("<br>");
	const shapes = {
		producer: ["[", "]"],
		eventType: ["([", "])"],
		rule: ["{{", "}}"],
		consumer: ["[[", "]]"],
	} as const;
	return [
		"flowchart LR",
		...nodes.map(({ id, column, lines, problem }) => {
			const [open, close] = shapes[column];
			return `  ${id}${open}"${text([...lines, ...(problem ? [problem] : [])])}"${close}${problem ? ":::problem" : ""}`;
		}),
		...edges.map(([from, to]) => `  ${from} --> ${to}`),
		"  classDef problem stroke:#c00,stroke-width:3px,stroke-dasharray:5 3,color:#c00",
		"",
	].join("\n");
}

const columns: readonly Column[] = [
	"producer",
	"eventType",
	"rule",
	"consumer",
];
const titles = {
	producer: "Producers",
	eventType: "Event types",
	rule: "Rules",
	consumer: "Consumers",
};
const box = { width: 340, gap: 90, lineHeight: 18, padding: 12, between: 22 };

/** A picture that stands alone, in four columns. */
export function svg({ nodes, edges }: Graph): string {
	const placed = new Map<string, { x: number; y: number; height: number }>();
	let bottom = 0;
	const order = (column: Column) => {
		// A node comes about where those before it are: fewer lines cross.
		const middle = (id: string) => {
			const before = edges.flatMap(([from, to]) =>
				to === id ? (placed.get(from)?.y ?? []) : [],
			);
			return before.length === 0
				? Number.POSITIVE_INFINITY
				: before.reduce((sum, y) => sum + y, 0) / before.length;
		};
		return nodes
			.filter((node) => node.column === column)
			.toSorted((a, b) => middle(a.id) - middle(b.id) || 0);
	};
	columns.forEach((column, i) => {
		let y = 60;
		for (const { id, lines, problem } of order(column)) {
			const height =
				(lines.length + (problem ? 1 : 0)) * box.lineHeight + 2 * box.padding;
			placed.set(id, { x: 20 + i * (box.width + box.gap), y, height });
			y += height + box.between;
		}
		bottom = Math.max(bottom, y);
	});
	const width = 40 + columns.length * box.width + 3 * box.gap;
	const rows = edges.map(([from, to]) => {
		const a = placed.get(from) ?? { x: 0, y: 0, height: 0 };
		const b = placed.get(to) ?? { x: 0, y: 0, height: 0 };
		const [x1, y1] = [a.x + box.width, a.y + a.height / 2];
		const [x2, y2] = [b.x, b.y + b.height / 2];
		return `<path class="edge" marker-end="url(#arrow)" d="M${x1} ${y1}C${x1 + box.gap / 2} ${y1} ${x2 - box.gap / 2} ${y2} ${x2 - 4} ${y2}"/>`;
	});
	const boxes = nodes.map(({ id, column, lines, problem }) => {
		const { x, y, height } = placed.get(id) ?? { x: 0, y: 0, height: 0 };
		const all = [...lines, ...(problem ? [problem] : [])];
		return `<g class="${column}${problem ? " problem" : ""}"><title>${escaped(all.join("\n"))}</title><rect x="${x}" y="${y}" width="${box.width}" height="${height}" rx="${column === "eventType" ? 20 : 4}"/>${all
			.map(
				(line, i) =>
					`<text x="${x + box.width / 2}" y="${y + box.padding + 13 + i * box.lineHeight}"${i === 0 ? ' class="name"' : ""}>${escaped(shortened(line))}</text>`,
			)
			.join("")}</g>`;
	});
	const heads = columns.map(
		(column, i) =>
			`<text class="head" x="${20 + i * (box.width + box.gap) + box.width / 2}" y="36">${titles[column]}</text>`,
	);
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 10}" width="${width}" height="${bottom + 10}" font-family="system-ui, sans-serif" font-size="13">
<style>rect{fill:#fff;stroke:#445}text{text-anchor:middle;fill:#223}.name{font-weight:600}.head{font-size:15px;fill:#667}.edge{fill:none;stroke:#889;stroke-width:1.5}.eventType rect{fill:#eef4ff}.rule rect{fill:#fff8e6}.consumer rect{fill:#eefaf0}.problem rect{stroke:#c00;stroke-width:3;stroke-dasharray:6 4}.problem text{fill:#c00}</style>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="#889"/></marker></defs>
<rect x="0" y="0" width="${width}" height="${bottom + 10}" style="stroke:none"/>
${[...heads, ...rows, ...boxes].join("\n")}
</svg>
`;
}

const shortened = (line: string) => {
	const characters = [...line];
	return characters.length > 42 ? `${characters.slice(0, 41).join("")}…` : line;
};

const escaped = (text: string) =>
	text
		.toWellFormed()
		.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
		.replace(/[^\P{Cc}\n]/gu, " ");
