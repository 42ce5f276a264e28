/** Where the arrays of a handle lie in its linear memory. */
import type { MemoryPlan } from "../../kernels/memoryPlan.js";
import type { Dtype } from "../dtype.js";

/** What the entries of an array are. */
export type EntryType = Dtype | "i32";

/** An array of the handle, or a table that its functions read. */
export interface ArraySpec {
  readonly name: string;
  readonly type: EntryType;
  /** Entries, of each example where it has them for each. */
  readonly size: number;
  readonly perExample: boolean;
}

/** It begins at byte offset + factor * maxBatch, which is a multiple of its entries' size. */
export interface PlacedArray extends ArraySpec {
  readonly offset: number;
  readonly factor: number;
}

export interface Layout {
  /** By name, in the order in which they lie. */
  readonly arrays: ReadonlyMap<string, PlacedArray>;
  /** All of it has offset + factor * maxBatch bytes. */
  readonly offset: number;
  readonly factor: number;
}

export const bytesOf = { f64: 8, f32: 4, i32: 4 } as const;

/**
 * One after the other: first what there is once, so that most addresses are known at compile time, then the values, which
 * begin with what there is once of them, then what there is for each example; indices at the end of both, and doubles
 * before other numbers, so that they lie at multiples of eight.
 *
 * @param specs all arrays but the values
 * @param memory where the values lie in the memory that they share
 * @param dtype what they are
 */
export function layoutOf(
  specs: readonly ArraySpec[],
  memory: MemoryPlan<string>,
  dtype: Dtype,
): Layout {
  const numberBytes = bytesOf[dtype];
  const arrays = new Map<string, PlacedArray>();
  let offset = 0;
  let factor = 0;
  const place = (perExample: boolean, type: ArraySpec["type"]): void => {
    for (const spec of specs) {
      if (spec.perExample !== perExample || spec.type !== type) continue;
      arrays.set(spec.name, { ...spec, offset, factor });
      const bytes = spec.size * bytesOf[type];
      if (perExample) factor += bytes;
      else offset += bytes;
    }
  };
  place(false, "f64");
  place(false, "f32");
  place(false, "i32");
  offset = Math.ceil(offset / bytesOf.f64) * bytesOf.f64;
  if (dtype !== "f64") place(true, "f64");
  for (const [name, { size, batched, fixed, perExample }] of memory.places)
    arrays.set(name, {
      name,
      type: dtype,
      size,
      perExample: batched,
      offset: offset + numberBytes * fixed,
      factor: factor + numberBytes * perExample,
    });
  offset += numberBytes * memory.fixed;
  factor += numberBytes * memory.perExample;
  place(true, dtype);
  place(true, "i32");
  return { arrays, offset, factor };
}
