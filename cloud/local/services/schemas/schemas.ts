import type { Cloud } from "../../cloud.ts";
import type { Service } from "../../service.ts";
import { callRegistry } from "./api.ts";
import { addRegistry, type Registries } from "./registry.ts";

export function schemasService(cloud: Cloud): Service {
	const registries: Registries = new Map();
	return {
		name: "schemas",
		resources: {
			"AWS::EventSchemas::Registry": {
				simulates: ["RegistryName", "Description"],
				ignores: ["Tags"],
				create: ({ attributes, properties, stack }) => {
					addRegistry(
						attributes.RegistryName as string,
						String(properties.Description ?? ""),
						stack,
						registries,
					);
				},
			},
		},
		call: async (request) => ({
			contentType: "application/json",
			body: callRegistry(request, registries, cloud),
		}),
	};
}
