// A policy for a pole on a cart, trained by REINFORCE (Williams 1992): the log-probability of what was done, weighted by
// how much better than usual things went afterwards.
import {
  adam,
  crossEntropy,
  indices,
  input,
  linear,
  model,
  mul,
  softmax,
  tanh,
} from "gradc";

/** Place and speed of the cart, angle and speed of the pole. */
const state = input("state", [4]);
/** 0 pushes to the left, 1 to the right. */
const action = indices("action", [], 2);
const advantage = input("advantage", []);
const z = linear(state, 16);
const a = tanh(z);
const logits = linear(a, 2);
const policy = softmax(logits);
const surprise = crossEntropy(logits, action);

export default model({
  inputs: { state, action, advantage },
  outputs: { policy },
  loss: mul(advantage, surprise),
  optimizer: adam(0.01),
});
