import { quoted, type Fault } from "./fault.js";

/**
 * Refuses NaN and infinities: a network that has one answers NaN, and a training that made one is lost.
 *
 * @throws CompileError that names the entry.
 */
export function checkFinite(
  name: string,
  shape: readonly number[],
  values: Float64Array,
  fault: Fault,
): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw fault({
    code: "GC1513",
    message: `${quoted(name)}${subscript(at, shape)} is ${String(values[at])}, expected a finite number`,
    remedy: "--allow-nonfinite takes it as it is",
  });
}

/** `[1][2]`: the indices of an entry by its place, row-major. */
function subscript(at: number, shape: readonly number[]): string {
  let rest = at;
  const indices = shape.map(() => 0);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    indices[axis] = rest % size;
    rest = Math.floor(rest / size);
  }
  return indices.map((i) => `[${String(i)}]`).join("");
}
