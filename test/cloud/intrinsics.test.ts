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
		Parameters: {
			Stage: { Default: "dev" },
			Empty: {},
			Size: { Type: "Number", MinValue: 128 },
			Zones: { Type: "CommaDelimitedList", Default: "a, b" },
			Stored: { Type: "AWS::SSM::Parameter::Value<String>", Default: "/a" },
		},
		Mappings: { Sizes: { dev: { memory: 128 } } },
		Conditions: {
			IsDev: { "Fn::Equals": [{ Ref: "Stage" }, "dev"] },
			IsProd: { "Fn::Not": [{ Condition: "IsDev" }] },
		},
		Resources: {},
	},
};

const assumptions: string[] = [];
const resolve = (value: unknown) =>
	resolveIntrinsics(value, stack, {
		ref: (logicalId) => `ref-${logicalId}`,
		attribute: (logicalId, name) => `att-${logicalId}-${name}`,
		importValue: (name) => `imported-${name}`,
		assume: (what, text) => {
			assumptions.push(what);
			return text;
		},
		unevaluated: (name) => {
			assumptions.push(`${name}, which is not evaluated`);
			return name.replace("Fn::", "");
		},
		isAssumed: (text) => text === "Empty",
	});

test.each<[unknown, unknown]>([
	[{ Ref: "Queue" }, "ref-Queue"],
	[{ Ref: "Stage" }, "dev"],
	[{ Ref: "Empty" }, "Empty"],
	[{ Ref: "Size" }, "128"],
	[{ Ref: "Zones" }, ["a", "b"]],
	[{ Ref: "Stored" }, "/a"],
	["{{resolve:secretsmanager:key}}", "key"],
	[{ "Fn::Length": ["a", "b"] }, 2],
	[{ "Fn::Length": { Ref: "Zones" } }, 2],
	[{ "Fn::GetAtt": "Queue.Arn" }, "att-Queue-Arn"],
	[{ "Fn::Cidr": ["10.0.0.0/16", 2] }, "Cidr"],
	[{ "Fn::Transform": { Name: "Macro" } }, "Transform"],
	[{ "Fn::Select": [1, { "Fn::Split": ["||", { Ref: "Empty" }] }] }, "Empty"],
	[{ "Fn::Transform": { Name: "AWS::Include" }, kept: 1 }, { kept: 1 }],
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
	[{ "Fn::If": ["IsProd", "prod", { Ref: "AWS::NoValue" }] }, undefined],
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

test("what cannot be known is named", () => {
	assumptions.length = 0;
	for (const value of [
		{ Ref: "Empty" },
		{ Ref: "Stored" },
		{ "Fn::Cidr": [] },
		"{{resolve:ssm-secure:/a:1}}",
	])
		resolve(value);
	expect(assumptions).toEqual([
		"the parameter Empty, which has no default (set --parameter Empty=VALUE)",
		"the value of the SSM parameter /a (set --parameter Stored=VALUE)",
		"Fn::Cidr, which is not evaluated",
		"the value of {{resolve:ssm-secure:/a:1}}",
	]);
});

test.each<[unknown, RegExp]>([
	[{ "Fn::If": ["Nothing", 1, 2] }, /there is no condition Nothing/],
	[{ "Fn::If": ["toString", 1, 2] }, /there is no condition toString/],
	[{ "Fn::Join": 5 }, /Fn::Join wants \[delimiter, list\], got 5/],
	[{ "Fn::Join": [",", 5] }, /Fn::Join wants a list, got 5/],
	[{ "Fn::Select": [3, ["a"]] }, /Fn::Select finds no element 3/],
	[{ "Fn::FindInMap": ["Sizes", "__proto__", "x"] }, /no entry/],
	[{ "Fn::GetAtt": "Queue" }, /wants an attribute of Queue/],
	[{ "Fn::Sub": ["${Queue}", {}, 1] }, /Fn::Sub wants/],
	[{ "Fn::Sub": {} }, /Fn::Sub wants a name/],
	[{ Ref: {} }, /Ref wants a name/],
])("%j throws an error that names it", (value, message) => {
	expect(() => resolve(value)).toThrow(message);
});

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
		att: { "Fn::GetAtt": "B.Outputs.Arn" },
		list: { "Fn::GetAtt": ["B", "Arn"] },
		sub: { "Fn::Sub": "${B}-${AWS::Region}" },
		subWith: { "Fn::Sub": ["${X}", { X: { Ref: "B" } }] },
		join: { "Fn::Join": [":", ["a", { Ref: "B" }]] },
		if: { "Fn::If": ["C", { Ref: "B" }, { Ref: "AWS::NoValue" }] },
	});
});
