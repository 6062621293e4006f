import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		include: ["test/**/*.test.ts"],
		globalSetup: ["test/reference-system.ts"],
		// Synthesizing, compiling and running whole systems takes seconds, and machines are shared.
		testTimeout: 120_000,
		hookTimeout: 120_000,
	},
});
