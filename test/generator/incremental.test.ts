// Incremental generation has the same output and diagnostics as a full one, over random edit histories.
import { afterAll, expect, test } from "vitest";
import { generate } from "../../generator/codegen/generate.ts";
import {
	type PreviousRun,
	regenerate,
	type StampedSource,
} from "../../generator/codegen/incremental.ts";
import type { EmitOptions } from "../../generator/emit/emitter.ts";
import { analyse } from "../../generator/schema/analyse.ts";
import { random } from "./random.ts";

const folders = ["a", "b", "common"];
const files = folders.flatMap((folder) =>
	[1, 2, 3].map((n) => `${folder}/file-${n}.json`),
);

/** A schema file: an event type or a definition, with references that may not resolve. */
function schemaOf(below: (limit: number) => number, file: string): object {
	const one = <Item>(items: readonly Item[]) =>
		items[below(items.length)] as Item;
	const reference = (): object => {
		const target = one(files);
		const [, folder, name] = /^(\w+)\/(.+)$/.exec(target) ?? [];
		const from = file.split("/")[0];
		const path = folder === from ? name : `../${target}`;
		return { $ref: one([path, path, `${path}#/$defs/Part`, "#/$defs/Part"]) };
	};
	const property = (): object =>
		one<() => object>([
			() => ({ type: "string", maxLength: 1 + below(9) }),
			() => ({ type: "integer", minimum: below(5) }),
			() => ({ type: "array", items: reference() }),
			reference,
			() => ({ $dynamicRef: "#node" }),
		])();
	return {
		title: one(["Order", ...Array(9).fill(`T${file.replace(/\W/g, "")}`)]),
		...(below(4) > 0
			? {
					"x-amazon-events-source": one(["shop", "shop.orders"]),
					"x-amazon-events-detail-type": `D-${one([...Array(15).fill(file), "Same"])}`,
				}
			: {}),
		...(below(8) === 0 ? { readOnly: true } : {}),
		...(below(5) === 0 ? { faker: "x" } : {}),
		...(below(3) === 0 ? { description: `Of ${below(9)}.` } : {}),
		...(below(3) === 0 ? { $dynamicAnchor: "node" } : {}),
		type: below(40) > 0 ? "object" : "string",
		properties: Object.fromEntries(
			["x", "y", "z"].slice(0, 1 + below(3)).map((name) => [name, property()]),
		),
		...(below(3) === 0 ? { examples: [one([{}, {}, {}, { x: "a" }])] } : {}),
		$defs: { Part: { type: "string" }, Anchor: { $dynamicAnchor: "node" } },
	};
}

const onlyOpenApi: EmitOptions = { registryFormats: ["OpenApi3"] };
const both: EmitOptions = {
	registryFormats: ["OpenApi3", "JSONSchemaDraft4"],
};

let generated = 0;
afterAll(() => expect(generated).toBeGreaterThan(100));

test.each(Array.from({ length: 25 }, (_, seed) => seed))(
	"history %i",
	async (seed) => {
		const below = random(seed + 1);
		const texts = new Map<string, string>();
		let tree = new Map<string, { text: string; stamp: string }>();
		let previous: PreviousRun = { files: new Map(), parts: new Map() };
		let stamps = 0;
		for (const file of files)
			texts.set(file, JSON.stringify(schemaOf(below, file)));
		for (let step = 0; step < 16; step++) {
			for (let edits = 1 + below(step === 0 ? 1 : 2); edits > 0; edits--) {
				const file = files[below(files.length)] as string;
				if (below(25) === 0) texts.delete(file);
				else texts.set(file, JSON.stringify(schemaOf(below, file)));
			}
			const sources: StampedSource[] = [...texts].map(([file, text]) => ({
				file,
				text,
				stamp: text,
			}));
			const options = below(4) === 0 ? both : onlyOpenApi;
			const whole = generate(analyse(sources), options);
			const next = new Map<string, { text: string; stamp: string }>();
			const made = await regenerate(
				sources,
				previous,
				new Map([...tree].map(([file, { stamp }]) => [file, stamp])),
				{
					put: (file, text) => next.set(file, { text, stamp: `${++stamps}` }),
					keep: (file) => {
						const kept = tree.get(file);
						if (!kept) throw new Error(`${file} was never there`);
						next.set(file, kept);
					},
				},
				options,
			);
			expect(made.diagnostics).toEqual(whole.diagnostics);
			if (whole.files.size === 0) continue;
			generated++;
			expect(
				Object.fromEntries([...next].map(([file, { text }]) => [file, text])),
			).toEqual(Object.fromEntries(whole.files));
			expect(made.eventTypes).toBe(whole.eventTypes);
			tree = next;
			previous = JSON.parse(
				JSON.stringify(
					made.remember((file) => next.get(file)?.stamp as string),
					(_, value) => (value instanceof Map ? { ofMap: [...value] } : value),
				),
				(_, value) => (value?.ofMap ? new Map(value.ofMap) : value),
			);
		}
	},
);
