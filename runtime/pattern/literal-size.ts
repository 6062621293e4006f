// How large a filter is, read from its literal: it is written as JSON, though in an order of its own, with `~` for quotation marks,
// and with the comma behind a list's or an object's last item for its bracket.
import type { IsAny, IsLiteral, OneOf } from "./about-types.ts";
import type { CharactersOf, CheckedOperand } from "./checked.ts";
import type { IsOpen } from "./filter.ts";
import type { Ascii } from "./literal-complexity.ts";

/** Why a filter may be too large for a rule, or that nobody can tell; nothing where it is not. */
export type SizeFault<Filter> =
	Single<Written<Filter>> extends infer Text extends string
		? FaultOf<Filter, Text>
		: never;

type FaultOf<Filter, Text extends string> =
	IsLiteral<Text> extends false
		? NotKnown
		: IsTooLong<Text> extends true
			? "may have more than 3,200 characters as JSON, if one beyond ASCII counts as six"
			: Text extends ManyFields
				? "may ask for more than 254 fields, those of all alternatives together"
				: Text extends SeveralOr
					? [Extract<Combinations<Filter>, TooMany>] extends [never]
						? never
						: "has alternatives that make more than 1,000 combinations"
					: never;

/** Something in it is known at run time only. */
export interface NotKnown {
	readonly known: false;
}

type Written<Value> = [Value] extends [never]
	? ""
	: IsAny<Value> extends true
		? string
		: Value extends string
			? Value extends CheckedOperand
				? DotsFor<Value>
				: `~${Value}~`
			: Value extends readonly unknown[]
				? number extends Value["length"]
					? WrittenVariable<Value>
					: WrittenItems<Value>
				: Value extends boolean | null
					? `${Value}`
					: Value extends number
						? Value extends CheckedOperand
							? DotsFor<Value>
							: WrittenNumber<`${Value}`>
						: IsOpen<Value> extends true
							? string
							: WrittenFields<Value>;
type WrittenVariable<List> = List extends CheckedOperand
	? `[${DotsFor<List>}`
	: string;
type WrittenNumber<Text extends string> = Text extends NoNumber ? string : Text;
/** What JSON has no number for: infinite ones, and NaN. */
export type NoNumber = `${string}${"I" | "N"}${string}`;

// By their places, since to match a list against another one takes tsc ten times as long.
type WrittenItems<
	Items extends readonly unknown[],
	Done extends readonly 1[] = [],
	Text extends string = "[",
> = Done["length"] extends Items["length"]
	? Items["length"] extends Done["length"]
		? Text
		: string
	: WrittenItems<
			Items,
			[...Done, 1],
			`${Text}${Single<Written<Items[Done["length"]]>>},`
		>;

type WrittenFields<Value, Names = keyof Value, Text extends string = "{"> = [
	Names,
] extends [never]
	? Text
	: OneOf<Names> extends infer Name extends keyof Value
		? WrittenFields<
				Value,
				Exclude<Names, Name>,
				Name extends string | number
					? `${Text}~${Name}~:${Single<Written<Exclude<Value[Name], undefined>>>},`
					: Text
			>
		: never;

/** For several texts, one that is as long as the longest and asks for as much. */
type Single<Text extends string> = [UnlessSeveral<Text>] extends [never]
	? StandIn<Text, AsJson<Text>>
	: Text;
type UnlessSeveral<Text, All = Text> = Text extends unknown
	? [All] extends [Text]
		? Text
		: never
	: never;
type StandIn<Text extends string, Full extends string> =
	AreLiterals<Text> extends true
		? [Extract<Text, `${string}~:${string}`>] extends [never]
			? `[${Repeated<Full, "........">}`
			: [Extract<Text, `${string}~$or~:${string}`>] extends [never]
				? Repeated<Full, "~.~:[...">
				: `${Repeated<Full, "~.~:[...">}~$or~:~$or~:`
		: string;
type AreLiterals<Text extends string> = false extends (
	Text extends unknown
		? IsLiteral<Text>
		: never
)
	? false
	: true;
type Repeated<
	Text extends string,
	Unit extends string,
	Found extends string = Unit,
> = [After8<Text>] extends [never]
	? Found
	: Repeated<After8<Text>, Unit, `${Found}${Unit}`>;

/** A text as long as a checked value may be; of up to four digits, by them. */
export type DotsFor<Value> = [CharactersOf<Value>] extends [never]
	? string
	: `${CharactersOf<Value>}` extends `${infer _A}${infer _B}${infer _C}${infer _D}${infer _E}${string}`
		? string
		: DotsFrom<`${CharactersOf<Value>}`>;
type DotsFrom<
	Digits extends string,
	Text extends string = "",
> = Digits extends `${infer Digit}${infer Rest}`
	? DotsFrom<
			Rest,
			`${TenTimes<Text>}${Digit extends keyof DotsOfDigit ? DotsOfDigit[Digit] : string}`
		>
	: Text;
