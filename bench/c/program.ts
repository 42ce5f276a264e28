/** A workload as a C program: calls of the layers of bench/c/*.h with its sizes as constants. */
import { type Placed, place, carriedBy, buffersOf } from "./place.js";
import { forwardLines, keepLines } from "./forward.js";
import { descentLines, backwardLines } from "./backward.js";
import {
  parametersOf,
  product,
  sizeOf,
  type Dense,
  type Layer,
} from "../workloads/layers.js";
import { checkRateOf, type Task, type Workload } from "../workloads/table.js";

export function programOf(workload: Workload): string {
  const layers = place(workload.layers);
  const batch = Math.max(...workload.tasks.map((t) => t.batch));
  const shapes = workload.layers.flatMap((layer) =>
    parametersOf(layer).map(describe(layer)),
  );
  const count = String(
    layers.length === 0
      ? 0
      : shapes.reduce((n, s) => n + s.rows * s.columns, 0),
  );
  const last = layers.at(-1);
  if (last === undefined) throw new Error(`${workload.id} has no layer`);
  const array = (type: string, name: string, size: number) =>
    `MEMORY ${type} ${name}[${String(Math.max(1, size))}];`;
  const adam = workload.optimizer === "adam" ? count : "1";
  const tasks = workload.tasks.map((task) => [taskName(task), task] as const);
  return [
    ...[
      "base",
      "dense",
      "optimizers",
      "conv",
      "block",
      "recurrent",
      "causal",
    ].map((name) => `#include "${name}.h"`),
    "",
    "struct parameter { int rows, columns, transposed; };",
    `enum { PARAMETERS = ${String(shapes.length)} };`,
    "static const struct parameter parameters[PARAMETERS] = {",
    ...shapes.map(
      (s) =>
        `  {${String(s.rows)}, ${String(s.columns)}, ${s.transposed ? "1" : "0"}},`,
    ),
    "};",
    `MEMORY real p[${count}], g[${count}], m[${adam}], v[${adam}];`,
    "static real loss;",
    "static int steps;",
    `static const real RATE = ${String(workload.rate)}, CHECK_RATE = ${String(checkRateOf(workload))};`,
    `static real rate = ${String(workload.rate)};`,
    array("real", "input", batch * product(workload.input)),
    array("int", "letters", batch * product(workload.input)),
    array("real", "target", batch * product(workload.target)),
    array("int", "labels", batch * product(workload.target)),
    array(
      "real",
      "carried",
      workload.layers.reduce((n, l) => n + carriedBy(l), 0),
    ),
    ...layers.flatMap((l) => buffersOf(l, batch, array)),
    "",
    ...tasks.flatMap(([name, task]) => [
      `static void ${name}(void) {`,
      ...linesOf(workload, layers, last, task).map((line) => `  ${line}`),
      "}",
    ]),
    "",
    "struct task { void (*run)(void); const real *output; int size; };",
    "static const struct task tasks[] = {",
    ...tasks.map(([name, task]) =>
      task.kind === "forward"
        ? `  {${name}, ${last.y}, ${String(task.batch * sizeOf(last.layer))}},`
        : `  {${name}, NULL, 0},`,
    ),
    "};",
    "",
    '#include "main.h"',
    "",
  ].join("\n");
}

const taskName = ({ kind, batch }: Task): string => `${kind}_${String(batch)}`;

/** A matrix of a product is transposed, so that rows of outputs fill vectors; what stands in kernels or tables is not. */
const describe = (layer: Layer) => (shape: readonly number[]) => {
  const [rows = 1] = shape;
  const columns = product(shape.slice(1));
  const transposed = shape.length === 2 && layer.kind !== "embedding";
  return { rows, columns, transposed };
};

function linesOf(
  w: Workload,
  layers: readonly Placed[],
  last: Placed,
  { kind, batch }: Task,
): readonly string[] {
  const forward = layers.flatMap((l) => forwardLines(l, batch));
  const rows = batch * (last.layer.kind === "dense" ? last.layer.rows : 1);
  const size = batch * sizeOf(last.layer);
  const classes = String(size / rows);
  if (kind === "forward")
    return [
      ...forward,
      ...(w.probabilities
        ? [`softmax(${String(rows)}, ${classes}, ${last.y});`]
        : []),
      ...layers.flatMap(keepLines),
    ];
  const loss =
    w.loss === "mse"
      ? `squared_error(${String(size)}, ${last.y}, target, ${last.dy}, &loss);`
      : `cross_entropy(${String(rows)}, ${classes}, ${last.y}, labels, ${last.dy}, &loss);`;
  const backward = layers.toReversed();
  if (w.optimizer === "sgd" && layers.every((l) => isOneRow(l.layer, batch)))
    return [...forward, loss, ...backward.flatMap((l) => descentLines(l))];
  return [
    ...forward,
    loss,
    ...backward.flatMap((l) => backwardLines(l, batch)),
    w.optimizer === "sgd"
      ? `descend(sizeof p / sizeof *p, p, g, rate);`
      : `adam(sizeof p / sizeof *p, p, g, m, v, ++steps, rate);`,
  ];
}

const isOneRow = (layer: Layer, batch: number): layer is Dense =>
  layer.kind === "dense" && layer.rows * batch === 1;
