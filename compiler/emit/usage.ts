/** How a module is called and used, in its header. */
import { sizeOf, type Node } from "../../dsl/graph.js";
import { frozenEnding } from "./frozen.js";
import { identifierFault } from "../load/identifiers.js";
import type { ModulePlan } from "./module.js";
import { isForwardInput } from "./signature.js";
import type { TargetRow } from "./targets.js";

/** What decides the name of a module beside that of its model. */
type Kind = Pick<ModulePlan, "frozen">;

/** The name of a module: its file without folder and endings. One that only predicts lies beside the one that trains. */
export const moduleName = (sourceName: string, { frozen }: Kind): string =>
  (sourceName.split(/[\\/]/).at(-1) ?? sourceName)
    .replace(/\.(m|c)?tsx?$/, "")
    .replace(/\.model$/, "") + (frozen === undefined ? "" : frozenEnding);

/** The variable of a page that a module is: `irisSmall` for iris-small.ts. */
export function globalName(sourceName: string, kind: Kind): string {
  const [first = "", ...rest] = moduleName(sourceName, kind)
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
    ? es5Lines(plan, globalName(sourceName, plan))
    : lines(plan, sourceName, row);

const values = ["1", "0.5", "0", "2"];

/** An input of a module, with the array that holds it. */
interface Given {
  readonly x: Node;
  readonly place: string;
}

const inputsOf = (plan: ModulePlan): Given[] =>
  plan.model.inputs.map((x) => ({ x, place: `net.inputs.${x.op.name}` }));

/** How many numbers of an input the lines fill: those of the examples that training takes. */
const sizeFilled = ({ programs }: ModulePlan, x: Node): number =>
  sizeOf(x.shape) * (x.batched ? programs.least : 1);

/** The first values of an input that the lines write out; undefined where one number fills all of it. */
function listed(plan: ModulePlan, x: Node): readonly string[] | undefined {
  const n = sizeFilled(plan, x);
  // Examples that are all alike would have no variance.
  if (n > 4 && plan.programs.least === 1) return undefined;
  return Array.from({ length: Math.min(n, 4) }, (_, i) => values[i % 4] ?? "0");
}

function lines(
  plan: ModulePlan,
  sourceName: string,
  { frame, ending }: TargetRow,
): string[] {
  const file = moduleName(sourceName, plan);
  const { least } = plan.programs;
  const value = ({ x, place }: Given): string => {
    if (x.dtype === "i32") return `${place}.fill(0)`;
    const list = listed(plan, x);
    return list === undefined
      ? `${place}.fill(0.5)`
      : `${place}.set([${list.join(", ")}])`;
  };
  const first = ({ x, place }: Given): string =>
    sizeFilled(plan, x) === sizeOf(x.shape)
      ? `${place}.slice()`
      : `${place}.slice(0, ${String(sizeOf(x.shape))})`;
  const all = inputsOf(plan);
  const given = all.filter(({ x }) => isForwardInput(x, plan));
  const id = globalName(sourceName, plan);
  const [reached, create] = {
    module: [`import { create } from "./${file}.js";`, "create"],
    commonjs: [`const { create } = require("./${file}${ending}");`, "create"],
    global: [`// <script src="${file}${ending}"></script>`, `${id}.create`],
  }[frame] as [string, string];
  const predict = `net.predict(${given.map(first).join(", ")})`;
  if (plan.frozen !== undefined)
    return [
      reached,
      `const net = ${create}();`,
      ...(all.length === 0 ? [] : [`${all.map(value).join("; ")};`]),
      `console.log(${predict});`,
    ];
  return [
    reached,
    `const net = ${create}(${optionsText(least)});`,
    `${all.map(value).join("; ")};`,
    `for (let i = 0; i < 100; i++) net.trainStep(${countText(least)});`,
    `console.log(net.loss[0], ${predict});`,
    `${create}().load(net.save());`,
  ];
}

const optionsText = (least: number): string =>
  least === 1 ? "{ seed: 1 }" : `{ seed: 1, maxBatch: ${String(least)} }`;

/** The number of examples, where it is not what a method takes anyway. */
const countText = (least: number): string => (least === 1 ? "" : String(least));

/** The same in an engine where arrays may have no methods, and nothing prints. */
function es5Lines(plan: ModulePlan, id: string): string[] {
  const { least } = plan.programs;
  const all = inputsOf(plan);
  const fill = ({ x, place }: Given): string[] => {
    if (x.dtype === "i32") return [];
    return (
      listed(plan, x)?.map((v, i) => `${place}[${String(i)}] = ${v};`) ?? [
        `for (var k = 0; k < ${String(sizeOf(x.shape))}; k++) ${place}[k] = 0.5;`,
      ]
    );
  };
  const forward = all.filter(({ x }) => isForwardInput(x, plan));
  if (plan.frozen !== undefined)
    return [
      `var net = ${id}.create();`,
      ...all.flatMap(fill),
      `var output = net.predict(${forward.map(({ place }) => place).join(", ")});`,
    ];
  // Its arrays have room for one example.
  const given = forward.map(({ place }) => place.replace("net", "copy"));
  return [
    `var net = ${id}.create(${optionsText(least)});`,
    ...all.flatMap(fill),
    `for (var i = 0; i < 100; i++) net.trainStep(${countText(least)});`,
    `var copy = ${id}.create();`,
    "copy.load(net.save());",
    `var output = copy.predict(${given.join(", ")});`,
  ];
}
