/** A seeded generator of integers below a limit. */
export function random(seed: number): (below: number) => number {
	let state = seed + 1;
	return (below) => {
		// Lehmer generator: https://en.wikipedia.org/wiki/Lehmer_random_number_generator
		state = (state * 48_271) % 0x7fffffff;
		return state % below;
	};
}
