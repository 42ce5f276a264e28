import { isLeaf, sizeOf, type Node } from "../../dsl/graph.js";
import { executedBytes, multiplyAdds } from "../kernels/cost.js";
import type { Kernel } from "../kernels/fuse.js";
import {
  innerStatements,
  isBatched,
  loadsOf,
  madeBy,
  type Axis,
  type Expr,
  type Statement,
} from "../kernels/ir.js";
import { isSlice, type Style } from "../kernels/slice.js";
import { dtypes, type Dtype } from "./dtype.js";
import { nameOf } from "./indexForm.js";
import type { Names } from "./names.js";

/** Schedule of one kernel, and what it costs for one example, or once where it is not done for each. */
export interface KernelFacts {
  /** What it computes, as the comments of the module call it. */
  readonly makes: readonly string[];
  /** Straight-line code; loops over single points or over tiles of them; a call over a slice; a loop over steps. */
  readonly form: "straight line" | "loops" | "tiles" | "slice" | "steps";
  /** Extents from the outermost loop inwards, `n` for the examples. */
  readonly loops: readonly string[];
  /** Extents of the sum inside of them. */
  readonly sum: readonly string[];
  /** Points that are done side by side, by the letter of their loop. */
  readonly tile: readonly string[];
  /** True where it is done for each example. */
  readonly batched: boolean;
  readonly multiplyAdds: number;
  /** Bytes of the arrays that it reads and writes, each counted once: of one example, and those that there are once. */
  readonly bytes: { readonly perExample: number; readonly fixed: number };
  /** Bytecode that it runs through. */
  readonly executed: number;
}

/** What is known of a kernel before it runs. */
export function kernelFacts(
  k: Kernel,
  names: Names,
  memory: ReadonlySet<Node>,
  style: Style,
  dtype: Dtype,
): KernelFacts {
  const [first] = k.statements;
  const { tile } = k;
  const form =
    first?.expr.kind === "scan"
      ? "steps"
      : first !== undefined && isSlice(first, style)
        ? "slice"
        : tile.size > 0
          ? "tiles"
          : "loops";
  const axes = [...k.axes, ...stepsOf(k)];
  return {
    makes: k.statements.flatMap((s) =>
      [s.value, ...madeBy(s)].map((v) => nameOf(v, names)),
    ),
    form,
    loops: axes.map(extentOf),
    sum: sumsOf(first?.expr).map(extentOf),
    tile: [...tile].map(
      ([axis, size]) =>
        `${axis.extent === "batch" ? "n" : names.axis(axis)} ${String(size)}`,
    ),
    batched: k.statements.some(isBatched),
    multiplyAdds: multiplyAdds(k.statements),
    bytes: movedBytes(k.statements, memory, dtype),
    executed: executedBytes([k], style.math),
  };
}

/** The same of a whole body in straight-line code. */
export const straightFacts = (
  statements: readonly Statement[],
  names: Names,
  style: Style,
  dtype: Dtype,
): KernelFacts => ({
  makes: statements
    .filter((s) => s.targets.length > 0)
    .map((s) => nameOf(s.value, names)),
  form: "straight line",
  loops: [],
  sum: [],
  tile: [],
  batched: statements.some(isBatched),
  multiplyAdds: multiplyAdds(statements),
  bytes: movedBytes(statements, new Set(), dtype),
  executed: executedBytes(
    statements.map((s) => ({ axes: s.axes, statements: [s] })),
    style.math,
  ),
});

const extentOf = ({ extent }: Axis): string =>
  extent === "batch" ? "n" : String(extent);

const stepsOf = (k: Kernel): Axis[] =>
  k.statements.flatMap((s) =>
    s.expr.kind === "scan" ? [s.expr.loop.step] : [],
  );

/** Axes of the outermost sum of an expression. */
function sumsOf(e: Expr | undefined): readonly Axis[] {
  switch (e?.kind) {
    case "reduce":
      return e.over;
    case "guard":
      return sumsOf(e.body);
    case "apply":
      return e.args.map(sumsOf).find((axes) => axes.length > 0) ?? [];
    default:
      return [];
  }
}

/** Leaves and values in memory that statements read or write. */
function movedBytes(
  statements: readonly Statement[],
  memory: ReadonlySet<Node>,
  dtype: Dtype,
): KernelFacts["bytes"] {
  const touched = new Set<Node>();
  const bytes = { perExample: 0, fixed: 0 };
  const add = (v: Node): void => {
    const own = sizeOf(v.shape) * (v.dtype === "i32" ? 4 : dtypes[dtype].bytes);
    bytes[v.batched ? "perExample" : "fixed"] += own;
  };
  const touch = (v: Node): void => {
    if (isLeaf(v) || memory.has(v)) touched.add(v);
  };
  const visit = (s: Statement): void => {
    for (const { value } of loadsOf(s.expr)) touch(value);
    for (const v of [s.value, ...madeBy(s)]) touch(v);
    // Parameters, gradients and outputs are written beside the values in memory.
    for (const t of s.targets) if (t.space !== "memory") add(s.value);
    innerStatements(s).forEach(visit);
  };
  statements.forEach(visit);
  touched.forEach(add);
  return bytes;
}
