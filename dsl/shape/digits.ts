/**
 * Arithmetic on non-negative integer literals in the type system: the schoolbook algorithms over decimal strings.
 *
 * Exact: every exported operator is `number` when an operand is not a literal, or when the result is past 2^53 and no
 * double prints its digits. What is only `number` is checked when the graph is built. Costs a few hundred instantiations
 * an operation, whatever the size of the numbers.
 */
import type {
  Borrow,
  Borrow1,
  Carry,
  Carry1,
  DifferenceDigit,
  DifferenceDigit1,
  Digit,
  HalfDigit,
  Parity,
  ProductCarry,
  ProductDigit,
  RemainderDigit,
  SumDigit,
  SumDigit1,
} from "./tables.js";

/** A digit string backwards: the lowest digit first. */
type Reverse<
  S extends string,
  Out extends string = "",
> = S extends `${infer C}${infer R}` ? Reverse<R, `${C}${Out}`> : Out;

/** Without leading zeros. */
type Trim<S extends string> = S extends `0${infer R}`
  ? R extends ""
    ? "0"
    : Trim<R>
  : S;

/** Decimal string to number literal; `number` past 2^53, where the literal would not print the same. */
type ToNumber<S extends string> =
  Trim<S> extends `${infer N extends number}` ? N : number;

/** Lowest digits first in, highest digit first out. */
type AddDigits<
  A extends string,
  B extends string,
  Carried extends "0" | "1" = "0",
  Out extends string = "",
> = A extends `${infer a extends Digit}${infer AR}`
  ? B extends `${infer b extends Digit}${infer BR}`
    ? Carried extends "0"
      ? AddDigits<AR, BR, Carry[a][b], `${SumDigit[a][b]}${Out}`>
      : AddDigits<AR, BR, Carry1[a][b], `${SumDigit1[a][b]}${Out}`>
    : Carried extends "0"
      ? `${Reverse<A>}${Out}`
      : AddDigits<AR, "", Carry1[a]["0"], `${SumDigit1[a]["0"]}${Out}`>
  : Carried extends "0"
    ? `${Reverse<B>}${Out}`
    : B extends `${infer b extends Digit}${infer BR}`
      ? AddDigits<"", BR, Carry1["0"][b], `${SumDigit1["0"][b]}${Out}`>
      : `1${Out}`;

type AddStrings<A extends string, B extends string> = AddDigits<
  Reverse<A>,
  Reverse<B>
>;

/** Lowest digits first in, highest digit first out, "<" when the result is negative. */
type SubtractDigits<
  A extends string,
  B extends string,
  Borrowed extends "0" | "1" = "0",
  Out extends string = "",
> = A extends `${infer a extends Digit}${infer AR}`
  ? B extends `${infer b extends Digit}${infer BR}`
    ? Borrowed extends "0"
      ? SubtractDigits<AR, BR, Borrow[a][b], `${DifferenceDigit[a][b]}${Out}`>
      : SubtractDigits<AR, BR, Borrow1[a][b], `${DifferenceDigit1[a][b]}${Out}`>
    : Borrowed extends "0"
      ? `${Reverse<A>}${Out}`
      : SubtractDigits<
          AR,
          "",
          Borrow1[a]["0"],
          `${DifferenceDigit1[a]["0"]}${Out}`
        >
  : B extends ""
    ? Borrowed extends "0"
      ? Out
      : "<"
    : "<";

type SubtractStrings<A extends string, B extends string> = Trim<
  SubtractDigits<Reverse<A>, Reverse<B>>
>;

/** A number, lowest digit first, times one digit. */
type TimesDigit<
  A extends string,
  d extends Digit,
  Carried extends Digit = "0",
  Out extends string = "",
> = A extends `${infer a extends Digit}${infer AR}`
  ? Carry[ProductDigit[a][d]][Carried] extends "0"
    ? TimesDigit<
        AR,
        d,
        ProductCarry[a][d],
        `${Out}${SumDigit[ProductDigit[a][d]][Carried]}`
      >
    : TimesDigit<
        AR,
        d,
        SumDigit1[ProductCarry[a][d]]["0"],
        `${Out}${SumDigit[ProductDigit[a][d]][Carried]}`
      >
  : Carried extends "0"
    ? Out
    : `${Out}${Carried}`;

/** Shift and add: A and B lowest digit first, `Zeros` already shifted, `Out` the sum so far, highest digit first. */
type MultiplyDigits<
  A extends string,
  B extends string,
  Zeros extends string = "",
  Out extends string = "0",
> = B extends `${infer b extends Digit}${infer BR}`
  ? MultiplyDigits<
      A,
      BR,
      `0${Zeros}`,
      b extends "0"
        ? Out
        : AddDigits<Reverse<Out>, `${Zeros}${TimesDigit<A, b>}`>
    >
  : Out;

