import { visit } from "jsonc-parser";
import { appendPointer } from "../../runtime/json-pointer.ts";
import { yaml } from "./yaml.ts";

/** The numbers in a file that become others when JavaScript reads them. */
export const inexactNumbers = (
	file: string,
	text: string,
): readonly NumberLiteral[] => {
	// Fewer digits than that are exact.
	if (!/[\d.]{16}|\d[eE]/.test(text)) return [];
	return file.endsWith(".json") ? inexactInJson(text) : inexactInYaml(text);
};

/** A number that JavaScript cannot represent exactly, as written, and its location. */
export interface NumberLiteral {
	readonly literal: string;
	readonly pointer: string;
	readonly offset: number;
}

function inexactInJson(text: string): readonly NumberLiteral[] {
	const found: NumberLiteral[] = [];
	visit(text, {
		onLiteralValue: (value, offset, length, _line, _column, pathOf) => {
			const literal = text.slice(offset, offset + length);
			if (typeof value === "number" && !isExact(literal))
				found.push({
					literal,
					pointer: appendPointer("", ...pathOf()),
					offset,
				});
		},
	});
	return found;
}

function inexactInYaml(text: string): readonly NumberLiteral[] {
	const { isPair, isScalar, isSeq, parseDocument, visit } = yaml();
	const found: NumberLiteral[] = [];
	visit(parseDocument(text, { stringKeys: true, merge: true }), {
		Scalar: (_, node, around) => {
			const { value, source = "", range } = node;
			const isDecimal = /^[-+]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(source);
			if (typeof value !== "number" || !range) return;
			if (!isDecimal || isExact(source)) return;
			const path = around.flatMap((outer, i): (string | number)[] => {
				if (isPair(outer))
					return isScalar(outer.key) ? [String(outer.key.value)] : [];
				return isSeq(outer) ? [outer.items.indexOf(around[i + 1] ?? node)] : [];
			});
			found.push({
				literal: source,
				pointer: appendPointer("", ...path),
				offset: range[0],
			});
		},
	});
	return found;
}

/** Whether JavaScript has the number that a literal says. */
function isExact(literal: string): boolean {
	const value = Number(literal);
	const { digits, exponent } = decimalOf(literal);
	if (digits === "") return true;
	if (!Number.isFinite(value)) return false;
	if (exponent < 0) {
		const read = decimalOf(String(value));
		return read.digits === digits && read.exponent === exponent;
	}
	return (
		Number.isSafeInteger(value) ||
		BigInt(digits + "0".repeat(exponent)) === BigInt(Math.abs(value))
	);
}

/** The digits of a number without zeros at the ends, and the power of ten that they are multiplied by. */
function decimalOf(literal: string): { digits: string; exponent: number } {
	const [, whole = "", fraction = "", power = "0"] =
		/^[-+]?(\d*)\.?(\d*)(?:[eE]([-+]?\d+))?$/.exec(literal) ?? [];
	const all = (whole + fraction).replace(/^0+/, "");
	const digits = all.replace(/0+$/, "");
	return {
		digits,
		exponent: Number(power) - fraction.length + all.length - digits.length,
	};
}
