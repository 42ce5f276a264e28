import { CompileTimeError } from "./errors.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import {
  checkLoss,
  type Guard,
  type LossError,
  type Shape,
} from "./shape/rules.js";
import { asNode, type AnyTensor, type Tensor } from "./tensor.js";

type Tensors = Readonly<Record<string, AnyTensor>>;

/** A network with its loss and the rule that trains it: the default export of a model file. */
export interface Model<
  I extends Tensors = Tensors,
  O extends Tensors = Tensors,
> {
  readonly kind: "gradc model";
  /** What an application fills, the loss's targets too. */
  readonly inputs: I;
  /** What `forward` computes. */
  readonly outputs: O;
  /** A scalar: of one example (the loss is then its mean over the batch), or of the whole batch. */
  readonly loss: Tensor<[]>;
  readonly optimizer: Optimizer;
}

/**
 * Puts a network together: the default export of a model file. PyTorch: nn.Module.
 *
 * @throws CompileTimeError without a loss.
 * @throws ShapeError with a loss that is not a scalar.
 * @example export default model({ inputs: { x, y }, outputs: { output }, loss: mse(output, y), optimizer: sgd(0.1) });
 */
export function model<
  const I extends Tensors,
  const O extends Tensors,
  L extends Shape,
>(spec: {
  /** What an application fills, the loss's targets too. */
  readonly inputs: I;
  /** What `forward` computes. */
  readonly outputs: O;
  /** A scalar: of one example (the loss is then its mean over the batch), or of the whole batch. */
  readonly loss: Guard<Tensor<L>, LossError<L>>;
  /** The rule that trains it. */
  readonly optimizer: Optimizer;
}): Model<I, O> {
  const loss = spec.loss as Tensor as Tensor<[]>;
  // A JavaScript model, or one with a cast, may leave out what the types demand.
  const given: Partial<typeof spec> = spec;
  if (given.loss === undefined)
    throw new CompileTimeError(
      "GC1101",
      "model: has no loss, expected a scalar such as mse(output, y)",
      "add `loss:` to the model",
    );
  checkLoss(asNode(loss).shape);
  if (given.optimizer === undefined)
    throw new CompileTimeError(
      "GC1103",
      "model: has no optimizer, expected one such as sgd(0.1)",
      "add `optimizer:` to the model",
    );
  return Object.freeze({
    kind: "gradc model",
    inputs: spec.inputs,
    outputs: spec.outputs,
    loss,
    optimizer: spec.optimizer,
  });
}
