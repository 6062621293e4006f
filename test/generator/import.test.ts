// biome-ignore-all lint/suspicious/noThenProperty: a JSON Schema keyword
import { describe, expect, test } from "vitest";
import { generate } from "../../generator/codegen/generate.ts";
import { readSources } from "../../generator/codegen/read.ts";
import { importDocument } from "../../generator/import/import.ts";
import { analyse } from "../../generator/schema/analyse.ts";

const event = { "x-amazon-events-source": "aws.ec2" };

/** An entry in the format of the registry of AWS events. */
const ec2 = {
	openapi: "3.0.0",
	info: {
		version: "1.0.0",
		title: "EC2InstanceStateChangeNotification",
		description: "An instance changed its state.",
	},
	paths: {},
	components: {
		schemas: {
			AWSEvent: {
				type: "object",
				required: ["detail-type", "detail"],
				"x-amazon-events-detail-type": "EC2 Instance State-change Notification",
				...event,
				properties: {
					detail: {
						$ref: "#/components/schemas/EC2InstanceStateChangeNotification",
					},
					account: { type: "string" },
				},
			},
			EC2InstanceStateChangeNotification: {
				type: "object",
				required: ["instance-id", "state"],
				properties: {
					"instance-id": { type: "string", example: "i-1" },
					state: { $ref: "#/components/schemas/State" },
					count: {
						type: "integer",
						minimum: 0,
						exclusiveMinimum: true,
						nullable: true,
					},
					note: { type: "string", nullable: true, xml: { name: "n" } },
					parent: {
						$ref: "#/components/schemas/EC2InstanceStateChangeNotification",
					},
				},
			},
			State: { type: "string", enum: ["pending", "running"] },
			Unused: { type: "string" },
		},
	},
};

const parsed = (files: ReadonlyMap<string, string>) =>
	Object.fromEntries(
		[...files].map(([file, text]) => [file, JSON.parse(text)]),
	);
const generated = (files: ReadonlyMap<string, string>) =>
	generate(analyse([...files].map(([file, text]) => ({ file, text }))), both);
const both = { registryFormats: ["OpenApi3", "JSONSchemaDraft4"] } as const;

describe("OpenApi3", () => {
	test("an AWS event becomes one file, in 2020-12", () => {
		const { files, eventTypes, annotated } = importDocument(ec2);
		expect(eventTypes).toEqual(["EC2InstanceStateChangeNotification"]);
		expect(annotated).toEqual(["xml"]);
		expect(parsed(files)).toEqual({
			"aws-ec2/ec2-instance-state-change-notification.json": {
				$schema: "https://json-schema.org/draft/2020-12/schema",
				title: "EC2InstanceStateChangeNotification",
				description: "An instance changed its state.",
				"x-amazon-events-source": "aws.ec2",
				"x-amazon-events-detail-type": "EC2 Instance State-change Notification",
				readOnly: true,
				type: "object",
				required: ["instance-id", "state"],
				properties: {
					"instance-id": { type: "string", examples: ["i-1"] },
					state: { $ref: "#/$defs/State" },
					count: { type: ["integer", "null"], exclusiveMinimum: 0 },
					note: { type: ["string", "null"], "x-xml": { name: "n" } },
					parent: { $ref: "#/$defs/EC2InstanceStateChangeNotification" },
				},
				$defs: {
					State: { type: "string", enum: ["pending", "running"] },
					EC2InstanceStateChangeNotification: expect.objectContaining({
						type: "object",
					}),
				},
			},
		});
	});

	test("the output of the AWS CLI for an entry is imported as that entry", () => {
		const printed = {
			Content: JSON.stringify(ec2),
			SchemaName: "aws.ec2@EC2InstanceStateChangeNotification",
			Type: "OpenApi3",
		};
		expect(importDocument(printed)).toEqual(importDocument(ec2));
		expect(() => importDocument({ ...printed, Content: "{" })).toThrow(
			"the Content of the entry is not JSON",
		);
	});

	test("a reference inside a definition is refused, not treated as a reference to the definition", () => {
		const inside = JSON.stringify(ec2).replace(
			'schemas/State"',
			'schemas/EC2InstanceStateChangeNotification/properties/count"',
		);
		expect(() => importDocument(JSON.parse(inside))).toThrow(
			"points inside a definition",
		);
	});

	test("a source option that differs from the document's source is refused", () => {
		expect(() => importDocument(ec2, { source: "mine" })).toThrow("aws.ec2");
	});

	test("it gets generated code, but no publisher", () => {
		const { files, diagnostics, eventTypes } = generated(
			importDocument(ec2).files,
		);
		expect(diagnostics).toEqual([]);
		expect(eventTypes).toBe(1);
		const folders = new Set(
			[...files.keys()].map((file) => file.split("/")[0]),
		);
		expect([...folders].sort()).toEqual([
			"api-models",
			"contracts",
			"events",
			"patterns",
		]);
	});
});

