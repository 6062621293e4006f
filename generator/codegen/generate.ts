import {
	type Diagnostic,
	type Finding,
	hasError,
	severityOf,
} from "../diagnostics.ts";
import { emit } from "../emit/index.ts";
import { type Trial, validatorsFor } from "../emit/validator/trial.ts";
import { checkEvent } from "../schema/check.ts";
import { schemaPlaces } from "../schema/link.ts";
import { lower } from "../schema/lower.ts";
import { byName, type Model, type NamedSchema } from "../schema/model.ts";
import { domainOf, moduleOf, type Names } from "../schema/name.ts";
import {
	type Doc,
	docOf,
	isEvent,
	type Outline,
	outline,
} from "../schema/outline.ts";
import {
	type ParseFinding,
	parse,
	type SchemaDocument,
	type Source,
} from "../schema/parse.ts";
import { type Position, positionsIn } from "../schema/position.ts";
import { digest } from "./digest.ts";
import {
	domainUnit,
	type Frame,
	type Framed,
	factsOf,
	frameOf,
	partialFrame,
	reachOf,
	type Unit,
} from "./frame.ts";

export interface Generated {
	/** Path below the output folder → text. Empty when a diagnostic is an error. */
	readonly files: ReadonlyMap<string, string>;
	readonly diagnostics: readonly Diagnostic[];
	readonly eventTypes: number;
}

/** What is known of a source once it has been read without an error. */
export interface Survey {
	readonly digest: string;
	/** Its outline, as JSON: it is often compared and seldom looked into. */
	readonly outline: string;
	readonly doc: Doc;
	readonly warnings: readonly Diagnostic[];
}

/** What an earlier plan came to, for one that has to find out only what is new. */
export interface Earlier {
	/** By file. */
	readonly surveys: ReadonlyMap<string, Survey>;
	/** The names in a file, as JSON. */
	readonly names: ReadonlyMap<string, string>;
	readonly units: readonly (Unit & { readonly key: string })[];
	readonly eventTypes: number;
}

export interface Product {
	readonly unit: Unit;
	readonly files: readonly (readonly [path: string, text: string])[];
	readonly diagnostics: readonly Diagnostic[];
}

export interface Plan {
	/** Errors of the schemas among each other, and warnings. An error leaves no unit. */
	readonly diagnostics: readonly Diagnostic[];
	readonly surveys: ReadonlyMap<string, Survey>;
	readonly names: ReadonlyMap<string, string>;
	readonly units: readonly Unit[];
	readonly eventTypes: number;
	/** Two units with the same key are made of the same. */
	readonly keyOf: (unit: Unit) => string;
	/** Makes some of the units. */
	readonly make: (units: readonly Unit[]) => readonly Product[];
}

/** Schemas to code: the same sources give the same bytes. No I/O. */
export function generate(sources: readonly Source[]): Generated {
	const { units, make, diagnostics, eventTypes } = plan(sources);
	const products = make(units);
	const all = sortDiagnostics([
		...diagnostics,
		...products.flatMap((product) => product.diagnostics),
	]);
	return hasError(all)
		? { files: new Map(), diagnostics: all, eventTypes: 0 }
		: {
				files: new Map(products.flatMap(({ files }) => files)),
				diagnostics: all,
				eventTypes,
			};
}

