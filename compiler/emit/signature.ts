import { sizeOf, type Node } from "../../dsl/graph.js";
import type { LeafNode } from "../programs.js";
import type { Parameter } from "./code.js";
import { inputName } from "./inputs.js";
import type { ModulePlan } from "./module.js";
import { dtypes } from "./dtype.js";
import { Names } from "./names.js";
import { docLines } from "./comments.js";

/** Entries up to which a tuple type names each of them. */
export const mostEntries = 64;

/** A type that the plain functions of a module use. */
export interface TypeCode {
  readonly name: string;
  readonly text: string;
}

const shapeText = (shape: readonly number[]): string => `[${shape.join(", ")}]`;
const isTarget = (x: Node, plan: ModulePlan): boolean =>
  !plan.forwardInputs.has(x);

const roleOf = (x: Node, plan: ModulePlan): "Target" | "Input" =>
  isTarget(x, plan) ? "Target" : "Input";

/** `Input`, or `XInput` where there are several; `XInput_2` for an input `X` after `x`. */
function typeName(x: LeafNode, plan: ModulePlan): string {
  const role = roleOf(x, plan);
  const same = plan.model.inputs.filter((y) => roleOf(y, plan) === role);
  if (same.length === 1) return role;
  const word = (y: LeafNode): string =>
    `${y.op.name.charAt(0).toUpperCase()}${y.op.name.slice(1)}${role}`;
  const before = same.slice(0, same.indexOf(x));
  return before.some((y) => word(y) === word(x)) ? `${word(x)}_2` : word(x);
}

const entryNames = (v: Node, names: Names): string =>
  Array.from(
    { length: sizeOf(v.shape) },
    (_, i) => `${names.element(v, i)}: number`,
  ).join(", ");

/** Wraps a tuple type as prettier does. */
function tuple(
  head: string,
  open: string,
  entries: string,
  close: string,
): string {
  const line = `${head} ${open}${entries}${close}`;
  if (line.length <= 80) return line;
  return `${head} ${open}\n${entries
    .split(", ")
    .map((e) => `  ${e},`)
    .join("\n")}\n${close}`;
}

/** Types of the inputs and outputs of one example. */
export function exampleTypes(plan: ModulePlan): TypeCode[] {
  const names = new Names(new Set(), plan.model.titles);
  const inputs = plan.model.inputs.map((x): TypeCode => {
    const type = typeName(x, plan);
    const what = roleOf(x, plan);
    const kind =
      x.dtype === "i32"
        ? `, class indices${x.op.classes === undefined ? "" : ` below ${String(x.op.classes)}`}`
        : "";
    const doc = docLines([
      `${what} \`${x.op.name}\`, shape ${shapeText(x.shape)}${kind}.`,
    ]);
    const text =
      sizeOf(x.shape) <= mostEntries
        ? tuple(
            `export type ${type} =`,
            "readonly [",
            entryNames(x, names),
            "];",
          )
        : `export type ${type} = ArrayLike<number>;`;
    return { name: type, text: [...doc, text].join("\n") };
  });
  const outputs = [...plan.programs.forward.outputs];
  const size = outputs.reduce((n, [, v]) => n + sizeOf(v.shape), 0);
  const shapes = outputs.map(([key, v]) =>
    outputs.length === 1
      ? `shape ${shapeText(v.shape)}`
      : `\`${key}\` ${shapeText(v.shape)}`,
  );
  const doc = docLines([
    `Output${outputs.length === 1 ? " of the network" : "s, one after the other"}, ${shapes.join(", ")}.`,
  ]);
  const text =
    size <= mostEntries
      ? tuple(
          "export type Output =",
          "[",
          outputs.map(([, v]) => entryNames(v, names)).join(", "),
          "];",
        )
      : `export type Output = ${dtypes[plan.dtype].list};`;
  return [...inputs, { name: "Output", text: [...doc, text].join("\n") }];
}

/** The parameter vector: an interface that knows every entry where some function names them all. */
export function paramsType(plan: ModulePlan): string {
  const bodies = [
    plan.plain?.forward,
    plan.plain?.backward,
    plan.plain?.step,
    plan.handle.forward,
    plan.handle.backward,
    plan.handle.update,
  ];
  const named = bodies.some((b) => b?.isStraight === true);
  const { params } = plan.model;
  const { list } = dtypes[plan.dtype];
  const total = params.reduce((n, p) => n + sizeOf(p.shape), 0);
  const doc =
    "One number per parameter: the layout of `p`, `g` and saved weights.";
  if (!named || total === 0)
    return `/** ${doc} */\nexport type Params = ${list};`;
  const entries = params.flatMap((p) =>
    Array.from({ length: sizeOf(p.shape) }, (_, i) => {
      const place = p.op.offset + i;
      const entry = plan.paramEntry(place) ?? "";
      const whole = p.op.name + indexText(i, p.shape);
      return [
        `  /** ${entry === whole ? entry : `${entry} = ${whole}`} */`,
        `  ${String(place)}: number;`,
      ];
    }).flat(),
  );
  return [
    `/** ${doc} */`,
    `export interface Params extends ${list} {`,
    ...entries,
    "}",
  ].join("\n");
}

/** Arrays whose type knows each entry: the vectors where a function names their entries, small examples of plain functions. */
export function tuplesOf(
  plan: ModulePlan,
  form: "plain" | "handle",
): ReadonlySet<string> {
  const named = paramsType(plan).includes("interface Params");
  const inputs = plan.model.inputs.filter(
    (x) => form === "plain" && sizeOf(x.shape) <= mostEntries,
  );
  return new Set([
    ...(named ? ["p", "g"] : []),
    ...inputs.map((x) => inputName(x.op.name)),
  ]);
}

/** `[1][0]`: the entry of a shape at a row-major place. */
export function indexText(flat: number, shape: readonly number[]): string {
  let rest = flat;
  return shape
    .map((_, axis) => {
      const stride = sizeOf(shape.slice(axis + 1));
      const i = Math.floor(rest / stride);
      rest %= stride;
      return `[${String(i)}]`;
    })
    .join("");
}

/** An input as a parameter of a plain function. */
export const inputParameter = (plan: ModulePlan, x: LeafNode): Parameter => ({
  name: inputName(x.op.name),
  type: typeName(x, plan),
});

/** True where an output depends on the input. */
export const isForwardInput = (x: Node, plan: ModulePlan): boolean =>
  !isTarget(x, plan);
