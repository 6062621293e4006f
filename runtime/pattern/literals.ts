// What can be wrong with a filter that has the right type, read from its literal: so one that compiles is valid.
import type { IsAny, IsLiteral, IsOne } from "./about-types.ts";
import type { CheckedOperand } from "./checked.ts";
import type {
	At,
	HasAny,
	IsAnyFilter,
	Items,
	KeyOf,
	ObjectOf,
	ReservedInOr,
} from "./filter.ts";
import type { TooComplexIn } from "./literal-complexity.ts";
import type { DotsFor, NoNumber, NotKnown, SizeFault } from "./literal-size.ts";
import type { Operators } from "./operators.ts";

/**
 * Nothing more is asked of a right filter; of another that each part which EventBridge would refuse is what it cannot be, of a
 * type that says why. What the editor offers is looked up before the filter is known, and must not come through here.
 */
export type ValidFilter<Filter, Detail> =
	IsAny<Filter> extends true
		? never
		: IsAnyFilter<Filter> extends true
			? Wrong<"is a variable of the type of all filters: write it here, or let its type be its literal's">
			: ValidOf<Filter, Detail, FaultsIn<Filter, Detail>>;

type ValidOf<Filter, Detail, Faults> = [Faults] extends [never]
	? IsObjectAtAll<Filter> extends true
		? Wrong<"is a variable of no known properties: write a literal">
		: ValidSize<Filter, Detail, SizeFault<Filter>>
	: [Faults] extends [Together]
		? ValidTogether<Filter, Detail, TooComplexIn<Filter>>
		: ValidParts<Filter, Detail>;

type ValidSize<Filter, Detail, Fault> = [Fault] extends [never]
	? unknown
	: [Fault] extends [NotKnown]
		? [VariableFault<Filter>] extends [never]
			? Wrong<"has a part of a size that nobody knows: write literals">
			: ValidParts<Filter, Detail>
		: Wrong<Fault>;

/** What is `any` passes for whatever is asked of it, so it is the whole that does not fit. */
type ValidParts<Filter, Detail> =
	true extends HasAny<Filter>
		? Wrong<"has a value of type any: give it a type, and hand it over as checked(…) of eventwright/pattern">
		: [Filter] extends [ValidFields<Filter, Detail>]
			? Wrong<"has a part that EventBridge refuses: write literals">
			: ValidFields<Filter, Detail>;

/** Not a fault by itself: a wildcard is looked at again together with the others of its field. */
interface Together {
	readonly together: true;
}
type ValidTogether<Filter, Detail, Complex> = [Complex] extends [never]
	? ValidSize<Filter, Detail, SizeFault<Filter>>
	: IsOne<Filter> extends false
		? Wrong<TooComplex>
		: {
				readonly [Name in keyof Filter]: Name extends Complex
					? Wrong<TooComplex>
					: Filter[Name];
			};
type TooComplex =
	"has wildcards that are too complex together: use fewer wildcard characters, or fewer repeated characters after one";

/** The type `object`; `{}` takes scalars, too. */
type IsObjectAtAll<Filter> = true extends (
	Filter extends unknown
		? HasNoNames<Filter>
		: never
)
	? true
	: false;
type HasNoNames<Filter> = [keyof Filter] extends [never]
	? string extends Filter
		? false
		: true
	: false;

type FaultsIn<Filter, Detail, Reserved = never> = Filter extends unknown
	? {
			[Name in keyof Filter]-?: FaultsAt<Name, Filter[Name], Detail, Reserved>;
		}[keyof Filter]
	: never;

type FaultsAt<Name, Wanted, Detail, Reserved> = Name extends "$or"
	? Wanted extends readonly (infer Branch)[]
		? FaultsIn<Branch, Detail, ReservedInOr> | NumberFault<Wanted>
		: never
	: Name extends FieldOf<Name, Detail, Reserved>
		? Wanted extends readonly (infer Item)[]
			? Wanted["length"] extends 0
				? EmptyList
				: ItemFault<Item>
			: Wanted extends object
				? FaultsIn<Wanted, InnerOf<Detail, Name>, Reserved>
				: never
		: NoField<Name, Reserved>;

/** Of any number of alternatives, nobody knows how many combinations they make or how complex their wildcards are together. */
type NumberFault<Branches extends readonly unknown[]> =
	number extends Branches["length"]
		? "has a list of alternatives of any number: write them one by one"
		: Branches["length"] extends 0 | 1
			? "takes two alternatives or more"
			: never;

