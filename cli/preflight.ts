// What is checked before anything is deployed, so that a deployment does not end in the middle.
import {
	accountNames,
	type SystemDefinition,
} from "../cdk/system/definition.ts";
import { partitionOf } from "../cdk/system/names.ts";
import { nameOf } from "../cloud/rollout/changes.ts";
import type { Plan, PlannedStack } from "../cloud/rollout/plan.ts";
import { exceededQuotas } from "../cloud/template/quotas.ts";
import { resolveResources } from "../cloud/template/resolve.ts";
import type { Resource } from "../cloud/template/resource.ts";
import { validate } from "../pattern/engine/validate.ts";
import { describeIssues } from "../runtime/issue.ts";
import type { AwsAccount } from "./aws-account.ts";
import type { AccountName, DeployedSystemStack } from "./stack-plan.ts";
import type { Terminal } from "./terminal.ts";

/** The oldest bootstrap stack that CDK's templates take. */
const bootstrapVersionMin = 6;

/** What is wrong with the accounts' credentials, and how to set them. */
export async function credentialProblems(
	{ accounts }: SystemDefinition,
	accountOf: (name: AccountName) => AwsAccount,
): Promise<readonly string[]> {
	const found = await Promise.all(
		accountNames.map(async (name) => {
			const { id, profile } = accounts[name];
			const whose =
				profile === undefined
					? "the credentials of the environment"
					: `the profile ${profile}`;
			const remedy =
				profile === undefined
					? `set accounts.${name}.profile, or credentials of that account in the environment`
					: `run: aws sso login --profile ${profile}, or change the profile`;
			try {
				const actual = await accountOf(name).id();
				return actual === id
					? []
					: [
							`accounts.${name}.id is ${id}, but ${whose} is of the account ${actual}: ${remedy}`,
						];
			} catch (error) {
				return [
					`accounts.${name}: ${whose} cannot be used: ${(error as Error).message}; ${remedy}`,
				];
			}
		}),
	);
	return found.flat();
}

/** What would make the deployment fail, with remedies. */
export async function deploymentProblems(
	system: SystemDefinition,
	deployed: readonly DeployedSystemStack[],
	wanted: readonly PlannedStack[],
	accountOf: (name: AccountName) => AwsAccount,
	terminal: Terminal,
): Promise<readonly string[]> {
	return [
		...stuck(deployed),
		...(await bootstrapProblems(system, accountOf, terminal)),
		...(await logRoleProblems(system, wanted, accountOf, terminal)),
		...(await nameClashes(system, deployed, wanted, accountOf, terminal)),
	];
}

/** A check that the credentials do not allow is a warning: those that deploy may be others, and CloudFormation checks again. */
async function orWarn<T>(
	asked: Promise<T>,
	what: string,
	instead: T,
	{ warn, style }: Terminal,
): Promise<T> {
	try {
		return await asked;
	} catch (error) {
		const { name, message } = error as Error;
		warn(
			`${style("yellow", "warning", "stderr")} could not check ${what}: ${name}: ${message}`,
		);
		return instead;
	}
}

/** What a step's template exceeds: for a while it has old and new side by side. */
export function quotaProblems(
	{ quotas = {} }: SystemDefinition,
	{ phases }: Plan,
): readonly string[] {
	const found = phases.flat().flatMap((step) => {
		const { template, action, stack: name, account, region } = step;
		if (!template) return [];
		const stack = { name, account, region, template, assets: new Map() };
		const resources = resolveResources([stack], { endpoint: "http://aws" });
		return [
			...exceededQuotas([stack], resources, quotas),
			...invalidPatterns(resources),
		].map(
			(problem) =>
				`${action} ${name}: ${problem}${action === "expand" ? ": old and new stand side by side until nobody uses the old; change fewer things at once" : ""}`,
		);
	});
	return [...new Set(found)];
}

/** Rules that match old and new events may have patterns that no author would write. */
function invalidPatterns(resources: readonly Resource[]): readonly string[] {
	return resources.flatMap(({ type, ref, properties }) => {
		if (type !== "AWS::Events::Rule") return [];
		const checked = validate(properties.EventPattern);
		return checked.ok
			? []
			: [
					`EventBridge would refuse the pattern of the rule ${ref}: ${describeIssues(checked.issues)}`,
				];
	});
}

/** Stacks that cannot be changed as they are. A failed deletion can be tried again. */
export function stuck(
	deployed: readonly DeployedSystemStack[],
): readonly string[] {
	return deployed.flatMap(({ name, status }) => {
		if (status.endsWith("_IN_PROGRESS") && status !== "REVIEW_IN_PROGRESS")
			return [
				`${name} is ${status}: another deployment is running; wait until it has ended`,
			];
		return /^UPDATE(_ROLLBACK)?_FAILED$/.test(status)
			? [
					`${name} is ${status}: its events in CloudFormation say why; roll it back there first`,
				]
			: [];
	});
}

/** Changes that CloudFormation refuses. */
export function refusedChanges({ phases }: Plan): readonly string[] {
	return phases
		.flat()
		.flatMap(({ stack, changes }) =>
			changes
				.filter(({ isRefused }) => isRefused === true)
				.map(
					({ name, type }) =>
						`${stack}: ${name} (${type}) would have to be replaced under the name that it has, which CloudFormation refuses: undo the change, or give the system another name`,
				),
		);
}