type MultiplyStrings<A extends string, B extends string> = A extends "0"
  ? "0"
  : B extends "0"
    ? "0"
    : A extends "1"
      ? B
      : B extends "1"
        ? A
        : MultiplyDigits<Reverse<A>, Reverse<B>>;

/** One quotient digit by repeated subtraction, at most nine times: [digit, remainder]. */
type QuotientDigit<
  R extends string,
  B extends string,
  Count extends unknown[] = [],
> =
  SubtractStrings<R, B> extends infer N extends string
    ? N extends "<"
      ? [Count["length"] & number, R]
      : QuotientDigit<N, B, [...Count, unknown]>
    : never;

/** Long division: [quotient, remainder]. */
type DivideDigits<
  A extends string,
  B extends string,
  R extends string = "0",
  Q extends string = "",
> = A extends `${infer a}${infer AR}`
  ? QuotientDigit<Trim<`${R}${a}`>, B> extends [
      infer q extends number,
      infer r extends string,
    ]
    ? DivideDigits<AR, B, r, `${Q}${q}`>
    : never
  : [Trim<Q>, R];

/** By two, where a table has each digit of the quotient: strides and pooling mostly halve. */
type HalveDigits<
  A extends string,
  R extends "0" | "1" = "0",
  Q extends string = "",
> = A extends `${infer a extends Digit}${infer AR}`
  ? HalveDigits<AR, Parity[a], `${Q}${HalfDigit[R][a]}`>
  : [Trim<Q>, R];

type DivideStrings<A extends string, B extends string> = B extends "1"
  ? [A, "0"]
  : B extends "2"
    ? HalveDigits<A>
    : DivideDigits<A, B>;

/** The remainder of A by a divisor of one digit, highest digit first: a walk through its table. */
type RemainderOf<
  A extends string,
  Rows,
  R extends string = "0",
> = A extends `${infer a extends Digit}${infer AR}`
  ? R extends keyof Rows
    ? a extends keyof Rows[R]
      ? RemainderOf<AR, Rows, Rows[R][a] & string>
      : never
    : never
  : R;

/** A + B. */
export type Add<A extends number, B extends number> = number extends A | B
  ? number
  : B extends 0
    ? A
    : A extends 0
      ? B
      : ToNumber<AddStrings<`${A}`, `${B}`>>;

/** A - B, or -1 when that is negative. */
export type Subtract<A extends number, B extends number> = number extends A | B
  ? number
  : B extends 0
    ? A
    : SubtractStrings<`${A}`, `${B}`> extends infer R extends string
      ? R extends "<"
        ? -1
        : ToNumber<R>
      : never;

/** A * B. */
export type Multiply<A extends number, B extends number> = number extends A | B
  ? number
  : ToNumber<MultiplyStrings<`${A}`, `${B}`>>;

/** A / B, rounded down; B is not 0. */
export type Divide<A extends number, B extends number> = number extends A | B
  ? number
  : B extends 1
    ? A
    : ToNumber<DivideStrings<`${A}`, `${B}`>[0]>;

/** The remainder of A / B; B is not 0. */
export type Remainder<A extends number, B extends number> = number extends A | B
  ? number
  : B extends 1
    ? 0
    : `${B}` extends infer b extends keyof RemainderDigit
      ? ToNumber<RemainderOf<`${A}`, RemainderDigit[b]>>
      : ToNumber<DivideStrings<`${A}`, `${B}`>[1]>;

/** Whether A < B; `boolean` when that is not known. */
export type Less<A extends number, B extends number> = number extends A | B
  ? boolean
  : SubtractStrings<`${A}`, `${B}`> extends "<"
    ? true
    : false;

/** The product so far stays a string, so that no literal is parsed twice. */
type ProductStrings<
  S extends readonly number[],
  Out extends string = "1",
> = S extends readonly [
  infer H extends number,
  ...infer R extends readonly number[],
]
  ? ProductStrings<R, MultiplyStrings<Out, `${H}`>>
  : Out;

/** The number of elements of a shape; 1 for `[]`. */
export type Product<S extends readonly number[]> = number extends S["length"]
  ? number
  : number extends S[number]
    ? number
    : ToNumber<ProductStrings<S>>;

/** The sum of a list of sizes; 0 for `[]`. */
export type Sum<
  S extends readonly number[],
  Out extends number = 0,
> = number extends S["length"]
  ? number
  : S extends readonly [
        infer H extends number,
        ...infer R extends readonly number[],
      ]
    ? Sum<R, Add<Out, H>>
    : Out;
