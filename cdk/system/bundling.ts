/** How functions are bundled, in esbuild's words: https://esbuild.github.io/api */
export const functionBundling = {
	format: "esm",
	minify: true,
	target: "node24",
	/** Lambda has the AWS SDK. */
	external: ["@aws-sdk/*"],
} as const;

/** Context key: each function's bundle also lists its source files, in esbuild's index.meta.json. */
export const metafileContext = "eventwright:metafile";
