import { Stack } from "aws-cdk-lib";
import { CfnRegistry, CfnRegistryPolicy } from "aws-cdk-lib/aws-eventschemas";
import {
	AccountPrincipal,
	Effect,
	PolicyDocument,
	PolicyStatement,
} from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { defaultRegistryName } from "../system/names.ts";

export interface SchemaRegistryProps {
	/** @default eventwright */
	readonly registryName?: string;
	readonly description?: string;
	/** Accounts that may read the registry. */
	readonly readers: readonly string[];
}

/** An EventBridge schema registry that other accounts may read. Only `eventwright registry publish` manages its schemas. */
export class SchemaRegistry extends Construct {
	readonly registry: CfnRegistry;

	constructor(scope: Construct, id: string, props: SchemaRegistryProps) {
		super(scope, id);
		const registryName = props.registryName ?? defaultRegistryName;
		const { partition, region, account } = Stack.of(this);
		const arn = `arn:${partition}:schemas:${region}:${account}`;
		this.registry = new CfnRegistry(this, "Registry", {
			registryName,
			...(props.description ? { description: props.description } : {}),
		});
		if (props.readers.length === 0) return;
		const policy = new CfnRegistryPolicy(this, "Policy", {
			registryName,
			policy: new PolicyDocument({
				statements: [
					new PolicyStatement({
						sid: "Read",
						effect: Effect.ALLOW,
						principals: props.readers.map(
							(reader) => new AccountPrincipal(reader),
						),
						actions: [
							"schemas:DescribeRegistry",
							"schemas:DescribeSchema",
							"schemas:DescribeCodeBinding",
							"schemas:GetCodeBindingSource",
							"schemas:ListSchemas",
							"schemas:ListSchemaVersions",
							"schemas:SearchSchemas",
						],
						resources: [
							`${arn}:registry/${registryName}`,
							`${arn}:schema/${registryName}*`,
						],
					}),
				],
			}),
		});
		policy.node.addDependency(this.registry);
	}
}
