import { watch as watchFolder } from "chokidar";
import { formatDiagnostic } from "./diagnostics.ts";
import { type Generated, generate } from "./generate.ts";
import { readSources } from "./read.ts";
import { compare, type Difference, isEmpty, write } from "./write.ts";

/** Generates once; answers the exit code. With `checkOnly` nothing is written and a difference is a finding. */
export async function codegen(
	schemas: string,
	out: string,
	checkOnly: boolean,
): Promise<number> {
	const generated = generate(await readSources(schemas));
	report(generated, schemas, checkOnly);
	if (generated.files.size === 0 && hasErrors(generated)) {
		console.error(`Nothing was written: ${out} is as it was.`);
		return 1;
	}
	if (!checkOnly) {
		const difference = await write(out, generated.files);
		console.log(summary(generated, difference, out));
		return 0;
	}
	const difference = await compare(out, generated.files);
	if (isEmpty(difference)) {
		console.log(`${out} is up to date: ${generated.eventTypes} event types.`);
		return 0;
	}
	for (const [what, files] of Object.entries({
		missing: difference.added,
		"not up to date": difference.changed,
		"not generated": difference.removed,
	}))
		for (const file of files) console.error(`${out}/${file}: ${what}`);
	console.error(`${out} is not what the schemas say. Run: npm run codegen`);
	return 1;
}

/** Generates now and after each change, until it is interrupted. */
export async function watch(schemas: string, out: string): Promise<number> {
	const once = async () => {
		try {
			await codegen(schemas, out, false);
		} catch (error) {
			console.error(`eventwright: ${(error as Error).message}`);
		}
	};
	await once();
	console.log(`Watching ${schemas}; Ctrl-C ends it.`);
	let timer: NodeJS.Timeout | undefined;
	let running = Promise.resolve();
	const watcher = watchFolder(schemas, { ignoreInitial: true }).on(
		"all",
		() => {
			clearTimeout(timer);
			timer = setTimeout(() => {
				running = running.then(once);
			}, 50);
		},
	);
	await new Promise<void>((resolve) => {
		process.once("SIGINT", resolve);
		process.once("SIGTERM", resolve);
	});
	await watcher.close();
	clearTimeout(timer);
	await running;
	return 0;
}

const hasErrors = ({ diagnostics }: Generated) =>
	diagnostics.some(({ severity }) => severity === "error");

/** A check has a verdict; what codegen warns of, it has said when it wrote. */
function report(
	{ diagnostics }: Generated,
	folder: string,
	errorsOnly: boolean,
): void {
	for (const diagnostic of diagnostics)
		if (!errorsOnly || diagnostic.severity === "error")
			console.error(formatDiagnostic(diagnostic, folder));
}

function summary(
	{ eventTypes }: Generated,
	{ added, changed, removed }: Difference,
	out: string,
): string {
	const counts = [
		[added, "added"],
		[changed, "changed"],
		[removed, "removed"],
	] as const;
	const parts = counts
		.filter(([files]) => files.length > 0)
		.map(([files, what]) => `${files.length} ${what}`);
	return `${eventTypes} event types in ${out}: ${parts.length > 0 ? `${parts.join(", ")}` : "nothing changed"}.`;
}
