import { sizeOf, type Node, type Program } from "../../dsl/graph.js";
import {
  assign,
  at,
  binary,
  call,
  declare,
  loop,
  name,
  num,
  read,
  run,
  type Code,
  type FunctionCode,
  type Member,
  type Parameter,
  type Statement,
} from "./code.js";
import { wrapText } from "./comments.js";
import { drawsAtSteps, numbersOf, savedParts, valuesMemory } from "./fields.js";
import { dtypes } from "./dtype.js";
import { givenCheck, indexChecks } from "./indices.js";
import { inputName } from "./inputs.js";
import { memoryMembers, type MemoryCode } from "./makeMemory.js";
import type { ModulePlan } from "./module.js";
import { objectsOf } from "./objects.js";
import {
  checkLength,
  checkOptions,
  checkRate,
  integer,
  refuse,
  shown,
} from "./outside.js";
import { loadMethod, saveMethod } from "./saved.js";
import { isForwardInput } from "./signature.js";
import { saysFused, startedTier } from "./wasm/tiers.js";

/** How a method of the handle calls the function that does its work. */
export interface Caller {
  readonly callee: string;
  readonly takesN: boolean;
}

export type Runners = Readonly<
  Record<"forward" | "backward" | "update", Caller>
>;

/** Entries that no array of V8 has; those of other engines have fewer. */
const tooManyEntries = 2 ** 32;

/** Examples that a handle may have room for: 2^24, or as many as an array can hold. WebAssembly says itself what it lacks. */
function mostExamples({ model, programs, memory, tiers }: ModulePlan): Code {
  const sizes = [...model.inputs, ...programs.forward.outputs.values()].map(
    (v) => sizeOf(v.shape),
  );
  const largest = Math.max(1, memory.perExample, ...sizes);
  const most = Math.floor((tooManyEntries - 1) / largest);
  return tiers || most >= 2 ** 24 ? binary("**", num(2), num(24)) : num(most);
}

/** The function that makes a handle. */
export function createFunction(
  plan: ModulePlan,
  runners: Runners,
  memory: MemoryCode,
  id: number,
): FunctionCode {
  const { batched } = plan.programs;
  const seeded = plan.drawsNumbers || numbersOf(plan).includes("seed");
  const defaults: readonly (readonly [string, Code])[] = [
    ...(seeded ? [["seed", num(0)] as const] : []),
    ["maxBatch", num(1)],
  ];
  return {
    name: "create",
    exported: true,
    doc: docOf(plan, seeded),
    params: [
      {
        name: "options",
        type:
          seeded || plan.frozen === undefined
            ? "{ seed?: number; maxBatch?: number }"
            : "{ maxBatch?: number }",
        value: { kind: "object", members: [], open: false },
      },
    ],
    result: "Network",
    body: [
      // What predicts takes the place of what was trained, with its options.
      ...(plan.frozen === undefined
        ? checkOptions("options", ["seed", "maxBatch"])
        : []),
      {
        kind: "destructure",
        names: defaults.map(([key]) => key),
        defaults: new Map(defaults),
        from: name("options"),
      },
      run(
        integer(
          "create: maxBatch",
          name("maxBatch"),
          num(1),
          mostExamples(plan),
        ),
      ),
      ...(seeded
        ? [
            run(
              integer(
                "create: seed",
                name("seed"),
                num(0),
                binary("-", binary("**", num(2), num(32)), num(1)),
              ),
            ),
          ]
        : []),
      ...(plan.tiers ? [startedTier(plan)] : madeMemory(plan, memory)),
      ...startOfStates(plan),
      declare("first", firstOutput(plan)),
      ...(batched ? [declare("checked", checked(plan))] : []),
      {
        kind: "return",
        value: {
          kind: "object",
          members: handleMembers(plan, runners, id),
          open: true,
        },
      },
    ],
  };
}

function docOf(plan: ModulePlan, seeded: boolean): string[] {
  const memory =
    "memory for `maxBatch` examples; nothing is allocated after that.";
  const own = plan.drawsNumbers
    ? "parameters of its own, drawn from `seed`"
    : "parameters of its own";
  const made = plan.frozen === undefined ? `a network with ${own}, and ` : "";
  const draws =
    seeded && !plan.drawsNumbers
      ? " Random numbers are drawn from `seed`."
      : "";
  return wrapText(`Makes ${made}${memory}${draws}`, 77);
}

