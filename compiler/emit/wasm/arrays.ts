import { sizeOf } from "../../../dsl/graph.js";
import { columnNames, tables } from "../../../dsl/math/index.js";
import { numbersOf, sizesOf } from "../fields.js";
import { powersOfTwo, tableOfPowers } from "../functions.js";
import { inputName } from "../inputs.js";
import type { ModulePlan } from "../module.js";
import type { ArraySpec } from "./layout.js";

const array = (
  name: string,
  size: number,
  perExample = false,
  type: ArraySpec["type"] = "f64",
): ArraySpec => ({ name, type, size, perExample });

/** The arrays that applications see: `create` makes views of them. */
export function visibleArrays(plan: ModulePlan): ArraySpec[] {
  const { total, trainable, state } = sizesOf(plan);
  return [
    array("p", total),
    array("g", trainable),
    ...(state > 0 ? [array("s", state)] : []),
    array("numbers", numbersOf(plan).length),
    array("meanLoss", 1),
    ...plan.model.inputs.map((x) =>
      array(
        inputName(x.op.name),
        sizeOf(x.shape),
        x.batched,
        x.dtype === "i32" ? "i32" : "f64",
      ),
    ),
    ...[...plan.programs.forward.outputs].map(([key, v]) =>
      array(plan.outputArrays.get(key) ?? key, sizeOf(v.shape), v.batched),
    ),
  ];
}

/** The arrays that only the functions of the handle use: parts of one memory. */
export const hiddenArrays = ({ memory }: ModulePlan): ArraySpec[] =>
  [...memory.places].map(([name, { size, batched }]) =>
    array(name, size, batched),
  );

/** Tables that are constants of the module, by name. */
export function tableArrays(plan: ModulePlan): ArraySpec[] {
  const sizes = new Map(plan.tables.sizes);
  sizes.set(powersOfTwo, tableOfPowers);
  for (const table of tables)
    for (const name of columnNames(table))
      sizes.set(
        name,
        table.kind === "list" ? table.values.length : table.length,
      );
  return [...sizes].map(([name, size]) => array(name, size));
}
