import { findNodeAtLocation, parseTree } from "jsonc-parser";
import { pointerTokens } from "../../runtime/json-pointer.ts";
import { yaml } from "./yaml.ts";

export interface Position {
	/** Counted from 1. */
	readonly line: number;
	readonly column: number;
}

export function positionOfOffset(text: string, offset: number): Position {
	const before = text.slice(0, offset);
	const line = before.split("\n").length;
	return { line, column: offset - before.lastIndexOf("\n") };
}

/**
 * Returns a function that finds the position of a JSON pointer in a JSON or YAML text: a member's key or an element's start.
 * The text is parsed on first use.
 */
export function positionsIn(
	file: string,
	text: string,
): (pointer: string) => Position {
	const start = { line: 1, column: 1 };
	let find: ((tokens: readonly string[]) => number) | undefined;
	const lines = lineStarts(text);
	return (pointer) => {
		if (pointer === "") return start;
		try {
			find ??= file.endsWith(".json")
				? offsetsInJson(text)
				: offsetsInYaml(text);
			return positionAt(lines, find(pointerTokens(pointer)));
		} catch (error) {
			// The text nests too deep for its parser.
			if (error instanceof RangeError) return start;
			throw error;
		}
	};
}

function lineStarts(text: string): readonly number[] {
	return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}

function positionAt(lines: readonly number[], offset: number): Position {
	let low = 0;
	let high = lines.length;
	while (high - low > 1) {
		const middle = (low + high) >> 1;
		if ((lines[middle] as number) <= offset) low = middle;
		else high = middle;
	}
	return { line: low + 1, column: offset - (lines[low] as number) + 1 };
}

type Offsets = (tokens: readonly string[]) => number;

function offsetsInJson(text: string): Offsets {
	const root = parseTree(text);
	return (tokens) => {
		let node = root;
		let offset = 0;
		for (const token of tokens) {
			const step = node?.type === "array" ? Number(token) : token;
			node = node ? findNodeAtLocation(node, [step]) : undefined;
			if (!node) break;
			offset =
				node.parent?.type === "property" ? node.parent.offset : node.offset;
		}
		return offset;
	};
}

function offsetsInYaml(text: string): Offsets {
	const { isMap, isScalar, isSeq, parseDocument } = yaml();
	const root: unknown = parseDocument(text, {
		uniqueKeys: false,
		stringKeys: true,
	}).contents;
	const startOf = (node: unknown) =>
		(node as { range?: [number, number, number] } | undefined)?.range?.[0];
	return (tokens) => {
		let node = root;
		let offset = 0;
		for (const token of tokens) {
			if (isMap(node)) {
				const pair = node.items.find(
					({ key }) => isScalar(key) && String(key.value) === token,
				);
				if (!pair) break;
				offset = startOf(pair.key) ?? offset;
				node = pair.value;
			} else if (isSeq(node)) {
				node = node.items[Number(token)];
				offset = startOf(node) ?? offset;
			} else break;
		}
		return offset;
	};
}
