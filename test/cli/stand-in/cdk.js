// Stands in for the CDK CLI. `synth` copies an assembly; `deploy` reads one as the CLI does, and gives its stacks to the stand-in of AWS.
import { cpSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";

const [command, ...rest] = process.argv.slice(2);
const optionOf = (option) => rest[rest.indexOf(option) + 1];
const readJson = (...file) =>
	JSON.parse(readFileSync(path.join(...file), "utf8"));

if (command === "synth") {
	cpSync(process.env.STAND_IN_ASSEMBLY, optionOf("--output"), {
		recursive: true,
	});
	process.exit(0);
}
const app = optionOf("--app");
const { artifacts } = readJson(app, "manifest.json");
const stacks = rest
	.slice(
		0,
		rest.findIndex((word) => word.startsWith("--")),
	)
	.map((id) => {
		const { environment, properties, dependencies } = artifacts[id];
		const assets = readJson(app, artifacts[dependencies[0]].properties.file);
		const [hash] = properties.stackTemplateAssetObjectUrl.match(/[0-9a-f]{64}/);
		const own = assets.files[hash];
		if (own.source.path !== properties.templateFile)
			throw new Error(`${id}: the template is no asset`);
		for (const { source } of Object.values(assets.files))
			if (!existsSync(path.resolve(app, source.path)))
				throw new Error(`${id}: there is no ${source.path}`);
		const [, , account, region] = environment.split("/");
		if (
			!Object.values(own.destinations).every(({ bucketName }) =>
				bucketName.includes(account),
			)
		)
			throw new Error(`${id}: the template goes to another account`);
		return {
			name: id,
			account,
			region,
			template: readJson(app, properties.templateFile),
			tags: properties.tags,
			terminationProtection: properties.terminationProtection,
			role: properties.assumeRoleArn,
		};
	});
const response = await fetch(
	`${process.env.AWS_ENDPOINT_URL}/stand-in/deploy`,
	{
		method: "POST",
		body: JSON.stringify({ args: rest, stacks }),
	},
);
process.exit(response.ok ? 0 : 1);
