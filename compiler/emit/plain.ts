import type { Body } from "./body.js";
import {
  call,
  declare,
  name,
  num,
  type Code,
  type FunctionCode,
  type Parameter,
  type Statement as Line,
} from "./code.js";
import { dtypes } from "./dtype.js";
import { sizesOf } from "./fields.js";
import { initLines } from "./initText.js";
import type { ModulePlan } from "./module.js";
import { sequence } from "./parts.js";
import { stepDoc } from "./ruleText.js";
import { wrapText } from "./comments.js";
import { inputParameter, paramsType } from "./signature.js";

const params = (id: "p" | "g"): Parameter => ({ name: id, type: "Params" });
/** What lies between two steps of a computation is not rounded: `work` has doubles in every module. */
const array = (id: string): Parameter => ({ name: id, type: "Float64Array" });

/** Inputs that a body reads, in the model's order. */
function inputsOf(plan: ModulePlan, body: Body): Parameter[] {
  return plan.model.inputs
    .map((x) => inputParameter(plan, x))
    .filter((p) => body.uses.has(p.name));
}

/** What random numbers of a step are made of. */
function drawn(body: Body): Parameter[] {
  return ["steps", "seed"]
    .filter((id) => body.uses.has(id))
    .map((id) => ({ name: id, type: "number" }));
}

const work = (body: Body): Parameter[] =>
  body.work === 0 ? [] : [array("work")];

const newArray = (size: number, callee = "Float64Array"): Code => ({
  kind: "call",
  callee,
  args: [num(size)],
  fresh: true,
});

/** A function and, where its body is too long for one, those it is made of. */
function functionsOf(
  f: Omit<FunctionCode, "body" | "exported">,
  body: Body,
  around: {
    readonly before?: readonly Line[];
    readonly after?: readonly Line[];
    /** Constants that `before` declares. */
    readonly given?: readonly Parameter[];
  } = {},
): FunctionCode[] {
  const { before = [], after = [], given = [] } = around;
  const parts = sequence(f.name, body.parts, [...f.params, ...given]);
  return [
    ...parts.functions,
    {
      ...f,
      exported: true,
      body: [...before, ...body.lines, ...parts.lines, ...after],
    },
  ];
}

/** The functions for one example, each once: zeros, init, forward, backward, step. */
export const plainFunctions = (plan: ModulePlan): FunctionCode[] => [
  ...new Map(allFunctions(plan).map((f) => [f.name, f])).values(),
];

function allFunctions(plan: ModulePlan): FunctionCode[] {
  const { plain } = plan;
  const start =
    plan.frozen === undefined
      ? [zerosFunction(plan), ...initFunctions(plan)]
      : [];
  if (plain === undefined) return start;
  const { forward, backward, step } = plain;
  const size = Math.max(
    ...[forward, backward, step].map((b) => (b === undefined ? 0 : b.work)),
  );
  const back =
    backward === undefined
      ? []
      : functionsOf(
          {
            name: "backward",
            doc: backwardDoc(plan),
            params: backwardParameters(plan, backward),
            result: "number",
          },
          backward,
          {
            after: [
              { kind: "blank" },
              { kind: "return", value: backward.loss ?? name("loss") },
            ],
          },
        );
  return [
    ...start,
    ...(size === 0 ? [] : [workspaceFunction(size)]),
    ...functionsOf(
      {
        name: "forward",
        doc: forwardDoc(plan, forward),
        params: forwardParameters(plan, forward),
        result: "void",
      },
      forward,
    ),
    ...back,
    // Where nothing is trained there is no step.
    ...(trains(plan) ? stepFunctions(plan, step) : []),
  ];
}

function zerosFunction(plan: ModulePlan): FunctionCode {
  const named = paramsType(plan).includes("interface Params");
  return {
    name: "zeros",
    exported: true,
    doc: ["Returns a new parameter (or gradient) vector of zeros."],
    params: [],
    result: "Params",
    body: [
      {
        kind: "return",
        value: newArray(sizesOf(plan).total, dtypes[plan.dtype].list),
        ...(named && { as: "Params" }),
      },
    ],
  };
}

function initDoc({ drawsNumbers, programs }: ModulePlan): string[] {
  const lines = initLines(programs).map((line) => `    ${line}`);
  const text = drawsNumbers
    ? "Returns new parameters, drawn from the stream of `seed`, an integer from 0 to 2^32 - 1."
    : "Returns new parameters.";
  return [...wrapText(text, 76), ...(lines.length > 0 ? ["", ...lines] : [])];
}

