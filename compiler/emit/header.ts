import {
  isLeaf,
  sizeOf,
  topological,
  type Call,
  type Node,
} from "../../dsl/graph.js";
import type { ModulePlan } from "./module.js";
import { wrapText } from "./comments.js";
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

/** One line a value: what it is called and what it is made of, calls inside of calls written out. */
export function drawing(plan: Pick<ModulePlan, "model">): string[] {
  const { titles, loss } = plan.model;
  const order = topological([...plan.model.outputs.values(), loss]);
  // A network of this size is not drawn in a dozen lines.
  if (order.length > 1500) return [`${String(order.length)} values`];
  const names = new Names(new Set(), titles);
  const nameOf = (v: Node): string =>
    isLeaf(v) ? v.op.name : names.proposal(v);
  const isNamed = (v: Node): boolean =>
    v.op.kind === "label" && v.op.call !== undefined;
  /** `linear` of `linear(x)`; a callable layer by its own name, where that is not its result's. */
  const calleeOf = (call: Call, result: string): string => {
    if (call.owner === undefined) return call.callee;
    const own = titles.get(call.owner);
    return own === undefined || own === result ? call.owner.callee : own;
  };
  /** What the call of `root` reads: names, and calls that have none. */
  const operands = (root: Node): string[] => {
    const found = new Set<string>();
    const seen = new Set<Node>();
    const visit = (v: Node): void => {
      if (seen.has(v)) return;
      seen.add(v);
      const own = v === root || v.place.call === root.place.call;
      if (isLeaf(v)) {
        if (v.op.space === "input" || v.op.call === undefined)
          found.add(nameOf(v));
      } else if (v !== root && isNamed(v)) found.add(nameOf(v));
      else if (own) v.args.forEach(visit);
      else if (v.place.call !== undefined) found.add(textOf(v));
      else v.args.forEach(visit);
    };
    visit(root);
    return [...found];
  };
  const textOf = (v: Node): string => {
    const { call } = v.place;
    const callee = call === undefined ? nameOf(v) : calleeOf(call, nameOf(v));
    const list = operands(v);
    return list.length === 0 ? callee : `${callee}(${list.join(", ")})`;
  };
  const labels = order
    .filter((v) => isNamed(v) && v !== loss)
    .sort((a, b) => (a.place.call?.order ?? 0) - (b.place.call?.order ?? 0));
  const lines = labels.map(
    (v) => `${nameOf(v)}${shapeText(v.shape)} = ${textOf(v)}`,
  );
  const shown =
    lines.length > 12
      ? [
          ...lines.slice(0, 6),
          `... ${String(lines.length - 11)} more ...`,
          ...lines.slice(-5),
        ]
      : lines;
  return [...shown, `L = ${lossText(operands(loss), plan, loss)}`];
}

/** `crossEntropy(logits, label)`: what is predicted, then the targets. */
function lossText(
  operands: readonly string[],
  plan: Pick<ModulePlan, "model">,
  loss: Node,
): string {
  const targets = new Set(plan.model.inputs.map((x) => x.op.name));
  const order = [
    ...operands.filter((o) => !targets.has(o)),
    ...operands.filter((o) => targets.has(o)),
  ];
  return `${loss.place.call?.callee ?? "loss"}(${order.join(", ")})`;
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
