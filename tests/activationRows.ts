import * as g from "../dsl/index.js";
import type { Tensor } from "../dsl/index.js";

/** Values and slopes by the formulas of PyTorch's own forward and backward. */
export interface Row {
  readonly f: (x: Tensor<[number]>) => Tensor;
  readonly value: (x: number) => number;
  readonly slope: (x: number) => number;
  /** Edges that are left out. */
  readonly except?: (x: number) => boolean;
}

const { exp, expm1, log1p, abs, max, min, sqrt, sign } = Math;
export const sigmoid = (x: number): number =>
  x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x));
const sigmoidSlope = (x: number): number => sigmoid(x) * sigmoid(-x);
export const softplus = (x: number): number => max(x, 0) + log1p(exp(-abs(x)));
export const [scale, alpha] = [1.0507009873554805, 1.6732632423543772];
const elu = (x: number, a: number, width = 1): number =>
  x > 0 ? x : a * expm1(x / width);
const hard = (x: number, low: number, high: number): number =>
  min(max(x, low), high);
const inside = (x: number, low: number, high: number): number =>
  x <= low || x >= high ? 0 : 1;
const tanhSlope = (x: number): number => 1 / Math.cosh(x) ** 2;

export const rows: Readonly<Record<string, Row>> = {
  abs: { f: g.abs, value: abs, slope: (x) => sign(x) },
  sign: { f: g.sign, value: sign, slope: () => 0 },
  floor: { f: g.floor, value: Math.floor, slope: () => 0 },
  neg: { f: g.neg, value: (x) => -x, slope: () => -1 },
  square: { f: g.square, value: (x) => x * x, slope: (x) => 2 * x },
  sqrt: { f: g.sqrt, value: sqrt, slope: (x) => 1 / (2 * sqrt(x)) },
  rsqrt: {
    f: g.rsqrt,
    value: (x) => 1 / sqrt(x),
    slope: (x) => -0.5 * (1 / sqrt(x)) ** 3,
  },
  reciprocal: {
    f: g.reciprocal,
    value: (x) => 1 / x,
    slope: (x) => -(1 / x) * (1 / x),
  },
  "pow 1": { f: (x) => g.pow(x, 1), value: (x) => x, slope: () => 1 },
  "pow 2": { f: (x) => g.pow(x, 2), value: (x) => x * x, slope: (x) => 2 * x },
  "pow 3": {
    f: (x) => g.pow(x, 3),
    value: (x) => x ** 3,
    slope: (x) => 3 * x * x,
  },
  "pow 1.5": {
    f: (x) => g.pow(x, 1.5),
    value: (x) => x ** 1.5,
    slope: (x) => 1.5 * x ** 0.5,
  },
  "pow of 2": {
    f: (x) => g.pow(2, x),
    value: (x) => 2 ** x,
    slope: (x) => 2 ** x * Math.LN2,
  },
  exp: { f: g.exp, value: exp, slope: exp },
  expm1: { f: g.expm1, value: expm1, slope: exp },
  log: { f: g.log, value: Math.log, slope: (x) => 1 / x },
  log1p: { f: g.log1p, value: log1p, slope: (x) => 1 / (1 + x) },
  log2: { f: g.log2, value: Math.log2, slope: (x) => 1 / (x * Math.LN2) },
  sinh: { f: g.sinh, value: Math.sinh, slope: Math.cosh },
  cosh: { f: g.cosh, value: Math.cosh, slope: Math.sinh },
  atan: { f: g.atan, value: Math.atan, slope: (x) => 1 / (1 + x * x) },
  relu: {
    f: g.relu,
    value: (x) => (x <= 0 ? 0 : x),
    slope: (x) => (x <= 0 ? 0 : 1),
  },
  leakyRelu: {
    f: g.leakyRelu,
    value: (x) => (x > 0 ? x : 0.01 * x),
    slope: (x) => (x > 0 ? 1 : 0.01),
  },
  sigmoid: { f: g.sigmoid, value: sigmoid, slope: sigmoidSlope },
  logSigmoid: {
    f: g.logSigmoid,
    value: (x) => -softplus(-x),
    slope: (x) => sigmoid(-x),
  },
  tanh: { f: g.tanh, value: Math.tanh, slope: tanhSlope },
  tanhshrink: {
    f: g.tanhshrink,
    value: (x) => x - Math.tanh(x),
    slope: (x) => Math.tanh(x) ** 2,
  },
  softsign: {
    f: g.softsign,
    value: (x) => x / (1 + abs(x)),
    slope: (x) => 1 / (1 + abs(x)) - abs(x) / (1 + abs(x)) / (1 + abs(x)),
  },
  silu: {
    f: g.silu,
    value: (x) => x * sigmoid(x),
    slope: (x) => sigmoid(x) + x * sigmoidSlope(x),
  },
  mish: {
    f: g.mish,
    value: (x) => x * Math.tanh(softplus(x)),
    slope: (x) =>
      Math.tanh(softplus(x)) + x * tanhSlope(softplus(x)) * sigmoid(x),
  },
  softplus: {
    f: g.softplus,
    value: (x) => (x > 20 ? x : log1p(exp(x))),
    slope: (x) => (x > 20 ? 1 : exp(x) / (exp(x) + 1)),
  },
  "softplus, beta 0.5": {
    f: (x) => g.softplus(x, { beta: 0.5, threshold: 10 }),
    value: (x) => (x * 0.5 > 10 ? x : log1p(exp(x * 0.5)) / 0.5),
    slope: (x) => (x * 0.5 > 10 ? 1 : sigmoid(x * 0.5)),
  },
  gelu: {
    f: g.gelu,
    value: (x) => (abs(x) > 9 ? x * (x < 0 ? 0 : 1) : NaN),
    slope: (x) => (Number.isFinite(x) ? (x < 0 ? 0 : 1) : NaN),
    except: (x) => abs(x) < 17,
  },
  elu: {
    f: g.elu,
    value: (x) => elu(x, 1),
    slope: (x) => (x > 0 ? 1 : exp(x)),
  },
  "elu, alpha 0.3": {
    f: (x) => g.elu(x, { alpha: 0.3 }),
    value: (x) => elu(x, 0.3),
    slope: (x) => (x > 0 ? 1 : 0.3 * exp(x)),
  },
  celu: {
    f: (x) => g.celu(x, { alpha: 0.5 }),
    value: (x) => elu(x, 0.5, 0.5),
    slope: (x) => (x > 0 ? 1 : exp(x / 0.5)),
  },
  selu: {
    f: g.selu,
    value: (x) => scale * elu(x, alpha),
    slope: (x) => (x > 0 ? scale : scale * alpha * exp(x)),
  },
  hardtanh: {
    f: g.hardtanh,
    value: (x) => hard(x, -1, 1),
    slope: (x) => inside(x, -1, 1),
  },
  relu6: {
    f: g.relu6,
    value: (x) => hard(x, 0, 6),
    slope: (x) => inside(x, 0, 6),
  },
  hardsigmoid: {
    f: g.hardsigmoid,
    value: (x) => hard(x + 3, 0, 6) / 6,
    slope: (x) => inside(x, -3, 3) / 6,
  },
  hardswish: {
    f: g.hardswish,
    value: (x) => (x * hard(x + 3, 0, 6)) / 6,
    slope: (x) => (x < -3 ? 0 : x < 3 ? x / 3 + 0.5 : x >= 3 ? 1 : NaN),
  },
  clamp: {
    f: (x) => g.clamp(x, { min: -1, max: 6 }),
    value: (x) => hard(x, -1, 6),
    slope: (x) => (x < -1 || x > 6 ? 0 : 1),
  },
  "clamp, min": {
    f: (x) => g.clamp(x, { min: 3 }),
    value: (x) => max(x, 3),
    slope: (x) => (x < 3 ? 0 : 1),
  },
  "clamp, max": {
    f: (x) => g.clamp(x, { max: 3 }),
    value: (x) => min(x, 3),
    slope: (x) => (x > 3 ? 0 : 1),
  },
  "clamp, crossed": {
    f: (x) => g.clamp(x, { min: 3, max: 1 }),
    value: (x) => (Number.isNaN(x) ? x : 1),
    slope: () => 0,
    except: (x) => Number.isNaN(x) || x === 1,
  },
  softshrink: {
    f: g.softshrink,
    value: (x) => (x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : x * 0),
    slope: (x) => (x >= -0.5 && x <= 0.5 ? 0 : 1),
  },
  hardshrink: {
    f: g.hardshrink,
    value: (x) => (x >= -0.5 && x <= 0.5 ? 0 : x),
    slope: (x) => (x >= -0.5 && x <= 0.5 ? 0 : 1),
  },
  threshold: {
    f: (x) => g.threshold(x, 0.5, -20),
    value: (x) => (x <= 0.5 ? -20 : x),
    slope: (x) => (x <= 0.5 ? 0 : 1),
  },
};
