import type { IAlarmAction } from "aws-cdk-lib/aws-cloudwatch";
import type { IManagedPolicy } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";

/** What a company requires of everything in its accounts. Every construct takes these props. */
export interface AccountRequirements {
	/** Path of roles, such as `/eventwright/`. @default / */
	readonly rolePath?: string;
	/** @default none */
	readonly permissionsBoundary?: IManagedPolicy;
	/** The constructs add what each service needs to the key's policy; that of an imported key stays as it is. @default keys that AWS owns */
	readonly encryptionKey?: IKey;
	/** @default one month */
	readonly logRetention?: RetentionDays;
	/** Notified by the alarms. @default none; the alarms are visible in CloudWatch */
	readonly alarmAction?: IAlarmAction;
}

/** The requirements among a construct's props, for the constructs in it. */
export function requirementsOf({
	rolePath,
	permissionsBoundary,
	encryptionKey,
	logRetention,
	alarmAction,
}: AccountRequirements): AccountRequirements {
	return {
		...(rolePath === undefined ? {} : { rolePath }),
		...(permissionsBoundary ? { permissionsBoundary } : {}),
		...(encryptionKey ? { encryptionKey } : {}),
		...(logRetention === undefined ? {} : { logRetention }),
		...(alarmAction ? { alarmAction } : {}),
	};
}

/** A role's path and boundary, as props of CDK's role. */
export function roleProps({
	rolePath,
	permissionsBoundary,
}: AccountRequirements): {
	readonly path?: string;
	readonly permissionsBoundary?: IManagedPolicy;
} {
	return {
		...(rolePath === undefined ? {} : { path: rolePath }),
		...(permissionsBoundary ? { permissionsBoundary } : {}),
	};
}
