import { command, UsageError } from "../command.ts";

const refuseName = (text: string) =>
	/^[A-Za-z][A-Za-z0-9-]{0,39}$/.test(text)
		? undefined
		: "a letter, then letters, digits and hyphens, at most 40";
const refuseRegion = (text: string) =>
	/^[a-z]{2}(-[a-z]+)+-\d$/.test(text)
		? undefined
		: "an AWS region, such as eu-west-1";

const words = {
	write: "wrote",
	merge: "added to",
	keep: "kept yours",
	same: "had",
} as const;

/** What keeping a file means for the others. */
const kept: Readonly<Record<string, string>> = {
	"infra/system.ts": "name and region are what it says",
	"tsconfig.json":
		'the new files need "module": "nodenext", "allowImportingTsExtensions": true and "noEmit": true in it',
};

export const init = command({
	name: "init",
	summary: "write a project: schemas, handlers, infrastructure, tests",
	argument: {
		name: "DIR",
		about: "folder of the project, made if it is not there; . by default",
	},
	options: {
		name: {
			type: "string",
			value: "NAME",
			default: "media",
			about: "name of the system, a prefix of all resource names",
			refuse: refuseName,
		},
		region: {
			type: "string",
			value: "REGION",
			default: "eu-west-1",
			about: "AWS region of the system",
			refuse: refuseRegion,
		},
		yes: { type: "boolean", about: "ask nothing" },
	},
	about: `Writes the reference system: two event types, their producers and consumers, a demo, tests, a CI
workflow, and AGENTS.md for those who work with generated code. Files that you have are kept, but for
package.json, which gets the scripts and packages that it lacks.`,
	exits: { 0: "success", 1: "not agreed to" },
	run: async (
		{ name, region, yes },
		// Reading the signal keeps Ctrl-C from ending the process between two files.
		{ argument = ".", terminal, signal },
	) => {
		const [
			{ planProject, projectVersions, writeProject },
			{ existsSync, statSync },
			path,
		] = await Promise.all([
			import("../init-project.ts"),
			import("node:fs"),
			import("node:path"),
		]);
		if (existsSync(argument) && !statSync(argument).isDirectory())
			throw new UsageError(`${argument} is a file: name a folder`);
		const { agrees, canAsk } = await import("../agreement.ts");
		const asks = !yes && canAsk();
		const proposed = { system: name, region };
		const answers = asks
			? await (await import("../init-questions.ts")).askForProject(proposed, {
					system: refuseName,
					region: refuseRegion,
				})
			: proposed;
		if (!answers) return 1;
		const files = planProject(argument, answers, projectVersions());
		const count = (wanted: string) =>
			files.filter(({ action }) => action === wanted).length;
		if (
			asks &&
			!(await agrees(
				`Write ${count("write")} files into ${path.resolve(argument)}${count("merge") > 0 ? ", and add to package.json" : ""}${count("keep") > 0 ? `, and keep ${count("keep")} of yours` : ""}?`,
			))
		)
			return 1;
		if (signal.aborted) return 130;
		writeProject(argument, files);
		for (const { file, action } of files)
			terminal.print(`${words[action].padEnd(10)}  ${file}`);
		for (const { file, action } of files)
			if (action === "keep" && file in kept)
				terminal.warn(`${file} is yours: ${kept[file]}.`);
		const [{ generateCode }, { settingsOf }] = await Promise.all([
			import("../codegen-report.ts"),
			import("../../generator/config/config.ts"),
		]);
		const code = await generateCode(
			settingsOf({
				schemas: path.join(argument, "schemas"),
				out: path.join(argument, "generated"),
			}),
			terminal,
			signal,
		);
		const enter = argument === "." ? "" : `  cd ${argument}\n`;
		terminal.print(
			`\nNext:\n${enter}  npm install\n  npm run demo\n  npm test`,
		);
		return code;
	},
});
