// biome-ignore-all lint/suspicious/noThenProperty: a JSON Schema keyword
import { describe, expect, test } from "vitest";
import { generate } from "../../generator/codegen/generate.ts";
import { readSources } from "../../generator/codegen/read.ts";
import { importDocuments } from "../../generator/import/import.ts";
import type { ImportOptions } from "../../generator/import/imported.ts";
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

const importDocument = (value: unknown, options?: ImportOptions) =>
	importDocuments([{ file: "a.json", value }], options);
const parsed = (files: ReadonlyMap<string, string>) =>
	Object.fromEntries(
		[...files].map(([file, text]) => [file, JSON.parse(text)]),
	);
const generated = (files: ReadonlyMap<string, string>) =>
	generate(analyse([...files].map(([file, text]) => ({ file, text }))), both);
const errorsOf = (files: ReadonlyMap<string, string>) =>
	generated(files)
		.diagnostics.filter(({ severity }) => severity === "error")
		.map(({ code, message }) => `${code} ${message}`);
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

	test("a reference inside a definition stays one", () => {
		const inside = JSON.stringify(ec2).replace(
			'schemas/State"',
			'schemas/EC2InstanceStateChangeNotification/properties/count"',
		);
		const { files } = importDocument(JSON.parse(inside));
		expect([...files.values()].join()).toContain(
			'"#/$defs/EC2InstanceStateChangeNotification/properties/count"',
		);
		expect(errorsOf(files)).toEqual([]);
	});

	test("nullable adds null to the type beside it, and to nothing else", () => {
		const [text = ""] = importDocument({
			...ec2,
			components: {
				schemas: {
					...ec2.components.schemas,
					EC2InstanceStateChangeNotification: {
						type: "object",
						properties: {
							a: { type: "string", enum: ["x"], nullable: true },
							b: { nullable: true, enum: ["x"] },
							c: { type: "string", nullable: false },
						},
					},
				},
			},
		}).files.values();
		expect(JSON.parse(text).properties).toEqual({
			a: { type: ["string", "null"], enum: ["x"] },
			b: { enum: ["x"] },
			c: { type: "string" },
		});
	});

	test("a component with a generic name is named after the detail-type", () => {
		const named = (component: string, detailType: string) =>
			JSON.parse(
				JSON.stringify(ec2)
					.replaceAll("EC2InstanceStateChangeNotification", component)
					.replace("EC2 Instance State-change Notification", detailType),
			);
		expect(importDocument(named("Detail", "Volume Lost")).eventTypes).toEqual([
			"VolumeLost",
		]);
		const { files, eventTypes } = importDocuments([
			{ file: "a.json", value: named("Notification", "Volume Lost") },
			{ file: "b.json", value: named("Notification", "Volume Found") },
		]);
		expect(eventTypes).toEqual(["Notification", "VolumeFound"]);
		expect([...files.keys()]).toEqual([
			"aws-ec2/notification.json",
			"aws-ec2/volume-found.json",
		]);
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

describe("a schema file", () => {
	const lost = {
		$schema: "http://json-schema.org/draft-07/schema#",
		title: "Parcel Lost",
		description: "A parcel was lost.",
		type: "object",
		properties: {
			parcel: { $ref: "#/definitions/parcel" },
			weight: { type: "number", minumum: 0 },
		},
		required: ["parcel"],
		definitions: {
			parcel: { type: "object", properties: { id: { type: "string" } } },
			unused: { type: "object" },
		},
	};

	test("is an event type, in its own draft, and its definitions are its own", () => {
		const { files, eventTypes, slips } = importDocument(lost, {
			source: "inn.desk",
		});
		expect(eventTypes).toEqual(["ParcelLost"]);
		expect(slips).toEqual([
			{
				pointer: "a.json#/properties/weight",
				name: "minumum",
				why: "looks like minimum",
			},
		]);
		expect(parsed(files)).toEqual({
			"inn-desk/parcel-lost.json": {
				...lost,
				title: "ParcelLost",
				"x-amazon-events-source": "inn.desk",
				"x-amazon-events-detail-type": "ParcelLost",
				properties: {
					...lost.properties,
					weight: { type: "number", "x-minumum": 0 },
				},
			},
		});
		expect(errorsOf(files)).toEqual([]);
	});

	test("is named by the definition that its root refers to", () => {
		const { files, eventTypes } = importDocument(
			{
				$schema: "http://json-schema.org/draft-07/schema#",
				$ref: "#/definitions/RoomLet",
				definitions: {
					RoomLet: {
						properties: {
							next: { $ref: "#/definitions/RoomLet" },
							days: { $ref: "#/definitions/RoomLet/definitions/Days" },
							guest: { $ref: "#/definitions/Guest" },
						},
						definitions: { Days: { type: "integer" } },
					},
					Guest: { type: "object" },
				},
			},
			{ source: "inn" },
		);
		expect(eventTypes).toEqual(["RoomLet"]);
		expect([...files.keys()]).toEqual(["inn/room-let.json"]);
		expect(errorsOf(files)).toEqual([]);
		expect(generated(files).files.get("events/inn/room-let.d.ts")).toContain(
			"next?: RoomLet;",
		);
	});

	test("whose $schema is a name of Object.prototype", () => {
		const { files } = importDocument(
			{ $schema: "constructor", type: "object" },
			{ source: "a" },
		);
		expect(parsed(files)["a/a.json"].$schema).toContain("draft-07");
	});

	test.each([
		[
			"draft-04",
			{
				$schema: "http://json-schema.org/draft-04/schema#",
				type: "object",
				required: [],
				properties: {
					w: { type: "number", minimum: 0, exclusiveMinimum: true },
				},
			},
		],
		[
			"a dialect of its own",
			{
				$schema: "http://schemas.example/self-describing/1-0-0#",
				self: { name: "x" },
				properties: { w: { minimum: 0, exclusiveMinimum: true } },
			},
		],
		[
			"2020-12",
			{
				$schema: "https://json-schema.org/draft/2020-12/schema",
				properties: { w: { prefixItems: [{ const: 1 }], format: "semver" } },
				$defs: { group: { A: { type: "string" }, B: { nullable: true } } },
			},
		],
	])("%s is accepted by codegen", (_, schema) => {
		const { files, eventTypes } = importDocuments(
			[{ file: "weighed-things.json", value: schema }],
			{ source: "inn" },
		);
		expect(eventTypes).toEqual(["WeighedThings"]);
		expect(
			generated(files).diagnostics.filter(
				({ code }) => code !== "api-model-loosened",
			),
		).toEqual([]);
	});

	test("of a folder keeps its place, and is a definition if another refers to it", () => {
		const { files, eventTypes, typed } = importDocuments(
			[
				{
					file: "room/let.yaml",
					value: {
						properties: { guest: { $ref: "../parts/guest.yaml#/$defs/G" } },
					},
				},
				{
					file: "room/freed.json",
					value: { type: "object", properties: { let: { $ref: "let.yaml" } } },
				},
				{
					file: "parts/guest.yaml",
					value: { $defs: { G: { type: "string" } }, type: "object" },
				},
			],
			{ source: "inn" },
		);
		expect(eventTypes).toEqual(["Freed"]);
		expect(typed).toEqual([]);
		expect(parsed(files)).toMatchObject({
			"inn/room/let.json": {
				title: "Let",
				properties: { guest: { $ref: "../parts/guest.json#/$defs/G" } },
			},
			"inn/room/freed.json": {
				"x-amazon-events-detail-type": "Freed",
				properties: { let: { $ref: "let.json" } },
			},
			"inn/parts/guest.json": { title: "Guest" },
		});
		expect(errorsOf(files)).toEqual([]);
	});

	test("has a name of its own, if others have the same", () => {
		const { files, eventTypes } = importDocuments(
			["room/created.json", "guest/created.json", "guest/again.json"].map(
				(file) => ({ file, value: { title: "Created", type: "object" } }),
			),
			{ source: "inn" },
		);
		expect(eventTypes).toEqual([
			"GuestCreated",
			"GuestCreated2",
			"RoomCreated",
		]);
		expect(errorsOf(files)).toEqual([]);
	});

	test("whose root refers with an encoded name", () => {
		const { eventTypes, files } = importDocument(
			{
				$schema: "http://json-schema.org/draft-07/schema#",
				$ref: "#/definitions/Page%3CRoom%3E",
				definitions: { "Page<Room>": { type: "object" } },
			},
			{ source: "inn" },
		);
		expect(eventTypes).toEqual(["PageRoom"]);
		expect(errorsOf(files)).toEqual([]);
	});

	test("without a type becomes an object, also in a bundle", () => {
		const guest = { properties: { resourceType: { const: "Guest" } } };
		const alone = importDocument({ title: "Guest", ...guest }, { source: "a" });
		expect(alone.typed).toEqual(["Guest"]);
		const bundle = importDocument(
			{
				oneOf: [{ $ref: "#/definitions/Guest" }],
				definitions: { Guest: guest },
			},
			{ source: "a" },
		);
		expect(bundle.typed).toEqual(["Guest"]);
		for (const { files } of [alone, bundle])
			expect(errorsOf(files)).toEqual([]);
	});
});

describe("references", () => {
	const object = (properties: object) => ({ type: "object", properties });
	const draft07 = "http://json-schema.org/draft-07/schema#";
	const shop = { source: "shop" };
	const importAll = (files: Readonly<Record<string, unknown>>) =>
		importDocuments(
			Object.entries(files).map(([file, value]) => ({ file, value })),
			shop,
		);

	test.each([
		[
			"a file to itself",
			{ "person.json": object({ parent: { $ref: "person.json" } }) },
			["Person"],
		],
		[
			"a file to its definitions, by its name",
			{
				"tree.json": {
					...object({ root: { $ref: "tree.json#/definitions/Node" } }),
					definitions: { Node: { type: "object" } },
				},
			},
			["Tree"],
		],
		[
			"two files to each other",
			{
				"person.json": object({ home: { $ref: "address.json" } }),
				"address.json": object({ who: { $ref: "person.json" } }),
			},
			["Address", "Person"],
		],
		[
			"a file of definitions",
			{
				"common.json": {
					$schema: draft07,
					definitions: { Address: object({ zip: {} }) },
				},
				"placed.json": {
					$schema: draft07,
					...object({ to: { $ref: "common.json#/definitions/Address" } }),
				},
			},
			["Placed"],
		],
		[
			"a list of files, which is none itself",
			{
				"all.json": { oneOf: [{ $ref: "placed.json" }, { $ref: "gone.json" }] },
				"placed.json": object({}),
				"gone.json": object({}),
			},
			["Gone", "Placed"],
		],
		[
			"a file by its $id",
			{
				"order.json": {
					$id: "https://e.example/order",
					...object({
						s: { $ref: "https://e.example/status" },
						t: { $ref: "/status" },
					}),
				},
				"status.json": { $id: "https://e.example/status", type: "string" },
			},
			["Order"],
		],
		[
			"nested definitions of a bundle",
			{
				"api.json": {
					openapi: "3.1.0",
					components: {
						schemas: {
							Placed: {
								...object({
									l: { $ref: "#/components/schemas/Placed/$defs/Line" },
								}),
								$defs: { Line: { type: "string" } },
							},
						},
					},
				},
			},
			["Placed"],
		],
		[
			"tuples of a 2019-09 bundle",
			{
				"b.json": {
					$schema: "https://json-schema.org/draft/2019-09/schema",
					$defs: {
						Moved: object({ at: { $ref: "#/$defs/Point" } }),
						Point: {
							type: "array",
							items: [{ type: "number" }],
							additionalItems: false,
						},
					},
				},
			},
			["Moved"],
		],
		[
			"inline branches, both holders and groups of a bundle",
			{
				"b.json": {
					oneOf: [
						{ $ref: "#/definitions/events/A" },
						{ title: "Gone", ...object({ d: { $ref: "#/$defs/D" } }) },
					],
					definitions: { events: { A: object({}), B: object({}) } },
					$defs: { D: { type: "string" } },
				},
			},
			["A", "Gone"],
		],
		[
			"values that are no objects, and references in examples",
			{
				"api.json": {
					openapi: "3.0.0",
					components: {
						schemas: {
							Placed: { ...object({}), example: { link: { $ref: "#/x" } } },
							List: {
								type: "array",
								items: { $ref: "#/components/schemas/Placed" },
							},
							then: { type: "string" },
							"50%": { type: "string" },
						},
					},
				},
			},
			["Placed"],
		],
		[
			"a component that only refers to an untyped one",
			{
				"api.json": {
					openapi: "3.0.0",
					components: {
						schemas: {
							Placed: { $ref: "#/components/schemas/Order" },
							Order: { properties: { id: { type: "string" } } },
						},
					},
				},
			},
			["Placed"],
		],
		[
			"the document's own URI, and relative ids",
			{
				"b.json": {
					$id: "https://e.example/b.json",
					$defs: {
						Placed: object({
							a: { $ref: "https://e.example/b.json#/$defs/Address" },
							b: { $ref: "address" },
						}),
						Address: { $id: "https://e.example/address", type: "string" },
					},
				},
			},
			["Placed"],
		],
		[
			"a root that only refers, by its own URI",
			{
				"o.json": {
					$schema: draft07,
					$id: "https://e.example/o.json",
					$ref: "#/definitions/Order",
					definitions: {
						Order: object({
							p: { $ref: "https://e.example/o.json#/definitions/Order" },
						}),
					},
				},
			},
			["Order"],
		],
		[
			"a message named like a schema, and two channels with one name",
			{
				"async.json": {
					asyncapi: "3.0.0",
					channels: {
						orders: {
							messages: {
								Order: {
									payload: object({
										order: { $ref: "#/components/schemas/Order" },
									}),
								},
								created: { payload: object({ a: {} }) },
							},
						},
						customers: {
							messages: { created: { payload: object({ b: {} }) } },
						},
					},
					components: { schemas: { Order: object({ id: {} }) } },
				},
			},
			["Created", "CustomersCreated", "Order"],
		],
	])("%s", (_, documents, expected) => {
		const { files, eventTypes } = importAll(documents as never);
		expect(eventTypes).toEqual(expected);
		expect(errorsOf(files)).toEqual([]);
	});

	test("relative ids of two folders", () => {
		const { files, eventTypes } = importAll({
			"orders/order.json": {
				$id: "order.json",
				...object({ c: { $ref: "common.json" } }),
			},
			"orders/common.json": { $id: "common.json", type: "string" },
			"users/user.json": {
				$id: "user.json",
				...object({ c: { $ref: "common.json" } }),
			},
			"users/common.json": { $id: "common.json", type: "number" },
		});
		expect(eventTypes).toEqual(["Order", "User"]);
		expect(errorsOf(files)).toEqual([]);
		expect(generated(files).files.get("events/shop/orders/order.d.ts")).toMatch(
			/OrdersCommon = string|"\.\/common\.js"/,
		);
	});

	test("from another file into a root that only refers", () => {
		const { files, eventTypes } = importAll({
			"y.json": {
				$schema: draft07,
				$ref: "#/definitions/B",
				definitions: { B: object({ q: { type: "string" } }) },
			},
			"x.json": {
				$schema: draft07,
				...object({
					a: { $ref: "y.json#/definitions/B" },
					b: { $ref: "y.json#/definitions/B/properties/q" },
				}),
			},
		});
		expect(eventTypes).toEqual(["X"]);
		expect(errorsOf(files)).toEqual([]);
	});

	test("a detail that is inside a component", () => {
		const entry = JSON.parse(
			JSON.stringify(ec2).replace(
				'schemas/EC2InstanceStateChangeNotification"}',
				'schemas/EC2InstanceStateChangeNotification/properties/inner"}',
			),
		);
		entry.components.schemas.EC2InstanceStateChangeNotification.properties.inner =
			object({ z: {} });
		const [text = ""] = importDocument(entry).files.values();
		expect(JSON.parse(text).properties).toEqual({ z: {} });
	});

	test("what is of another draft or dialect is reported, and takes nobody's name", () => {
		const { files, slips } = importAll({
			"a.json": {
				$schema: "http://json-schema.org/draft-04/schema#",
				...object({
					n: { const: 1, disallow: "string", pii: true, foo: 1, "x-foo": 2 },
				}),
			},
		});
		expect(slips.map(({ name, why }) => `${name} ${why}`)).toEqual([
			"const is not a keyword of draft-04",
			"disallow belongs to another dialect",
		]);
		expect(parsed(files)["shop/a.json"].properties.n).toEqual({
			"x-const": 1,
			"x-disallow": "string",
			"x-imported-pii": true,
			"x-imported-foo": 1,
			"x-foo": 2,
		});
	});

	test("a foreign address is not a file of that name", () => {
		const { files } = importAll({
			"a.json": object({ m: { $ref: "https://other.example/money.json" } }),
			"money.json": object({}),
		});
		expect(errorsOf(files).join()).toContain("ref-remote");
	});

	test("annotations beside a reference are kept", () => {
		const { files } = importAll({
			"b.json": {
				$schema: draft07,
				definitions: {
					Placed: object({
						mail: {
							$ref: "#/definitions/Mail",
							"x-pii": "contact",
							deprecated: true,
						},
					}),
					Mail: { type: "string" },
				},
			},
		});
		expect(parsed(files)["shop/placed.json"].properties.mail).toEqual({
			$ref: "definitions/mail.json",
			"x-pii": "contact",
			deprecated: true,
		});
	});
});

test("OpenAPI components without an event are a bundle", () => {
	for (const openapi of ["3.0.3", "3.1.0"]) {
		const { files, eventTypes } = importDocument(
			{
				openapi,
				components: {
					schemas: {
						"order-line": { type: "string" },
						OrderPaid: {
							type: "object",
							properties: { line: { $ref: "#/components/schemas/order-line" } },
						},
						"1.0": { type: "object" },
						"1-0": { type: "object" },
					},
				},
			},
			{ source: "shop" },
		);
		expect(eventTypes).toEqual(["Event10", "Event102", "OrderPaid"]);
		expect(errorsOf(files)).toEqual([]);
	}
});

describe("AsyncAPI", () => {
	const schemas = {
		Room: { type: "object", properties: { number: { type: "integer" } } },
		Let: {
			type: "object",
			properties: { room: { $ref: "#/components/schemas/Room" } },
		},
	};

	test("2: the messages of operations and components", () => {
		const { files, eventTypes } = importDocument(
			{
				asyncapi: "2.6.0",
				channels: {
					"inn/rooms": {
						publish: {
							message: {
								oneOf: [
									{ $ref: "#/components/messages/roomLet" },
									{
										name: "room.freed",
										payload: {
											type: "object",
											properties: {
												room: { $ref: "#/components/schemas/Room" },
											},
										},
									},
								],
							},
						},
						subscribe: { message: { payload: { properties: { a: {} } } } },
					},
				},
				components: {
					schemas,
					messages: {
						roomLet: { payload: { $ref: "#/components/schemas/Let" } },
						Unused: { payload: { type: "object" } },
					},
				},
			},
			{ source: "inn" },
		);
		expect(eventTypes).toEqual(["InnRooms", "RoomFreed", "RoomLet", "Unused"]);
		expect(errorsOf(files)).toEqual([]);
		expect(parsed(files)["inn/room-let.json"]).toMatchObject({
			"x-amazon-events-detail-type": "roomLet",
			properties: { room: { $ref: "definitions/room.json" } },
		});
	});

	test("3: the messages of channels", () => {
		const { files, eventTypes } = importDocument(
			{
				asyncapi: "3.0.0",
				channels: {
					rooms: {
						messages: {
							Let: { payload: { $ref: "#/components/schemas/Let" } },
							Freed: {
								payload: {
									schemaFormat: "application/schema+json;version=draft-07",
									schema: { type: "object" },
								},
							},
						},
					},
				},
				components: { schemas },
			},
			{ source: "inn" },
		);
		expect(eventTypes).toEqual(["Freed", "Let"]);
		expect(errorsOf(files)).toEqual([]);
	});
});

test.each([
	["a list", [], "not an object"],
	["AsyncAPI 1", { asyncapi: "1.2.0" }, "AsyncAPI 1.2.0 is not supported"],
	["AsyncAPI without messages", { asyncapi: "3.0.0" }, "no messages"],
	[
		"AsyncAPI with a message elsewhere",
		{
			asyncapi: "3.0.0",
			channels: { a: { messages: { A: { $ref: "b.yaml#/A" } } } },
		},
		"there is no b.yaml#/A",
	],
	[
		"a message that refers to itself",
		{
			asyncapi: "3.0.0",
			components: { messages: { A: { $ref: "#/components/messages/A" } } },
		},
		"refers to itself",
	],
	[
		"Avro",
		{
			asyncapi: "3.0.0",
			channels: {
				a: {
					messages: {
						A: {
							payload: {
								schemaFormat: "application/vnd.apache.avro;version=1.9.0",
								schema: {},
							},
						},
					},
				},
			},
		},
		"A has a schema of application/vnd.apache.avro",
	],
	[
		"neither an entry nor a schema",
		{ title: "x", examples: [1] },
		"neither an EventBridge registry entry, nor a schema",
	],
	["OpenAPI without schemas", { openapi: "3.0.0" }, "no schemas in components"],
	["a schema without a source", { type: "object" }, "--source"],
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