type FieldOf<Name, Detail, Reserved> = Name extends "__proto__" | Reserved
	? never
	: Name extends number
		? AsNumber<Exclude<KeyOf<Detail>, Reserved>>
		: Exclude<KeyOf<Detail>, Reserved>;
/** Of names that are written as numbers are. */
type AsNumber<Names> = Names extends `${infer Name extends number}`
	? Name
	: string extends Names
		? number
		: never;

type NoField<Name, Reserved> = Name extends Reserved
	? "is a name that EventBridge keeps for itself inside $or"
	: Name extends "__proto__"
		? 'cannot be told from what a literal inherits from: write ["__proto__"], and as never'
		: "is not a property of the event type";

/** What a property's objects are like; in one that may be anything, all names are. */
type InnerOf<Detail, Name> = Name extends number
	? InnerOf<Detail, `${Name}`>
	: unknown extends Items<At<Detail, Name>>
		? Record<string, unknown>
		: ObjectOf<Items<At<Detail, Name>>>;

type EmptyList = "is an empty list, which nothing is in";

type ItemFault<Item> = Item extends object
	? Item extends string | number
		? never
		: MatcherFault<Item>
	: never;

type MatcherFault<Matcher> = Matcher extends unknown
	? IsOne<KeyIn<Matcher>> extends true
		? {
				[Name in KeyIn<Matcher>]: Name extends keyof Faults<never>
					? Faults<Matcher[Name]>[Name]
					: Name extends keyof Operators
						? never
						: NoOperator;
			}[KeyIn<Matcher>]
		: NoOperator
	: never;

/** The keys that are there: of two objects to choose from, each is typed as if it could have the other's, too. */
type KeyIn<Matcher> =
	IsOne<keyof Matcher> extends true
		? keyof Matcher
		: {
				[Name in keyof Matcher]-?: [undefined, Matcher[Name]] extends [
					Matcher[Name],
					undefined,
				]
					? never
					: Name;
			}[keyof Matcher];

type NoOperator =
	"is no operator: that is an object of exactly one key, an operator's name";

/** Of several types that a part may have, one may fit what is asked of another: they are judged as a whole. */
type ValidFields<Filter, Detail, Reserved = never> =
	IsOne<Filter> extends false
		? Judged<Filter, FaultsIn<Filter, Detail, Reserved>>
		: {
				readonly [Name in keyof Filter]: string extends Name
					? Wrong<VariableName>
					: ValidField<
							Name,
							Exclude<Filter[Name], undefined>,
							Detail,
							Reserved
						>;
			};

type ValidField<Name, Wanted, Detail, Reserved> =
	IsOne<Wanted> extends false
		? Judged<Wanted, FaultsAt<Name, Wanted, Detail, Reserved>>
		: Name extends "$or"
			? ValidOr<Wanted, Detail>
			: Name extends FieldOf<Name, Detail, Reserved>
				? Wanted extends readonly unknown[]
					? ValidList<Wanted>
					: ValidFields<Wanted, InnerOf<Detail, Name>, Reserved>
				: Wrong<NoField<Name, Reserved>>;

type ValidOr<Branches, Detail> = Branches extends readonly unknown[]
	? NumberFault<Branches> extends infer Fault
		? [Fault] extends [never]
			? ValidBranches<Branches, Detail>
			: Wrong<Fault>
		: never
	: Branches;
// Of lists by a name of their own, or every method of a list would be looked at.
type ValidBranches<Branches, Detail> = {
	readonly [I in keyof Branches]: ValidFields<
		Branches[I],
		Detail,
		ReservedInOr
	>;
};
type ValidList<List extends readonly unknown[]> = List["length"] extends 0
	? Wrong<EmptyList>
	: number extends List["length"]
		? Judged<List, ItemFault<List[number]>>
		: ValidItems<List>;
type ValidItems<List> = {
	readonly [I in keyof List]: Judged<List[I], ItemFault<List[I]>>;
};

