// The Serverless Application Model, read as the CloudFormation that it stands for:
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html
import { isObject } from "../../../runtime/json.ts";
import { TemplateError } from "../place.ts";
import {
	fileOf,
	type StackTemplate,
	type TemplateResource,
} from "../stack-template.ts";
import { apisOf } from "./apis.ts";
import { readFunction } from "./functions.ts";
import { withGlobals } from "./globals.ts";
import {
	addRule,
	entriesIn,
	type Properties,
	type Sam,
	trust,
} from "./parts.ts";

const transform = "AWS::Serverless-2016-10-31";

/** Transforms that say nothing about resources, or that are read where they stand. */
const harmless = new Set([transform, "AWS::LanguageExtensions"]);

const transformsOf = ({ template }: StackTemplate): readonly unknown[] =>
	[template.Transform ?? []].flat();

const macrosOf = (stack: StackTemplate): readonly unknown[] =>
	transformsOf(stack).filter(
		(each) => typeof each !== "string" || !harmless.has(each),
	);

/** Whether a transform that is not run may add resources. */
export const hasMacro = (stack: StackTemplate): boolean =>
	macrosOf(stack).length > 0;

/** Returns the stack with its `AWS::Serverless` resources as plain ones. What is not read is noted. */
export function readSam(
	stack: StackTemplate,
	note: ((what: string) => void) | undefined,
): StackTemplate {
	const { template } = stack;
	const file = fileOf(stack);
	for (const each of macrosOf(stack))
		note?.(
			`${file}: the transform ${typeof each === "string" ? each : JSON.stringify(each)} is not run: what it would add is missing`,
		);
	for (const [logicalId, { Connectors }] of Object.entries(template.Resources))
		if (Connectors !== undefined)
			note?.(
				`${file}: Connectors of ${logicalId} are not read: their policies are missing`,
			);
	const isSam = Object.values(template.Resources).some(({ Type }) =>
		Type?.startsWith("AWS::Serverless::"),
	);
	if (!isSam) return stack;
	const resources: Record<string, TemplateResource> = {};
	for (const [logicalId, resource] of Object.entries(template.Resources)) {
		if (!resource.Type?.startsWith("AWS::Serverless::")) {
			resources[logicalId] = resource;
			continue;
		}
		if (!transformsOf(stack).includes(transform))
			note?.(
				`${file}: ${logicalId} is ${resource.Type}, and the template lacks Transform: ${transform}`,
			);
	}
	const sam: Omit<Sam, "apis"> = {
		add: (logicalId, Type, properties, condition) => {
			if (!Object.hasOwn(resources, logicalId))
				resources[logicalId] = {
					Type,
					Properties: properties,
					...(condition === undefined ? {} : { Condition: condition }),
				};
		},
		note: (what) => note?.(`${file}: ${what}`),
	};
	const apis = apisOf(template, sam);
	for (const [logicalId, resource] of Object.entries(template.Resources)) {
		const { Type, Condition } = resource;
		if (!Type?.startsWith("AWS::Serverless::")) continue;
		const before = new Set(Object.keys(resources));
		try {
			const properties = withGlobals(template, Type, resource.Properties ?? {});
			readResource(logicalId, Type, properties, { ...sam, apis });
		} catch (error) {
			throw new TemplateError(
				`${file}: ${logicalId}: ${(error as Error).message}`,
			);
		}
		if (Condition === undefined) continue;
		for (const [id, made] of Object.entries(resources))
			if (!before.has(id)) resources[id] = { ...made, Condition };
	}
	apis.finish();
	return {
		...stack,
		template: {
			...template,
			...(renamed({
				...template,
				Resources: resources,
			}) as StackTemplate["template"]),
		},
	};
}

/** Types that are one plain resource. */
const plain: Readonly<Record<string, string>> = {
	"AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
	"AWS::Serverless::LayerVersion": "AWS::Lambda::LayerVersion",
	"AWS::Serverless::Application": "AWS::CloudFormation::Stack",
};

function readResource(
	logicalId: string,
	type: string,
	properties: Properties,
	sam: Sam,
): void {
	if (type === "AWS::Serverless::Function")
		readFunction(logicalId, properties, sam);
	else if (type === "AWS::Serverless::StateMachine")
		readStateMachine(logicalId, properties, sam);
	else if (
		type === "AWS::Serverless::Api" ||
		type === "AWS::Serverless::HttpApi"
	)
		return;
	else if (Object.hasOwn(plain, type))
		sam.add(logicalId, plain[type] as string, properties);
	else sam.note(`${logicalId} (${type}) is not read: what it adds is missing`);
}

function readStateMachine(
	logicalId: string,
	{ Name, Events, ...rest }: Properties,
	sam: Sam,
): void {
	sam.add(logicalId, "AWS::StepFunctions::StateMachine", {
		...rest,
		...(Name === undefined ? {} : { StateMachineName: Name }),
	});
	for (const [name, event] of Object.entries(entriesIn("Events", Events))) {
		const { Type, Properties: stated = {} } = event as {
			Type?: string;
			Properties?: Properties;
		};
		if (Type !== "EventBridgeRule" && Type !== "CloudWatchEvent") {
			sam.note(`the event ${name} (${Type}) of ${logicalId} is not read`);
			continue;
		}
		const role = `${logicalId}${name}Role`;
		sam.add(role, "AWS::IAM::Role", {
			AssumeRolePolicyDocument: trust("events.amazonaws.com"),
			Policies: [
				{
					PolicyName: `${role}Policy`,
					PolicyDocument: {
						Statement: [
							{
								Effect: "Allow",
								Action: "states:StartExecution",
								Resource: { Ref: logicalId },
							},
						],
					},
				},
			],
		});
		addRule(`${logicalId}${name}`, stated, { Ref: logicalId }, sam, {
			RoleArn: { "Fn::GetAtt": [role, "Arn"] },
		});
	}
}

/** References to what SAM makes, such as `Function.Alias`, by the ids that the resources have here. */
function renamed(template: {
	readonly Resources: Readonly<Record<string, TemplateResource>>;
}): unknown {
	/** The id of a resource that was made of another. */
	const ofType = (id: string, type: RegExp): string | undefined =>
		Object.entries(template.Resources).find(
			([each, { Type }]) => type.test(Type) && each.startsWith(id),
		)?.[0];
	const made = (name: string): string => {
		const [id = "", part = ""] = name.split(".");
		switch (part) {
			case "Version":
			case "Deployment":
				return `${id}${part}`;
			case "Alias":
				return ofType(`${id}Alias`, /^AWS::Lambda::Alias$/) ?? name;
			case "Stage":
				return ofType(id, /^AWS::ApiGateway(V2)?::Stage$/) ?? name;
			default:
				return name;
		}
	};
	const visit = (value: unknown): unknown => {
		if (Array.isArray(value)) return value.map(visit);
		if (!isObject(value)) return value;
		const { Ref } = value;
		if (typeof Ref === "string" && Ref.includes("."))
			return { ...value, Ref: made(Ref) };
		return Object.fromEntries(
			Object.entries(value).map(([key, inner]) => [key, visit(inner)]),
		);
	};
	return visit(template);
}
