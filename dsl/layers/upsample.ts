import type { Node } from "../graph.js";
import { value, type NameOptions } from "../naming.js";
import { numbers } from "../ops/elementwise.js";
import { permuteNode, reshapeNode } from "../primitives/movement.js";
import { range } from "../graph.js";
import { checkFlags, checkWord, refuseSettings } from "../settings.js";
import {
  checkDims,
  checkSpatial,
  failShape,
  pixelShuffleShape,
  positiveEach,
  scaleEach,
  type Guard,
  type PerAxis,
  type PixelShuffleError,
  type PixelShuffleShape,
  type PositiveEachError,
  type ScaledShape,
  type ScaleError,
  type Shape,
  type SizedShape,
  type Spatial,
  type SpatialError,
} from "../shape/rules.js";
import type { Tensor } from "../tensor.js";
import { between, nearest, type Resampling } from "./resample.js";

/** Options of up-sampling. */
export interface UpsampleOptions<
  M extends string = "nearest" | "linear" | "bilinear",
> extends NameOptions {
  /** "nearest" repeats entries, the other mode draws lines between them; "nearest" by default. */
  readonly mode?: M;
  /** True where the outermost entries of x are those of y, which only lines between them can; false by default. */
  readonly alignCorners?: boolean;
}

/**
 * y[c][i] = x[c][floor(i L / L')], or between the entries around (i + 1/2) L / L' - 1/2, with `scale` times as many
 * entries along the last axis of x [..., C, L], rounded down. PyTorch: nn.Upsample with a scale.
 *
 * @throws ShapeError where the scale is not above 0.
 * @example const y = upsample1d(signal, 2, { mode: "linear" });
 */
export function upsample1d<S extends Shape, const F extends PerAxis>(
  x: Guard<Tensor<S>, SpatialError<"upsample1d", 1, S>>,
  scale: Guard<F, ScaleError<"upsample1d", 1, F>>,
  options?: UpsampleOptions<"nearest" | "linear">,
): Tensor<ScaledShape<1, S, F>> {
  return resampled("upsample1d", 1, x, options, (lengths) => {
    const scales = scaleEach("upsample1d", 1, scale as PerAxis);
    return scaledLengths("upsample1d", lengths, scales);
  });
}

/**
 * y[c][i] = x[c][floor(i L / L')], or between the entries around (i + 1/2) L / L' - 1/2, with `size` entries along the
 * last axis of x [..., C, L]. PyTorch: nn.Upsample with a size.
 *
 * @throws ShapeError where the size is no positive integer.
 * @example const y = resize1d(signal, 20, { mode: "linear" });
 */
export function resize1d<S extends Shape, const Z extends PerAxis>(
  x: Guard<Tensor<S>, SpatialError<"resize1d", 1, S>>,
  size: Guard<Z, PositiveEachError<"resize1d", "size", 1, Z>>,
  options?: UpsampleOptions<"nearest" | "linear">,
): Tensor<SizedShape<1, S, Z>> {
  return resampled("resize1d", 1, x, options, (lengths) =>
    positiveEach("resize1d", "size", 1, size as PerAxis).map((length, i) => ({
      length,
      from: lengths[i] as number,
      to: length,
    })),
  );
}

/**
 * y[c][i][j] = x[c][floor(i H / H')][floor(j W / W')], or between the entries around (i + 1/2) H / H' - 1/2 and (j +
 * 1/2) W / W' - 1/2, with `scale` times as many entries along each of the last two axes of x [..., C, H, W], rounded
 * down. PyTorch: nn.Upsample with a scale.
 *
 * @throws ShapeError where the scale is not above 0.
 * @example const y = upsample2d(image, 2, { mode: "bilinear" });
 */
export function upsample2d<S extends Shape, const F extends PerAxis>(
  x: Guard<Tensor<S>, SpatialError<"upsample2d", 2, S>>,
  scale: Guard<F, ScaleError<"upsample2d", 2, F>>,
  options?: UpsampleOptions<"nearest" | "bilinear">,
): Tensor<ScaledShape<2, S, F>> {
  return resampled("upsample2d", 2, x, options, (lengths) => {
    const scales = scaleEach("upsample2d", 2, scale as PerAxis);
    return scaledLengths("upsample2d", lengths, scales);
  });
}