type TenTimes<Text extends string> =
	`${Text}${Text}${Text}${Text}${Text}${Text}${Text}${Text}${Text}${Text}`;
interface DotsOfDigit {
	"0": "";
	"1": ".";
	"2": "..";
	"3": "...";
	"4": "....";
	"5": ".....";
	"6": "......";
	"7": ".......";
	"8": "........";
	"9": ".........";
}

/** What a source and a detail-type leave of a rule's 4,096 characters, whatever they are. */
type IsTooLong<Text extends string> =
	// No character takes more than six in JSON.
	IsLonger<Text, Times8> extends false
		? false
		: IsLonger<Text, Times50> extends true
			? true
			: IsLonger<AsJson<Text>, Times50>;

/** Whether a text is longer than so many times 64 characters. */
export type IsLonger<
	Text extends string,
	Times extends readonly 1[],
> = Text extends ""
	? false
	: Times extends readonly [1, ...infer Rest extends readonly 1[]]
		? [After64<Text>] extends [never]
			? false
			: IsLonger<After64<Text>, Rest>
		: true;
export type Times8 = [1, 1, 1, 1, 1, 1, 1, 1];
type Times50 = [
	...Times8,
	...Times8,
	...Times8,
	...Times8,
	...Times8,
	...Times8,
	1,
	1,
];

type After64<Text extends string> = After8<
	After8<After8<After8<After8<After8<After8<After8<Text>>>>>>>
>;
type After8<Text extends string> =
	Text extends `${infer _A}${infer _B}${infer _C}${infer _D}${infer _E}${infer _F}${infer _G}${infer _H}${infer Rest}`
		? Rest
		: never;

/** With as many characters as JSON may take for each. */
type AsJson<
	Text extends string,
	Done extends string = "",
> = Text extends `${infer A}${infer B}${infer C}${infer D}${infer E}${infer F}${infer G}${infer H}${infer Rest}`
	? AsJson<
			Rest,
			`${Done}${CharacterAsJson<A>}${CharacterAsJson<B>}${CharacterAsJson<C>}${CharacterAsJson<D>}${CharacterAsJson<E>}${CharacterAsJson<F>}${CharacterAsJson<G>}${CharacterAsJson<H>}`
		>
	: Text extends `${infer A}${infer Rest}`
		? AsJson<Rest, `${Done}${CharacterAsJson<A>}`>
		: Done;
type CharacterAsJson<Character extends string> =
	IsPlain<Character> extends true
		? Character
		: Character extends '"' | "\\"
			? ".."
			: "......";
type IsPlain<Character> = Character extends Plain ? true : false;
type Plain = Exclude<Ascii, '"' | "\\">;

/** As a rule's 256, with a source and a detail-type. */
type ManyFields =
	`${Lists50}${Lists50}${Lists50}${Lists50}${Lists50}${Lists5}${string}`;
type Lists5 = `${string}~:[${string}~:[${string}~:[${string}~:[${string}~:[`;
type Lists50 =
	`${Lists5}${Lists5}${Lists5}${Lists5}${Lists5}${Lists5}${Lists5}${Lists5}${Lists5}${Lists5}`;

/** Of one, the characters do not allow as many branches. */
type SeveralOr = `${string}~$or~:${string}~$or~:${string}`;

/** A tuple of as many items as the alternatives of a filter have combinations, or of too many. */
type Combinations<Filter> = Filter extends unknown
	? Product<Filter, keyof Filter>
	: never;
type Product<Filter, Names, Found extends Count = readonly [1]> = [
	Names,
] extends [never]
	? Found
	: OneOf<Names> extends infer Name extends keyof Filter
		? Times<
				Found,
				FactorOf<Name, Exclude<Filter[Name], undefined>>
			> extends infer Next extends Count
			? Product<Filter, Exclude<Names, Name>, Next>
			: never
		: never;
type FactorOf<Name, Wanted> = [Wanted] extends [never]
	? readonly [1]
	: Wanted extends readonly unknown[]
		? Name extends "$or"
			? Sum<Wanted>
			: readonly [1]
		: Combinations<Wanted>;
type Sum<
	Branches extends readonly unknown[],
	Found extends Count = readonly [],
> = Found extends TooMany
	? Found
	: Branches extends readonly [infer First, ...infer Rest]
		? Combinations<First> extends infer More extends Count
			? Sum<Rest, readonly [...Found, ...More]>
			: never
		: Found;
type Times<
	A extends Count,
	B,
	Found extends Count = readonly [],
> = Found extends TooMany
	? Found
	: B extends readonly [1, ...infer Rest]
		? A extends readonly [1]
			? B
			: Times<A, Rest, readonly [...Found, ...A]>
		: Found;

type Count = readonly unknown[];
type TooMany = readonly [
	...Hundred,
	...Hundred,
	...Hundred,
	...Hundred,
	...Hundred,
	...Hundred,
	...Hundred,
	...Hundred,
	...Hundred,
	...Hundred,
	unknown,
	...unknown[],
];
type Hundred = [...Times50, ...Times50];
