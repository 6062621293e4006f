import { type SystemDefinition, SystemError } from "./definition.ts";
import { nameMax } from "./names.ts";

/** Throws a `SystemError` that lists the names from which no resource's name can be made, and producers without event types. */
export function checkNames(system: SystemDefinition): void {
	const { name, accounts, producers, consumers, eventTypeNames = [] } = system;
	const named = [
		["system", name],
		...Object.keys(producers).map((producer) => ["producer", producer]),
		...Object.keys(consumers).map((consumer) => ["consumer", consumer]),
		...eventTypeNames.map((given) => ["event type", given.name]),
	] as const;
	const problems = [
		...(name.length > nameMax.system
			? [
					`the name of the system ${name}: it has ${name.length} characters, at most ${nameMax.system} are allowed`,
				]
			: []),
		...named
			.filter(([, text = ""]) => !/^[A-Za-z][A-Za-z0-9-]*$/.test(text))
			.map(
				([what, text]) =>
					`the name of the ${what} ${JSON.stringify(text)}: it begins with a letter and has only letters, digits and hyphens`,
			),
		...(accounts.producer.id === accounts.consumer.id
			? Object.keys(producers)
					.filter((producer) => consumers[producer] !== undefined)
					.map(
						(both) =>
							`the name ${both}: a producer and a consumer in one account have it`,
					)
			: []),
		...Object.keys(consumers)
			.filter((consumer) => /-(dead-letters|undelivered)$/.test(consumer))
			.map(
				(consumer) =>
					`the name of the consumer ${consumer}: a queue of another consumer may be called so`,
			),
		...Object.entries(producers)
			.filter(([, { publishes }]) => publishes.length === 0)
			.map(
				([producer]) =>
					`the producer ${producer} publishes nothing: list its event types`,
			),
	];
	if (problems.length > 0)
		throw new SystemError(`change in the system:\n${problems.join("\n")}`);
}
