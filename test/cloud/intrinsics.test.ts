// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { readTemplate } from "../../cloud/template/assembly.ts";
import { resolveIntrinsics } from "../../cloud/template/intrinsics.ts";
import type { StackTemplate } from "../../cloud/template/stack-template.ts";

const stack: StackTemplate = {
	name: "s",
	account: "111111111111",
	region: "eu-west-1",
	assets: new Map(),
	template: {
		Parameters: { Stage: { Default: "dev" }, Empty: {} },
		Mappings: { Sizes: { dev: { memory: 128 } } },
		Conditions: {
			IsDev: { "Fn::Equals": [{ Ref: "Stage" }, "dev"] },
			IsProd: { "Fn::Not": [{ Condition: "IsDev" }] },
		},
		Resources: {},
	},
};

const resolve = (value: unknown) =>
	resolveIntrinsics(value, stack, {
		ref: (logicalId) => `ref-${logicalId}`,
		attribute: (logicalId, name) => `att-${logicalId}-${name}`,
		importValue: (name) => `imported-${name}`,
	});

test.each<[unknown, unknown]>([
	[{ Ref: "Queue" }, "ref-Queue"],
	[{ Ref: "Stage" }, "dev"],
	[{ Ref: "Empty" }, ""],
	[{ Ref: "AWS::AccountId" }, "111111111111"],
	[{ "Fn::GetAtt": ["Queue", "Arn"] }, "att-Queue-Arn"],
	[{ "Fn::GetAtt": ["Nested", "Outputs.Url"] }, "att-Nested-Outputs.Url"],
	[
		{ "Fn::Join": [":", ["arn", { Ref: "AWS::Partition" }, { Ref: "Queue" }]] },
		"arn:aws:ref-Queue",
	],
	[{ "Fn::Join": ["", { "Fn::Split": [",", "a,b"] }] }, "ab"],
	[
		{ "Fn::Sub": "${AWS::Region}/${Queue}/${Queue.Arn}/${!Literal}" },
		"eu-west-1/ref-Queue/att-Queue-Arn/${Literal}",
	],
	[
		{ "Fn::Sub": ["${Name}-${Stage}", { Name: { Ref: "Queue" } }] },
		"ref-Queue-dev",
	],
	[{ "Fn::Select": ["1", ["a", "b"]] }, "b"],
	[{ "Fn::FindInMap": ["Sizes", { Ref: "Stage" }, "memory"] }, 128],
	[{ "Fn::If": ["IsDev", { Ref: "Queue" }, "prod"] }, "ref-Queue"],
	[
		{ "Fn::If": ["IsProd", "prod", { Ref: "AWS::NoValue" }] },
		expect.any(Symbol),
	],
	[
		{
			a: { "Fn::If": ["IsProd", 1, { Ref: "AWS::NoValue" }] },
			b: [{ Ref: "AWS::NoValue" }, 2],
		},
		{ b: [2] },
	],
	[{ "Fn::ImportValue": { "Fn::Sub": "${Stage}-bus" } }, "imported-dev-bus"],
	[{ "Fn::Base64": "hi" }, "aGk="],
	[
		{ StringEquals: { Ref: "not an intrinsic among others", other: 1 } },
		{ StringEquals: { Ref: "not an intrinsic among others", other: 1 } },
	],
	[
		{ Condition: { StringEquals: { a: "b" } } },
		{ Condition: { StringEquals: { a: "b" } } },
	],
])("%j", (value, expected) => {
	expect(resolve(value)).toEqual(expected);
});

test.each([{ "Fn::Transform": {} }, { "Fn::If": ["Nothing", 1, 2] }])(
	"%j throws an error that names it",
	(value) => {
		expect(() => resolve(value)).toThrow(/^s: .*(Fn::Transform|Nothing)/);
	},
);

test("YAML short forms are converted to the long forms", () => {
	const folder = mkdtempSync(path.join(os.tmpdir(), "eventwright-"));
	const file = path.join(folder, "short.yaml");
	writeFileSync(
		file,
		`Resources:
  A:
    Type: T
    Properties:
      ref: !Ref B
      att: !GetAtt B.Outputs.Arn
      list: !GetAtt [B, Arn]
      sub: !Sub "\${B}-\${AWS::Region}"
      subWith: !Sub ["\${X}", { X: !Ref B }]
      join: !Join [":", [a, !Ref B]]
      if: !If [C, !Ref B, !Ref "AWS::NoValue"]
`,
	);
	const template = readTemplate(file, "111111111111", "eu-west-1");
	rmSync(folder, { recursive: true });
	expect(template).toMatchObject({ name: "short", account: "111111111111" });
	expect(template.template.Resources.A?.Properties).toEqual({
		ref: { Ref: "B" },
		att: { "Fn::GetAtt": ["B", "Outputs.Arn"] },
		list: { "Fn::GetAtt": ["B", "Arn"] },
		sub: { "Fn::Sub": "${B}-${AWS::Region}" },
		subWith: { "Fn::Sub": ["${X}", { X: { Ref: "B" } }] },
		join: { "Fn::Join": [":", ["a", { Ref: "B" }]] },
		if: { "Fn::If": ["C", { Ref: "B" }, { Ref: "AWS::NoValue" }] },
	});
});
