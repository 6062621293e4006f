/** Numbers that look random and are the same in each run. */
export function randomOf(seed: number): {
	readonly below: (max: number) => number;
	readonly one: <T>(list: readonly T[]) => T;
} {
	let state = seed;
	const below = (max: number) => {
		state = (state * 48_271) % 2_147_483_647;
		return state % max;
	};
	return { below, one: (list) => list[below(list.length)] as never };
}
