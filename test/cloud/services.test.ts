import { expect, test } from "vitest";
import { Cloud } from "../../cloud/local/cloud.ts";
import { servicesOf } from "../../cloud/local/services.ts";
import { Tracer } from "../../cloud/local/trace.ts";
import { accessOf, policyTypes } from "../../cloud/template/access.ts";
import { identities } from "../../cloud/template/identities.ts";

test("each resource type that is read belongs to one service, or is a policy", () => {
	const cloud = new Cloud(
		new Tracer(() => 0),
		{ redeliveryDelayMs: 0, port: 0 },
		"http://127.0.0.1",
		accessOf([]),
		new Map(),
	);
	const owned = [
		...servicesOf(cloud, []).all.flatMap(({ resources }) =>
			Object.keys(resources),
		),
		...Object.keys(policyTypes),
	];
	expect(owned.sort()).toEqual(Object.keys(identities).sort());
});
