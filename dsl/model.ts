import { takeDeclared } from "./context.js";
import { CompileTimeError } from "./errors.js";
import type { Leaf } from "./graph.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import {
  checkModel,
  type Guard,
  type LossError,
  type OptimizerError,
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
  /** Where `model` was called. */
  readonly site: Error;
}

/**
 * Puts a network together: the default export of a model file. PyTorch: nn.Module.
 *
 * @throws ShapeError without one of the parts, or with a loss that is not a scalar.
 * @example export default model({ inputs: { x, y }, outputs: { output }, loss: mse(output, y), optimizer: sgd(0.1) });
 */
export function model<
  const I extends Tensors,
  const O extends Tensors,
  L = never,
  R = never,
>(spec: {
  /** What an application fills, the loss's targets too. */
  readonly inputs: I;
  /** What `forward` computes. */
  readonly outputs: O;
  /** A scalar: of one example (the loss is then its mean over the batch), or of the whole batch. */
  readonly loss: Guard<L, LossError<L>>;
  /** The rule that trains it. */
  readonly optimizer: Guard<R, OptimizerError<R>>;
}): Model<I, O> {
  checkModel(spec);
  // What is no model was refused: the parts are those of a model.
  const { inputs, outputs, loss, optimizer } = spec as unknown as Model<I, O>;
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