/** Why nobody knows how long a part of a filter is, or that JSON has it. */
type VariableFault<Value> = Value extends CheckedOperand
	? IsLiteral<DotsFor<Value>> extends true
		? never
		: "is checked for a number of characters that is no literal up to 9,999"
	: Value extends string
		? IsLiteral<Value> extends true
			? never
			: "is a text of any length: write a literal, as const where it comes from (on each branch of a ternary), or checked(text) of eventwright/pattern"
		: Value extends number
			? `${Value}` extends NoNumber
				? "is no finite number"
				: IsLiteral<`${Value}`> extends true
					? never
					: "is any number, perhaps NaN: write a literal, as const where it comes from (on each branch of a ternary), or checked(number) of eventwright/pattern"
			: Value extends readonly unknown[]
				? number extends Value["length"]
					? "is a list of any length: write its items, as const where they come from (on each branch of a ternary), or the whole list as checked([…]) of eventwright/pattern"
					: VariableFault<Value[number]>
				: Value extends object
					? {
							[Name in keyof Value]-?: string extends Name
								? VariableName
								: VariableFault<Value[Name]>;
						}[keyof Value]
					: never;
type VariableName =
	"has a property of a name that only run time knows: write a literal";

/** By its faults, and where it has none, by whether its size is known. */
type Judged<Part, Fault> = [Fault] extends [Together]
	? [VariableFault<Part>] extends [never]
		? Part
		: Wrong<VariableFault<Part>>
	: Wrong<Exclude<Fault, Together>>;

/** An object, since two literals that differ would make nothing of the whole filter. */
interface Wrong<Fault> {
	readonly [wrong]: Fault;
}
/** No name, which the editor would offer. */
declare const wrong: unique symbol;

/** Why an operator's operand is refused; nothing where it is right. */
interface Faults<Operand> {
	readonly prefix: AffixFault<Operand>;
	readonly suffix: AffixFault<Operand>;
	readonly wildcard: WildcardFault<Operand>;
	readonly numeric: RangeFault<Operand>;
	readonly cidr: CidrFault<Operand>;
	readonly "anything-but": AnythingButFault<Operand>;
}

type TextsOf<Operand> = Operand extends readonly unknown[]
	? Operand[number]
	: Operand;

type AnythingButFault<Operand> = Operand extends readonly unknown[]
	? Operand["length"] extends 0
		? EmptyList
		: never
	: Operand extends string | number
		? never
		: IsOne<KeyIn<Operand>> extends true
			? Operand extends { readonly wildcard: infer Texts }
				? WildcardFault<TextsOf<Texts>>
				: Operand extends
							| { readonly prefix: infer Texts }
							| { readonly suffix: infer Texts }
					? Texts extends CheckedOperand
						? never
						: EmptyFault<TextsOf<Texts>>
					: never
			: NoOperator;

type AffixFault<Operand> = Operand extends string
	? never
	: IsOne<KeyIn<Operand>> extends true
		? never
		: NoOperator;

type EmptyFault<Text> = Text extends string
	? Text extends CheckedOperand
		? never
		: IsLiteral<Text> extends true
			? `${Text}` extends ""
				? "is empty"
				: never
			: "is a variable, which may be empty: write a literal, or checked(text) of eventwright/pattern"
	: never;

type WildcardFault<Text> = Text extends string
	? IsLiteral<Text> extends false
		? "is a variable, which may hold a faulty wildcard: write a literal, or as never if you know better"
		: Unescaped<Text> extends `${string}**${string}`
			? "has two wildcard characters in a row"
			: Unescaped<Text> extends `${string}\\${string}`
				? "has an escape that is neither \\* nor \\\\"
				: Together
	: never;

/** Each right escape as another character; a wrong one is left, with nothing after it looked at. */
type Unescaped<Text extends string> =
	Text extends `${infer Head}\\${infer Rest}`
		? Rest extends `${"*" | "\\"}${infer Tail}`
			? `${Head}.${Unescaped<Tail>}`
			: Text
		: Text;

type RangeFault<Terms> = Terms extends readonly [
	unknown,
	infer Low extends number,
	unknown,
	infer High extends number,
]
	? [Extract<Low | High, CheckedOperand>] extends [never]
		? number extends Low | High
			? "has variables, which may hold no range: write literals, or as never if you know better"
			: BoundsFault<Low, High>
		: "has checked numbers, which may hold no range: write literals, or as never if you know better"
	: never;
// One of several lows against one of several highs.
type BoundsFault<Low extends number, High extends number> = Low extends unknown
	? High extends unknown
		? `${Low} ${High}` extends `${string}${"e" | "I"}${string}`
			? "has a number with an exponent, which cannot be compared here"
			: Compare<`${Low}`, `${High}`> extends "<"
				? never
				: "is a range whose bottom is not below its top"
		: never
	: never;

type Order = "<" | "=" | ">";