/** Finds out what there is to make. `isSame` tells that a source is what it was when it was surveyed before. */
export function plan<S extends Source>(
	sources: readonly S[],
	earlier?: Earlier,
	isSame: (source: S, survey: Survey) => boolean = () => false,
): Plan {
	const ordered = [...sources].sort((a, b) => (a.file < b.file ? -1 : 1));
	const byFile = new Map(ordered.map((source) => [source.file, source]));
	const located = (findings: readonly ParseFinding[]) =>
		locate(findings, byFile);

	const documents = new Map<string, SchemaDocument>();
	const fresh = new Set<string>();
	const surveys = new Map<string, Survey>();
	const read: Diagnostic[] = [];
	for (const source of ordered) {
		const before = earlier?.surveys.get(source.file);
		if (before && isSame(source, before)) {
			surveys.set(source.file, before);
			read.push(...before.warnings);
			continue;
		}
		const { document, findings } = parse(source);
		const diagnostics = located(findings);
		read.push(...diagnostics);
		if (!document) continue;
		documents.set(source.file, document);
		fresh.add(source.file);
		surveys.set(source.file, {
			digest: digest(source.text),
			outline: JSON.stringify(outline(document)),
			doc: docOf(document),
			warnings: diagnostics,
		});
	}
	const failed = (diagnostics: readonly Diagnostic[]): Plan => ({
		diagnostics: sortDiagnostics(diagnostics),
		surveys,
		names: new Map(),
		units: [],
		eventTypes: 0,
		keyOf: () => "",
		make: () => [],
	});
	if (hasError(read)) return failed(read);

	const documentOf = (file: string): SchemaDocument => {
		const known = documents.get(file);
		if (known) return known;
		const source = byFile.get(file);
		const { document } = source ? parse(source) : {};
		if (!document || digest(source?.text ?? "") !== surveys.get(file)?.digest)
			throw new Error(`${file} changed while it was read: run again`);
		documents.set(file, document);
		return document;
	};
	const isPlace = schemaPlaces(documentOf);
	const outlinesOf = (files: Iterable<string>) =>
		[...files].map(
			(file): Outline => JSON.parse(surveys.get(file)?.outline ?? ""),
		);
	const keyOf = (unit: Unit) =>
		digest(
			[
				unit.signature,
				...reachOf(unit).map((file) => surveys.get(file)?.digest),
			].join("\n"),
		);

	const docOfFile = (file: string): Doc => surveys.get(file)?.doc ?? {};
	if (earlier && saysTheSame(surveys, earlier)) {
		const kept = new Map(earlier.units.map((unit) => [unit.id, unit]));
		const isTouched = ({ reach }: Unit) =>
			[...fresh].some((file) => `\0${reach}\0`.includes(`\0${file}\0`));
		const eventsOf = (domain: string) => {
			const files = [...surveys.keys()].filter(
				(file) => domainOf(moduleOf(file)) === domain,
			);
			const names = namesFrom(files, earlier.names);
			return outlinesOf(files)
				.filter(isEvent)
				.map((event) => factsOf(event, names, docOfFile(event.file)))
				.sort(byName);
		};
		// What is said of an event is shown by its domain's files too.
		const redone = new Map(
			[...fresh].map((file): [string, Unit] => {
				const domain = domainOf(moduleOf(file));
				const unit = domainUnit(domain, eventsOf(domain));
				return [unit.id, unit];
			}),
		);
		return {
			...earlier,
			units: earlier.units.map((unit) => redone.get(unit.id) ?? unit),
			diagnostics: read,
			surveys,
			keyOf: (unit) => {
				const before = kept.get(unit.id);
				return before?.signature === unit.signature && !isTouched(unit)
					? before.key
					: keyOf(unit);
			},
			make: (units) => {
				const reached = new Set(units.flatMap(reachOf));
				const domains = units.flatMap(({ of }) =>
					"domain" in of ? of.domain : [],
				);
				const framed = partialFrame(
					outlinesOf(reached),
					namesFrom(reached, earlier.names),
					new Map(domains.map((domain) => [domain, eventsOf(domain)])),
					docOfFile,
					isPlace,
				);
				return make(units, framed, documentOf, located);
			},
		};
	}
	const framed = frameOf(outlinesOf(surveys.keys()), docOfFile, isPlace);
	const { frame } = framed;
	if (!frame) return failed([...read, ...located(framed.findings)]);
	return {
		diagnostics: read,
		surveys,
		names: namesByFile(surveys.keys(), frame.names),
		units: frame.units,
		eventTypes: frame.events.size,
		keyOf,
		make: (units) => make(units, framed, documentOf, located),
	};
}

/** Whether files have the outlines that they had: then all is called, and leads, as before. */
function saysTheSame(
	surveys: ReadonlyMap<string, Survey>,
	earlier: Earlier,
): boolean {
	return (
		surveys.size === earlier.surveys.size &&
		[...surveys].every(
			([file, { outline }]) => earlier.surveys.get(file)?.outline === outline,
		)
	);
}

function namesByFile(
	files: Iterable<string>,
	names: Names,
): ReadonlyMap<string, string> {
	return new Map(
		[...files].map((file) => [
			file,
			JSON.stringify(
				names.inFile(file).map((place) => [place.pointer, names.nameOf(place)]),
			),
		]),
	);
}

function namesFrom(
	files: Iterable<string>,
	kept: ReadonlyMap<string, string>,
): Names {
	const byFile = new Map(
		[...files].map((file): [string, Map<string, string>] => [
			file,
			new Map(JSON.parse(kept.get(file) ?? "[]")),
		]),
	);
	return {
		nameOf: ({ file, pointer }) => {
			const found = byFile.get(file)?.get(pointer);
			if (found === undefined)
				throw new Error(`no name for ${file}#${pointer}`);
			return found;
		},
		inFile: (file) =>
			[...(byFile.get(file)?.keys() ?? [])].map((pointer) => ({
				file,
				pointer,
			})),
	};
}

