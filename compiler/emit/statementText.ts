import type { MathMode } from "../interpret.js";
import type { Axis, Expr, Statement, Target } from "../kernels/ir.js";
import { indexFormula } from "./indexForm.js";
import type { Names } from "./names.js";

/** Statements in their order, one a line: formula, extents of its axes, place, where the result goes. */
export function printStatements(
  statements: readonly Statement[],
  names: Names,
  math: MathMode,
): string {
  return statements
    .map((s) => {
      const extents = axesOf(s).map((a) =>
        a.extent === "batch"
          ? `${a.name} < n`
          : `${a.name} < ${String(a.extent)}`,
      );
      const { phase, call } = s.value.place;
      const notes = [
        [...new Set(extents)].join(", "),
        call === undefined ? phase : `${phase} ${names.title(call)}`,
        ...s.targets.map(targetText),
      ].filter((note) => note !== "");
      return `${indexFormula(s, names, math).padEnd(56)} ; ${notes.join("; ")}`;
    })
    .join("\n");
}

/** Axes of the points, then those of the sums; an axis of one point needs no loop. */
function axesOf(s: Statement): Axis[] {
  const over = (e: Expr): readonly Axis[] =>
    e.kind === "reduce"
      ? [...e.over, ...over(e.body)]
      : e.kind === "apply"
        ? e.args.flatMap(over)
        : [];
  return [...s.axes, ...over(s.expr)].filter((a) => a.extent !== 1);
}

const vectors = { param: "p", gradient: "g", state: "s" } as const;

function targetText(t: Target): string {
  switch (t.space) {
    case "output":
      return `to output ${t.name}`;
    case "loss":
      return "is the loss";
    case "memory":
      return t.adds ? "is added up" : "is kept for every step";
    default:
      return `to ${vectors[t.space]} from ${String(t.offset)}`;
  }
}
