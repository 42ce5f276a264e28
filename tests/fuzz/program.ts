/** A random program of the language: declarations and calls, one const each. It can be printed, run, and traced. */
import type { Grid } from "../oracles/grid.js";
import type { Tape } from "../oracles/tape.js";

/** What a const of the program holds: shapes are those of one example. */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
  readonly batched: boolean;
  /** Indices only: the number of classes. */
  readonly classes?: number;
}

export type LeafKind =
  | "input"
  /** An input that is the same for all examples. */
  | "whole"
  | "param"
  | "frozen"
  | "constant"
  | "indices"
  | "wholeIndices"
  | "constantIndices";

export interface Leaf {
  readonly kind: LeafKind;
  readonly value: Value;
  /** Contents, one list for each example; one list where there are no examples. */
  readonly data: readonly (readonly number[])[];
  /** Parameters only: what draws their first contents, in place of `data`. */
  readonly initializer?: string;
}

/** An argument as it is printed. */
export type Argument =
  | Value
  | number
  | string
  | boolean
  | undefined
  | Code
  | readonly Argument[]
  | { readonly [key: string]: Argument };

/** A function as it is written; `reads` are the values of the program that it uses. */
export interface Code {
  readonly reads: readonly Value[];
  readonly code: (...names: readonly string[]) => string;
}

/** What a meaning may ask for. */
export interface Context {
  readonly tape: Tape;
  /** The value of the example at hand. */
  readonly of: (v: Value) => Grid;
  /** Indices of the example at hand. */
  readonly integers: (v: Value) => readonly number[];
  /** Indices of every example. */
  readonly allIntegers: (v: Value) => readonly (readonly number[])[];
  /** The value of every example. */
  readonly all: (v: Value) => readonly Grid[];
  /** A parameter that the layer itself declares; frozen where it is given a number for its entries, or "drawn". */
  readonly own: (
    name: string,
    shape: readonly number[],
    frozen?: number | "drawn",
  ) => Grid;
  /** Whether the graph that trains is meant, or the one that predicts. */
  readonly mode: "train" | "predict";
  /** Entry `index` of the k-th source of random numbers of the call, of the example at hand or of all. */
  readonly uniform: (k: number, size: number, index: number) => number;
  /** dy/dx of a scalar. */
  readonly derive: (y: Grid, x: Grid) => Grid;
}

export interface Call {
  readonly callee: string;
  readonly args: readonly Argument[];
  /** Options of a callable layer's second call: `dense(3, 2)(x)`. */
  readonly on?: readonly Argument[];
  /** Which one of several results. */
  readonly pick?: number | string;
  /** The name of a scope that the call stands in. */
  readonly scope?: string;
  /** True where the result is one for all examples although its operands are batched. */
  readonly whole?: boolean;
  /** True where examples see each other. */
  readonly crosses?: boolean;
  /** True where training and prediction differ. */
  readonly modal?: boolean;
  /** How many sources of random numbers it has; none where left out. */
  readonly draws?: number;
  /** True where random numbers differ from example to example. */
  readonly drawsBatch?: boolean;
  /** True where the types do not know the shape, which depends on whether the operand is batched. */
  readonly untyped?: boolean;
  /** True where its meaning has the first derivatives alone: another function has the same ones. */
  readonly once?: boolean;
  /** What the call computes for one example, in operations on numbers. */
  readonly meaning: (c: Context) => Grid;
}

export interface Step {
  readonly value: Value;
  readonly call: Call;
  /** Attributes of the operator and the choices this call stands for. */
  readonly choices: Readonly<Record<string, string>>;
}

export interface Program {
  readonly leaves: readonly Leaf[];
  readonly steps: readonly Step[];
  readonly outputs: readonly Value[];
  readonly loss: Value;
  readonly optimizer: string;
  /** Examples that data exists for. */
  readonly examples: number;
  /** "plain": domains guarded; "kinks": small integers and ties; "unguarded": NaN and infinities are welcome. */
  readonly pool: Pool;
}
export type Pool = "plain" | "kinks" | "unguarded";

export const isValue = (a: Argument): a is Value =>
  typeof a === "object" && !Array.isArray(a) && "shape" in a && "name" in a;

export const isCode = (a: Argument): a is Code =>
  typeof a === "object" && !Array.isArray(a) && "code" in a;

