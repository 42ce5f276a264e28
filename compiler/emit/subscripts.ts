import type { Affine, Axis, Test } from "../kernels/ir.js";
import type { Names } from "./names.js";

/** `2 i + k - 1` */
export function affineText({ constant, terms }: Affine, names: Names): string {
  const parts = [...terms]
    .filter(([, k]) => k !== 0)
    .map(([axis, k]) => signed(k, names.axis(axis)));
  if (constant !== 0) parts.push(signed(constant));
  return parts.length === 0
    ? "0"
    : parts.join(" ").replace(/^\+ /, "").replace(/^- /, "-");
}

/** `+ 2 i`, `- i`, `+ 3` */
function signed(factor: number, of?: string): string {
  const size = Math.abs(factor);
  const text =
    of === undefined ? String(size) : size === 1 ? of : `${String(size)} ${of}`;
  return `${factor < 0 ? "-" : "+"} ${text}`;
}

/** One axis of a tensor, and the place on it. */
interface Dim {
  readonly stride: number;
  readonly extent: number;
  readonly index: Affine;
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
function dimsOf(index: Affine, shape: readonly number[]): Dim[] | undefined {
  const terms = [...index.terms].filter(([axis]) => axis.extent !== 1);
  if (terms.some(([axis]) => axis.extent === "batch")) return undefined;
  let stride = 1;
  const strides = shape
    .toReversed()
    .map((extent) => {
      const own = { stride, extent };
      stride *= extent;
      return own;
    })
    .reverse()
    .filter((d) => d.extent !== 1);
  const of = (k: number): number =>
    strides.findIndex((d) => k % d.stride === 0 && Math.abs(k) >= d.stride);
  if (terms.some(([, k]) => of(k) < 0)) return undefined;
  return strides.map((d, i) => ({
    ...d,
    index: {
      constant: 0,
      terms: new Map(
        terms
          .filter(([, k]) => of(k) === i)
          .map(([axis, k]) => [axis, k / d.stride]),
      ),
    },
  }));
}

/** The constant shared out, so that every place is on its axis. */
function placed(
  [dim, ...rest]: readonly Dim[],
  constant: number,
  present: readonly Test[],
): Affine[] | undefined {
  if (dim === undefined) return constant === 0 ? [] : undefined;
  const own = constant / dim.stride;
  for (const share of new Set([Math.floor(own), Math.ceil(own)])) {
    const at = { ...dim.index, constant: share };
    if (!isOn(at, dim.extent, present)) continue;
    const others = placed(rest, constant - share * dim.stride, present);
    if (others !== undefined) return [at, ...others];
  }
  return undefined;
}

/** True where an index is never below 0 or beyond the end, by its letters or by a test. */
function isOn(at: Affine, extent: number, present: readonly Test[]): boolean {
  const ends = [...at.terms].map(([axis, k]) => k * (Number(axis.extent) - 1));
  const sum = (list: readonly number[]): number =>
    list.reduce((a, b) => a + b, at.constant);
  const [least, most] = [
    sum(ends.filter((e) => e < 0)),
    sum(ends.filter((e) => e > 0)),
  ];
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
