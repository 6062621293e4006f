import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { ConsumerStack, HubStack, ProducerStack } from "eventwright/cdk";
import { type SystemDefinition, SystemError } from "eventwright/system";
import { system } from "./system.ts";

const app = new App();
const { accounts, name, region }: SystemDefinition = system;
try {
	new HubStack(app, `${name}-hub`, system, {
		env: { account: accounts.hub.id, region },
	});
} catch (error) {
	if (!(error instanceof SystemError)) throw error;
	console.error(error.message);
	process.exit(1);
}
const producer = new ProducerStack(app, `${name}-producer`, system, {
	env: { account: accounts.producer.id, region },
});
new ConsumerStack(app, `${name}-consumer`, system, {
	env: { account: accounts.consumer.id, region },
});

Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
const publicApi =
	"The reference system's API is public, as in the walkthrough that it follows; put an authorizer and a firewall before data of your own.";
for (const rule of ["APIG3", "APIG4", "COG4"])
	Validations.of(producer).acknowledge({
		id: `AwsSolutions::AwsSolutions-${rule}`,
		reason: publicApi,
	});
app.synth();
