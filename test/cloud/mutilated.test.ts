// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
// Templates that are broken at random: each starts, or is refused with the file and the place; the process goes on.
import { expect, test } from "vitest";
import { startLocal } from "../../cloud/local/runner.ts";
import { templateIn } from "../../cloud/template/assembly.ts";
import { graphOf } from "../../cloud/template/graph.ts";
import { mapSystem } from "../../cloud/template/system-map.ts";
import { randomOf } from "../random.ts";
import { allTemplates } from "./system-cases.ts";

const templates = allTemplates();

const { below, one } = randomOf(Number(process.env.SEED ?? 19));
const count = Number(process.env.TEMPLATES ?? 2_000);

type Place = readonly [holder: Record<string, unknown>, key: string];

/** Every place in a value, as its holder and key. */
function placesOf(value: unknown): readonly Place[] {
	if (typeof value !== "object" || value === null) return [];
	const holder = value as Record<string, unknown>;
	return Object.keys(holder).flatMap((key) => [
		[holder, key] as const,
		...placesOf(holder[key]),
	]);
}

const odd: readonly (() => unknown)[] = [
	() => null,
	() => 5,
	() => -1,
	() => "",
	() => "text",
	() => [],
	() => {},
	() => ({}),
	() => [null],
	() => ({ Ref: "Nothing" }),
	() => ({ Ref: "toString" }),
	() => ({ Ref: 7 }),
	() => ({ "Fn::GetAtt": ["Nothing", "Arn"] }),
	() => ({ "Fn::Join": 5 }),
	() => ({ "Fn::Sub": "${__proto__}" }),
	() => ({ "Fn::Unknown": [] }),
	() => ({ "Fn::If": ["Nothing", 1, 2] }),
	() => ({ Statement: 5 }),
	() => ({ Statement: [null] }),
	() => JSON.parse('{"__proto__":{"Type":"x"}}'),
	() => true,
];

function mutilate(template: unknown): unknown {
	const copy = structuredClone(template);
	for (let i = 0; i <= below(3); i++) {
		const places = placesOf(copy);
		if (places.length === 0) break;
		const [holder, key] = one(places);
		if (below(4) === 0) delete holder[key];
		else if (below(5) === 0) holder[key] = structuredClone(one(places)[0]);
		else holder[key] = one(odd)();
	}
	return copy;
}

const isPlaced = (message: string) =>
	message
		.split("\n")
		.every((line) =>
			/^(AWS would refuse to create the stacks:$|broken\.json(: \S| is not a CloudFormation template))/.test(
				line,
			),
		);

test(`${count} mutilated templates`, { timeout: 400_000 }, async () => {
	let started = 0;
	for (let i = 0; i < count; i++) {
		const broken = mutilate(one(templates));
		const told = () => JSON.stringify(broken).slice(0, 3_000);
		try {
			const template = templateIn(JSON.stringify(broken), "broken.json");
			const stack = {
				name: "broken",
				account: "111111111111",
				region: "us-east-1",
				template,
				assets: new Map(),
				file: "broken.json",
			};
			const local = await startLocal([stack]);
			started++;
			await local.stop();
			// What runs can be drawn.
			graphOf(mapSystem([stack]));
		} catch (error) {
			const { message, stack } = error as Error;
			expect(isPlaced(message), `${message}\n${stack}\n${told()}`).toBe(true);
			expect(message, `${stack}\n${told()}`).not.toMatch(
				/Cannot (read|convert|set)|is not a function|is not iterable|call stack|\[object/,
			);
		}
	}
	expect(started).toBeGreaterThan(count / 10);
});