test.each(["OpenApi3", "JSONSchemaDraft4"])(
	"a registry entry in %s can be imported and generated again",
	(type) => {
		const before = generate(
			analyse(readSources(["test/fixtures/schemas"])),
			both,
		);
		const entries = [...before.files].filter(([file]) =>
			file.startsWith(`registry/${type}/`),
		);
		expect(entries.length).toBe(2);
		for (const [, text] of entries) {
			const document = JSON.parse(text);
			const { files, eventTypes } = importDocument(document);
			const after = generated(files);
			expect(
				after.diagnostics.filter(({ severity }) => severity === "error"),
			).toEqual([]);
			const again = [...after.files].find(([file]) =>
				file.startsWith(`registry/${type}/`),
			);
			// Converting to the old dialect may lose keywords; importing loses none.
			expect(JSON.parse(again?.[1] ?? "")).toEqual(document);
			expect(eventTypes).toEqual([document.title ?? document.info.title]);
		}
	},
);

test("draft-04 keywords are converted to 2020-12", () => {
	const { files } = importDocument({
		$schema: "http://json-schema.org/draft-04/schema#",
		id: "http://x.example/",
		"x-amazon-events-source": "shop",
		"x-amazon-events-detail-type": "2nd Order!",
		properties: {
			detail: {
				type: "object",
				properties: {
					t: {
						type: "array",
						items: [{ type: "string" }],
						additionalItems: false,
					},
					n: { type: "number", maximum: 5, exclusiveMaximum: true },
					m: { type: "number", minimum: 5, exclusiveMinimum: false },
					r: { $ref: "#/definitions/a%20b", description: "kept", type: "null" },
				},
				dependencies: { t: ["n"], n: { required: ["m"] } },
			},
		},
		definitions: { "a b": { type: "string", format: "made-up" } },
	});
	expect(Object.values(parsed(files))[0]).toEqual({
		$schema: "https://json-schema.org/draft/2020-12/schema",
		title: "Event2ndOrder",
		"x-amazon-events-source": "shop",
		"x-amazon-events-detail-type": "2nd Order!",
		type: "object",
		properties: {
			t: { type: "array", prefixItems: [{ type: "string" }], items: false },
			n: { type: "number", exclusiveMaximum: 5 },
			m: { type: "number", minimum: 5 },
			r: { $ref: "#/$defs/a b", description: "kept" },
		},
		dependentRequired: { t: ["n"] },
		dependentSchemas: { n: { required: ["m"] } },
		$defs: { "a b": { type: "string", "x-format": "made-up" } },
	});
	expect(
		generated(files).diagnostics.filter(({ severity }) => severity === "error"),
	).toEqual([]);
});

describe("a bundle", () => {
	const definitions = {
		order_placed: {
			type: "object",
			properties: { by: { $ref: "#/definitions/person" } },
		},
		order_gone: { type: "object", title: "An order is gone" },
		person: { type: "object", properties: { name: { type: "string" } } },
	};

	test("has the event types in its root's oneOf", () => {
		const { files, eventTypes } = importDocument(
			{ definitions, oneOf: [{ $ref: "#/definitions/order_placed" }] },
			{ source: "shop.orders", domain: "orders" },
		);
		expect(eventTypes).toEqual(["OrderPlaced"]);
		expect([...files.keys()]).toEqual([
			"orders/order-placed.json",
			"orders/definitions/order-gone.json",
			"orders/definitions/person.json",
		]);
		expect(parsed(files)["orders/order-placed.json"]).toMatchObject({
			title: "OrderPlaced",
			"x-amazon-events-source": "shop.orders",
			"x-amazon-events-detail-type": "order_placed",
			properties: { by: { $ref: "definitions/person.json" } },
		});
		expect(
			generated(files).diagnostics.filter(
				({ severity }) => severity === "error",
			),
		).toEqual([]);
	});

	test("has the unreferenced definitions as event types by default", () => {
		const { eventTypes } = importDocument({ definitions }, { source: "shop" });
		expect(eventTypes).toEqual(["OrderGone", "OrderPlaced"]);
	});

	test("similar names get separate files", () => {
		const { files } = importDocument(
			{ $defs: { "a b": {}, a_b: {}, "A-B": {}, "../../x": {} } },
			{ source: "shop" },
		);
		expect([...files.keys()]).toEqual([
			"shop/a-b.json",
			"shop/a-b-2.json",
			"shop/a-b-3.json",
			"shop/x.json",
		]);
	});
});

test.each([
	["a list", [], "not an object"],
	[
		"neither an entry nor a bundle",
		{ type: "object" },
		"neither an EventBridge registry entry",
	],
	[
		"OpenAPI without an event",
		{ openapi: "3.0.0" },
		"not an EventBridge registry entry",
	],
	["a bundle without a source", { $defs: { A: {} } }, "--source"],
	[
		"a reference to another document",
		{ $defs: { A: { $ref: "http://x.example/y" } } },
		"does not point to a definition of the bundle",
	],
	[
		"a reference to a missing definition",
		{
			...event,
			"x-amazon-events-detail-type": "D",
			properties: {
				detail: { properties: { a: { $ref: "#/definitions/B" } } },
			},
		},
		"there is no #/definitions/B",
	],
])("%s is refused with a reason", (name, document, message) => {
	const source = name.includes("another document") ? { source: "s" } : {};
	expect(() => importDocument(document, source)).toThrow(message);
});
