/** Zeros around what windows walk along: where a sum has no other terms. */
import type { Node } from "../../dsl/graph.js";
import type { Affine, Axis, Load, Reduce, Test } from "./ir.js";
import type { Tile } from "./tile.js";

/** Part of the turns of a loop that has to stay away: an end that is computed takes time itself. */
const least = 0.1;

/**
 * What holds where a term of at least one point of a tile may be other than zero, axis by axis of what is padded: terms
 * elsewhere are zeros, and are as well left out.
 */
export function besideZeros({ body, over }: Reduce, tile: Tile): Test[] {
  if (body.kind !== "apply" || body.op !== "mul") return [];
  return body.args
    .flatMap((e) => (e.kind === "load" ? testsOf(e, tile) : []))
    .filter((t) => over.some((a) => leavesOut(t, a, tile)));
}

/** Where entries are in a value of zeros and entries, by its axes. */
interface Inside {
  readonly low: number;
  readonly length: number;
}

function insideOf(v: Node): Inside[] {
  const [x] = v.args;
  if (v.op.kind !== "slice" || x === undefined)
    return v.shape.map((length) => ({ low: 0, length }));
  const { axis, start, step, fill } = v.op;
  const extent = v.shape[axis] as number;
  return insideOf(x).map((of, i) => {
    if (i !== axis) return of;
    if (fill !== 0 || step !== 1) return { low: 0, length: extent };
    const low = Math.max(0, of.low - start);
    const end = Math.min(extent, of.low + of.length - start);
    return { low, length: Math.max(0, end - low) };
  });
}

function testsOf({ value, index, picked }: Load, tile: Tile): Test[] {
  if (picked !== undefined || value.op.kind !== "slice") return [];
  const axes = alongAxes(index, value.shape);
  if (axes === undefined) return [];
  return insideOf(value).flatMap(({ low, length }, i) => {
    const along = axes[i];
    if (along === undefined || length === value.shape[i]) return [];
    // The points of a tile are up to so far after its first one, and before it.
    let [after, before] = [0, 0];
    for (const [axis, k] of along.terms) {
      const far = k * ((tile.get(axis) ?? 1) - 1);
      if (far > 0) after += far;
      else before -= far;
    }
    const shifted = { ...along, constant: along.constant + after - low };
    return [{ index: shifted, divisor: 1, length: length + after + before }];
  });
}

/** Where an element lies along each axis of a shape; undefined where a loop runs along several of them. */
function alongAxes(
  { constant, terms }: Affine,
  shape: readonly number[],
): readonly Affine[] | undefined {
  const strides = shape.map((_, i) =>
    shape.slice(i + 1).reduce((a, b) => a * b, 1),
  );
  const parts = shape.map(() => ({
    terms: new Map<Axis, number>(),
    least: 0,
    most: 0,
  }));
  let first = constant;
  for (const [axis, factor] of terms) {
    if (axis.extent === "batch") return undefined;
    const i = strides.findIndex((s) => factor % s === 0);
    const [part, stride] = [parts[i], strides[i]];
    if (part === undefined || stride === undefined) return undefined;
    const k = factor / stride;
    const far = k * (axis.extent - 1);
    part.terms.set(axis, k);
    part.least += Math.min(0, far);
    part.most += Math.max(0, far);
    first += Math.min(0, far) * stride;
  }
  const found: Affine[] = [];
  for (const [i, { terms: own, least: low, most }] of parts.entries()) {
    const stride = strides[i] as number;
    const start = Math.floor(first / stride);
    first -= start * stride;
    if (start < 0 || start + most - low >= (shape[i] as number))
      return undefined;
    found.push({ constant: start - low, terms: own });
  }
  return found;
}

/** True where loops along an axis have noticeably fewer turns by a test, in all tiles together. */
function leavesOut({ index, length }: Test, axis: Axis, tile: Tile): boolean {
  const step = index.terms.get(axis);
  if (Math.abs(step ?? 0) !== 1) return false;
  let places = [index.constant];
  for (const [a, k] of index.terms) {
    const by = tile.get(a) ?? 1;
    const count = Math.ceil((a.extent as number) / by);
    const last = (a.extent as number) - by;
    places = places.flatMap((place) =>
      Array.from(
        { length: count },
        (_, i) => place + k * Math.min(i * by, last),
      ),
    );
  }
  const inside = places.filter((place) => place >= 0 && place < length);
  return inside.length <= (1 - least) * places.length;
}
