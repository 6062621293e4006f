// Realistic schemas: 10 to 25 properties, nested, with shared definitions. The same count always yields the same schemas.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Source } from "../generator/schema/parse.ts";

const words =
	"order customer item price amount total currency address street city country phone email name created updated status kind channel device session user account region product quantity discount tax shipping invoice payment method card score level tag label note reason target parent count rate limit".split(
		" ",
	);

const capital = (text: string) =>
	text.slice(0, 1).toUpperCase() + text.slice(1);

interface Chance {
	readonly below: (limit: number) => number;
	readonly between: (min: number, max: number) => number;
	readonly word: () => string;
	/** Names of the shared definitions. */
	readonly definitions: readonly string[];
}

export function realisticSources(eventTypes: number): readonly Source[] {
	let state = 1;
	const below = (limit: number) => {
		state = (state * 48_271) % 0x7fffffff;
		return state % limit;
	};
	const between = (min: number, max: number) => min + below(max - min + 1);
	const word = () => words[below(words.length)] as string;
	const definitions = Array.from({ length: 40 }, (_, i) => `${word()}-${i}`);
	const chance: Chance = { below, between, word, definitions };
	const source = (file: string, schema: object): Source => ({
		file,
		text: `${JSON.stringify(schema, null, 2)}\n`,
	});
	return [
		...definitions.map((name) =>
			source(`common/${name}.json`, {
				title: name.split("-").map(capital).join(""),
				...object(between(3, 7), 1, false, chance),
			}),
		),
		...Array.from({ length: eventTypes }, (_, i) => {
			const title = `${capital(word())}${capital(word())}${i}`;
			return source(`domain-${i % 20}/event-${i}.json`, {
				$schema: "https://json-schema.org/draft/2020-12/schema",
				title,
				description: `Something happened to the ${word()}.`,
				"x-amazon-events-source": `shop.domain-${i % 20}`,
				"x-amazon-events-detail-type": title,
				...object(between(10, 25), 2, true, chance),
			});
		}),
	];
}

function object(
	size: number,
	depth: number,
	refers: boolean,
	chance: Chance,
): object {
	const { below, word } = chance;
	const properties: Record<string, object> = {};
	while (Object.keys(properties).length < size)
		properties[word() + (below(5) < 2 ? capital(word()) : "")] = property(
			depth,
			refers,
			chance,
		);
	const required = Object.keys(properties).filter(() => below(2) === 0);
	return {
		type: "object",
		properties,
		required,
		additionalProperties: false,
	};
}

function property(depth: number, refers: boolean, chance: Chance): object {
	const { below, between, word, definitions } = chance;
	const description = `The ${word()} of the ${word()} as the ${word()} sees it.`;
	const kinds: readonly (() => object)[] = [
		() => ({ type: "string", minLength: 1, maxLength: between(10, 200) }),
		() => ({ type: "string", format: "date-time" }),
		() => ({ type: "string", format: "uuid" }),
		() => ({
			enum: Array.from({ length: between(2, 7) }, (_, i) => `${word()}-${i}`),
		}),
		() => ({ type: "integer", minimum: 0, maximum: between(10, 100_000) }),
		() => ({ type: "number", minimum: 0 }),
		() => ({ type: "boolean" }),
		() => ({ type: ["string", "null"] }),
		() => ({ type: "string", format: ["email", "uri", "date"][below(3)] }),
		() => ({ type: "string", pattern: "^[A-Z]{2,8}$" }),
		() => ({
			type: "array",
			items:
				depth > 0
					? object(between(2, 4), depth - 1, refers, chance)
					: { type: "string" },
			maxItems: 100,
		}),
		() => object(between(3, 5), depth - 1, refers, chance),
		() => ({
			$ref: `../common/${definitions[below(definitions.length)]}.json`,
		}),
	];
	const usable =
		kinds.length - (refers ? 0 : 1) - (depth > 0 || refers ? 0 : 1);
	const kind = below(usable);
	const made = (kind === 11 && depth <= 0 ? kinds[0] : kinds[kind])?.() ?? {};
	return { ...made, description };
}

export function writeSources(folder: string, sources: readonly Source[]): void {
	for (const { file, text } of sources) {
		const target = path.join(folder, file);
		mkdirSync(path.dirname(target), { recursive: true });
		writeFileSync(target, text);
	}
}
