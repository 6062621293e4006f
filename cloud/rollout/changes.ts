import { fullDiff, ResourceImpact } from "@aws-cdk/cloudformation-diff";
import type { Template, TemplateResource } from "../template/stack-template.ts";

export type ChangeKind = "add" | "change" | "replace" | "remove" | "leave";

/** What a step does to a resource. */
export interface Change {
	readonly kind: ChangeKind;
	readonly type: string;
	readonly logicalId: string;
	/** The resource's name, else its logical id. */
	readonly name: string;
	/** Whether CloudFormation would have to replace it under the name that it has, which it refuses. */
	readonly isRefused?: true;
	/** What is gone afterwards. Undefined if nothing is lost. */
	readonly loss?: string;
}

/** What goes with a resource. */
const contents: Readonly<Record<string, string>> = {
	"AWS::ApiGateway::RestApi": "its URL",
	"AWS::EventSchemas::Registry": "its schemas",
	"AWS::Events::Archive": "its events",
	"AWS::Events::EventBus":
		"what is sent to it before every producer uses the new one",
	"AWS::KMS::Key":
		"the permission to read what it has encrypted: empty the queues first",
	"AWS::Logs::LogGroup": "its logs",
	"AWS::SQS::Queue": "its messages",
};

/** The changes of a stack's resources, as CloudFormation would make them. */
export function changesBetween(
	before: Template | undefined,
	after: Template | undefined,
): readonly Change[] {
	const empty: Template = { Resources: {} };
	const changes: Change[] = [];
	fullDiff(before ?? empty, after ?? empty).resources.forEachDifference(
		(logicalId, difference) => {
			const resource = (before?.Resources[logicalId] ??
				after?.Resources[logicalId]) as TemplateResource;
			const impact = kindOf(difference.changeImpact);
			const isKept = resource.DeletionPolicy === "RetainExceptOnCreate";
			const kind = impact === "remove" && isKept ? "leave" : impact;
			if (kind === undefined || resource.Type === "AWS::CDK::Metadata") return;
			const gone = kind === "remove" || kind === "replace";
			const loss =
				gone || (resource.Type === "AWS::KMS::Key" && kind === "leave")
					? contents[resource.Type]
					: undefined;
			changes.push({
				kind,
				type: resource.Type,
				logicalId,
				name: nameOf(resource) ?? logicalId,
				...(difference.changeImpact === ResourceImpact.WILL_REPLACE &&
				nameOf(resource) !== undefined &&
				nameOf(resource) === nameOf(after?.Resources[logicalId] ?? resource)
					? { isRefused: true as const }
					: {}),
				...(loss === undefined ? {} : { loss }),
			});
		},
	);
	return changes;
}

function kindOf(impact: ResourceImpact): ChangeKind | undefined {
	switch (impact) {
		case ResourceImpact.WILL_CREATE:
		case ResourceImpact.WILL_IMPORT:
			return "add";
		case ResourceImpact.WILL_UPDATE:
			return "change";
		case ResourceImpact.WILL_REPLACE:
		case ResourceImpact.MAY_REPLACE:
			return "replace";
		case ResourceImpact.WILL_DESTROY:
			return "remove";
		case ResourceImpact.WILL_ORPHAN:
			return "leave";
		case ResourceImpact.NO_CHANGE:
			return undefined;
	}
}

/** The properties that name resources. */
const nameProperties = [
	"QueueName",
	"TopicName",
	"FunctionName",
	"RoleName",
	"LogGroupName",
	"AlarmName",
	"RegistryName",
	"AliasName",
	"ArchiveName",
	"DashboardName",
	"Name",
];

/** The name that a template gives a resource. */
export function nameOf({
	Properties = {},
}: TemplateResource): string | undefined {
	return nameProperties
		.map((property) => Properties[property])
		.find((name) => typeof name === "string");
}
