import { findNodeAtLocation, type Node, parseTree } from "jsonc-parser";
import { pointerTokens } from "./json-pointer.ts";
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

/** Where a JSON or YAML text holds what a pointer names: the key of a member, or the start of an element. */
export function positionOfPointer(
	file: string,
	text: string,
	pointer: string,
): Position {
	if (pointer === "") return { line: 1, column: 1 };
	const tokens = pointerTokens(pointer);
	try {
		return file.endsWith(".json")
			? positionInJson(text, tokens)
			: positionInYaml(text, tokens);
	} catch (error) {
		// The text nests too deep for its reader.
		if (error instanceof RangeError) return { line: 1, column: 1 };
		throw error;
	}
}

function positionInJson(text: string, tokens: readonly string[]): Position {
	let node: Node | undefined = parseTree(text);
	let offset = 0;
	for (const token of tokens) {
		const step = node?.type === "array" ? Number(token) : token;
		node = node ? findNodeAtLocation(node, [step]) : undefined;
		if (!node) break;
		offset =
			node.parent?.type === "property" ? node.parent.offset : node.offset;
	}
	return positionOfOffset(text, offset);
}

function positionInYaml(text: string, tokens: readonly string[]): Position {
	const { isMap, isScalar, isSeq, LineCounter, parseDocument } = yaml();
	const lines = new LineCounter();
	let node: unknown = parseDocument(text, {
		lineCounter: lines,
		uniqueKeys: false,
	}).contents;
	let offset = 0;
	for (const token of tokens) {
		if (isMap(node)) {
			const pair = node.items.find(
				({ key }) => isScalar(key) && String(key.value) === token,
			);
			if (!pair) break;
			offset =
				(pair.key as { range?: [number, number, number] }).range?.[0] ?? offset;
			node = pair.value;
		} else if (isSeq(node)) {
			node = node.items[Number(token)];
			offset =
				(node as { range?: [number, number, number] } | undefined)
					?.range?.[0] ?? offset;
		} else break;
	}
	const { line, col } = lines.linePos(offset);
	return { line, column: col };
}
