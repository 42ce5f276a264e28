import type { Tensor, Optimizer, Model, IndexTensor } from "gradc";
import type { Guard, LossError, OptimizerError, ModelError } from "../dist/dsl/shape/rules.js";
type AnyTensor = Tensor | IndexTensor;
type Tensors = Readonly<Record<string, Tensor>>;
type Any = Readonly<Record<string, AnyTensor>>;
declare const loss: Tensor<[]>; declare const o: Optimizer; declare const x: Tensor<[2]>;
declare function m4<const I extends Tensors = never, const O extends Tensors = never, L = never, R = never>(s: Guard<{ inputs: I; outputs: O, loss: Guard<L, LossError<L>>, optimizer: Guard<R, OptimizerError<R>> }, ModelError<I,O, L,R>>): Model<I, O>;
export const r4 = m4({ inputs: {x}, outputs: {x}, loss, optimizer: o });
declare function m5<const I extends Any = never, const O extends Any = never, L = never, R = never>(s: Guard<{ inputs: I; outputs: O, loss: Guard<L, LossError<L>>, optimizer: Guard<R, OptimizerError<R>> }, ModelError<I,O, L,R>>): [I, O];
export const r5 = m5({ inputs: {x}, outputs: {x}, loss, optimizer: o });
declare function m6<const I extends Any = never, const O extends Any = never, L = never, R = never>(s: Guard<{ readonly inputs: I; readonly outputs: O, readonly loss: Guard<L, LossError<L>>, readonly optimizer: Guard<R, OptimizerError<R>> }, ModelError<I,O, L,R>>): [I, O];
export const r6 = m6({ inputs: {x}, outputs: {x}, loss, optimizer: o });
import { model, sgd } from "gradc";
export const q1 = model({ inputs: {x}, outputs: {x}, loss, optimizer: o });
import { model as model2 } from "../dist/dsl/model.js";
export const q2 = model2({ inputs: {x}, outputs: {x}, loss, optimizer: o });
interface Parts<I, O, L, R> {
    readonly inputs: I;
    readonly outputs: O;
    readonly loss: Guard<L, LossError<L>>;
    readonly optimizer: Guard<R, OptimizerError<R>>;
}
declare function m7<const I extends Tensors = never, const O extends Tensors = never, L = never, R = never>(spec: Guard<Parts<I, O, L, R>, ModelError<I, O, L, R>>): Model<I, O>;
export const q7 = m7({ inputs: {x}, outputs: {x}, loss, optimizer: o });
declare function m8<const I extends Tensors = never, const O extends Tensors = never, L = never, R = never>(spec: Guard<{inputs: I, outputs: O, loss: Guard<L, LossError<L>>; optimizer: Guard<R, OptimizerError<R>>}, ModelError<I, O, L, R>>): Model<I, O>;
export const q8 = m8({ inputs: {x}, outputs: {x}, loss, optimizer: o });
