/**
 * Einstein sums: `einsum("ij,jk->ik", a, b)`; a letter is one size everywhere, letters without output are summed. An
 * equation with "..." is checked when the graph is built: the types do not count the axes that it stands for.
 */
import type { Message, Show } from "./messages.js";
import { failShape } from "./messages.js";
import type { DimOk, Dynamic, Shape } from "./shape.js";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

type CharsOf<
  S extends string,
  Out extends string = never,
> = S extends `${infer C}${infer R}` ? CharsOf<R, Out | C> : Out;
type Letter = CharsOf<typeof alphabet>;

/** Without spaces. */
type Compact<S extends string> = S extends `${infer A} ${infer B}`
  ? Compact<`${A}${B}`>
  : S;
type HasOnly<S extends string, Chars extends string> = S extends ""
  ? true
  : S extends `${Chars}${infer R}`
    ? HasOnly<R, Chars>
    : false;

/** The letters that occur once, in the order of the alphabet: the output of an equation without one. */
type Once<
  In extends string,
  Alphabet extends string = typeof alphabet,
  Out extends string = "",
> = Alphabet extends `${infer c}${infer R}`
  ? In extends `${infer Before}${c}${infer After}`
    ? `${Before}${After}` extends `${string}${c}${string}`
      ? Once<In, R, Out>
      : Once<In, R, `${Out}${c}`>
    : Once<In, R, Out>
  : Out;

/** An equation as [input, output]; undefined where the types do not read it, `never` where it is none. */
type Parsed<Equation extends string> = string extends Equation
  ? undefined
  : Compact<Equation> extends infer E extends string
    ? E extends `${string}.${string}`
      ? undefined
      : E extends `${infer In}->${infer Out}`
        ? HasOnly<In, Letter | ","> extends true
          ? HasOnly<Out, Letter> extends true
            ? readonly [In, Out]
            : never
          : never
        : HasOnly<E, Letter | ","> extends true
          ? readonly [E, Once<E>]
          : never
    : never;

type Split<
  S extends string,
  Out extends string[] = [],
> = S extends `${infer A},${infer R}` ? Split<R, [...Out, A]> : [...Out, S];

/** The size of each letter, the first operand that has it first. */
type Sizes<
  Letters extends string,
  S extends Shape,
  Known,
> = Letters extends `${infer c}${infer R}`
  ? S extends readonly [infer d extends number, ...infer SR extends Shape]
    ? Sizes<R, SR, c extends keyof Known ? Known : Known & Record<c, d>>
    : Known
  : Known;
type AllSizes<
  Terms extends readonly string[],
  Shapes extends readonly Shape[],
  Known = unknown,
> = Terms extends readonly [
  infer t extends string,
  ...infer TR extends readonly string[],
]
  ? Shapes extends readonly [
      infer s extends Shape,
      ...infer SR extends readonly Shape[],
    ]
    ? AllSizes<TR, SR, Sizes<t, s, Known>>
    : Known
  : Known;
type OutputShape<
  Letters extends string,
  Known,
  Out extends number[] = [],
> = Letters extends `${infer c}${infer R}`
  ? OutputShape<
      R,
      Known,
      [
        ...Out,
        c extends keyof Known
          ? Known[c] extends number
            ? Known[c]
            : number
          : number,
      ]
    >
  : Out;

/** The shape of `einsum(equation, ...operands)`. */
export type EinsumShape<
  Equation extends string,
  Shapes extends readonly Shape[],
> =
  Parsed<Equation> extends readonly [
    infer In extends string,
    infer Out extends string,
  ]
    ? OutputShape<Out, AllSizes<Split<In>, Shapes>>
    : number[];

type Length<
  S extends string,
  Count extends unknown[] = [],
> = S extends `${string}${infer R}`
  ? Length<R, [...Count, unknown]>
  : Count["length"];

type DimError<
  Letters extends string,
  S extends Shape,
  Known,
> = Letters extends `${infer c}${infer R}`
  ? S extends readonly [infer d extends number, ...infer SR extends Shape]
    ? c extends keyof Known
      ? DimOk<Known[c] & number, d> extends true
        ? DimError<R, SR, Known>
        : Message<"einsumDim", [c, Known[c] & number, d]>
      : DimError<R, SR, Known & Record<c, d>>
    : never
  : never;

/** The sizes of the letters before operand number `N`. */
type SizesBefore<
  Terms extends readonly string[],
  Shapes extends readonly Shape[],
  N extends string,
  Known = unknown,
  Count extends unknown[] = [],
> = `${Count["length"]}` extends N
  ? Known
  : Terms extends readonly [
        infer t extends string,
        ...infer TR extends readonly string[],
      ]
    ? Shapes extends readonly [
        infer s extends Shape,
        ...infer SR extends readonly Shape[],
      ]
      ? SizesBefore<TR, SR, N, Sizes<t, s, Known>, [...Count, unknown]>
      : Known
    : Known;

/** The message for operand number `N` (a tuple key: "0", "1", ...). */
export type EinsumError<
  Equation extends string,
  Shapes extends readonly Shape[],
  N extends string,
