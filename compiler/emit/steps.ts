import { kernelsOf } from "../kernels/fuse.js";
import type { Axis, Statement, StepLoop } from "../kernels/ir.js";
import { sizeOf } from "../../dsl/graph.js";
import {
  assign,
  binary,
  declare,
  loop,
  name,
  num,
  type Code,
  type Statement as Line,
} from "./code.js";
import { formulaComments } from "./indexForm.js";
import { printKernel, type LoopOptions } from "./loops.js";

/** The loop of a scan: for every example from the first step to the last, or the other way. */
export function printSteps(steps: StepLoop, o: LoopOptions): Line[] {
  const { names, form } = o;
  const looped = steps.row !== undefined && form === "rows";
  const variables = new Map<Axis, Code>(o.variables);
  const row = looped ? names.fresh("row") : undefined;
  if (steps.row !== undefined)
    variables.set(steps.row, row === undefined ? num(0) : name(row));
  const inside = (): Line[] => [
    ...cleared(
      steps.sums.filter(({ value }) => value.batched),
      row,
      o,
    ),
    ...printed(steps.start, variables, o),
    ...stepLoop(steps, variables, o),
    ...printed(steps.last, variables, o),
  ];
  const sums = cleared(
    steps.sums.filter(({ value }) => !value.batched),
    undefined,
    o,
  );
  if (row === undefined) return [...sums, ...inside()];
  const body = names.block(inside);
  names.release(row);
  return [...sums, loop(row, name("n"), body)];
}

function stepLoop(
  steps: StepLoop,
  variables: Map<Axis, Code>,
  o: LoopOptions,
): Line[] {
  const { step, reverse } = steps;
  const count = step.extent as number;
  const counter = reverse ? o.names.fresh("back") : o.names.variable(step);
  const at = reverse ? o.names.variable(step) : counter;
  variables.set(step, name(at));
  const body = o.names.block((): Line[] => [
    ...(reverse
      ? [declare(at, binary("-", num(count - 1), name(counter)))]
      : []),
    ...printed(steps.body, variables, o),
    ...printed(steps.end, variables, o),
  ]);
  o.names.release(counter);
  o.names.release(at);
  return [loop(counter, num(count), body)];
}

/** Sums start at -0, the neutral element of addition, where they say nothing else. */
const cleared = (
  sums: StepLoop["sums"],
  row: string | undefined,
  o: LoopOptions,
): Line[] =>
  sums.map(({ value, from = -0 }) => {
    const i = o.names.fresh("i");
    const at = row === undefined ? undefined : name(row);
    const cell = o.storage.element(value, name(i), at);
    o.names.release(i);
    const to: Code = cell.kind === "index" ? { ...cell, cast: false } : cell;
    return loop(i, num(sizeOf(value.shape)), [assign(to, "=", num(from))]);
  });

/** Statements of a step, as loops with their formulas. */
const printed = (
  statements: readonly Statement[],
  variables: ReadonlyMap<Axis, Code>,
  o: LoopOptions,
): Line[] =>
  kernelsOf(statements, o.style).flatMap((k) => {
    const lines = printKernel(k, { ...o, variables });
    // Formulas speak of the constants that the loops have.
    const notes = formulaComments(k.statements, o.names, o.style.math);
    return [...notes, ...lines];
  });
