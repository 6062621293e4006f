import manifest from "../package.json" with { type: "json" };

/** The generator's version, which generated code names. */
export const { version } = manifest;
