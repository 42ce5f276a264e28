import { layer, makeCall } from "../context.js";
import type { Call, Node } from "../graph.js";
import { labelled } from "../naming.js";
import { contract } from "../primitives/contract.js";
import { broadcast } from "../primitives/expand.js";
import { add, constant } from "../primitives/scalar.js";
import {
  checkPositive,
  linearShape,
  type Guard,
  type Init,
  type LinearError,
  type Positive,
  type Shape,
} from "../shape/rules.js";
import { tensorNode } from "../ops/elementwise.js";
import { asTensor, type Tensor } from "../tensor.js";
import { weightAndBias, type AffineOptions } from "./affine.js";

/** Options of `linear` and `dense`. */
export type LinearOptions = AffineOptions;

/** y = W x + b on the last axis: W [out, in], x [..., in]. */
export function affineNode(
  x: Node,
  weight: Node,
  bias: Node | undefined,
): Node {
  const lead = "abcdefgh".slice(0, x.shape.length - 1);
  const sum = contract("oi", `${lead}i`, `${lead}o`, weight, x);
  return bias === undefined ? sum : add(sum, bias);
}

function affine(x: Node, weight: Node, bias: Node | undefined): Node {
  linearShape(x.shape, weight.shape[1] as number, weight.shape[0] as number);
  return affineNode(x, weight, bias);
}

const parameters = (
  op: string,
  call: Call | undefined,
  inFeatures: number,
  outFeatures: number,
  options: LinearOptions,
): readonly [weight: Node, bias: Node | undefined] =>
  weightAndBias(
    op,
    call,
    [outFeatures, inFeatures],
    [outFeatures],
    inFeatures,
    options,
  );

/**
 * y = W x + b on the last axis, with parameters of its own: weight W [out, in] and bias b [out]. PyTorch: nn.Linear.
 *
 * @throws ShapeError where `out` is not a positive integer.
 * @example const hidden = linear(x, 16);
 */
export function linear<S extends Shape, const O extends number>(
  x: Tensor<S>,
  out: O,
  options: LinearOptions = {},
): Tensor<[...Init<S>, O]> {
  return layer("linear", { name: options.name, named: true }, (call) => {
    const node = tensorNode("linear", x);
    checkPositive("linear", "out", out);
    const [weight, bias] = parameters(
      "linear",
      call,
      node.shape.at(-1) ?? 1,
      out,
      options,
    );
    return asTensor(
      labelled(call, affine(node, weight, bias), options.symbols?.output),
    );
  });
}

/** A linear layer that can be used many times with the same parameters. */
export interface Dense<I extends number, O extends number> {
  <S extends Shape>(
    x: Guard<Tensor<S>, LinearError<S, I>>,
    options?: { readonly name?: string; readonly symbols?: string },
  ): Tensor<[...Init<S>, O]>;
  /** W [out, in]. */
  readonly weight: Tensor<[O, I]>;
  /** b [out]; zeros that are no parameter where the layer has no bias. */
  readonly bias: Tensor<[O]>;
}

/**
 * A linear layer y = W x + b as a function, for shared weights. PyTorch: nn.Linear.
 *
 * @throws ShapeError where a size is not a positive integer.
 * @example
 * const embed = dense(64, 32);
 * const a = embed(left);
 * const b = embed(right);
 */
export function dense<const I extends number, const O extends number>(
  inFeatures: Positive<I, "dense", "inFeatures">,
  outFeatures: Positive<O, "dense", "outFeatures">,
  options: LinearOptions = {},
): Dense<I, O> {
  const [ins, outs] = [inFeatures as number, outFeatures as number];
  checkPositive("dense", "inFeatures", ins);
  checkPositive("dense", "outFeatures", outs);
  const owner = makeCall("dense", { name: options.name, named: true });
  const [weight, bias] = parameters("dense", owner, ins, outs, options);
  const use = (
    x: Tensor,
    as: { readonly name?: string; readonly symbols?: string } = {},
  ): Tensor =>
    layer("dense", { name: as.name, owner }, (call) =>
      asTensor(
        labelled(
          call,
          affine(tensorNode("dense", x), weight, bias),
          as.symbols,
        ),
      ),
    );
  return Object.assign(use, {
    weight: asTensor<Tensor<[O, I]>>(weight),
    bias: asTensor<Tensor<[O]>>(bias ?? broadcast(constant(0), [outs])),
  }) as unknown as Dense<I, O>;
}
