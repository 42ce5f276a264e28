/** Einstein sums: `einsum("ij,jk->ik", a, b)`; a letter is one size everywhere, letters without output are summed. */
import type { Message, Show } from "./messages.js";
import { failShape } from "./messages.js";
import type { DimOk, Dynamic, Shape } from "./shape.js";

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
> = Equation extends `${infer In}->${infer Out}`
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
> = string extends Equation
  ? never
  : Equation extends `${infer In}->${string}`
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
export type EquationError<
  Equation extends string,
  Operands extends number,
> = string extends Equation
  ? never
  : Equation extends `${infer In}->${infer Out}`
    ? number extends Operands
      ? never
      : Split<In>["length"] extends Operands
        ? OutputError<In, Out>
        : Message<"einsumOperands", [Equation, Split<In>["length"], Operands]>
    : Message<"einsumFormat", [Equation]>;

/** An equation taken apart: the letters of each operand and of the output. */
export interface Equation {
  readonly operands: readonly string[];
  readonly output: string;
}

/** Takes an equation apart; throws when it is not one for operands of these shapes. */
export function parseEquation(
  equation: string,
  shapes: readonly Shape[],
): Equation {
  const match = /^([a-zA-Z]*(?:,[a-zA-Z]*)*)->([a-zA-Z]*)$/.exec(equation);
  if (match === null) failShape("einsumFormat", equation);
  const [, input = "", output = ""] = match;
  const operands = input.split(",");
  if (operands.length !== shapes.length)
    failShape("einsumOperands", equation, operands.length, shapes.length);
  Array.from(output).forEach((letter, i) => {
    if (!input.includes(letter)) failShape("einsumOutput", letter);
    if (output.includes(letter, i + 1)) failShape("einsumTwice", letter);
  });
  return { operands, output };
}

/** The shape of `einsum(equation, ...operands)`. */
export function einsumShape(
  equation: string,
  shapes: readonly Shape[],
): number[] {
  const { operands, output } = parseEquation(equation, shapes);
  const sizes = new Map<string, number>();
  operands.forEach((letters, operand) => {
    const shape = shapes[operand] as Shape;
    if (letters.length !== shape.length)
      failShape("einsumRank", operand, letters, letters.length, shape);
    Array.from(letters).forEach((letter, i) => {
      const size = shape[i] as number;
      const known = sizes.get(letter) ?? size;
      if (known !== size) failShape("einsumDim", letter, known, size);
      sizes.set(letter, size);
    });
  });
  return Array.from(output).map((letter) => sizes.get(letter) as number);
}
