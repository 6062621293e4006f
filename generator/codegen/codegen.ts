import {
	type Diagnostic,
	formatDiagnostic,
	hasError,
	severityOf,
} from "../diagnostics.ts";
import { digest } from "./digest.ts";
import type { Unit } from "./frame.ts";
import {
	type Earlier,
	type Plan,
	plan,
	type Survey,
	sortDiagnostics,
} from "./generate.ts";
import {
	type KeptFile,
	type KeptUnit,
	type Memory,
	recall,
	remember,
} from "./memory.ts";
import { Progress } from "./progress.ts";
import { type FileSource, readSources } from "./read.ts";
import {
	Change,
	Comparison,
	type Difference,
	isEmpty,
	markerFile,
	markerText,
	readTree,
	type Stamp,
} from "./write.ts";

/** So many units are made at once: enough to share work, few enough to forget them again. */
const batchUnits = 100;

/** Generates once; answers the exit code. With `checkOnly` nothing is written and a difference is a finding. */
export async function codegen(
	schemas: string,
	out: string,
	checkOnly: boolean,
): Promise<number> {
	const sources = readSources(schemas);
	return checkOnly
		? checkTree(plan(sources), schemas, out)
		: changeTree(sources, schemas, out);
}

/** Makes everything anew and compares it with what is there. */
function checkTree(planned: Plan, schemas: string, out: string): number {
	const comparison = new Comparison(out, readTree(out));
	comparison.want(markerFile, markerText);
	const diagnostics = [...planned.diagnostics];
	for (const batch of batchesOf(planned.units))
		for (const product of planned.make(batch)) {
			diagnostics.push(...product.diagnostics);
			for (const [file, text] of product.files) comparison.want(file, text);
		}
	if (hasError(diagnostics))
		return failed(sortDiagnostics(diagnostics), schemas, out);
	// A check has a verdict; what codegen warns of, it has said when it wrote.
	return verdict(comparison.difference(), planned.eventTypes, schemas, out);
}

/** Makes what the last run would have made otherwise, and puts it in its place. */
async function changeTree(
	sources: readonly FileSource[],
	schemas: string,
	out: string,
): Promise<number> {
	let isInterrupted = false;
	const interrupt = () => {
		isInterrupted = true;
	};
	process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
	let change: Change | undefined;
	try {
		const memory = recall(schemas, out);
		const planned = plan(
			sources,
			earlierFrom(memory),
			(source, survey) =>
				memory.files.get(source.file)?.stamp === source.stamp ||
				survey.digest === digest(source.text),
		);
		if (hasError(planned.diagnostics))
			return failed(planned.diagnostics, schemas, out);
		const tree = readTree(out);
		const comparison = new Comparison(out, tree);
		change = new Change(out, comparison);
		change.put(markerFile, markerText);
		const made = await makeUnits(
			planned,
			memory,
			tree,
			change,
			() => isInterrupted,
		);
		if (isInterrupted) {
			console.error(`Interrupted: ${out} is as it was.`);
			return 130;
		}
		const diagnostics = sortDiagnostics([
			...planned.diagnostics,
			...made.flatMap((unit) => unit.diagnostics),
		]);
		if (hasError(diagnostics)) return failed(diagnostics, schemas, out);
		report(diagnostics, schemas);
		const difference = comparison.difference();
		const stamps = change.commit();
		remember(
			schemas,
			out,
			memory,
			memoryOf(sources, planned, made, stamps, memory),
		);
		console.log(summary(planned.eventTypes, difference, out));
		return 0;
	} finally {
		change?.discard();
		process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
	}
}

function batchesOf(units: readonly Unit[]): readonly (readonly Unit[])[] {
	return Array.from({ length: Math.ceil(units.length / batchUnits) }, (_, i) =>
		units.slice(i * batchUnits, (i + 1) * batchUnits),
	);
}

interface Made {
	readonly unit: Unit;
	readonly key: string;
	/** What it was made to, or that it was made before. */
	readonly files?: readonly string[];
	readonly kept?: KeptUnit;
	readonly diagnostics: readonly Diagnostic[];
}

/** Makes what is not as the last run left it. */
async function makeUnits(
	{ units, keyOf, make }: Plan,
	memory: Memory,
	tree: ReadonlyMap<string, Stamp>,
	change: Change,
	isInterrupted: () => boolean,
): Promise<readonly Made[]> {
	const done: Made[] = [];
	const stale: Unit[] = [];
	for (const unit of units) {
		const kept = memory.units.get(unit.id);
		if (!kept || kept.key !== keyOf(unit) || !isAsLeft(kept.files, tree)) {
			stale.push(unit);
			continue;
		}
		for (let i = 0; i < kept.files.length; i += 2)
			change.keep(kept.files[i] as string, kept.files[i + 1] as Stamp);
		done.push({ unit, key: kept.key, kept, diagnostics: kept.diagnostics });
	}
	const progress = new Progress(stale.length, "schemas");
	for (const [i, batch] of batchesOf(stale).entries()) {
		if (isInterrupted()) break;
		for (const product of make(batch)) {
			for (const [file, text] of product.files) change.put(file, text);
			const { unit, files, diagnostics } = product;
			done.push({
				unit,
				key: keyOf(unit),
				files: files.map(([file]) => file),
				diagnostics,
			});
		}
		progress.report((i + 1) * batchUnits);
		// Lets a signal be heard.
		await new Promise(setImmediate);
	}
	progress.end();
	return done;
}

