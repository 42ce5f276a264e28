/** Functions of one number that random networks apply: bounded arguments keep every value near 1. */
export const unaryNames = [
  "tanh",
  "sigmoid",
  "relu",
  "softplus",
  "sin",
  "cos",
  "square",
  "abs",
  "neg",
  "exp",
] as const;
export type UnaryName = (typeof unaryNames)[number];

export const binaryNames = ["add", "sub", "mul", "maximum", "minimum"] as const;
export type BinaryName = (typeof binaryNames)[number];

export const reductionNames = ["sum", "mean", "max", "logsumexp"] as const;
export type ReductionName = (typeof reductionNames)[number];

/** What a random network is written in: the language, or the tape. Shapes are those of one example. */
export interface Algebra<T> {
  shape(x: T): readonly number[];
  unary(name: UnaryName, x: T): T;
  /** Shapes broadcast as NumPy's. */
  binary(name: BinaryName, a: T, b: T): T;
  reduce(name: ReductionName, x: T, axis: number): T;
  softmax(x: T, axis: number): T;
  /** W x + b on the last axis. */
  linear(x: T, weight: T, bias: T): T;
  reshape(x: T, shape: readonly number[]): T;
  /** The first two axes swapped. */
  transpose(x: T): T;
  /** Entries `from` to `to` of an axis. */
  slice(x: T, axis: number, from: number, to: number): T;
  concat(a: T, b: T, axis: number): T;
  /** The sum of all entries, a scalar. */
  total(x: T): T;
  /** A new parameter, or an input of each example. */
  leaf(kind: "param" | "input", shape: readonly number[]): T;
}

/** Integers from 0 that a seed decides. */
function dice(seed: number): (sides: number) => number {
  let state = seed * 2 + 1;
  return (sides) => {
    state = (state * 48271) % 2147483647;
    return state % sides;
  };
}

/** A network of about `steps` steps that the seed decides: the same in every algebra. Its value is a scalar. */
export function randomNetwork<T>(
  seed: number,
  steps: number,
  a: Algebra<T>,
): T {
  const roll = dice(seed);
  const pick = <V>(list: readonly V[]): V => list[roll(list.length)] as V;
  const shapes: readonly (readonly number[])[] = [[3], [2, 3], [4], [2, 2]];
  const values: T[] = [
    a.leaf("input", pick(shapes)),
    a.leaf("input", pick(shapes)),
    a.leaf("param", pick(shapes)),
  ];
  const bounded = (x: T): T => a.unary("tanh", x);
  const withRank = (least: number): T => {
    const fit = values.filter((v) => a.shape(v).length >= least);
    return fit.length === 0 ? a.leaf("param", [2, 3]) : pick(fit);
  };
  const kinds: readonly (() => T)[] = [
    () => a.unary(pick(unaryNames), bounded(pick(values))),
    () => a.unary(pick(unaryNames), bounded(pick(values))),
    () => {
      const x = pick(values);
      const like = values.filter(
        (v) => a.shape(v).join() === a.shape(x).join(),
      );
      return a.binary(pick(binaryNames), bounded(x), pick(like));
    },
    () => {
      const x = withRank(1);
      const row = a.leaf("param", a.shape(x).slice(-1));
      return a.binary(pick(binaryNames), x, row);
    },
    () => {
      const x = withRank(1);
      const [width] = a.shape(x).slice(-1) as [number];
      const out = 1 + roll(3);
      const weight = a.leaf("param", [out, width]);
      return a.linear(bounded(x), weight, a.leaf("param", [out]));
    },
    () => {
      const x = withRank(1);
      return a.reduce(pick(reductionNames), x, roll(a.shape(x).length));
    },
    () => {
      const x = withRank(1);
      return a.softmax(x, roll(a.shape(x).length));
    },
    () => {
      const x = withRank(2);
      return a.transpose(x);
    },
    () => {
      const x = withRank(2);
      return a.reshape(x, [a.shape(x).reduce((p, d) => p * d, 1)]);
    },
    () => {
      const x = withRank(1);
      const axis = roll(a.shape(x).length);
      const length = a.shape(x)[axis] ?? 1;
      const from = roll(length);
      return a.slice(x, axis, from, from + 1 + roll(length - from));
    },
    () => {
      const x = withRank(1);
      const axis = roll(a.shape(x).length);
      const fit = values.filter(
        (v) =>
          a.shape(v).length === a.shape(x).length &&
          a.shape(v).every((d, i) => i === axis || d === a.shape(x)[i]),
      );
      return a.concat(x, pick(fit), axis);
    },
  ];
  for (let i = 0; i < steps; i++) values.push(pick(kinds)());
  return values
    .slice(-4)
    .concat(values.slice(0, 3))
    .map((v) => a.total(a.unary("tanh", v)))
    .reduce((s, v) => a.binary("add", s, v));
}