/** The arrays that the functions of JavaScript work in. */
export const madeMemory = (
  plan: ModulePlan,
  memory: MemoryCode,
): Statement[] => [
  ...memoryForValues(plan),
  {
    kind: "declare",
    keyword: "const",
    name: "m",
    type: "Memory",
    value: { kind: "object", members: memoryMembers(memory), open: true },
  },
];

function memoryForValues(plan: ModulePlan): Statement[] {
  const memory = valuesMemory(plan);
  if (memory === undefined) return [];
  const text = "Values that are not needed at the same time share memory.";
  return [
    { kind: "comment", text },
    {
      kind: "declare",
      keyword: "const",
      name: "values",
      value: memory,
      viewed: true,
    },
    declare("part", part(plan)),
  ];
}

/** Entries of the memory for values. */
const part = ({ dtype }: ModulePlan): Code => ({
  kind: "function",
  params: [
    { name: "from", type: "number" },
    { name: "size", type: "number" },
  ],
  result: dtypes[dtype].list,
  body: [
    {
      kind: "return",
      value: call(
        "values.subarray",
        name("from"),
        binary("+", name("from"), name("size")),
      ),
    },
  ],
});

/** What the optimizer keeps, where it does not start from 0. */
const startOfStates = (plan: ModulePlan): Statement[] =>
  plan.programs.states
    .filter((s) => !Object.is(s.initial, 0))
    .map((s) =>
      run(
        call("m.s.fill", num(s.initial), num(s.offset), num(s.offset + s.size)),
      ),
    );

/** The first output, of one example: what `predict` returns. */
function firstOutput(plan: ModulePlan): Code {
  const { array, size } = outputOf(plan);
  return size === undefined
    ? name(array)
    : call(`${array}.subarray`, num(0), num(size));
}

/** Where the first output is, and how many numbers it has of each example. */
function outputOf({ programs, outputArrays }: ModulePlan): {
  readonly array: string;
  readonly size: number | undefined;
} {
  const [key = ""] = programs.forward.outputs.keys();
  const output = programs.forward.outputs.get(key) as Node;
  return {
    array: `m.${outputArrays.get(key) ?? "out"}`,
    size: output.batched ? sizeOf(output.shape) : undefined,
  };
}

/** Where lists have no views, the output of the first example is a copy. */
function copyFirst(plan: ModulePlan): Statement[] {
  const { array, size } = outputOf(plan);
  if (plan.lists === "typed" || size === undefined) return [];
  const i = name("i");
  return [loop("i", num(size), [assign(at("first", i), "=", read(array, i))])];
}

/** The number of examples that a method is asked for, where it takes so few and the memory holds so many. */
const checked = ({ programs: { least } }: ModulePlan): Code => ({
  kind: "function",
  params: [
    { name: "n", value: num(1) },
    ...(least === 1 ? [] : [{ name: "least", value: num(1) }]),
  ],
  result: "number",
  body: [
    ...(least === 1
      ? []
      : [
          {
            kind: "if",
            test: binary(">", name("least"), name("maxBatch")),
            then: [
              refuse(
                "batch statistics need ",
                shown(name("least")),
                " examples or more and this handle holds ",
                shown(name("maxBatch")),
                ": call create({ maxBatch: ",
                shown(name("least")),
                " }) or more",
              ),
            ],
          } as const,
        ]),
    {
      kind: "return",
      value: integer(
        "n",
        name("n"),
        least === 1 ? num(1) : name("least"),
        name("maxBatch"),
        "maxBatch = ",
      ),
    },
  ],
});

