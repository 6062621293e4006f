// How complex the wildcards of each field of a filter are, read from its literal as `complexity.ts` reads a pattern.
import type { OneOf } from "./about-types.ts";
import type { IsLonger, Times8 } from "./literal-size.ts";
import type { patternQuotas } from "./validate.ts";

/** The properties of a filter that hold, at any depth, a field whose wildcards are too complex together. */
export type TooComplexIn<Filter> = Filter extends unknown
	? ComplexNames<Flat<Filter>> extends infer Names
		? Names extends keyof Filter
			? Names
			: "$or"
		: never
	: never;

/** A filter and all branches of its `$or`: what they have at one name is on one field. */
type Flat<Filter> = [Filter, ...FlatOf<BranchesOf<Filter>>];
type BranchesOf<Filter> = Filter extends { readonly $or?: infer Branches }
	? Exclude<Branches, undefined> extends infer List extends readonly unknown[]
		? List
		: []
	: [];
type FlatOf<
	Filters extends readonly unknown[],
	Found extends readonly unknown[] = [],
> = Filters extends readonly [infer First, ...infer Rest]
	? FlatOf<[...BranchesOf<First>, ...Rest], [...Found, First]>
	: Found;

type ComplexNames<Filters extends readonly unknown[]> =
	NameOf<Filters[number]> extends infer Name
		? Name extends "$or"
			? never
			: IsComplex<At<Filters, Name>> extends false
				? never
				: Name
		: never;
type NameOf<Filter> = Filter extends unknown ? keyof Filter : never;
type At<
	Filters extends readonly unknown[],
	Name,
	Found extends readonly unknown[] = [],
> = Filters extends readonly [infer First, ...infer Rest]
	? [ValueAt<First, Name>] extends [never]
		? At<Rest, Name, Found>
		: At<Rest, Name, [...Found, ValueAt<First, Name>]>
	: Found;
/** Where there are several filters to choose from, perhaps not each has the name. */
type ValueAt<Filter, Name> = Filter extends unknown
	? Name extends keyof Filter
		? Exclude<Filter[Name], undefined>
		: never
	: never;

/** Of what one name holds: lists, and objects of further fields. */
type IsComplex<Values extends readonly unknown[]> =
	true extends AreComplex<TextsOf<Values>>
		? true
		: [ComplexNames<FlatOf<ObjectsOf<Values>>>] extends [never]
			? false
			: true;

type ObjectsOf<
	Values extends readonly unknown[],
	Found extends readonly unknown[] = [],
> = Values extends readonly [infer First, ...infer Rest]
	? ObjectsOf<
			Rest,
			First extends readonly unknown[] ? Found : [...Found, First]
		>
	: Found;

type TextsOf<
	Values extends readonly unknown[],
	Found extends readonly string[] = [],
> = Values extends readonly [infer First, ...infer Rest]
	? TextsOf<
			Rest,
			First extends readonly unknown[]
				? [...Found, ...TextsOfList<First>]
				: Found
		>
	: Found;
type TextsOfList<
	List extends readonly unknown[],
	Texts extends readonly string[] = [],
> = List extends readonly [infer First, ...infer Rest]
	? TextsOfMatchers<WithWildcard<First>> extends infer More extends HowMany
		? TextsOfList<Rest, [...Texts, ...More]>
		: never
	: [WithWildcard<List[number]>] extends [never]
		? Texts
		: HowMany;
type WithWildcard<Matcher> = Extract<
	Matcher,
	| { readonly wildcard: unknown }
	| { readonly "anything-but": { readonly wildcard: unknown } }
>;
/** Of those to choose from, all: more texts are never less complex. */
type TextsOfMatchers<Matchers, Texts extends readonly string[] = []> = [
	Matchers,
] extends [never]
	? Texts
	: OneOf<Matchers> extends infer Matcher
		? TextsOfMatcher<Matcher> extends infer More extends HowMany
			? TextsOfMatchers<Exclude<Matchers, Matcher>, [...Texts, ...More]>
			: never
		: never;
type EachOfAll<
	Unions extends readonly string[],
	Texts extends readonly string[] = [],
> = Unions extends readonly [
	infer First,
	...infer Rest extends readonly string[],
]
	? EachOf<First> extends infer More extends HowMany
		? EachOfAll<Rest, [...Texts, ...More]>
		: never
	: Texts;
type EachOf<Union, Texts extends readonly string[] = []> = [Union] extends [
	never,
]
	? Texts
	: OneOf<Union> extends infer Text extends string
		? EachOf<Exclude<Union, Text>, [...Texts, Text]>
		: never;
type TextsOfMatcher<Matcher> = Matcher extends {
	readonly wildcard: infer Text extends string;
}
	? EachOf<Text>
	: Matcher extends {
				readonly "anything-but": {
					readonly wildcard: infer Texts extends string | readonly string[];
				};
			}
		? Texts extends readonly string[]
			? number extends Texts["length"]
				? HowMany
				: EachOfAll<Texts>
			: EachOf<Texts>
		: [];

/** Of a list whose length is not known. */
type HowMany = readonly string[];

type UpTo<
	Limit extends number,
	Counted extends readonly 1[] = [],
> = Counted["length"] extends Limit
	? Limit
	: Counted["length"] | UpTo<Limit, [...Counted, 1]>;
type WithinLimit = UpTo<(typeof patternQuotas)["wildcardComplexity"]>;

