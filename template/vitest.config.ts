import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		include: ["test/**/*.test.ts"],
		// Synthesizing and running the whole system takes seconds.
		testTimeout: 60_000,
		hookTimeout: 60_000,
	},
});
