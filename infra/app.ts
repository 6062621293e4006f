import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { ConsumerStack, HubStack, ProducerStack } from "eventwright/cdk";
import { type SystemDefinition, SystemError } from "eventwright/system";
import { system } from "./system.ts";

const app = new App();
const { accounts, name, region }: SystemDefinition = system;
try {
	build();
} catch (error) {
	if (!(error instanceof SystemError)) throw error;
	console.error(error.message);
	process.exit(1);
}

function build(): void {
	new HubStack(app, `${name}-hub`, system, {
		env: { account: accounts.hub.id, region },
	});
	const producer = new ProducerStack(app, `${name}-producer`, system, {
		env: { account: accounts.producer.id, region },
	});
	new ConsumerStack(app, `${name}-consumer`, system, {
		env: { account: accounts.consumer.id, region },
	});
	acknowledgePublicApi(producer);
}

Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();

function acknowledgePublicApi(producer: ProducerStack): void {
	for (const rule of ["APIG3", "APIG4", "COG4"])
		Validations.of(producer).acknowledge({
			id: `AwsSolutions::AwsSolutions-${rule}`,
			reason:
				"The reference system's API is public, as in the walkthrough that it follows; put an authorizer and a firewall before data of your own.",
		});
}