/**
 * Right behind two characters, a text is at no more places than it has wildcard characters and, in each segment behind one, as
 * many as the two stand in it, and at its first. Texts need not be at most places on one and the same input, so this can be
 * more than the complexity; it is never less.
 */
type AreComplex<Texts extends readonly string[]> = Texts extends readonly []
	? false
	: Texts["length"] extends WithinLimit
		? IsLonger<Joined<Texts>, Times8> extends true
			? true
			: Parts<Texts> extends infer All extends readonly Part[]
				? IsOverLimit<Groups<All>, PairOf<All[number][1][number]>>
				: never
		: true;
/** Of over 512 characters, there may be more states than `complexity.ts` looks at: then it says that they are too complex. */
type Joined<
	Texts extends readonly string[],
	Text extends string = "",
> = Texts extends readonly [
	infer First extends string,
	...infer Rest extends readonly string[],
]
	? Joined<Rest, `${Text}${First}`>
	: Text;
type IsOverLimit<Group, Pair> = Group extends readonly (readonly string[])[]
	? Pair extends `${infer Before}${infer Character}`
		? PlacesOf<Group, Before, Character>["length"] extends WithinLimit
			? false
			: true
		: never
	: never;

/** Two characters that stand beside each other; the first one behind one that stands in no text. */
type PairOf<Segment extends string> = Pairs<`\ue001${Segment}`>;
type Pairs<
	Text extends string,
	Found = never,
> = Text extends `${infer First}${infer Second}${infer Rest}`
	? Pairs<`${Second}${Rest}`, Found | `${First}${Second}`>
	: Found;

/** Literal stars are told apart from wildcard characters. */
type Plain<Text extends string> =
	Text extends `${infer Head}\\${infer Escaped}${infer Rest}`
		? `${Head}${Escaped extends "*" ? "\ue000" : Escaped}${Plain<Rest>}`
		: Text;
export type Ascii =
	CharacterOf<" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~">;
type CharacterOf<
	Text extends string,
	Found = never,
> = Text extends `${infer First}${infer Rest}`
	? CharacterOf<Rest, Found | First>
	: Found;

/** What a text begins with, and what stands behind each wildcard character up to the next. */
type Part = readonly [start: string, segments: readonly string[]];
type Parts<Texts extends readonly string[]> = {
	[I in keyof Texts]: PartOf<`"${Plain<Texts[I]>}"`>;
};
type PartOf<Text extends string> = Text extends `${infer Start}*${infer Rest}`
	? [Rough<Start>, Segments<Rest>]
	: [Rough<Text>, []];
type Segments<Text extends string> =
	Text extends `${infer Segment}*${infer Rest}`
		? [Segment, ...Segments<Rest>]
		: [Text];

/** Characters that are not ASCII may begin with the same bytes: so they are all the same here. */
type Rough<
	Text extends string,
	Done extends string = "",
> = Text extends `${infer First}${infer Rest}`
	? Rough<Rest, `${Done}${First extends Ascii ? First : "é"}`>
	: Done;

/** For each text, those that one input can be in together with it: when its start is over, and later. */
type Groups<All extends readonly Part[]> = All[number] extends infer One
	? One extends Part
		? Beside<One[0], All, OnePlaceMore> | Beside<One[0], All, never>
		: never
	: never;
/** At the last character of its start, and at the wildcard character behind it. */
type OnePlaceMore = ["", ""];
type Beside<
	Start extends string,
	All extends readonly Part[],
	AtItsEnd,
	Found extends readonly unknown[] = [],
> = All extends readonly [
	infer First extends Part,
	...infer Rest extends readonly Part[],
]
	? Start extends `${First[0]}${infer More}`
		? Beside<
				Start,
				Rest,
				AtItsEnd,
				[
					...Found,
					[AtItsEnd] extends [never]
						? First[1]
						: More extends ""
							? AtItsEnd
							: First[1],
				]
			>
		: First[0] extends `${Start}${string}`
			? Beside<Start, Rest, AtItsEnd, [...Found, []]>
			: Beside<Start, Rest, AtItsEnd, Found>
	: Found;

type PlacesOf<
	Texts extends readonly (readonly string[])[],
	Before extends string,
	Character extends string,
	Places extends readonly 1[] = [],
> = Texts extends readonly [
	infer First extends readonly string[],
	...infer Others extends readonly (readonly string[])[],
]
	? PlacesOf<
			Others,
			Before,
			Character,
			[...Places, ...PlacesIn<First, Before, Character>]
		>
	: Places;
/** One where there is no segment: in its start. */
type PlacesIn<
	Segments extends readonly string[],
	Before extends string,
	Character extends string,
	Places extends readonly 1[] = [],
> = Segments extends readonly [
	infer First extends string,
	...infer Others extends readonly string[],
]
	? PlacesIn<
			Others,
			Before,
			Character,
			[
				...Places,
				1,
				...(First extends `${infer Initial}${string}`
					? MayBe<Initial, Character>
					: []),
				...Count<First, Before, Character>,
			]
		>
	: Places extends readonly []
		? [1]
		: Places;
type MayBe<One, Other> = One extends Ascii
	? Other extends One
		? [1]
		: []
	: Other extends Ascii
		? []
		: [1];
type Count<
	Text extends string,
	Before extends string,
	Character extends string,
	Found extends readonly 1[] = [],
> = Text extends `${infer _}${Before}${infer Next}${infer Rest}`
	? Count<
			`${Next}${Rest}`,
			Before,
			Character,
			[...Found, ...MayBe<Next, Character>]
		>
	: Found;
