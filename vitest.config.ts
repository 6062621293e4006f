import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		include: ["test/**/*.test.ts"],
		globalSetup: ["test/reference-system.ts"],
		// Generated code runs as it is, not as the test runner would rewrite it.
		server: { deps: { external: [/\/cdk\.out\//] } },
		// Synthesizing, compiling and running whole systems takes seconds, and machines are shared.
		testTimeout: 120_000,
		hookTimeout: 120_000,
	},
});
