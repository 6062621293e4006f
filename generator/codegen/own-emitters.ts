// Emitters of the user's own. They run each time, on all schemas: nobody can know what else they depend on.
import type { Model } from "../schema/model.ts";

/** Maps a model to files: content by path, with slashes, relative to the emitter's folder. */
export type OwnEmitter = (
	model: Model,
) =>
	| Readonly<Record<string, string>>
	| Promise<Readonly<Record<string, string>>>;

/** The files of all emitters, below each one's folder. Rejects with an `Error` that names the emitter if it fails. */
export async function emitOwn(
	emitters: ReadonlyMap<string, OwnEmitter>,
	model: Model,
): Promise<readonly (readonly [path: string, text: string])[]> {
	const emitted: (readonly [string, string])[] = [];
	for (const [folder, emitter] of emitters)
		try {
			// A clone each: what one changes, another does not see.
			const files: unknown = await emitter(structuredClone(model));
			if (!isPlainObject(files))
				throw new Error(
					`it must return an object of contents by path, such as { "a.txt": "…" }, got ${kindOf(files)}`,
				);
			for (const [path, text] of Object.entries(files)) {
				const fault = faultOf(path, text);
				if (fault) throw new Error(`${JSON.stringify(path)} ${fault}`);
				emitted.push([`${folder}/${path}`, text as string]);
			}
		} catch (error) {
			throw new Error(`the emitter ${folder} failed: ${messageOf(error)}`, {
				cause: error,
			});
		}
	expectDistinct(emitted.map(([path]) => path));
	return emitted;
}

const messageOf = (error: unknown): string =>
	error instanceof Error ? error.message : String(error);

const isPlainObject = (value: unknown): value is object =>
	typeof value === "object" &&
	value !== null &&
	[Object.prototype, null].includes(Object.getPrototypeOf(value));

const kindOf = (value: unknown): string =>
	typeof value === "object" && value !== null
		? `a ${value.constructor?.name ?? "value"}`
		: typeof value;

function faultOf(path: string, text: unknown): string | undefined {
	const steps = path.split("/");
	if (
		/[\\:*?"<>|\p{Cc}]/u.test(path) ||
		steps.some((step) => ["", ".", ".."].includes(step))
	)
		return "is not a relative path of a file in its folder";
	return typeof text === "string" ? undefined : "is not text";
}

/** Some file systems take `A.md` and `a.md` for one file; a file cannot be a folder, too. */
function expectDistinct(paths: readonly string[]): void {
	const known = new Map<string, string>();
	for (const path of paths) {
		const other = known.get(path.toLowerCase());
		if (other !== undefined)
			throw new Error(`${other} and ${path} differ by case only`);
		known.set(path.toLowerCase(), path);
	}
	for (const path of paths) {
		const steps = path.split("/");
		for (let i = 1; i < steps.length; i++) {
			const folder = steps.slice(0, i).join("/");
			if (known.has(folder.toLowerCase()))
				throw new Error(`${folder} is a file and the folder of ${path}`);
		}
	}
}
