// Which named schemas refer back to themselves. Each answer depends only on what a schema refers to.
import { inPlaceKeywords, walkSchema } from "../../schema/keywords.ts";
import type { NamedSchema } from "../../schema/model.ts";

export interface Recursion {
	/** Schemas from which a cycle of references can be reached. */
	readonly reaching: ReadonlySet<string>;
	/** Schemas on a cycle that may be asked about the same value on several ways. */
	readonly repeating: ReadonlySet<string>;
}

type Schemas = ReadonlyMap<string, NamedSchema>;

export function recursionIn(schemas: Schemas): Recursion {
	const known = found.get(schemas);
	if (known) return known;
	const reaching = reachingACycle(schemas);
	const onCycles = reaching.size === 0 ? [] : cyclesAmong(reaching, schemas);
	const several =
		onCycles.length === 0 ? reaching : reachingSeveralWays(schemas);
	const repeating = new Set(onCycles.filter((name) => several.has(name)));
	const made = { reaching, repeating };
	found.set(schemas, made);
	return made;
}

const found = new WeakMap<Schemas, Recursion>();

/** Removes schemas that refer to none of the others, until each refers to one. */
function reachingACycle(schemas: Schemas): ReadonlySet<string> {
	const referring = referrersIn(schemas);
	const counts = new Map(
		[...schemas].map(([name, { references }]) => [
			name,
			references.filter((reference) => schemas.has(reference)).length,
		]),
	);
	const waiting = [...counts].flatMap(([name, count]) =>
		count === 0 ? name : [],
	);
	for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
		counts.delete(name);
		for (const from of referring.get(name) ?? []) {
			const count = (counts.get(from) ?? 0) - 1;
			counts.set(from, count);
			if (count === 0) waiting.push(from);
		}
	}
	return new Set(counts.keys());
}

/** The schemas that refer to each schema. */
function referrersIn(
	schemas: Schemas,
	among?: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
	const referring = new Map<string, string[]>();
	for (const [name, { references }] of schemas) {
		if (among && !among.has(name)) continue;
		for (const reference of references) {
			const all = referring.get(reference) ?? [];
			all.push(name);
			referring.set(reference, all);
		}
	}
	return referring;
}

/** The schemas on a cycle: https://en.wikipedia.org/wiki/Kosaraju%27s_algorithm, without recursion. */
function cyclesAmong(
	names: ReadonlySet<string>,
	schemas: Schemas,
): readonly string[] {
	const referencesOf = (name: string) => schemas.get(name)?.references ?? [];
	const finished: string[] = [];
	const visited = new Set<string>();
	for (const start of names) {
		const path: { name: string; next: number }[] = [];
		const enter = (name: string) => {
			if (!names.has(name) || visited.has(name)) return;
			visited.add(name);
			path.push({ name, next: 0 });
		};
		enter(start);
		for (let top = path.at(-1); top; top = path.at(-1)) {
			const reference = referencesOf(top.name)[top.next++];
			if (reference !== undefined) enter(reference);
			else {
				finished.push(top.name);
				path.pop();
			}
		}
	}
	const referring = referrersIn(schemas, names);
	const assigned = new Set<string>();
	return finished.toReversed().flatMap((start) => {
		if (assigned.has(start)) return [];
		const component: string[] = [];
		const waiting = [start];
		for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
			if (assigned.has(name)) continue;
			assigned.add(name);
			component.push(name);
			waiting.push(...(referring.get(name) ?? []));
		}
		return component.length > 1 || referencesOf(start).includes(start)
			? component
			: [];
	});
}

/** Schemas from which one can be reached that applies several schemas to a value. */
function reachingSeveralWays(schemas: Schemas): ReadonlySet<string> {
	const referring = referrersIn(schemas);
	const reached = new Set<string>();
	const waiting: string[] = [];
	for (const [name, { schema }] of schemas)
		walkSchema(schema, "", (inner) => {
			const isSeveral = Object.keys(inner).some(
				(keyword) => keyword === "contains" || inPlaceKeywords.has(keyword),
			);
			if (isSeveral) waiting.push(name);
		});
	for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
		if (reached.has(name)) continue;
		reached.add(name);
		waiting.push(...(referring.get(name) ?? []));
	}
	return reached;
}
