/** The text of calls in a C program. */
import { type Placed, at } from "./place.js";
import {
  type Activation,
  type Causal,
  type Conv,
  type Lstm,
} from "../workloads/layers.js";

export const call = (
  name: string,
  ...args: readonly (string | number)[]
): string => `${name}(${args.join(", ")});`;

export const parameter = (l: Placed, i: number, of = "p"): string => {
  const offset = l.offsets[i];
  return offset === undefined ? "NULL" : at(of, offset);
};

/** f, or its derivative, over n numbers in place. */
export const activated = (
  f: Activation,
  n: number,
  ...names: readonly string[]
): readonly string[] => {
  if (f === "none") return [];
  const name = names.length > 1 ? `${f}_gradient` : f === "tanh" ? "tanh_" : f;
  return [call(name, n, ...names)];
};

/** One call an example, for layers that know one. */
export const eachExample = (
  batch: number,
  lines: readonly string[],
): readonly string[] => [
  `for (int b = 0; b < ${String(batch)}; b++) {`,
  ...lines.map((line) => `  ${line}`),
  "}",
];

export const example = (name: string, size: number): string =>
  `${name} + b * ${String(size)}`;

export const geometry = (c: Conv) =>
  [c.channels, c.size, c.out, c.kernel, c.pad] as const;

export const span = (c: Causal) =>
  [c.channels, c.length, c.out, c.kernel, c.dilation] as const;

export const lstmMemory = (l: Placed, { steps, hidden }: Lstm) => [
  `gates${String(l.index)}`,
  `squashed${String(l.index)}`,
  at("carried", l.carried),
  at("carried", l.carried + (steps + 1) * hidden),
];
