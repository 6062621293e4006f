// What is asked about types, not about values.

export type IsAny<Type> = 0 extends 1 & Type ? true : false;

/** Texts that are not known to the character hold a whole set, of which a record need not have each. */
export type IsLiteral<Text extends string> =
	Record<never, 1> extends Record<Text, 1> ? false : true;

/** Whether a type is not a union of several, nor `never`; of types that fit each other, too. */
export type IsOne<Type> = [Type] extends [never]
	? false
	: [Type] extends [AllAtOnce<Type>]
		? true
		: false;

/** One of a union's members. */
export type OneOf<Union> =
	AllAtOnce<Union extends unknown ? (one: Union) => void : never> extends (
		one: infer One,
	) => void
		? One
		: never;

/** A union as an intersection. */
type AllAtOnce<Union> = (
	Union extends unknown
		? (member: Union) => void
		: never
) extends (member: infer All) => void
	? All
	: never;
