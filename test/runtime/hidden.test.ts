// No issue shows a value that its schema marks as personal.
import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generate } from "../../generator/codegen/generate.ts";
import { readSources } from "../../generator/codegen/read.ts";
import { analyse } from "../../generator/schema/analyse.ts";
import type { EventType } from "../../runtime/event.ts";
import { newFolder, writeFiles } from "../generator/generated-files.ts";

let folder: string;
let GuestCheckedIn: EventType<"GuestCheckedIn", unknown>;
beforeAll(async () => {
	folder = newFolder("personal");
	const { files } = generate(
		analyse(readSources(["test/generator/cases/personal-data/schemas"])),
	);
	writeFiles(folder, files);
	({ GuestCheckedIn } = await import(
		path.join(folder, "events/guest-checked-in.js")
	));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const secrets = ["Ann Secret", "+49 secret", "Secret Street", "secret note"];
const detail = {
	room: 100,
	name: `Ann Secret${"!".repeat(40)}`,
	phones: ["+49 secret", "+49 secret", "+49 secret"],
	home: { street: 5, country: "DEU" },
	note: ["secret note"],
};

test.each([
	["a detail", () => GuestCheckedIn.parseDetail(detail)],
	[
		"the first issue",
		() => GuestCheckedIn.parseDetail(detail, { issues: "first" }),
	],
	["a detail that is no object", () => GuestCheckedIn.parseDetail(secrets)],
	["a detail that is text", () => GuestCheckedIn.parseDetail(secrets.join())],
	["broken JSON", () => GuestCheckedIn.parse('{"detail":{"name":Ann Secret}}')],
	[
		"broken JSON within SNS",
		() =>
			GuestCheckedIn.parse({
				Type: "Notification",
				TopicArn: "x",
				Message: '{"name":"Ann Secret',
			}),
	],
	[
		"a misspelled property",
		() => GuestCheckedIn.parseDetail({ Name: "Ann Secret" }),
	],
	[
		"a text where an object is",
		() => GuestCheckedIn.parseDetail({ home: "Secret Street" }),
	],
	[
		"maps of what is marked",
		() =>
			GuestCheckedIn.parseDetail({
				extra: { a: "secret note" },
				more: { m1: "secret note" },
			}),
	],
	[
		"an object where a text is",
		() => GuestCheckedIn.parseDetail({ name: { first: "Ann Secret" } }),
	],
	[
		"an event",
		() =>
			GuestCheckedIn.parse({
				version: "0",
				id: "1",
				source: "inn.desk",
				"detail-type": "GuestCheckedIn",
				account: "111111111111",
				time: "2026-01-01T00:00:00Z",
				region: "eu-west-1",
				resources: [],
				detail: { ...detail, home: { street: { name: "Secret Street" } } },
			}),
	],
])("%s", (_, parse) => {
	const result = parse();
	expect(result.ok).toBe(false);
	const said = JSON.stringify(result);
	for (const secret of secrets) expect(said).not.toContain(secret);
});

test("what is not marked is shown", () => {
	const result = GuestCheckedIn.parseDetail(detail);
	expect(result).toMatchObject({
		issues: expect.arrayContaining([
			{
				path: "/room",
				rule: "maximum",
				message: "must be <= 99",
				expected: 99,
				found: 100,
			},
			{
				path: "/home/street",
				rule: "type",
				message: "must be string, found number",
				expected: "string",
			},
		]),
	});
});
