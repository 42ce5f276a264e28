import type { Affine, Axis, Test } from "../kernels/ir.js";
import type { Names } from "./names.js";

/** `2 i + k - 1` */
export function affineText({ constant, terms }: Affine, names: Names): string {
  let text = "";
  const add = (part: string): void => {
    if (text !== "") text += ` ${part}`;
    else text = part.startsWith("+") ? part.slice(2) : `-${part.slice(2)}`;
  };
  terms.forEach((k, axis) => {
    if (k !== 0) add(signed(k, names.axis(axis)));
  });
  if (constant !== 0) add(signed(constant));
  return text === "" ? "0" : text;
}

/** `+ 2 i`, `- i`, `+ 3` */
function signed(factor: number, of?: string): string {
  const size = Math.abs(factor);
  const text =
    of === undefined ? String(size) : size === 1 ? of : `${String(size)} ${of}`;
  return `${factor < 0 ? "-" : "+"} ${text}`;
}

/** One axis of a tensor, and the letters on it. */
interface Dim {
  readonly stride: number;
  readonly extent: number;
  readonly terms: Map<Axis, number>;
}

/**
 * `[i][k]` from a row-major offset; the axes of length 1 are left out.
 *
 * @param present tests that hold for the entry: its place is inside of the axis although the letters go further
 */
export function subscript(
  index: Affine,
  shape: readonly number[],
  names: Names,
  present: readonly Test[] = [],
): string {
  if (shape.every((d) => d === 1)) return "";
  const dims = dimsOf(index, shape);
  const found =
    dims === undefined ? undefined : placed(dims, index.constant, present);
  return found === undefined
    ? `[${affineText(index, names)}]`
    : found.map((d) => `[${affineText(d, names)}]`).join("");
}

/** Each letter on the axis whose stride it has; undefined where there is none. */
function dimsOf(
  { terms }: Affine,
  shape: readonly number[],
): Dim[] | undefined {
  const dims: Dim[] = [];
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const extent = shape[i] as number;
    if (extent !== 1) dims.unshift({ stride, extent, terms: new Map() });
    stride *= extent;
  }
  for (const [axis, k] of terms) {
    if (axis.extent === 1) continue;
    if (axis.extent === "batch") return undefined;
    const dim = dims.find((d) => k % d.stride === 0 && Math.abs(k) >= d.stride);
    if (dim === undefined) return undefined;
    dim.terms.set(axis, k / dim.stride);
  }
  return dims;
}

/** The constant shared out over the axes from the `first` one on, so that every place is on its axis. */
function placed(
  dims: readonly Dim[],
  constant: number,
  present: readonly Test[],
  first = 0,
): Affine[] | undefined {
  const dim = dims[first];
  if (dim === undefined) return constant === 0 ? [] : undefined;
  const { stride, extent, terms } = dim;
  const least = Math.floor(constant / stride);
  const most = Math.ceil(constant / stride);
  for (let share = least; share <= most; share++) {
    const at = { constant: share, terms };
    if (!isOn(at, extent, present)) continue;
    const left = constant - share * stride;
    const others = placed(dims, left, present, first + 1);
    if (others !== undefined) return [at, ...others];
  }
  return undefined;
}

/** True where an index is never below 0 or beyond the end, by its letters or by a test. */
function isOn(at: Affine, extent: number, present: readonly Test[]): boolean {
  let least = at.constant;
  let most = at.constant;
  at.terms.forEach((k, axis) => {
    const end = k * (Number(axis.extent) - 1);
    if (end < 0) least += end;
    else most += end;
  });
  return (
    (least >= 0 && most < extent) ||
    present.some(
      (t) => t.divisor === 1 && t.length <= extent && isSame(t.index, at),
    )
  );
}

const isSame = (a: Affine, b: Affine): boolean =>
  a.constant === b.constant &&
  isPart(a.terms, b.terms) &&
  isPart(b.terms, a.terms);

const isPart = (
  part: ReadonlyMap<Axis, number>,
  whole: ReadonlyMap<Axis, number>,
): boolean =>
  [...part].every(
    ([axis, k]) => k === 0 || axis.extent === 1 || whole.get(axis) === k,
  );
