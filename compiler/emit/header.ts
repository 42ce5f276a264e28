import {
  isLeaf,
  sizeOf,
  topological,
  type Call,
  type Node,
} from "../../dsl/graph.js";
import type { ModulePlan } from "./module.js";
import { wrapText } from "./print.js";
import { isForwardInput } from "./signature.js";
import { Names } from "./names.js";

export interface HeaderFacts {
  /** Relative path of the model. */
  readonly sourceName: string;
  /** The command that makes the file. */
  readonly command: string;
  readonly version: string;
  /** First 8 hexadecimal digits of SHA-256 over the graph, the options and the version. */
  readonly hash: string;
  /** What was checked, in words; absent with --no-verify. */
  readonly verified?: string;
}

const shapeText = (shape: readonly number[]): string =>
  shape.length === 0 ? "" : `[${shape.join(", ")}]`;

/** The name of a module: its file without folder and endings. */
export const moduleName = (sourceName: string): string =>
  (sourceName.split(/[\\/]/).at(-1) ?? sourceName)
    .replace(/\.(m|c)?tsx?$/, "")
    .replace(/\.model$/, "");

/** Named values, inputs and parameters of the author's own that a call reads, in the order of its formula. */
function operandsOf(root: Node, call: Call | undefined): Node[] {
  const found = new Set<Node>();
  const seen = new Set<Node>();
  const stack = root.args.toReversed();
  for (let v = stack.pop(); v !== undefined; v = stack.pop()) {
    if (seen.has(v)) continue;
    seen.add(v);
    const own =
      isLeaf(v) &&
      (v.op.space === "input" ||
        (v.op.space === "param" && v.op.call === undefined));
    if (own || (v.op.kind === "label" && v.place.call !== call)) found.add(v);
    else stack.push(...v.args.toReversed());
  }
  return [...found];
}

/** One line a layer: what it is called, what it is made of, what it reads. */
export function drawing(plan: Pick<ModulePlan, "model">): string[] {
  const { titles } = plan.model;
  const labels = new Map<Call, Node>();
  const names = new Names(new Set(), titles);
  const nameOf = (v: Node): string =>
    isLeaf(v) ? v.op.name : names.proposal(v);
  const { outputs, loss } = plan.model;
  for (const v of topological([...outputs.values(), loss])) {
    const { call } = v.place;
    if (call !== undefined && v.op.kind === "label" && v.op.call === call)
      labels.set(call, v);
  }
  const operands = (call: Call | undefined, v: Node): string =>
    operandsOf(v, call).map(nameOf).join(", ");
  const calls = [...labels.keys()]
    .filter((c) => labels.get(c) !== plan.model.loss)
    .sort((a, b) => a.order - b.order);
  const lines = calls.map((c) => {
    const v = labels.get(c) as Node;
    const own = nameOf(v);
    const title =
      c.callee === (titles.get(c) ?? "") || c.owner !== undefined || c.named
        ? c.callee
        : (titles.get(c) ?? c.callee);
    return `${own}${shapeText(v.shape)} = ${c.owner === undefined ? title : (titles.get(c) ?? title)}(${operands(c, v)})`;
  });
  const made = loss.place.call;
  const of =
    made === undefined ? "" : `${made.callee}(${operands(made, loss)})`;
  const shown =
    lines.length > 12
      ? [
          ...lines.slice(0, 6),
          `... ${String(lines.length - 11)} more ...`,
          ...lines.slice(-5),
        ]
      : lines;
  return [...shown, `L = ${of === "" ? "loss" : of}`];
}

/** Six lines that run as they stand, beside the module. */
export function exampleLines(plan: ModulePlan, sourceName: string): string[] {
  const zeros = (n: number): string =>
    Array.from(
      { length: n },
      (_, i) => ["1", "0.5", "0", "2"][i % 4] ?? "0",
    ).join(", ");
  const value = (x: Node): string => {
    const n = sizeOf(x.shape);
    if (x.dtype === "i32")
      return `net.inputs.${isLeaf(x) ? x.op.name : ""}.fill(0)`;
    return n <= 4
      ? `net.inputs.${isLeaf(x) ? x.op.name : ""}.set([${zeros(n)}])`
      : `net.inputs.${isLeaf(x) ? x.op.name : ""}.fill(0.5)`;
  };
  const given = plan.model.inputs
    .filter((x) => isForwardInput(x, plan))
    .map((x) => `net.inputs.${x.op.name}`);
  return [
    `import { create } from "./${moduleName(sourceName)}.js";`,
    "const net = create({ seed: 1 });",
    `${plan.model.inputs.map(value).join("; ")};`,
    "for (let i = 0; i < 100; i++) net.trainStep();",
    `console.log(net.loss[0], net.predict(${given.map((g) => `${g}.slice()`).join(", ")}));`,
    "create().load(net.save());",
  ];
}

/** The module's first words: what it is, how it was made, what was checked, how it is used. */
export function headerText(plan: ModulePlan, f: HeaderFacts): string {
  const { params, optimizer, inputs, outputs, loss } = plan.model;
  const total = params.reduce((n, p) => n + sizeOf(p.shape), 0);
  const from = inputs
    .filter((x) => isForwardInput(x, plan))
    .map((x) => `${x.op.name}${shapeText(x.shape)}`)
    .join(", ");
  const to = [...outputs]
    .map(([k, v]) => `${k}${shapeText(v.shape)}`)
    .join(", ");
  const what = `${moduleName(f.sourceName)}: ${from === "" ? "nothing" : from} -> ${to}, trained by ${optimizer.name} on ${loss.place.call?.callee ?? "its loss"}.`;
  const made = `Generated by gradc ${f.version} from ${f.sourceName}. Do not edit: change the model and run \`${f.command}\`.`;
  const size = `${String(total)} parameters, float64, ${plan.math === "exact" ? "exact mathematics" : "mathematics of the host"}, graph ${f.hash}.${f.verified === undefined ? "" : ` ${f.verified}`}`;
  const lines = [
    ...wrapText(what, 76),
    "",
    ...wrapText(made, 76),
    "",
    ...drawing(plan).flatMap((l) =>
      wrapText(l, 72, "    ").map((w) => `    ${w}`),
    ),
    "",
    ...wrapText(size, 76),
    "",
    "@example",
    "```ts",
    ...exampleLines(plan, f.sourceName),
    "```",
    "@module",
  ];
  return [
    "/**",
    ...lines.map((l) => (l === "" ? " *" : ` * ${l}`)),
    " */",
  ].join("\n");
}
