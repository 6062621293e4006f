// Renders a graph as Mermaid or SVG.
import type { Column, Graph, GraphNode } from "./graph.ts";

/** Renders a Mermaid flowchart: https://mermaid.js.org */
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

interface Place {
	readonly x: number;
	readonly y: number;
	readonly height: number;
}

const top = 60;

/** Renders a standalone SVG, with a column for each kind of node that there is. */
export function svg({ nodes, edges }: Graph): string {
	const shown = columns.filter((column) =>
		nodes.some((node) => node.column === column),
	);
	const { placed, bottom } = layOut(
		shown.map((column) => nodes.filter((node) => node.column === column)),
		edges,
	);
	const width =
		40 + shown.length * box.width + Math.max(0, shown.length - 1) * box.gap;
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
	const heads = shown.map(
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

/** Places each node near those that it is connected with, so that few edges cross, and none runs over the whole height. */
function layOut(
	all: readonly (readonly GraphNode[])[],
	edges: Graph["edges"],
): { readonly placed: ReadonlyMap<string, Place>; readonly bottom: number } {
	const near = new Map<string, string[]>();
	for (const [from, to] of edges) {
		near.set(from, [...(near.get(from) ?? []), to]);
		near.set(to, [...(near.get(to) ?? []), from]);
	}
	const placed = new Map<string, Place>();
	const order = all.map((column) => [...column]);
	const put = (column: number): void => {
		let y = top;
		for (const { id, lines, problem } of order[column] ?? []) {
			const height =
				(lines.length + (problem ? 1 : 0)) * box.lineHeight + 2 * box.padding;
			const wanted = middleOf(id) - height / 2;
			if (Number.isFinite(wanted)) y = Math.max(y, wanted);
			placed.set(id, { x: 20 + column * (box.width + box.gap), y, height });
			y += height + box.between;
		}
	};
	const middleOf = (id: string, among?: ReadonlySet<string>): number => {
		const own = (near.get(id) ?? []).flatMap((other) => {
			const place = among?.has(other) === false ? undefined : placed.get(other);
			return place ? [place.y + place.height / 2] : [];
		});
		return own.length === 0
			? Number.POSITIVE_INFINITY
			: own.reduce((sum, y) => sum + y, 0) / own.length;
	};
	// From the last column, which has the fewest nodes, to the first, and back: each is ordered by its neighbours in the one before.
	const last = order.length - 1;
	const sweeps = [
		...order.map((_, i) => [last - i, last - i + 1] as const),
		...order.map((_, i) => [i, i - 1] as const),
	];
	for (const [column, before] of sweeps) {
		const neighbours = new Set(order[before]?.map(({ id }) => id));
		if (neighbours.size > 0)
			order[column]?.sort(
				(a, b) => middleOf(a.id, neighbours) - middleOf(b.id, neighbours) || 0,
			);
		// What stands after is placed again later.
		for (const { id } of order[column] ?? []) placed.delete(id);
		put(column);
	}
	const bottom = Math.max(
		top,
		...[...placed.values()].map(({ y, height }) => y + height + box.between),
	);
	return { placed, bottom };
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
