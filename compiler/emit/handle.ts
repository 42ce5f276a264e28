import { sizeOf } from "../../dsl/graph.js";
import { wrapText } from "./comments.js";
import type { Body } from "./body.js";
import {
  binary,
  call,
  declare,
  mapped,
  name,
  neg,
  num,
  read,
  run,
  type FunctionCode,
  type Parameter,
  type Statement as Line,
} from "./code.js";
import { createFunction, type Caller, type Runners } from "./create.js";
import type { Dialect } from "./dialect.js";
import { fieldsOf, sizesOf } from "./fields.js";
import {
  memoryCode,
  memoryType,
  moreMemory,
  type MemoryCode,
} from "./makeMemory.js";
import { numbers } from "./memory.js";
import { checkIndices } from "./indices.js";
import { layoutText } from "./layoutTable.js";
import type { ModulePlan } from "./module.js";
import { withCasts } from "./narrow.js";
import { objectsOf } from "./objects.js";
import { checkInteger, lengthOf, refuseFunction } from "./outside.js";
import { sequence } from "./parts.js";
import { networkText } from "./network.js";
import { stepDoc } from "./ruleText.js";
import { functionText } from "./print.js";
import { checksumFunction } from "./saved.js";
import { isForwardInput, tuplesOf } from "./signature.js";
import type { WasmCode } from "./wasm/module.js";
import { tierTexts } from "./wasm/tiers.js";

/** A function of the handle: what it reads of the memory stands at its head. */
function handleFunction(
  f: Pick<FunctionCode, "name" | "doc" | "body">,
  fields: ReadonlyMap<string, number>,
): FunctionCode {
  const objects = new Set(objectsOf(f.body));
  const given = numbers.flatMap((id, i) =>
    objects.has(id) ? [declare(id, read("numbers", num(i)))] : [],
  );
  if (given.length > 0) objects.add("numbers");
  const used = [...objects]
    .filter((o) => fields.has(o))
    .sort((a, b) => (fields.get(a) ?? 0) - (fields.get(b) ?? 0));
  const head: Line[] =
    used.length === 0
      ? []
      : [{ kind: "destructure", names: used, from: name("m") }];
  return {
    ...f,
    exported: false,
    // Every function of the handle takes the memory, and the number of examples where it needs that.
    params: objects.has("n") ? whole : whole.slice(0, 1),
    result: "void",
    body: [...head, ...given, ...f.body],
  };
}

interface Runner extends Caller {
  readonly functions: readonly FunctionCode[];
}

const whole: readonly Parameter[] = [
  { name: "m", type: "Memory" },
  { name: "n", type: "number" },
];

/**
 * The function that does whole bodies, and those of their layers where they are looped.
 *
 * @param last runs after them where there are several examples
 */
function runner(
  id: string,
  doc: readonly string[],
  bodies: readonly Body[],
  before: readonly Line[],
  fields: ReadonlyMap<string, number>,
  last?: FunctionCode,
): Runner {
  const functions: FunctionCode[] = [];
  const lines: Line[] = [...before];
  for (const body of bodies) {
    if (lines.length > 0) lines.push({ kind: "blank" });
    for (const l of body.lines) lines.push(l);
    const [only] = body.parts;
    if (body.parts.length === 1 && only !== undefined) {
      for (const l of only.lines) lines.push(l);
      continue;
    }
    // Calls name the memory; the parts themselves read its arrays.
    const bare = sequence(id, body.parts, whole.slice(1));
    for (const f of bare.functions)
      functions.push(
        handleFunction({ ...f, body: mapped(f.body, withMemory) }, fields),
      );
    for (const l of bare.lines) lines.push(withMemory(l));
  }
  if (last !== undefined) {
    functions.push(last);
    lines.push({ kind: "blank" }, ofSeveral(last.name));
  }
  const own = handleFunction({ name: id, doc, body: lines }, fields);
  const takesN = own.params.length > 1;
  return {
    functions: [...functions, own],
    callee: id,
    takesN,
  };
}

/** The mean of one example is that example: x / 1 is x. */
const ofSeveral = (callee: string): Line => ({
  kind: "if",
  test: binary(">", name("n"), num(1)),
  then: [run(call(callee, name("m"), name("n")))],
});

/**
 * Divides sums over examples by their number. A function of its own: where it is a loop of one that is called about one example too,
 * V8 may keep what it compiled of the loop alone, and interprets the rest of that function, which allocates, for good.
 */
const averageFunction = (
  { lines, parts }: Body,
  fields: ReadonlyMap<string, number>,
): FunctionCode =>
  handleFunction(
    {
      name: "averageGradients",
      doc: ["Gradients summed over n examples to their means."],
      body: [...lines, ...parts.flatMap((part) => part.lines)],
    },
    fields,
  );

