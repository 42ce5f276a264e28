import { sizeOf } from "../../../dsl/graph.js";
import { lengthOfTable, tables } from "../../../dsl/math/index.js";
import { numbersOf, sizesOf } from "../fields.js";
import { powersOfTwo, tableOfPowers } from "../functions.js";
import { inputName } from "../inputs.js";
import type { ModulePlan } from "../module.js";
import type { ArraySpec } from "./layout.js";

const array = (
  name: string,
  size: number,
  type: ArraySpec["type"],
  perExample = false,
): ArraySpec => ({ name, type, size, perExample });

/** The arrays that applications see: `create` makes views of them. */
export function visibleArrays(plan: ModulePlan): ArraySpec[] {
  const { total, trainable, state } = sizesOf(plan);
  const { dtype } = plan;
  return [
    array("p", total, dtype),
    array("g", trainable, dtype),
    ...(state > 0 ? [array("s", state, dtype)] : []),
    // The number of a step and a seed need more digits than float32 has.
    array("numbers", numbersOf(plan).length, "f64"),
    array("meanLoss", 1, dtype),
    ...plan.model.inputs.map((x) =>
      array(
        inputName(x.op.name),
        sizeOf(x.shape),
        x.dtype === "i32" ? "i32" : dtype,
        x.batched,
      ),
    ),
    ...[...plan.programs.forward.outputs].map(([key, v]) =>
      array(
        plan.outputArrays.get(key) ?? key,
        sizeOf(v.shape),
        dtype,
        v.batched,
      ),
    ),
  ];
}

/** The arrays that only the functions of the handle use: parts of one memory, and those beside it. */
export const hiddenArrays = (plan: ModulePlan): ArraySpec[] => [
  ...[...plan.memory.places].map(([name, { size, batched }]) =>
    array(name, size, plan.dtype, batched),
  ),
  ...doubleArrays(plan),
];

/** Arrays of float64 beside a memory of another type. */
export const doubleArrays = ({ doubles }: ModulePlan): ArraySpec[] =>
  [...doubles].map(([name, { size, batched }]) =>
    array(name, size, "f64", batched),
  );

/** Tables that are constants of the module, by name. */
export function tableArrays(plan: ModulePlan): ArraySpec[] {
  const sizes = new Map<string, number>();
  sizes.set(powersOfTwo, tableOfPowers);
  for (const table of tables) sizes.set(table.name, lengthOfTable(table));
  const own = [...plan.tables.sizes].map(([name, size]) =>
    array(name, size, plan.dtype),
  );
  return [
    ...own,
    ...[...sizes].map(([name, size]) => array(name, size, "f64")),
  ];
}
