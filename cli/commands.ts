import type { Command } from "./command.ts";
import { addConsumer, addEvent, addProducer } from "./commands/add.ts";
import { breaking } from "./commands/breaking.ts";
import { changelog } from "./commands/changelog.ts";
import { codegen } from "./commands/codegen.ts";
import { deploy } from "./commands/deploy.ts";
import { destroy } from "./commands/destroy.ts";
import { dev } from "./commands/dev.ts";
import { dlqList, dlqPurge, dlqRedrive, dlqShow } from "./commands/dlq.ts";
import { graph } from "./commands/graph.ts";
import { importCommand } from "./commands/import.ts";
import { init } from "./commands/init.ts";
import { lint } from "./commands/lint.ts";
import { newVersion } from "./commands/new-version.ts";
import { patternExplain } from "./commands/pattern-explain.ts";
import { patternOperators } from "./commands/pattern-operators.ts";
import { patternTest } from "./commands/pattern-test.ts";
import { registryPublish } from "./commands/registry-publish.ts";
import { sample } from "./commands/sample.ts";
import { send } from "./commands/send.ts";

/** All commands, in the order of `eventwright --help`. A command's dependencies are loaded when it runs. */
export const commands: readonly Command[] = [
	init,
	addEvent,
	addProducer,
	addConsumer,
	newVersion,
	codegen,
	lint,
	breaking,
	changelog,
	importCommand,
	registryPublish,
	patternTest,
	patternExplain,
	patternOperators,
	graph,
	dev,
	sample,
	send,
	dlqList,
	dlqShow,
	dlqRedrive,
	dlqPurge,
	deploy,
	destroy,
];
