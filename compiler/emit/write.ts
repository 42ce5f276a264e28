import { rootsOf, sizeOf } from "../../dsl/graph.js";
import type { Body } from "./body.js";
import {
  name,
  num,
  type FunctionCode,
  type Parameter,
  type Statement as Line,
} from "./code.js";
import { sizesOf } from "./fields.js";
import { handleText } from "./handle.js";
import type { ModulePlan } from "./module.js";
import { functionText, statementLines, type Dialect } from "./print.js";
import { exampleTypes, inputParameters, paramsType } from "./signature.js";
import { sliceFunction } from "./slices.js";

/** Parameters that a looped body needs: the memory of its values. */
const workOf = (body: Body): Parameter[] =>
  body.memory.length === 0 || !body.looped
    ? []
    : [{ name: "work", type: "Float64Array" }];

/** Numbers that looped plain functions need as `work`. */
function workSize(plan: ModulePlan): number {
  const bodies =
    plan.plain === undefined
      ? []
      : [plan.plain.forward, plan.plain.backward, plan.plain.step];
  return Math.max(
    0,
    ...bodies.map((b) =>
      b === undefined || !b.looped
        ? 0
        : b.memory.reduce((n, v) => n + sizeOf(v.shape), 0),
    ),
  );
}

const params = (id: "p" | "g"): Parameter => ({ name: id, type: "Params" });

function plainFunctions(plan: ModulePlan): FunctionCode[] {
  const { model, programs, init } = plan;
  const total = sizesOf(plan).total;
  const functions: FunctionCode[] = [
    {
      name: "zeros",
      exported: true,
      doc: ["Returns a new parameter (or gradient) vector of zeros."],
      params: [],
      result: "Params",
      body: [
        {
          kind: "return",
          value: {
            kind: "call",
            callee: "Float64Array",
            args: [num(total)],
            fresh: true,
          },
          ...(paramsType(plan).includes("interface Params") && {
            as: "Params",
          }),
        },
      ],
    },
    {
      name: "init",
      exported: true,
      doc: ["Returns new parameters, drawn from the stream of `seed`."],
      params: [{ name: "seed", type: "number" }],
      result: "Params",
      body: [
        {
          kind: "declare",
          keyword: "const",
          name: "p",
          value: { kind: "call", callee: "zeros", args: [] },
        },
        ...(workOf(init).length > 0 ? [workLine(init)] : []),
        ...init.lines,
        { kind: "return", value: name("p") },
      ],
    },
  ];
  const plain = plan.plain;
  if (plain === undefined) return functions;
  const work = workSize(plan);
  if (work > 0)
    functions.push({
      name: "workspace",
      exported: true,
      doc: ["Returns the memory that the functions below need as `work`."],
      params: [],
      result: "Float64Array",
      body: [
        {
          kind: "return",
          value: {
            kind: "call",
            callee: "Float64Array",
            args: [num(work)],
            fresh: true,
          },
        },
      ],
    });
  functions.push({
    name: "forward",
    exported: true,
    doc: forwardDoc(plan),
    params: [
      params("p"),
      ...inputParameters(plan, [...model.outputs.values()]),
      { name: "out", type: "Output" },
      ...workOf(plain.forward),
    ],
    result: "void",
    body: plain.forward.lines,
  });
  if (plain.backward !== undefined)
    functions.push({
      name: "backward",
      exported: true,
      doc: backwardDoc(plan),
      params: [
        params("p"),
        ...inputParameters(plan, rootsOf(programs.backward)),
        params("g"),
        ...workOf(plain.backward),
      ],
      result: "number",
      body: [
        ...plain.backward.lines,
        { kind: "blank" },
        { kind: "return", value: name(plain.backward.loss ?? "loss") },
      ],
    });
  functions.push(stepFunction(plan, plain.step));
  return functions;
}

const workLine = (body: Body): Line => ({
  kind: "declare",
  keyword: "const",
  name: "work",
  value: {
    kind: "call",
    callee: "Float64Array",
    args: [num(body.memory.reduce((n, v) => n + sizeOf(v.shape), 0))],
    fresh: true,
  },
});