function make(
	units: readonly Unit[],
	{ frame, findings }: Framed,
	documentOf: (file: string) => SchemaDocument,
	located: (findings: readonly ParseFinding[]) => Diagnostic[],
): readonly Product[] {
	const failed = (found: readonly Finding[]) =>
		units
			.slice(0, 1)
			.map((unit) => ({ unit, files: [], diagnostics: located(found) }));
	if (!frame) return failed(findings);
	const files = units.flatMap(({ of }) => ("file" in of ? of.file : []));
	const lowered = lower(files, documentOf, frame.links, frame.names);
	const { schemas } = lowered;
	if (lowered.findings.length > 0) return failed(lowered.findings);
	const all = new Map(schemas.map((schema) => [schema.name, schema]));
	const modules = Map.groupBy(schemas, ({ module }) => module);
	const events = files.flatMap((file) => {
		const facts = frame.events.get(file);
		const schema = facts ? all.get(facts.name) : undefined;
		return facts && schema ? { ...facts, ...schema } : [];
	});
	const validators = trialsOf(events, all);
	return units.map((unit) => {
		const { of } = unit;
		const own = "file" in of ? of.file : undefined;
		const model = partOf(unit, all, modules, frame, events);
		const { files, findings } = unlessTooDeep(own, () => {
			const found: Finding[] = events
				.filter(({ file }) => file === own)
				.flatMap((event) => checkEvent(event, all, validators));
			return found.length > 0 ? { files: [], findings: found } : emit(model);
		});
		return { unit, files, diagnostics: located(findings) };
	});
}

/** Examples of a schema that leads through others too deep are told of with the schema itself. */
function trialsOf(
	events: Model["events"],
	all: ReadonlyMap<string, NamedSchema>,
): ReadonlyMap<string, Trial> {
	try {
		return validatorsFor(events, all);
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		return events.length > 1
			? new Map(events.flatMap((event) => [...trialsOf([event], all)]))
			: new Map();
	}
}

/** What is made of a file, unless its schemas lead through one another so deep that the stack ends. */
function unlessTooDeep(
	file: string | undefined,
	made: () => ReturnType<typeof emit>,
): ReturnType<typeof emit> {
	try {
		return made();
	} catch (error) {
		if (!(error instanceof RangeError) || file === undefined) throw error;
		const message = "its references lead through one another too deep";
		return {
			files: [],
			findings: [{ code: "too-deep", file, pointer: "", message }],
		};
	}
}

function partOf(
	{ of }: Unit,
	schemas: ReadonlyMap<string, NamedSchema>,
	modules: ReadonlyMap<string, readonly NamedSchema[]>,
	frame: Frame,
	events: Model["events"],
): Model {
	if ("domain" in of)
		return {
			events: [],
			modules: new Map(),
			schemas,
			domains: new Map([[of.domain, frame.domains.get(of.domain) ?? []]]),
		};
	const module = moduleOf(of.file);
	return {
		events: events.filter(({ file }) => file === of.file),
		modules: new Map(
			[...modules].filter(([candidate]) => candidate === module),
		),
		schemas,
		domains: new Map(),
	};
}

/** So many findings of a file are shown; to find the place of each of thousands would take long. */
const perFileMax = 100;

function fewPerFile(
	findings: readonly (Finding & ParseFinding)[],
): readonly (Finding & ParseFinding)[] {
	return [...Map.groupBy(findings, ({ file }) => file).values()].flatMap(
		(own) =>
			own.slice(0, perFileMax).map((finding, i) => ({
				...finding,
				message:
					i === perFileMax - 1 && own.length > perFileMax
						? `${finding.message} (and ${own.length - perFileMax} more findings in this file)`
						: finding.message,
			})),
	);
}

function locate(
	findings: readonly (Finding & ParseFinding)[],
	sources: ReadonlyMap<string, Source>,
): Diagnostic[] {
	const byFile = new Map<string, (pointer: string) => Position>();
	return fewPerFile(findings).map(({ position, ...finding }) => {
		const { file, pointer } = finding;
		const find =
			byFile.get(file) ?? positionsIn(file, sources.get(file)?.text ?? "");
		byFile.set(file, find);
		return {
			...finding,
			severity: severityOf(finding.code),
			...(position ?? find(pointer)),
		};
	});
}

/** By place; what was found on several ways is said once. */
export function sortDiagnostics(
	diagnostics: readonly Diagnostic[],
): readonly Diagnostic[] {
	const distinct = new Map(
		diagnostics.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic]),
	);
	return [...distinct.values()].sort(
		(a, b) =>
			(a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
			a.line - b.line ||
			a.column - b.column,
	);
}
