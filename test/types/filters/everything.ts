import { eventType } from "eventwright/codegen-v1";

interface Line {
	sku: string;
	amount: number;
	tags?: string[];
	discount?: { percent: number } | null;
}

/** Every kind of property that a detail can have. */
export interface Detail {
	text: string;
	channel: "web" | "app" | "newsletter";
	total: number;
	stars: 1 | 2 | 3;
	paid: boolean;
	always: true;
	note: string | null;
	size: "small" | 10 | null;
	address?: string;
	tags: string[];
	grid: number[][];
	pair: [string, number];
	lines: Line[];
	nested: { deeper: { deepest: { flag: boolean } } };
	labels: { [name: string]: string };
	mixed: string | { code: number };
	payment:
		| { kind: "card"; last4: string }
		| { kind: "bank"; iban: string; days: number };
	anything: unknown;
	"a-b": string;
	订单: string;
	prefix: string;
	reserved: { prefix: string; other: string };
	list: unknown[];
	constructor: string;
}

export const Everything = eventType<"Everything", Detail>(
	"Everything",
	"shop.everything",
	"Everything",
	() => true,
);