/** How two numbers compare, by how they are written. */
type Compare<A extends string, B extends string> = A extends `-${infer X}`
	? B extends `-${infer Y}`
		? CompareSizes<Y, X>
		: "<"
	: B extends `-${string}`
		? ">"
		: CompareSizes<A, B>;

type CompareSizes<A extends string, B extends string> = FirstOf<
	CompareLengths<Whole<A>, Whole<B>>,
	CompareDigits<Whole<A>, Whole<B>>,
	CompareDigits<Fraction<A>, Fraction<B>>
>;

type FirstOf<A extends Order, B extends Order, C extends Order> = A extends "="
	? B extends "="
		? C
		: B
	: A;

type Whole<Text extends string> = Text extends `${infer Digits}.${string}`
	? Digits
	: Text;
type Fraction<Text extends string> = Text extends `${string}.${infer Digits}`
	? Digits
	: "";

type CompareLengths<
	A extends string,
	B extends string,
> = A extends `${infer _}${infer RestOfA}`
	? B extends `${infer _}${infer RestOfB}`
		? CompareLengths<RestOfA, RestOfB>
		: ">"
	: B extends ""
		? "="
		: "<";

/** Digit by digit; where one text begins with the other, the shorter one is less. */
type CompareDigits<
	A extends string,
	B extends string,
> = A extends `${infer X}${infer RestOfA}`
	? B extends `${infer Y}${infer RestOfB}`
		? X extends Y
			? CompareDigits<RestOfA, RestOfB>
			: "0123456789" extends `${string}${X}${string}${Y}${string}`
				? "<"
				: ">"
		: ">"
	: B extends ""
		? "="
		: "<";

type CidrFault<Text> = Text extends string
	? IsLiteral<Text> extends false
		? "is a variable, which may hold no address: write a literal, or as never if you know better"
		: Text extends `${infer Address}/${infer Bits}`
			? BitsOf<Lowercase<Address>> extends infer Fitting
				? [Fitting] extends [never]
					? "is no IPv4 or IPv6 address"
					: Bits extends Fitting
						? never
						: "has a mask of more bits than its address has, or not a plain number"
				: never
			: never
	: never;

/** The masks that an address can have; nothing where it is none. */
type BitsOf<Address extends string> =
	Address extends `${infer A}.${infer B}.${infer C}.${infer D}`
		? [A | B | C | D] extends [Below256]
			? Below32
			: never
		: IsIpv6<Address> extends true
			? // An IPv4 address mapped into IPv6 is one of 32 bits.
				Address extends `${"0" | ":"}${string}ffff${string}`
				? Below32
				: Below128
			: never;

type IsIpv6<Address extends string> =
	Address extends `${infer Head}::${infer Tail}`
		? [...GroupsOf<Head>, ...GroupsOf<Tail>]["length"] extends
				| 0
				| 1
				| 2
				| 3
				| 4
				| 5
				| 6
				| 7
			? true
			: false
		: GroupsOf<Address>["length"] extends 8
			? true
			: false;

/** One item for each group of hexadecimal digits; too many where something is none. */
type GroupsOf<Text extends string> = Text extends ""
	? []
	: Text extends `${infer Group}:${infer Rest}`
		? Rest extends ""
			? NoGroups
			: [...GroupOf<Group>, ...GroupsOf<Rest>]
		: GroupOf<Text>;
type GroupOf<Text extends string> = Text extends `${infer A}${infer Rest}`
	? A extends Hexadecimal
		? Rest extends ""
			? [1]
			: Rest extends `${infer B}${infer C}${infer D}`
				? [B | C | D] extends [Hexadecimal | ""]
					? [1]
					: NoGroups
				: Rest extends Hexadecimal
					? [1]
					: NoGroups
		: NoGroups
	: NoGroups;
type NoGroups = [0, 0, 0, 0, 0, 0, 0, 0, 0];

type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
type NoZero = Exclude<Digit, 0>;
type Hexadecimal = `${Digit}` | "a" | "b" | "c" | "d" | "e" | "f";
type Below100 = `${Digit}` | `${NoZero}${Digit}`;
type Below32 = `${Digit}` | `${1 | 2}${Digit}` | "30" | "31";
type Below128 = Below100 | `1${0 | 1}${Digit}` | `12${Exclude<Digit, 8 | 9>}`;
type Below256 =
	| Below100
	| `1${Digit}${Digit}`
	| `2${0 | 1 | 2 | 3 | 4}${Digit}`
	| `25${0 | 1 | 2 | 3 | 4 | 5}`;
