/** How a module is called and used, in its header. */
import { isLeaf, sizeOf, type Node } from "../../dsl/graph.js";
import { identifierFault } from "../load/identifiers.js";
import type { ModulePlan } from "./module.js";
import { isForwardInput } from "./signature.js";
import type { TargetRow } from "./targets.js";

/** The name of a module: its file without folder and endings. */
export const moduleName = (sourceName: string): string =>
  (sourceName.split(/[\\/]/).at(-1) ?? sourceName)
    .replace(/\.(m|c)?tsx?$/, "")
    .replace(/\.model$/, "");

/** The variable of a page that a module is: `irisSmall` for iris-small.ts. */
export function globalName(sourceName: string): string {
  const [first = "", ...rest] = moduleName(sourceName)
    .split(/[^A-Za-z0-9_$]+/)
    .filter((word) => word !== "");
  const capital = (w: string): string => w.charAt(0).toUpperCase() + w.slice(1);
  const text = [first, ...rest.map(capital)].join("");
  const fault = identifierFault(text);
  if (fault === undefined) return text;
  return fault === "empty" || fault === "characters"
    ? `model${capital(text)}`
    : `${text}Model`;
}

/** Some lines that run as they stand, beside the module. */
export const exampleLines = (
  plan: ModulePlan,
  sourceName: string,
  row: TargetRow,
): string[] =>
  row.dialect.es5
    ? es5Lines(plan, globalName(sourceName))
    : lines(plan, sourceName, row);

const values = ["1", "0.5", "0", "2"];

const inputsOf = (plan: ModulePlan): { place: string; x: Node }[] =>
  plan.model.inputs.map((x) => ({
    x,
    place: `net.inputs.${isLeaf(x) ? x.op.name : ""}`,
  }));

function lines(
  plan: ModulePlan,
  sourceName: string,
  { frame, ending }: TargetRow,
): string[] {
  const file = moduleName(sourceName);
  const value = ({ x, place }: { x: Node; place: string }): string => {
    const n = sizeOf(x.shape);
    if (x.dtype === "i32") return `${place}.fill(0)`;
    const list = Array.from({ length: n }, (_, i) => values[i % 4] ?? "0");
    return n <= 4 ? `${place}.set([${list.join(", ")}])` : `${place}.fill(0.5)`;
  };
  const all = inputsOf(plan);
  const given = all.filter(({ x }) => isForwardInput(x, plan));
  const id = globalName(sourceName);
  const [reached, create] = {
    module: [`import { create } from "./${file}.js";`, "create"],
    commonjs: [`const { create } = require("./${file}${ending}");`, "create"],
    global: [`// <script src="${file}${ending}"></script>`, `${id}.create`],
  }[frame] as [string, string];
  return [
    reached,
    `const net = ${create}({ seed: 1 });`,
    `${all.map(value).join("; ")};`,
    "for (let i = 0; i < 100; i++) net.trainStep();",
    `console.log(net.loss[0], net.predict(${given.map(({ place }) => `${place}.slice()`).join(", ")}));`,
    `${create}().load(net.save());`,
  ];
}

/** The same in an engine where arrays may have no methods, and nothing prints. */
function es5Lines(plan: ModulePlan, id: string): string[] {
  const all = inputsOf(plan);
  const fill = ({ x, place }: { x: Node; place: string }): string[] => {
    const n = sizeOf(x.shape);
    if (x.dtype === "i32") return [];
    return n <= 4
      ? Array.from(
          { length: n },
          (_, i) => `${place}[${String(i)}] = ${values[i % 4] ?? "0"};`,
        )
      : [`for (var k = 0; k < ${String(n)}; k++) ${place}[k] = 0.5;`];
  };
  const given = all.filter(({ x }) => isForwardInput(x, plan));
  return [
    `var net = ${id}.create({ seed: 1 });`,
    ...all.flatMap(fill),
    "for (var i = 0; i < 100; i++) net.trainStep();",
    `var output = net.predict(${given.map(({ place }) => place).join(", ")});`,
    `${id}.create().load(net.save());`,
  ];
}