> = [Parsed<Equation>] extends [never]
  ? never
  : Parsed<Equation> extends readonly [infer In extends string, string]
    ? Split<In> extends infer Terms extends string[]
      ? N extends keyof Terms & keyof Shapes
        ? Terms[N] extends infer t extends string
          ? Shapes[N] extends infer s extends Shape
            ? Dynamic<s> extends true
              ? never
              : Length<t> extends s["length"]
                ? DimError<t, s, SizesBefore<Terms, Shapes, N>>
                : Message<"einsumRank", [N, t, Length<t>, Show<s>]>
            : never
          : never
        : never
      : never
    : never;

type OutputError<
  In extends string,
  Out extends string,
> = Out extends `${infer c}${infer R}`
  ? In extends `${string}${c}${string}`
    ? R extends `${string}${c}${string}`
      ? Message<"einsumTwice", [c]>
      : OutputError<In, R>
    : Message<"einsumOutput", [c]>
  : never;

/** The message for the equation, given the number of operands. */
export type EquationError<Equation extends string, Operands extends number> = [
  Parsed<Equation>,
] extends [never]
  ? Message<"einsumFormat", [Equation]>
  : Parsed<Equation> extends readonly [
        infer In extends string,
        infer Out extends string,
      ]
    ? number extends Operands
      ? never
      : Split<In>["length"] extends Operands
        ? OutputError<In, Out>
        : Message<"einsumOperands", [Equation, Split<In>["length"], Operands]>
    : never;

/** An equation taken apart: one letter for each axis, "..." too, and the size of each letter. */
export interface Equation {
  readonly operands: readonly string[];
  readonly output: string;
  readonly sizes: ReadonlyMap<string, number>;
}

const term = "[a-zA-Z]*(?:\\.\\.\\.)?[a-zA-Z]*";
const format = new RegExp(`^(${term}(?:,${term})*)(?:->(${term}))?$`);
const ellipsis = "...";
const lettersIn = (text: string): string[] =>
  Array.from(text.replaceAll(/[.,]/g, ""));

/** Takes an equation apart; throws when it is not one for operands of these shapes. */
export function parseEquation(
  equation: string,
  shapes: readonly Shape[],
): Equation {
  const match = format.exec(equation.replaceAll(" ", ""));
  if (match === null) failShape("einsumFormat", equation);
  const [, input = "", given] = match;
  const terms = input.split(",");
  if (terms.length !== shapes.length)
    failShape("einsumOperands", equation, terms.length, shapes.length);
  const letters = lettersIn(input);
  const output = given ?? impliedOutput(letters, input.includes(ellipsis));
  lettersIn(output).forEach((letter, i, all) => {
    if (!letters.includes(letter)) failShape("einsumOutput", letter);
    if (all.includes(letter, i + 1)) failShape("einsumTwice", letter);
  });
  terms.forEach((text, operand) => {
    const { length } = lettersIn(text);
    const shape = shapes[operand] as Shape;
    const fits = text.includes(ellipsis)
      ? length <= shape.length
      : length === shape.length;
    if (!fits) failShape("einsumRank", operand, text, length, shape);
  });
  const spread = spreadLetters(letters, terms, shapes);
  const operands = terms.map((text, operand) => {
    const count = (shapes[operand] as Shape).length - lettersIn(text).length;
    return text.replace(ellipsis, spread.slice(spread.length - count));
  });
  return {
    operands,
    output: output.replace(ellipsis, spread),
    sizes: sizesOf(operands, shapes, spread),
  };
}

/** The letters that occur once, in the order of the alphabet, after the axes of "...". */
function impliedOutput(letters: readonly string[], spread: boolean): string {
  const once = Array.from(alphabet).filter(
    (c) => letters.filter((letter) => letter === c).length === 1,
  );
  return (spread ? ellipsis : "") + once.join("");
}

/** Letters that the equation does not have, for the axes of "...": as many as the operand with most needs. */
function spreadLetters(
  letters: readonly string[],
  terms: readonly string[],
  shapes: readonly Shape[],
): string {
  const most = terms.map((text, operand) =>
    text.includes(ellipsis)
      ? (shapes[operand] as Shape).length - lettersIn(text).length
      : 0,
  );
  const free = Array.from(alphabet).filter((c) => !letters.includes(c));
  return free.slice(0, Math.max(0, ...most)).join("");
}

/** The size of each letter: one everywhere, but that the axes of "..." broadcast. */
function sizesOf(
  operands: readonly string[],
  shapes: readonly Shape[],
  spread: string,
): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  operands.forEach((letters, operand) => {
    Array.from(letters).forEach((letter, i) => {
      const size = (shapes[operand] as Shape)[i] as number;
      const known = sizes.get(letter) ?? size;
      const broadcasts = spread.includes(letter) && (known === 1 || size === 1);
      if (known !== size && !broadcasts) {
        const axis = spread.indexOf(letter);
        if (axis < 0) failShape("einsumDim", letter, known, size);
        failShape("einsumSpread", axis - spread.length, known, size);
      }
      sizes.set(letter, Math.max(known, size));
    });
  });
  return sizes;
}
