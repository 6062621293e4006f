// Defaults that the command tables name, without loading what they are for.

/** The module that exports the system definition, unless --system names another. */
export const systemFile = "infra/system.ts";