function initFunctions(plan: ModulePlan): FunctionCode[] {
  const { init } = plan;
  const draws = plan.drawsNumbers;
  const size = init.work;
  return functionsOf(
    {
      name: "init",
      doc: initDoc(plan),
      params: draws ? [{ name: "seed", type: "number" }] : [],
      result: "Params",
    },
    init,
    {
      before: [
        declare("p", call("zeros")),
        ...(size > 0 ? [declare("work", newArray(size))] : []),
      ],
      after: [{ kind: "return", value: name("p") }],
      given: [params("p"), array("work")],
    },
  );
}

const workspaceFunction = (size: number): FunctionCode => ({
  name: "workspace",
  exported: true,
  doc: ["Returns the memory that the functions below need as `work`."],
  params: [],
  result: "Float64Array",
  body: [{ kind: "return", value: newArray(size) }],
});

const trains = (plan: ModulePlan): boolean => sizesOf(plan).trainable > 0;

/** What the plain `forward` takes: where its parameters are constants, none of them. */
export const forwardParameters = (
  plan: ModulePlan,
  body: Body,
): Parameter[] => [
  ...(plan.frozen === undefined ? [params("p")] : []),
  ...inputsOf(plan, body),
  { name: "out", type: "Output" },
  ...drawn(body),
  ...work(body),
];

/** What the plain `backward` takes: where nothing is trained, it has no gradients to add to. */
export const backwardParameters = (
  plan: ModulePlan,
  body: Body,
): Parameter[] => [
  params("p"),
  ...inputsOf(plan, body),
  ...(trains(plan) ? [params("g")] : []),
  ...drawn(body),
  ...work(body),
];

/** What the plain `step` takes. */
export function stepParameters(plan: ModulePlan, body: Body): Parameter[] {
  const counts = body.uses.has("steps");
  return [
    params("p"),
    params("g"),
    ...(plan.programs.states.length > 0
      ? [{ name: "s", type: dtypes[plan.dtype].list }]
      : []),
    ...(counts ? [{ name: "steps", type: "number" }] : []),
    { name: "lr", type: "number" },
    ...work(body),
  ];
}

function stepFunctions(plan: ModulePlan, body: Body): FunctionCode[] {
  const { states } = plan.programs;
  const parameters = stepParameters(plan, body);
  const counts = parameters.some((p) => p.name === "steps");
  const size = String(sizesOf(plan).state);
  const list = states.map((s) => s.name).join(", ");
  const extra = [
    ...(states.length > 0
      ? [`\`s\` is the optimizer's state: ${size} numbers (${list}).`]
      : []),
    ...(counts
      ? ["`steps` is the number of updates made before this one."]
      : []),
  ].flatMap((line) => wrapText(line, 76));
  return functionsOf(
    {
      name: "step",
      doc: [
        ...stepDoc(plan.model.optimizer.name, plan.rules),
        ...(extra.length > 0 ? ["", ...extra] : []),
      ],
      params: parameters,
      result: "void",
    },
    body,
  );
}

/** `w1 ... w8`, `z3, z4`: the entries of a vector in words. */
const spread = (names: readonly string[]): string =>
  names.length > 4
    ? `${names[0] ?? ""} ... ${names.at(-1) ?? ""}`
    : names.join(", ");

function forwardDoc(plan: ModulePlan, body: Body): string[] {
  const inputs = inputsOf(plan, body)
    .map((p) => `\`${p.name}\``)
    .join(", ");
  const on = inputs === "" ? "" : ` on ${inputs}`;
  return [
    `Runs the network${on} and writes ${[...plan.programs.forward.outputs.keys()].join(", ")} into \`out\`.`,
  ];
}
function backwardDoc(plan: ModulePlan): string[] {
  const { trainable } = sizesOf(plan);
  const entries = [0, 1, 2, 3, 4]
    .slice(0, Math.min(5, trainable))
    .map((i) => `dL/d${plan.paramEntry(i) ?? `p[${String(i)}]`}`);
  const last = `dL/d${plan.paramEntry(trainable - 1) ?? `p[${String(trainable - 1)}]`}`;
  if (trainable === 0) return ["Returns L; no parameter is trained."];
  return [
    `Adds ${trainable > 4 ? `${entries[0] ?? ""} ... ${last}` : spread(entries)} to \`g\` and returns L.`,
    ...hint(plan),
  ];
}
/** How a derivative is spelled, by the first output. */
function hint(plan: ModulePlan): string[] {
  const [output] = plan.programs.forward.outputs.values();
  const symbols =
    output?.op.kind === "label"
      ? (output.op.symbols?.[0] ?? undefined)
      : undefined;
  return symbols === undefined
    ? []
    : ["", `Below, \`d${symbols}\` is dL/d${symbols}.`];
}