/** The values among arguments, nested ones too. */
export function valuesIn(a: Argument): Value[] {
  if (typeof a !== "object") return [];
  if (isValue(a)) return [a];
  if (isCode(a)) return [...a.reads];
  return (Array.isArray(a) ? (a as Argument[]) : Object.values(a)).flatMap(
    valuesIn,
  );
}

export const operandsOf = ({ args, on = [] }: Call): Value[] =>
  [...args, ...on].flatMap(valuesIn);

/** A number as JavaScript reads it back. */
const printNumber = (x: number): string =>
  Object.is(x, -0) ? "-0" : String(x);

export function printArgument(a: Argument): string {
  if (typeof a === "number") return printNumber(a);
  if (typeof a === "string") return JSON.stringify(a);
  if (typeof a !== "object") return String(a);
  if (isValue(a)) return a.name;
  if (isCode(a)) return a.code(...a.reads.map((v) => v.name));
  if (Array.isArray(a))
    return `[${(a as Argument[]).map(printArgument).join(", ")}]`;
  const fields = Object.entries(a)
    .filter(([, v]) => v !== undefined)
    .map(([key, v]) => `${key}: ${printArgument(v)}`);
  return `{ ${fields.join(", ")} }`;
}

/** Arguments between parentheses; those that are left out at the end do not stand there. */
function printArguments(args: readonly Argument[]): string {
  const last = args.findLastIndex((a) => a !== undefined);
  return `(${args
    .slice(0, last + 1)
    .map(printArgument)
    .join(", ")})`;
}

export function printCall({ callee, args, on, pick, scope }: Call): string {
  const text = [
    callee,
    printArguments(args),
    ...(on === undefined ? [] : [printArguments(on)]),
    ...(typeof pick === "number" ? [`[${String(pick)}]`] : []),
    ...(typeof pick === "string" ? [`.${pick}`] : []),
  ].join("");
  return scope === undefined
    ? text
    : `scope(${JSON.stringify(scope)}, () => ${text})`;
}

export function printLeaf({ kind, value, data, initializer }: Leaf): string {
  const { name, shape, classes } = value;
  const quoted = JSON.stringify(name);
  const [dims, numbers] = [printArgument(shape), printArgument(data[0] ?? [])];
  switch (kind) {
    case "input":
      return `input(${quoted}, ${dims})`;
    case "whole":
      return `input(${quoted}, ${dims}, { batched: false })`;
    case "param":
      return `param(${quoted}, ${dims}, { init: ${initializer ?? numbers} })`;
    case "frozen":
      return `param(${quoted}, ${dims}, { init: ${numbers}, frozen: true })`;
    case "constant":
      return `constant(${dims}, ${numbers})`;
    case "constantIndices":
      return `constantIndices(${dims}, ${numbers})`;
    case "indices":
      return `indices(${quoted}, ${dims}, ${String(classes)})`;
    case "wholeIndices":
      return `indices(${quoted}, ${dims}, ${String(classes)}, { batched: false })`;
  }
}

export const isInput = ({ kind }: Leaf): boolean =>
  ["input", "whole", "indices", "wholeIndices"].includes(kind);

/** Declarations and calls, one line each. */
export const printLines = ({
  leaves,
  steps,
}: Pick<Program, "leaves" | "steps">): string[] => [
  ...leaves.map((leaf) => `const ${leaf.value.name} = ${printLeaf(leaf)};`),
  ...steps.map(
    ({ value, call }) => `const ${value.name} = ${printCall(call)};`,
  ),
];

const shorthand = (values: readonly Value[]): string =>
  values.length === 0 ? "{}" : `{ ${values.map((v) => v.name).join(", ")} }`;

/** `model({ ... })` of a program. */
export const printModel = (p: Program): string =>
  `model({ inputs: ${shorthand(p.leaves.filter(isInput).map((l) => l.value))}, outputs: ${shorthand(p.outputs)}, loss: ${p.loss.name}, optimizer: ${p.optimizer} })`;

/** A model file. */
export function printProgram(p: Program): string {
  const lines = [...printLines(p), `export default ${printModel(p)};`];
  const body = lines.join("\n");
  return `import { ${namesIn(body).join(", ")} } from "gradc";\n\n${body}\n`;
}

/** Functions that a text calls. */
export const namesIn = (text: string): string[] =>
  [
    ...new Set(
      [...text.matchAll(/\b([a-z]\w*)\(/gi)].map(([, name = ""]) => name),
    ),
  ].sort();
