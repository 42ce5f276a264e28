import { rootsOf, sizeOf, topological } from "../../dsl/graph.js";
import type { Place } from "../kernels/memoryPlan.js";
import type { Programs } from "../programs.js";
import { binary, call, made, name, num, type Code } from "./code.js";
import { dtypes } from "./dtype.js";
import { inputName } from "./inputs.js";
import { numbers } from "./memory.js";
import type { ModulePlan } from "./module.js";
import type { Saved } from "./saved.js";
import { paramsType } from "./signature.js";

/** One array of the handle. */
export interface Field {
  readonly name: string;
  readonly type: "Params" | "Float64Array" | "Float32Array" | "Int32Array";
  /** What makes it. */
  readonly make: Code;
}

interface Sizes {
  readonly total: number;
  readonly trainable: number;
  readonly state: number;
}

/** A model and what was derived from it. */
export type Derived = Pick<ModulePlan, "model" | "programs">;

export function sizesOf({ model, programs }: Derived): Sizes {
  const { params } = model;
  return {
    total: params.reduce((n, p) => n + sizeOf(p.shape), 0),
    trainable: params.reduce(
      (n, p) => n + (p.op.trainable === false ? 0 : sizeOf(p.shape)),
      0,
    ),
    state: programs.states.reduce((n, s) => n + s.size, 0),
  };
}

/** Single numbers that the handle keeps: the seed where a step draws random numbers. */
export const numbersOf = ({ programs }: Derived): readonly string[] =>
  drawsAtSteps(programs) ? numbers : numbers.filter((id) => id !== "seed");

/** What `save()` writes. */
export const savedParts = (derived: Derived): Saved => {
  const { total, state } = sizesOf(derived);
  return { singles: numbersOf(derived).length, total, state };
};

/** True where training or prediction draws random numbers, as dropout does. */
export const drawsAtSteps = ({ forward, backward }: Programs): boolean =>
  topological([...rootsOf(forward), ...rootsOf(backward)]).some(
    ({ op }) =>
      op.kind === "leaf" && op.space === "number" && op.name === "seed",
  );

const times = (size: number, batched: boolean): Code => {
  if (!batched) return num(size);
  const examples = name("maxBatch");
  return size === 1 ? examples : binary("*", num(size), examples);
};

/** 16 * maxBatch + 8 */
function entries(perExample: number, fixed: number): Code {
  if (perExample === 0) return num(fixed);
  const ofExamples = times(perExample, true);
  return fixed === 0 ? ofExamples : binary("+", ofExamples, num(fixed));
}

/** The memory for values; undefined where there are none. */
export const valuesMemory = ({
  memory,
  dtype,
}: ModulePlan): Code | undefined =>
  memory.places.size === 0
    ? undefined
    : made(dtypes[dtype].list, entries(memory.perExample, memory.fixed));

/** The part of it that a value has, by its first entry and their number. */
const partOf = ({ perExample, fixed, size, batched }: Place): Code =>
  call("part", entries(perExample, fixed), times(size, batched));

/** The arrays of `Memory`, in the order in which they are made. */
export const fieldsOf = (plan: ModulePlan): Field[] => [
  ...(plan.frozen === undefined ? trainedFields(plan) : drawnFields(plan)),
  ...plan.model.inputs.map((x): Field => {
    const type = x.dtype === "i32" ? "Int32Array" : dtypes[plan.dtype].list;
    return {
      name: inputName(x.op.name),
      type,
      make: made(type, times(sizeOf(x.shape), x.batched)),
    };
  }),
  ...[...plan.programs.forward.outputs].map(([key, v]) =>
    array(
      plan,
      plan.outputArrays.get(key) ?? key,
      times(sizeOf(v.shape), v.batched),
    ),
  ),
  ...[...plan.memory.places].map(([name, place]): Field => ({
    name,
    type: dtypes[plan.dtype].list,
    make: partOf(place),
  })),
  ...[...plan.doubles].map(([name, { size, batched }]): Field => ({
    name,
    type: "Float64Array",
    make: made("Float64Array", times(size, batched)),
  })),
];

function array({ dtype }: ModulePlan, name: string, size: Code): Field {
  const { list } = dtypes[dtype];
  return { name, type: list, make: made(list, size) };
}

/** What random numbers of a prediction are made of, at the places that they have where a network is trained. */
const drawnFields = ({ programs }: ModulePlan): Field[] =>
  drawsAtSteps(programs)
    ? [
        {
          name: "numbers",
          type: "Float64Array",
          make: call("Float64Array.of", num(0), num(0), name("seed")),
        },
      ]
    : [];

/** Parameters, and what training keeps beside them. */
function trainedFields(plan: ModulePlan): Field[] {
  const { state, trainable, total } = sizesOf(plan);
  return [
    {
      name: "p",
      type: "Params",
      make: plan.drawsNumbers ? call("init", name("seed")) : call("init"),
    },
    {
      name: "g",
      type: "Params",
      make:
        trainable === total ? call("zeros") : trainablePart(plan, trainable),
    },
    ...(state > 0 ? [array(plan, "s", num(state))] : []),
    {
      name: "numbers",
      type: "Float64Array",
      make: call(
        "Float64Array.of",
        num(plan.model.optimizer.lr),
        num(0),
        ...(numbersOf(plan).includes("seed") ? [name("seed")] : []),
      ),
    },
    array(plan, "meanLoss", num(1)),
  ];
}

/** A vector for the parameters that are trained: the first ones. */
function trainablePart(plan: ModulePlan, trainable: number): Code {
  const part = call("zeros().subarray", num(0), num(trainable));
  return paramsType(plan).includes("interface Params")
    ? { kind: "as", x: part, type: "Params" }
    : part;
}

/** Bytes that `create({ maxBatch: 1 })` allocates. */
export function memoryBytes(plan: ModulePlan): number {
  const { total, trainable, state } = sizesOf(plan);
  const { bytes } = dtypes[plan.dtype];
  const inputs = plan.model.inputs.reduce(
    (n, x) => n + sizeOf(x.shape) * (x.dtype === "i32" ? 4 : bytes),
    0,
  );
  const values =
    [...plan.programs.forward.outputs.values()].reduce(
      (n, v) => n + sizeOf(v.shape),
      0,
    ) +
    plan.memory.perExample +
    plan.memory.fixed;
  const doubles = [...plan.doubles.values()].reduce((n, v) => n + v.size, 0);
  const [loss, rateAndSteps] = plan.frozen === undefined ? [1, 2] : [0, 0];
  return (
    bytes * (total + trainable + state + loss + values) +
    8 * (rateAndSteps + doubles) +
    inputs
  );
}