/** The rule; where it is more than a formula, and `step` has it already, its name. */
function updateDoc({ model, rules, plain }: ModulePlan): readonly string[] {
  const rule = stepDoc(model.optimizer.name, rules);
  if (rule.length === 1 || plain === undefined) return rule;
  const text = `One step of ${model.optimizer.name}, in place, as \`step\` does.`;
  return wrapText(text, 76);
}

/** `forwardHidden(n)` -> `forwardHidden(m, n)` for the functions of the handle. */
function withMemory(line: Line): Line {
  if (line.kind !== "run" || line.code.kind !== "call") return line;
  const { callee, args } = line.code;
  const isPart =
    !callee.includes(".") &&
    args.every((a) => a.kind === "name" && a.text === "n");
  return isPart
    ? { ...line, code: { ...line.code, args: [name("m"), ...args] } }
    : line;
}

/** The handle as data. */
export interface HandleCode {
  /** The arrays of `Memory`. */
  readonly memory: MemoryCode;
  /** The functions that `create` calls. */
  readonly runners: Runners;
  /** What does the work, callees first. */
  readonly functions: readonly FunctionCode[];
  /** What `create` calls beside that. */
  readonly checks: readonly FunctionCode[];
  /** `create`, and what it calls to make the memory. */
  readonly create: readonly FunctionCode[];
}

/**
 * The functions of the handle.
 *
 * @param others the other functions of the module: what `create` calls is called unlike them
 * @param id by what `load` knows bytes that `save` wrote
 */
export function handleCode(
  plan: ModulePlan,
  others: readonly FunctionCode[],
  id: number,
): HandleCode {
  const fields = fieldsOf(plan);
  const names = new Map(fields.map((f, i) => [f.name, i]));
  const { forward, backward, average, update } = plan.handle;
  const trains = sizesOf(plan).trainable > 0;
  const zero: Line = { kind: "run", code: call("g.fill", neg(num(0))) };
  const runners = {
    forward: runner(
      "runForward",
      ["Inputs to outputs for the first n examples."],
      [forward],
      [],
      names,
    ),
    backward: runner(
      "runBackward",
      ["Loss and mean gradients of the first n examples."],
      [backward],
      trains ? [zero, ...fromZero(plan)] : [],
      names,
      average && averageFunction(average, names),
    ),
    update: runner(
      "runUpdate",
      trains ? updateDoc(plan) : ["Counts a step: nothing is trained."],
      [update],
      [],
      names,
    ),
  };
  const called =
    plan.frozen === undefined ? Object.values(runners) : [runners.forward];
  const tuples = tuplesOf(plan, "handle");
  // Functions that several runners share are printed once.
  const functions = [
    ...new Map(
      called.flatMap((r) => r.functions).map((f) => [f.name, f]),
    ).values(),
  ].map((f) => withCasts(f, tuples));
  const taken = new Set([...others, ...functions].map((f) => f.name));
  const memory = memoryCode(fields, taken, plan.dtype);
  return {
    memory,
    runners,
    functions,
    checks: [
      refuseFunction,
      checkInteger,
      ...(plan.model.inputs.some((x) => isForwardInput(x, plan))
        ? [lengthOf]
        : []),
      ...checkIndices(plan),
      ...(plan.frozen === undefined ? [checksumFunction] : []),
    ],
    create: [...moreMemory(memory), createFunction(plan, runners, memory, id)],
  };
}

/** Interface, functions and `create` of the handle. */
export function handleText(
  plan: ModulePlan,
  { memory, runners, functions, checks, create }: HandleCode,
  wasm: WasmCode | undefined,
  dialect: Dialect,
  depth: number,
): string {
  const texts = (list: readonly FunctionCode[]): string[] =>
    list.map((f) => functionText(f, dialect, depth));
  return [
    ...(dialect.types ? [memoryType(memory)] : []),
    ...texts(functions),
    ...texts(checks),
    ...(dialect.types ? [networkText(plan)] : []),
    ...(wasm === undefined
      ? []
      : tierTexts(plan, memory, runners, wasm, dialect)),
    ...texts(create),
    ...(plan.frozen === undefined ? [layoutText(plan, dialect, depth)] : []),
  ].join("\n\n");
}

/**
 * `g.fill(0, 3, 6)`: what the loss does not depend on has the gradient 0, not the -0 that sums start from; and some sums
 * start there.
 */
const fromZero = ({ model, programs, handle }: ModulePlan): Line[] =>
  [
    ...model.params
      .filter(
        (p) => p.op.trainable !== false && !programs.backward.gradients.has(p),
      )
      .map((p) => ({ offset: p.op.offset, size: sizeOf(p.shape) })),
    ...handle.backward.facts.fromZero,
  ]
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, size }) => ({
      kind: "run",
      code: call("g.fill", num(0), num(offset), num(offset + size)),
    }));
