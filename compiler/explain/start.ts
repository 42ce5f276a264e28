import { isLeaf, sizeOf } from "../../dsl/graph.js";
import { CompileError } from "../diagnostics.js";
import type { Names } from "../emit/names.js";
import type { Values } from "../interpret.js";
import type { NamedModel } from "../load/name.js";
import { shown } from "../load/identifiers.js";
import type { LeafNode, Programs } from "../programs.js";
import { valuesOf, type Memory } from "./memory.js";

/** The numbers that a page starts from. */
export interface Start {
  readonly memory: Memory;
  /** Places in the parameter vector that were given. */
  readonly given: ReadonlySet<number>;
}

/** An array that `--set` can fill, or one entry of it. */
interface Slot {
  readonly leaf: LeafNode;
  readonly values: Float64Array;
  /** First place in `values`, and how many numbers are expected. */
  readonly at: number;
  readonly count: number;
}

/**
 * Inputs and parameters of one example: what `set` says, by name (`x`, `hidden.weight`) or by entry (`x1`, `w5`); else
 * round numbers and `init(1)`.
 *
 * @throws CompileError for a name that the model does not have, a wrong count, or what cannot be a value.
 */
export function startingValues(
  model: NamedModel,
  programs: Programs,
  names: Names,
  set: Readonly<Record<string, readonly number[]>>,
): Start {
  const inputs = new Map(
    model.inputs.map((x, k) => [x.op.name, exampleValues(x, k)] as const),
  );
  const params = initialParameters(model, programs);
  const slots = slotsOf(model, names, inputs, params);
  const given = new Set<number>();
  for (const [name, values] of Object.entries(set)) {
    const slot = slots.get(name);
    if (slot === undefined) throw unknownName(name, model);
    fill(slot, name, values);
    if (slot.leaf.op.space === "param")
      values.forEach((_, i) => given.add(slot.at + i));
  }
  const { states, update } = programs;
  const state = new Float64Array(
    states.reduce((n, s) => Math.max(n, s.offset + s.size), 0),
  );
  for (const s of states) state.fill(s.initial, s.offset, s.offset + s.size);
  return {
    memory: {
      inputs,
      params,
      gradients: new Float64Array(
        [...update.updates.keys()].reduce(
          (n, p) =>
            isLeaf(p) && p.op.space === "param"
              ? Math.max(n, p.op.offset + sizeOf(p.shape))
              : n,
          0,
        ),
      ),
      state,
      numbers: { lr: model.optimizer.lr, steps: 0, seed: 1 },
    },
    given,
  };
}

/**
 * 1, 0.5, 0, 2, 1, ...; the k-th input begins at the k-th of them: equal inputs would be at distance 0, where a norm has
 * a kink. More numbers than a reader follows repeat after eleven, so that neighbours in rows of a power of two are not
 * alike: the largest of equals has a kink, too. Class indices are 0.
 */
function exampleValues(x: LeafNode, k: number): Float64Array {
  const size = sizeOf(x.shape);
  const cycle = [1, 0.5, 0, 2];
  return Float64Array.from({ length: size }, (_, i) => {
    if (x.dtype === "i32") return 0;
    return size > 8 ? ((7 * i + k) % 11) / 4 : (cycle[(i + k) % 4] as number);
  });
}

/** What `init(1)` draws. */
function initialParameters(
  model: NamedModel,
  programs: Programs,
): Float64Array {
  const total = model.params.reduce((n, p) => n + sizeOf(p.shape), 0);
  const params = new Float64Array(total);
  const { updates } = programs.init;
  const values = valuesOf([...updates.values()], {
    inputs: new Map(),
    params,
    gradients: params,
    state: params,
    numbers: { seed: 1 },
  });
  for (const [p, v] of updates)
    if (isLeaf(p)) params.set(Array.from(values.get(v) as Values), p.op.offset);
  return params;
}

/** Everything that can be set, by name; whole arrays come before entries of the same name. */
function slotsOf(
  model: NamedModel,
  names: Names,
  inputs: ReadonlyMap<string, Float64Array>,
  params: Float64Array,
): Map<string, Slot> {
  const slots = new Map<string, Slot>();
  const leaves = [...model.inputs, ...model.params];
  const whole = (leaf: LeafNode): Slot => ({
    leaf,
    values: inputs.get(leaf.op.name) ?? params,
    at: leaf.op.offset,
    count: sizeOf(leaf.shape),
  });
  for (const leaf of leaves) slots.set(leaf.op.name, whole(leaf));
  for (const leaf of leaves) {
    const slot = whole(leaf);
    for (let i = 0; i < slot.count; i++) {
      const entry = names.element(leaf, i);
      if (!slots.has(entry))
        slots.set(entry, { ...slot, at: slot.at + i, count: 1 });
    }
  }
  return slots;
}

function unknownName(name: string, model: NamedModel): CompileError {
  const inputs = model.inputs.map((x) => x.op.name);
  const params = model.params.map((p) => p.op.name);
  return new CompileError({
    code: "GC1020",
    message: `--set ${name}: the model has no input or parameter ${shown(name)}`,
    remedy: `inputs: ${inputs.join(", ")}; parameters: ${params.join(", ")}, or one entry of them by its symbol`,
  });
}

function fill(slot: Slot, name: string, values: readonly number[]): void {
  const { leaf, at, count } = slot;
  const few = values.length > 8 ? [...values.slice(0, 8), "..."] : values;
  const text = `--set ${name}=${few.join(",")}`;
  if (values.length !== count)
    throw new CompileError({
      code: "GC1021",
      message: `${text}: ${name} has ${String(count)} ${count === 1 ? "entry" : "entries"}, got ${String(values.length)} ${values.length === 1 ? "number" : "numbers"}`,
      remedy: "give one number for each entry, row-major, with commas between",
    });
  const { classes } = leaf.op;
  for (const x of values) {
    if (!Number.isFinite(x))
      throw new CompileError({
        code: "GC1022",
        message: `${text}: ${String(x)} is not a finite number`,
        remedy: "write numbers of up to 1.7e308",
      });
    if (
      classes !== undefined &&
      !(Number.isInteger(x) && x >= 0 && x < classes)
    )
      throw new CompileError({
        code: "GC1022",
        message: `${text}: ${String(x)} is not a class, expected an integer from 0 to ${String(classes - 1)}`,
        remedy: "classes are counted from 0",
      });
  }
  slot.values.set(values, at);
}
