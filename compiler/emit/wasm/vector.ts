/** What vectors are made of: one piece of code for each lane. */
import type { Code } from "../code.js";
import type { Dtype } from "../dtype.js";
import type { Instructions, Plain } from "./instructions.js";

/** How a vector is made. */
export interface Vector {
  /** Instructions, where those that make the lanes one by one have one for each operation of each. */
  readonly cost: number;
  readonly push: (out: Instructions) => void;
}

/** One piece of code for each lane. */
export type Codes = readonly Code[];

/** What the numbers of a vector are, how many it has, and how its instructions are called. */
export interface Shape {
  readonly type: Dtype;
  readonly width: number;
  readonly name: "f64x2" | "f32x4";
  readonly splat: "v128.load64_splat" | "v128.load32_splat";
  /** Reads one number; the others are 0. */
  readonly first: "v128.load64_zero" | "v128.load32_zero";
}

export const shapes: Readonly<Record<Dtype, Shape>> = {
  f64: {
    type: "f64",
    width: 2,
    name: "f64x2",
    splat: "v128.load64_splat",
    first: "v128.load64_zero",
  },
  f32: {
    type: "f32",
    width: 4,
    name: "f32x4",
    splat: "v128.load32_splat",
    first: "v128.load32_zero",
  },
};

/** One operation on vectors. */
export const made = (operation: Plain, parts: readonly Vector[]): Vector => ({
  cost: parts.reduce((n, p) => n + p.cost, 1),
  push: (out) => {
    for (const part of parts) part.push(out);
    out.op(operation);
  },
});

/** Pieces of code that are all of one kind. */
export function only<K extends Code["kind"]>(
  codes: Codes,
  kind: K,
): readonly (Code & { readonly kind: K })[] | undefined {
  const list = codes.filter(
    (c): c is Code & { readonly kind: K } => c.kind === kind,
  );
  return list.length === codes.length ? list : undefined;
}

/** What numbers are told apart by: 0 and -0 are two. */
export const textOf = (x: number): string =>
  Object.is(x, -0) ? "-0" : String(x);

/** Equal code has equal values at one point. */
export const isSame = (a: Code, b: Code): boolean =>
  a === b || keyOf(a) === keyOf(b);
const keyOf = (code: Code): string =>
  JSON.stringify(code, (_, x: unknown) =>
    typeof x === "number" ? textOf(x) : x,
  );

/** The number that code is: -0 is written as an operation. */
export function literalOf(code: Code): number | undefined {
  if (code.kind === "number") return code.value;
  if (code.kind !== "unary" || code.op !== "-") return undefined;
  return code.x.kind === "number" ? -code.x.value : undefined;
}

/** True for 0, not for -0. */
export const isZero = (code: Code): boolean => Object.is(literalOf(code), 0);

/** Entries of arrays that zeros alone follow; undefined where there are other numbers. */
export function firstEntries(
  codes: Codes,
): readonly (Code & { readonly kind: "index" })[] | undefined {
  const entries = codes.filter((c) => c.kind === "index");
  const areFirst = codes.every((c, i) =>
    i < entries.length ? c.kind === "index" : isZero(c),
  );
  return areFirst && entries.length > 0 ? entries : undefined;
}
