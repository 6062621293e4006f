// Generated code of an older release calls these. A name may be added to the list; none may be removed.
// `types/cases/right.ts` has the types that declarations use.
import { expect, test } from "vitest";
import * as v1 from "../../runtime/codegen-v1.ts";
import * as aws from "../../runtime/codegen-v1-aws.ts";

const names = `
	$additionalProperties $anyOf $const $dependentRequired $enum $exclusiveMaximum $exclusiveMinimum
	$extensibleEnum $false $format $maxContains $maxItems $maxLength $maxProperties $maximum
	$minContains $minItems $minLength $minProperties $minimum $multipleOf $not $oneOf $pattern $required
	$type $unevaluatedItems $unevaluatedProperties $uniqueItems among any below bool byte closed date
	dateTime duration each email equal evaluated eventType exactReport exactly fromJson hidden hostname
	idnEmail idnHostname int16 int32 int64 int8 integer ipv4 ipv6 iri iriReference isArray isInteger isNumber
	isObject isoDateTime isoTime jsonPointer jsonPointerUriFragment keys known longer matching multiple
	no none note object once open optional own real regex relativeJsonPointer set shorter size text time
	tracked typed uint16 uint32 uint64 uint8 unique uri uriReference uriTemplate url uuid
`;

test("no name of codegen-v1 is gone", () => {
	expect(Object.keys(v1).sort().join(" ")).toBe(
		names.replace(/\s+/g, " ").trim(),
	);
	expect(Object.keys(aws)).toEqual(["domainPublisher"]);
});
