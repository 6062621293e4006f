// Reads eventwright.config.ts, and what the command line says instead.
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Settings, settingsOf } from "../generator/config/config.ts";
import {
	formatsIn,
	type RegistryFormats,
	registryFormats,
} from "./registry-formats.ts";

const configFiles = ["ts", "mts", "js", "mjs"].map(
	(extension) => `eventwright.config.${extension}`,
);

/** Options that say something instead of the configuration. */
export interface Overrides {
	readonly config?: string | undefined;
	readonly schemas?: string | undefined;
	readonly out?: string | undefined;
	readonly "registry-format"?: RegistryFormats | undefined;
}

export interface ProjectSettings extends Settings {
	/** The file of the configuration, if there is one. */
	readonly configFile?: string;
	/** The configuration sets the registry formats. */
	readonly setsFormats: boolean;
}

/** Reads the settings of the project in the current folder. Throws an `Error` that names the file if they are wrong. */
export async function readSettings(
	overrides: Overrides = {},
): Promise<ProjectSettings> {
	const { schemas, out, "registry-format": formats } = overrides;
	const file = configFileOf(overrides.config);
	const { settings, setsFormats } =
		file === undefined
			? { settings: settingsOf({}), setsFormats: false }
			: await configured(file);
	return {
		...settings,
		...(file === undefined ? {} : { configFile: file }),
		setsFormats,
		...(schemas === undefined ? {} : { schemas: [schemas] }),
		...(out === undefined ? {} : { out }),
		...(formats === undefined
			? {}
			: {
					options: {
						...settings.options,
						registryFormats: registryFormats[formats],
					},
				}),
	};
}

/** The project's settings, with the registry formats that its generated code has if the configuration does not set them. */
export async function settingsAsGenerated(): Promise<Settings> {
	const settings = await readSettings();
	return settings.setsFormats
		? settings
		: readSettings({ "registry-format": formatsIn(settings.out) });
}

/** The configuration in the current folder, or in one above it up to the next package.json. */
function configFileOf(given: string | undefined): string | undefined {
	if (given !== undefined) {
		if (!statSync(given, { throwIfNoEntry: false })?.isFile())
			throw new Error(`there is no file ${given}: set one with --config`);
		return given;
	}
	for (let folder = path.resolve("."); ; folder = path.dirname(folder)) {
		const found = configFiles
			.map((name) => path.join(folder, name))
			.find((file) => existsSync(file));
		if (found !== undefined) return path.relative("", found);
		if (
			existsSync(path.join(folder, "package.json")) ||
			folder === path.dirname(folder)
		)
			return undefined;
	}
}

/** Folders are relative to the file; here, to the current folder. */
async function configured(
	file: string,
): Promise<{ readonly settings: Settings; readonly setsFormats: boolean }> {
	const fromHere = (folder: string) =>
		path.relative("", path.resolve(path.dirname(file), folder)) || ".";
	try {
		const config = await load(file);
		const settings = settingsOf(config);
		return {
			settings: {
				...settings,
				schemas: settings.schemas.map(fromHere),
				out: fromHere(settings.out),
			},
			setsFormats: Object.hasOwn(config as object, "registryFormats"),
		};
	} catch (error) {
		throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
	}
}

async function load(file: string): Promise<unknown> {
	const url = pathToFileURL(path.resolve(file));
	// A changed file is another module.
	url.searchParams.set("at", String(statSync(file).mtimeMs));
	const module = await import(String(url));
	if (module.default === undefined)
		throw new Error(
			"nothing is exported by default: export default defineConfig({ … })",
		);
	return module.default;
}