async function bootstrapProblems(
	{ accounts, region }: SystemDefinition,
	accountOf: (name: AccountName) => AwsAccount,
	terminal: Terminal,
): Promise<readonly string[]> {
	const found = await Promise.all(
		accountNames.map(async (name) => {
			const { bootstrapQualifier, id, profile } = accounts[name];
			const version = await orWarn(
				accountOf(name).bootstrapVersion(bootstrapQualifier ?? "hnb659fds"),
				`the bootstrap of ${id}`,
				bootstrapVersionMin,
				terminal,
			);
			if (version !== undefined && version >= bootstrapVersionMin) return [];
			return [
				`the account ${id} (${name}) ${version === undefined ? `is not bootstrapped in ${region}` : `has bootstrap version ${version}, CDK needs ${bootstrapVersionMin}`}: run: npx cdk bootstrap aws://${id}/${region}${bootstrapQualifier === undefined ? "" : ` --qualifier ${bootstrapQualifier}`}${profile === undefined ? "" : ` --profile ${profile}`}`,
			];
		}),
	);
	return [...new Set(found.flat())];
}

/** A stage with an access log needs the role that is set once for the account and region. */
async function logRoleProblems(
	{ accounts, region }: SystemDefinition,
	wanted: readonly PlannedStack[],
	accountOf: (name: AccountName) => AwsAccount,
	terminal: Terminal,
): Promise<readonly string[]> {
	const needsRole = wanted
		.filter(({ part }) => part === "producer")
		.flatMap(({ template }) => Object.values(template.Resources))
		.some(
			({ Type, Properties = {} }) =>
				Type === "AWS::ApiGateway::Stage" &&
				Properties.AccessLogSetting !== undefined,
		);
	if (!needsRole) return [];
	const { id, profile } = accounts.producer;
	const role = await orWarn(
		accountOf("producer").apiGatewayLogRole(),
		`API Gateway's role for logs in ${id}`,
		"unknown",
		terminal,
	);
	if (role) return [];
	const partition = partitionOf(region);
	return [
		`API Gateway may not write logs in the account ${id} in ${region}. Give it a role, once for all APIs there:
    aws iam create-role --role-name apigateway-logs --assume-role-policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
    aws iam attach-role-policy --role-name apigateway-logs --policy-arn arn:${partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs
    aws apigateway update-account --patch-operations op=replace,path=/cloudwatchRoleArn,value=arn:${partition}:iam::${id}:role/apigateway-logs --region ${region}${profile === undefined ? "" : `\n  each with --profile ${profile}`}`,
	];
}

/** The primary identifiers of named resources: https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/resource-identifier.html */
const identifiers: Readonly<
	Record<string, (name: string, place: Place) => string>
> = {
	"AWS::CloudWatch::Dashboard": (name) => name,
	"AWS::EventSchemas::Registry": (name, { account, partition, region }) =>
		`arn:${partition}:schemas:${region}:${account}:registry/${name}`,
	"AWS::Events::Archive": (name) => name,
	"AWS::Events::EventBus": (name) => name,
	"AWS::IAM::Role": (name) => name,
	"AWS::KMS::Alias": (name) => name,
	"AWS::Lambda::Function": (name) => name,
	"AWS::Logs::LogGroup": (name) => name,
	"AWS::SNS::Topic": (name, { account, partition, region }) =>
		`arn:${partition}:sns:${region}:${account}:${name}`,
	"AWS::SQS::Queue": (name, { account, partition, region }) =>
		`https://sqs.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}/${account}/${name}`,
};

interface Place {
	readonly account: string;
	readonly partition: string;
	readonly region: string;
}

/** How many resources are looked up at once. */
const lookupsAtOnce = 5;

/** Names of new resources that others have already. */
async function nameClashes(
	{ accounts, region }: SystemDefinition,
	deployed: readonly DeployedSystemStack[],
	wanted: readonly PlannedStack[],
	accountOf: (name: AccountName) => AwsAccount,
	terminal: Terminal,
): Promise<readonly string[]> {
	const partition = partitionOf(region);
	const fresh = wanted.flatMap(({ name: stack, account, template }) => {
		const known = deployed.find(({ name }) => name === stack)?.template;
		return Object.entries(template.Resources).flatMap(([id, resource]) => {
			const name = nameOf(resource);
			const identify = identifiers[resource.Type];
			const before = known?.Resources[id];
			const isNew = before === undefined || nameOf(before) !== name;
			return identify && name !== undefined && isNew
				? [{ stack, account, type: resource.Type, name, identify }]
				: [];
		});
	});
	const clashes: string[] = [];
	const refusals: { account: string; type: string; error: Error }[] = [];
	const progress = terminal.progress("names looked up");
	for (let i = 0; i < fresh.length; i += lookupsAtOnce) {
		progress(i, fresh.length);
		const found = await Promise.all(
			fresh.slice(i, i + lookupsAtOnce).map(async (resource) => {
				const { account, type, name, identify } = resource;
				const owner = accountNames.find((one) => accounts[one].id === account);
				const asked = accountOf(owner ?? "hub").exists(
					type,
					identify(name, { account, partition, region }),
				);
				const exists = await asked.catch((error: Error) => {
					refusals.push({ account, type, error });
					return false;
				});
				return exists ? [resource] : [];
			}),
		);
		clashes.push(
			...found
				.flat()
				.map(
					({ stack, account, type, name }) =>
						`${stack} would make ${name} (${type}), which the account ${account} has already: ${type === "AWS::SQS::Queue" ? "an earlier stack may have kept it; look at its messages, then delete it" : "delete it, or give the system another name"}`,
				),
		);
	}
	progress(fresh.length, fresh.length);
	const [first] = refusals;
	if (first)
		terminal.warn(
			`${terminal.style("yellow", "warning", "stderr")} could not look up ${refusals.length} of ${fresh.length} names, such as an ${first.type} in ${first.account}: ${first.error.name}: ${first.error.message}`,
		);
	return clashes;
}