function stepFunction(plan: ModulePlan, body: Body): FunctionCode {
  const text = statementLines(body.lines, { types: false }, 0).join("\n");
  const uses = (id: string): boolean => new RegExp(`\\b${id}\\b`).test(text);
  const optional: Parameter[] = [
    ...(plan.programs.states.length > 0
      ? [{ name: "s", type: "Float64Array" }]
      : []),
    ...(uses("steps") ? [{ name: "steps", type: "number" }] : []),
  ];
  const extra = [
    ...(plan.programs.states.length > 0
      ? [
          `\`s\` is the optimizer's state: ${String(sizesOf(plan).state)} numbers (${plan.programs.states.map((s) => s.name).join(", ")}).`,
        ]
      : []),
    ...(uses("steps")
      ? ["`steps` is the number of updates made before this one."]
      : []),
  ];
  return {
    name: "step",
    exported: true,
    doc: [
      `One step of ${plan.model.optimizer.name}, in place: ${plan.model.optimizer.formula}.`,
      ...(extra.length > 0 ? ["", ...extra] : []),
    ],
    params: [
      params("p"),
      params("g"),
      ...optional,
      { name: "lr", type: "number" },
      ...workOf(body),
    ],
    result: "void",
    body: body.lines,
  };
}

/** `w1 ... w8`, `z3, z4`: the entries of a vector in words. */
const spread = (names: readonly string[]): string =>
  names.length > 4
    ? `${names[0] ?? ""} ... ${names.at(-1) ?? ""}`
    : names.join(", ");

function forwardDoc(plan: ModulePlan): string[] {
  const inputs = inputParameters(plan, [...plan.model.outputs.values()])
    .map((p) => `\`${p.name}\``)
    .join(", ");
  return [
    `Runs the network on ${inputs} and writes ${[...plan.model.outputs.keys()].join(", ")} into \`out\`.`,
  ];
}
function backwardDoc(plan: ModulePlan): string[] {
  const { trainable } = sizesOf(plan);
  const entries = [0, 1, 2, 3, 4]
    .slice(0, Math.min(5, trainable))
    .map((i) => `dL/d${plan.paramEntry(i) ?? `p[${String(i)}]`}`);
  const last = `dL/d${plan.paramEntry(trainable - 1) ?? `p[${String(trainable - 1)}]`}`;
  return [
    `Adds ${trainable > 4 ? `${entries[0] ?? ""} ... ${last}` : spread(entries)} to \`g\` and returns L.`,
    ...hint(plan),
  ];
}
/** How a derivative is spelled, by the first output. */
function hint(plan: ModulePlan): string[] {
  const [output] = plan.model.outputs.values();
  const symbols =
    output?.op.kind === "label"
      ? (output.op.symbols?.[0] ?? undefined)
      : undefined;
  return symbols === undefined
    ? []
    : ["", `Below, \`d${symbols}\` is dL/d${symbols}.`];
}

/** The text of a module without its header. */
export function moduleText(
  plan: ModulePlan,
  dialect: Dialect,
  hash: string,
): string {
  const types = dialect.types
    ? [paramsType(plan), ...exampleTypes(plan).map((t) => t.text)]
    : [];
  const functions = plainFunctions(plan).map((f) => functionText(f, dialect));
  const math = [
    ...statementBlocks(plan.mathCode.constants, dialect),
    ...plan.mathCode.functions.map((f) => functionText(f, dialect)),
    ...plan.slices.map((f) => functionText(sliceFunction(f), dialect)),
  ];
  return (
    [...types, ...functions, ...math, handleText(plan, dialect, hash)].join(
      "\n\n",
    ) + "\n"
  );
}
const statementBlocks = (lines: readonly Line[], dialect: Dialect): string[] =>
  lines.length === 0 ? [] : [statementLines(lines, dialect, 0).join("\n")];
