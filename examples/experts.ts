// Mixture of experts (Jacobs, Jordan, Nowlan, Hinton 1991): three small networks answer, a gate says how far each is to
// be believed at x, and y is normally distributed around the answer of one of them. So a question may have three answers.
import {
  adam,
  concat,
  input,
  linear,
  logSoftmax,
  logsumexp,
  model,
  mul,
  neg,
  square,
  sub,
  tanh,
} from "gradc";
import type { Tensor } from "gradc";

/** 1 / (2 deviation^2) of y around the expert's answer: the deviation is 0.05. */
const precision = 200;

const x = input("x", [1]);
const y = input("y", []);

/** One expert: a curve. */
function expert(): Tensor<[1]> {
  const z = linear(x, 6);
  const a = tanh(z);
  return linear(a, 1);
}

const expert1 = expert();
const expert2 = expert();
const expert3 = expert();
const answers = concat([expert1, expert2, expert3]);
const gateZ = linear(x, 6);
const gateA = tanh(gateZ);
const gate = linear(gateA, 3);
const logShares = logSoftmax(gate);
const error = sub(answers, y);
const logLikelihoods = sub(logShares, mul(square(error), precision));
const loss = neg(logsumexp(logLikelihoods));

export default model({
  inputs: { x, y },
  outputs: { answers, logShares },
  loss,
  optimizer: adam(0.01),
});
