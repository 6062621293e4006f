import type { EventSubscription } from "../../runtime/event.ts";

export interface SystemDefinition {
	/** Begins every name. */
	readonly name: string;
	readonly region: string;
	/** AWS Organizations' id; the bus then also asks for it. */
	readonly organizationId?: string;
	readonly accounts: Readonly<
		Record<
			"producer" | "hub" | "consumer",
			{
				readonly id: string;
				/** The AWS CLI profile that `npm run deploy` uses for it. */
				readonly profile: string;
			}
		>
	>;
	readonly eventBusName: string;
	readonly producers: Readonly<Record<string, ProducerDefinition>>;
	readonly consumers: Readonly<Record<string, ConsumerDefinition>>;
}

export interface ProducerDefinition {
	/** The handler's file. */
	readonly entry: string;
	readonly method: string;
	readonly path: string;
	/** Draft-04, as `generated/api-models` has it. */
	readonly bodyModel?: { readonly name: string; readonly schema: object };
	readonly publishes: readonly EventSubscription<string, unknown>[];
}

/** A definition that no stack can be made of; its message says what to change. */
export class SystemError extends Error {
	override readonly name = "SystemError";
}

export interface ConsumerDefinition {
	/** The handler's file. */
	readonly entry: string;
	readonly subscribes: readonly EventSubscription<string, unknown>[];
}

/** The ids that the repository comes with; nobody can deploy to them. */
export const sampleAccountIds: readonly string[] = [
	"111111111111",
	"222222222222",
	"333333333333",
];
