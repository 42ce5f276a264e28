import { takeDeclared } from "./context.js";
import { CompileTimeError } from "./errors.js";
import type { Leaf } from "./graph.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import {
  checkModel,
  type Guard,
  type LossError,
  type OptimizerError,
  type Trainable,
  type TrainableError,
} from "./shape/rules.js";
import type { AnyTensor, Tensor } from "./tensor.js";

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
  /** What is trained; all that is not frozen where it is undefined. */
  readonly trainable: readonly Trainable[] | undefined;
  /** Where `model` was called. */
  readonly site: Error;
}

/**
 * Puts a network together: the default export of a model file. PyTorch: nn.Module.
 *
 * With `trainable`, only the parameters that it names are trained; the others keep what they started with or were
 * loaded with, and have no gradients (PyTorch: requires_grad = False). What was declared frozen stays so, and running
 * statistics move as ever. A name is that of a parameter, or of the layer or scope before it; `*` stands for any
 * characters: `["head"]`, `["*.bias"]`, `["blocks.3", "*.lora_A", "*.lora_B"]`.
 *
 * @throws ShapeError without one of the parts, with what is none, or with a loss that is not a scalar.
 * @throws CompileTimeError where what `trainable` names is no parameter, or frozen.
 * @example export default model({ inputs: { x, y }, outputs: { output }, loss: mse(output, y), optimizer: sgd(0.1) });
 */
export function model<
  const I extends Tensors,
  const O extends Tensors,
  L = Tensor<[]>,
  R = Optimizer,
  const T = readonly Trainable[],
>(spec: {
  /** What an application fills, the loss's targets too. */
  readonly inputs: I;
  /** What `forward` computes. */
  readonly outputs: O;
  /** A scalar: of one example (the loss is then its mean over the batch), or of the whole batch. */
  readonly loss: Guard<L, LossError<L>>;
  /** The rule that trains it. */
  readonly optimizer: Guard<R, OptimizerError<R>>;
  /** What is trained: parameters, layers by what they returned, and names; all that is not frozen by default. */
  readonly trainable?: Guard<T, TrainableError<T>>;
}): Model<I, O> {
  checkModel(spec);
  // What is no model was refused: the parts are those of a model.
  const given = spec as unknown as Model<I, O>;
  const { inputs, outputs, loss, optimizer, trainable } = given;
  if (Object.keys(outputs).length === 0)
    throw new CompileTimeError(
      "GC1108",
      "model: has no outputs, expected at least one",
      "outputs: { output }",
    );
  const made: Model<I, O> = Object.freeze({
    kind: "gradc model",
    inputs,
    outputs,
    loss,
    optimizer,
    trainable: trainable && [...trainable],
    site: new Error("model"),
  });
  declared.set(made, takeDeclared());
  return made;
}

/** What was declared for each model, be it used or not: no part of what its author holds. */
const declared = new WeakMap<Model, readonly Leaf[]>();

/** The parameters that were declared before a model was made, and after the one before it. */
export const declaredFor = (made: Model): readonly Leaf[] =>
  declared.get(made) ?? [];