/**
 * y[c][i][j] = x[c][floor(i H / H')][floor(j W / W')], or between the entries around (i + 1/2) H / H' - 1/2 and (j +
 * 1/2) W / W' - 1/2, with `size` entries along each of the last two axes of x [..., C, H, W]. PyTorch: nn.Upsample
 * with a size.
 *
 * @throws ShapeError where the size is no positive integer.
 * @example const y = resize2d(image, 20, { mode: "bilinear" });
 */
export function resize2d<S extends Shape, const Z extends PerAxis>(
  x: Guard<Tensor<S>, SpatialError<"resize2d", 2, S>>,
  size: Guard<Z, PositiveEachError<"resize2d", "size", 2, Z>>,
  options?: UpsampleOptions<"nearest" | "bilinear">,
): Tensor<SizedShape<2, S, Z>> {
  return resampled("resize2d", 2, x, options, (lengths) =>
    positiveEach("resize2d", "size", 2, size as PerAxis).map((length, i) => ({
      length,
      from: lengths[i] as number,
      to: length,
    })),
  );
}

/**
 * y[c][r i + a][r j + b] = x[c r^2 + a r + b][i][j]: r^2 channels become r by r places (Shi et al. 2016). x is
 * [..., C, H, W]. PyTorch: nn.PixelShuffle.
 *
 * @throws ShapeError where the channels are not a multiple of the factor's square.
 * @example const y = pixelShuffle(image, 2);
 */
export function pixelShuffle<S extends Shape, const R extends number>(
  x: Guard<Tensor<S>, SpatialError<"pixelShuffle", 2, S>>,
  factor: Guard<R, PixelShuffleError<S, R>>,
  options?: NameOptions,
): Tensor<PixelShuffleShape<S, R>> {
  return value("pixelShuffle", options, () => {
    const node = numbers("pixelShuffle", x);
    const r = factor as number;
    const shape = pixelShuffleShape(node.shape, r);
    const lead = node.shape.slice(0, -3);
    const [c, h, w] = node.shape.slice(-3) as [number, number, number];
    const split = reshapeNode(node, [...lead, c / r ** 2, r, r, h, w]);
    const order = [0, 3, 1, 4, 2].map((i) => lead.length + i);
    return reshapeNode(
      permuteNode(split, [...range(lead.length), ...order]),
      shape,
    );
  });
}

/** The lengths and ratios of a scale; as PyTorch's, the ratio is that of the scale even where the length is rounded. */
const scaledLengths = (
  op: string,
  lengths: readonly number[],
  scales: readonly number[],
): Resampling[] =>
  lengths.map((n, i) => {
    const scale = scales[i] as number;
    const length = Math.floor(n * scale);
    if (length < 1) failShape("vanishes", op, scale, n, lengths);
    return { length, from: 1, to: scale };
  });

/** Resamples the last axes, the last one first; their types have shown what is left open here. */
function resampled<S extends Shape>(
  op: string,
  spatial: Spatial,
  x: unknown,
  options: UpsampleOptions = {},
  sized: (lengths: readonly number[]) => readonly Resampling[],
): Tensor<S> {
  const { mode = "nearest", alignCorners = false } = options;
  const lines = spatial === 1 ? "linear" : "bilinear";
  checkFlags(op, { alignCorners });
  checkWord(op, "mode", mode, ["nearest", lines]);
  if (mode === "nearest" && alignCorners)
    refuseSettings(
      `${op}: alignCorners needs lines between entries, mode is "nearest"`,
      `pass mode: "${lines}"`,
    );
  return value(op, options, () => {
    const node = numbers(op, x);
    checkSpatial(op, spatial, node.shape);
    const first = node.shape.length - spatial;
    const to = sized(node.shape.slice(first));
    checkDims([...node.shape.slice(0, first), ...to.map((t) => t.length)]);
    return to.reduceRight((v: Node, t, i) => {
      const axis = first + i;
      if (mode === "nearest") return nearest(v, axis, t);
      const n = v.shape[axis] as number;
      const { length } = t;
      if (!alignCorners) return between(v, axis, t, false);
      const ends =
        length > 1 ? { from: n - 1, to: length - 1 } : { from: 0, to: 1 };
      return between(v, axis, { length, ...ends }, true);
    }, node);
  });
}
