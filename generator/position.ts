import { isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { pointerTokens } from "./json-pointer.ts";

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
export function positionOfPointer(text: string, pointer: string): Position {
	const lines = new LineCounter();
	let node: unknown = parseDocument(text, {
		lineCounter: lines,
		uniqueKeys: false,
	}).contents;
	let offset = 0;
	for (const token of pointerTokens(pointer)) {
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