/** Whether files are as the last run left them: names, and stamps between them. */
function isAsLeft(
	files: KeptUnit["files"],
	tree: ReadonlyMap<string, Stamp>,
): boolean {
	for (let i = 0; i < files.length; i += 2)
		if (tree.get(files[i] as string) !== files[i + 1]) return false;
	return true;
}

function earlierFrom({ files, units, eventTypes }: Memory): Earlier {
	return {
		surveys: new Map([...files].map(([file, { survey }]) => [file, survey])),
		names: new Map([...files].map(([file, { names }]) => [file, names])),
		units: [...units.values()],
		eventTypes,
	};
}

/** What the next run needs; what has not changed stays the same object. */
function memoryOf(
	sources: readonly FileSource[],
	{ surveys, names, eventTypes }: Plan,
	made: readonly Made[],
	stamps: ReadonlyMap<string, Stamp>,
	before: Memory,
): Omit<Memory, "additions"> {
	const keptFile = ({ file, stamp }: FileSource): KeptFile => {
		const kept = before.files.get(file);
		const survey = surveys.get(file) as Survey;
		const own = names.get(file) as string;
		return kept?.stamp === stamp && kept.survey === survey && kept.names === own
			? kept
			: { stamp, survey, names: own };
	};
	const keptUnit = ({
		unit,
		key,
		files = [],
		diagnostics,
	}: Made): KeptUnit => ({
		key,
		id: unit.id,
		of: unit.of,
		reach: unit.reach,
		signature: unit.signature,
		files: files.flatMap((file) => [file, stamps.get(file) as Stamp]),
		diagnostics,
	});
	return {
		files: new Map(sources.map((source) => [source.file, keptFile(source)])),
		units: new Map(
			made.map((part) => [part.unit.id, part.kept ?? keptUnit(part)]),
		),
		eventTypes,
	};
}

/** Generates now and after each change, until it is interrupted. */
export async function watch(schemas: string, out: string): Promise<number> {
	const { watch: watchFolder } = await import("chokidar");
	const ended = new Promise<void>((resolve) => {
		process.once("SIGINT", resolve).once("SIGTERM", resolve);
	});
	const once = async () => {
		try {
			await codegen(schemas, out, false);
		} catch (error) {
			console.error(`eventwright: ${(error as Error).message}`);
		}
	};
	let timer: NodeJS.Timeout | undefined;
	// What is saved while the first run works is seen too.
	const watcher = watchFolder(schemas, { ignoreInitial: true });
	watcher.on("error", (error) => {
		console.error(`eventwright: ${(error as Error).message}`);
	});
	const ready = new Promise<void>((resolve) => {
		watcher.on("ready", resolve);
	});
	await Promise.race([ready, ended]);
	let running = once();
	watcher.on("all", () => {
		clearTimeout(timer);
		timer = setTimeout(() => {
			running = running.then(once);
		}, 50);
	});
	running.then(() => console.log(`Watching ${schemas}; Ctrl-C ends it.`));
	await ended;
	await watcher.close();
	clearTimeout(timer);
	await running;
	return 0;
}

/** Warnings of one kind beyond this are counted only. */
const warningsMax = 10;

function report(diagnostics: readonly Diagnostic[], folder: string): void {
	const seen = new Map<string, number>();
	for (const diagnostic of diagnostics) {
		const { code, severity } = diagnostic;
		const before = seen.get(code) ?? 0;
		seen.set(code, before + 1);
		if (severity === "error" || before < warningsMax)
			console.error(formatDiagnostic(diagnostic, folder));
	}
	for (const [code, times] of seen)
		if (
			severityOf(code as Diagnostic["code"]) === "warning" &&
			times > warningsMax
		)
			console.error(`${times - warningsMax} more warnings ${code}`);
}

function failed(
	diagnostics: readonly Diagnostic[],
	schemas: string,
	out: string,
): number {
	report(diagnostics, schemas);
	console.error(`Nothing was written: ${out} is as it was.`);
	return 1;
}

function verdict(
	difference: Difference,
	eventTypes: number,
	schemas: string,
	out: string,
): number {
	if (isEmpty(difference)) {
		console.log(`${out} is up to date: ${countOf(eventTypes)}.`);
		return 0;
	}
	const isUsual = schemas === "schemas" && out === "generated";
	for (const [what, files] of Object.entries({
		missing: difference.added,
		"not up to date": difference.changed,
		"not generated": difference.removed,
	}))
		for (const file of files) console.error(`${out}/${file}: ${what}`);
	console.error(
		`${out} is not what ${schemas} says. Run: npm run codegen${isUsual ? "" : ` -- --schemas ${schemas} --out ${out}`}`,
	);
	return 1;
}

const namedMax = 20;

const countOf = (eventTypes: number) =>
	`${eventTypes} event ${eventTypes === 1 ? "type" : "types"}`;

/** How many files changed, and which, unless they are too many to read. */
function summary(
	eventTypes: number,
	difference: Difference,
	out: string,
): string {
	const kinds = Object.entries(difference).filter(
		([, files]) => files.length > 0,
	);
	const counts = kinds.map(([what, files]) => `${files.length} ${what}`);
	const head = `${countOf(eventTypes)} in ${out}: ${counts.length > 0 ? counts.join(", ") : "nothing changed"}.`;
	const lines = kinds.flatMap(([what, files]: [string, readonly string[]]) =>
		files.map((file) => `  ${what.padEnd(7)}  ${file}`),
	);
	return lines.length <= namedMax ? [head, ...lines].join("\n") : head;
}