function handleMembers(
  plan: ModulePlan,
  runners: Runners,
  id: number,
): Member[] {
  const { forward, backward, batched, least } = plan.programs;
  /** What only a handle that trains has. */
  const training = (...members: readonly Member[]): readonly Member[] =>
    plan.frozen === undefined ? members : [];
  const many = batched ? name("count") : num(1);
  const n: Parameter = { name: "n", type: "number", optional: true };
  const fewest = least === 1 ? [] : [num(least)];
  const method = (
    key: string,
    program: Program,
    list: readonly Caller[],
    atLeast: readonly Code[] = [],
  ): Member => ({
    kind: "method",
    key,
    params: batched ? [n] : [],
    body: counted(
      batched ? call("checked", name("n"), ...atLeast) : undefined,
      [
        ...indexChecks(plan, program, many),
        ...list.map((caller) => callOf(plan, caller, many)),
      ],
    ),
  });
  const object = (
    key: string,
    entries: readonly (readonly [string, string])[],
  ): Member =>
    value(key, {
      kind: "object",
      members: entries.map(([k, array]) => value(k, name(`m.${array}`))),
      open: false,
    });
  return [
    ...(plan.tiers ? [value("tier", name("tier"))] : []),
    ...(plan.tiers && saysFused(plan) ? [value("fused", name("fused"))] : []),
    ...training(value("params", name("m.p")), value("grads", name("m.g"))),
    object(
      "inputs",
      plan.model.inputs.map((x) => [x.op.name, inputName(x.op.name)]),
    ),
    object(
      "outputs",
      [...forward.outputs.keys()].map((k) => [
        k,
        plan.outputArrays.get(k) ?? k,
      ]),
    ),
    ...training(
      value("loss", name("m.meanLoss")),
      ...accessors("lr", 0, [checkRate("value")]),
    ),
    ...(hasSteps(plan)
      ? accessors(
          "steps",
          1,
          [],
          integer("steps", name("value"), num(0), mostSteps),
        )
      : []),
    method("forward", forward, [runners.forward]),
    ...training(
      method("backward", backward, [runners.backward], fewest),
      {
        kind: "method",
        key: "update",
        params: [],
        body: [callOf(plan, runners.update, many)],
      },
      method("trainStep", backward, [runners.backward, runners.update], fewest),
    ),
    predictMethod(plan, runners.forward),
    ...training(
      saveMethod(savedParts(plan), id, plan.dtype),
      loadMethod(savedParts(plan), id, plan.dtype, plan.lists),
    ),
  ];
}

/** Lines after a check of `count`; where only the first one reads it, and is a call, it stands there. */
function counted(check: Code | undefined, lines: Statement[]): Statement[] {
  if (check === undefined) return lines;
  const isCount = (c: Code): boolean => c.kind === "name" && c.text === "count";
  const [first, ...rest] = lines;
  const readers = lines.filter((l) => objectsOf([l]).has("count"));
  if (
    first?.kind !== "run" ||
    first.code.kind !== "call" ||
    readers.length !== 1 ||
    readers[0] !== first
  )
    return [declare("count", check), ...lines];
  const args = first.code.args.map((a) => (isCount(a) ? check : a));
  return [{ ...first, code: { ...first.code, args } }, ...rest];
}

/** True for a handle that counts steps: updates, or what random numbers of a prediction are made of. */
export const hasSteps = ({ frozen, programs }: ModulePlan): boolean =>
  frozen === undefined || drawsAtSteps(programs);

const value = (key: string, code: Code): Member => ({
  kind: "value",
  key,
  value: code,
});

/** Functions of a tier know their memory. */
const callOf = (
  { tiers }: ModulePlan,
  { callee, takesN }: Caller,
  n: Code,
): Statement =>
  run(call(callee, ...(tiers ? [] : [name("m")]), ...(takesN ? [n] : [])));

/** A single number of the memory as a property, which `before` it is set is checked. */
const accessors = (
  key: string,
  place: number,
  before: readonly Statement[],
  value: Code = name("value"),
): Member[] => [
  {
    kind: "get",
    key,
    params: [],
    body: [{ kind: "return", value: read("m.numbers", num(place)) }],
  },
  {
    kind: "set",
    key,
    params: [{ name: "value" }],
    body: [...before, assign(at("m.numbers", num(place)), "=", value)],
  },
];

/** The largest number of steps that can be counted. */
const mostSteps = binary("-", binary("**", num(2), num(53)), num(1));

function predictMethod(plan: ModulePlan, forward: Caller): Member {
  const inputs = plan.model.inputs.filter((x) => isForwardInput(x, plan));
  return {
    kind: "method",
    key: "predict",
    params: inputs.map((x) => ({ name: inputName(x.op.name) })),
    body: [
      ...inputs.flatMap((x): Statement[] => {
        const id = inputName(x.op.name);
        return [
          checkLength(`predict: ${x.op.name}`, id, sizeOf(x.shape)),
          ...(x.dtype === "i32" ? [givenCheck(x)] : []),
          run(call(`m.${id}.set`, name(id))),
        ];
      }),
      ...indexChecks(plan, plan.programs.forward, num(1)),
      callOf(plan, forward, num(1)),
      ...copyFirst(plan),
      { kind: "return", value: name("first") },
    ],
  };
}
