import { makeNode } from "../context.js";
import type { Node } from "../graph.js";
import { value } from "../naming.js";
import { broadcast } from "../primitives/expand.js";
import { firstPlace, reduceNode } from "../primitives/reduce.js";
import { constant } from "../primitives/scalar.js";
import { checkFlags } from "../settings.js";
import type {
  AxisError,
  Guard,
  ReduceError,
  ReduceShape,
  Shape,
} from "../shape/rules.js";
import type { IndexTensor, Tensor } from "../tensor.js";
import { reduced, type ReduceOptions } from "./reduce.js";

/** A function that makes one number of the entries along one axis; -1 is the last. */
export type DimReduction<Op extends string> = <
  S extends Shape,
  const X extends number,
  const K extends boolean = false,
>(
  x: Tensor<S>,
  axis: Guard<X, AxisError<Op, S, X>>,
  options?: ReduceOptions<K>,
) => Tensor<ReduceShape<S, X, K>>;

const firstOfTies =
  <const Op extends string>(op: Op, by: "max" | "min"): DimReduction<Op> =>
  (x, axis, options) =>
    value(op, options, () =>
      reduced(op, x, axis, options?.keepdims, (v, axes) =>
        reduceNode(by, v, axes, false, "first"),
      ),
    );

/**
 * y = max x, the largest entry along one axis; of equally large ones the first has the whole gradient. PyTorch: the values of
 * torch.max with a dimension.
 *
 * @example const y = maxDim(x, -1);
 */
export const maxDim: DimReduction<"maxDim"> = firstOfTies("maxDim", "max");

/**
 * y = min x, the smallest entry along one axis; of equally small ones the first has the whole gradient. PyTorch: the values of
 * torch.min with a dimension.
 *
 * @example const y = minDim(x, -1);
 */
export const minDim: DimReduction<"minDim"> = firstOfTies("minDim", "min");

export interface PlaceOptions<
  K = boolean,
  I = boolean,
> extends ReduceOptions<K> {
  /** True makes indices of the places, for gather, lookup and their like; numbers by default. */
  readonly indices?: I;
}

/** A place along one axis, or (without an axis) among all entries, row-major. */
export type PlaceReduction<Op extends string> = <
  S extends Shape,
  const X extends number | undefined = undefined,
  const K extends boolean = false,
  const I extends boolean = false,
>(
  x: Tensor<S>,
  axis?: Guard<X, ReduceError<Op, S, X>>,
  options?: PlaceOptions<K, I>,
) => Places<ReduceShape<S, X, K>, I>;

/** Places as numbers or as indices. */
export type Places<S extends Shape, I extends boolean> = I extends true
  ? IndexTensor<S>
  : Tensor<S>;

const place =
  <const Op extends string>(op: Op, by: "max" | "min"): PlaceReduction<Op> =>
  (x, axis, options) =>
    value(op, options, () =>
      reduced(op, x, axis, options?.keepdims, (v, axes) => {
        checkFlags(op, { indices: options?.indices });
        const y = axes.length === 0 ? noPlaces(v) : firstPlace(by, v, axes);
        return options?.indices === true
          ? makeNode(y.op, y.args, y.shape, y.batched, "i32")
          : y;
      }),
    );

/** A number by itself is at place 0. */
const noPlaces = (x: Node): Node => broadcast(constant(0), x.shape, x.batched);

/**
 * y = the place of the largest entry, from 0, as numbers without a gradient: along one axis, or among all entries, row-major. Of
 * equally large ones the first; 0 where one is not a number. PyTorch: torch.argmax.
 *
 * @example const label = argmax(logits, -1);
 */
export const argmax: PlaceReduction<"argmax"> = place("argmax", "max");

/**
 * y = the place of the smallest entry, from 0, as numbers without a gradient: along one axis, or among all entries, row-major. Of
 * equally small ones the first; 0 where one is not a number. PyTorch: torch.argmin.
 *
 * @example const nearest = argmin(distances, -1);
 */
export const argmin: PlaceReduction<"argmin"> = place("argmin", "min");
