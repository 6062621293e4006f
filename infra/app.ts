import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { buildSystem } from "eventwright/cdk";
import { SystemError } from "eventwright/system";
import { system } from "./system.ts";

const app = new App();
try {
	buildSystem(app, system);
	for (const rule of ["APIG3", "APIG4", "COG4"])
		Validations.of(app).acknowledge({
			id: `AwsSolutions::AwsSolutions-${rule}`,
			reason:
				"The reference system's API is public, as in the walkthrough that it follows; put an authorizer and a firewall before data of your own.",
		});
} catch (error) {
	if (!(error instanceof SystemError)) throw error;
	console.error(error.message);
	process.exit(1);
}
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
