import type { Node } from "../graph.js";
import {
  add,
  applyScalar,
  constant,
  div,
  less,
  mul,
  sub,
  where,
} from "../primitives/scalar.js";
import { checkList, checkSetting, checkWord } from "../settings.js";
import { asNode, asTensor } from "../tensor.js";
import type { Schedule } from "./optimizer.js";

const ofNodes =
  (rule: (lr: Node, k: Node) => Node): Schedule =>
  (lr, k) =>
    asTensor(rule(asNode(lr), asNode(k)));

const num = constant;
const power = (base: number, exponent: Node): Node =>
  applyScalar("pow", num(base), exponent);
/** min(k / total, 1): how far a phase of `total` steps has come. */
const progress = (k: Node, total: number): Node =>
  div(applyScalar("minimum", k, num(total)), num(total));
/** (1 + cos(pi q)) / 2: 1 at q = 0, 0 at q = 1. */
const halfCosine = (q: Node): Node =>
  div(add(num(1), applyScalar("cos", mul(num(Math.PI), q))), num(2));
/** a + (b - a) q. */
const between = (a: Node, b: Node, q: Node): Node => add(a, mul(sub(b, a), q));

/**
 * factor lr for the first `totalIters` steps, then lr. PyTorch: ConstantLR.
 *
 * @example const optimizer = sgd(0.1, { schedule: constantLr({ factor: 0.5, totalIters: 4 }) });
 */
export function constantLr(
  options: {
    /** What the rate is multiplied by at first. */
    readonly factor?: number;
    /** For how many steps. */
    readonly totalIters?: number;
  } = {},
): Schedule {
  const { factor = 1 / 3, totalIters = 5 } = options;
  checkSetting("constantLr", "factor", factor, "fraction");
  checkSetting("constantLr", "totalIters", totalIters, "index");
  return ofNodes((lr, k) =>
    where(less(k, num(totalIters)), mul(lr, num(factor)), lr),
  );
}

/**
 * lr gamma^floor(k / stepSize). PyTorch: StepLR.
 *
 * @example const optimizer = sgd(0.1, { schedule: stepLr(100, 0.5) });
 */
export function stepLr(stepSize: number, gamma = 0.1): Schedule {
  checkSetting("stepLr", "stepSize", stepSize, "count");
  checkSetting("stepLr", "gamma", gamma, "nonnegative");
  return ofNodes((lr, k) =>
    mul(lr, power(gamma, applyScalar("floor", div(k, num(stepSize))))),
  );
}

/**
 * lr gamma^(number of milestones <= k). PyTorch: MultiStepLR.
 *
 * @example const optimizer = sgd(0.1, { schedule: multiStepLr([300, 700]) });
 */
export function multiStepLr(
  milestones: readonly number[],
  gamma = 0.1,
): Schedule {
  checkList(
    "multiStepLr",
    "milestones",
    milestones,
    "a list such as [300, 700]",
  );
  for (const milestone of milestones)
    checkSetting("multiStepLr", "milestone", milestone, "index");
  checkSetting("multiStepLr", "gamma", gamma, "nonnegative");
  if (milestones.length === 0) return ofNodes((lr) => lr);
  return ofNodes((lr, k) => {
    const passed = milestones
      .map((m) => applyScalar("lessEqual", num(m), k))
      .reduce((s, one) => add(s, one));
    return mul(lr, power(gamma, passed));
  });
}

/**
 * lr gamma^k. PyTorch: ExponentialLR.
 *
 * @example const optimizer = sgd(0.1, { schedule: exponentialLr(0.99) });
 */
export function exponentialLr(gamma: number): Schedule {
  checkSetting("exponentialLr", "gamma", gamma, "nonnegative");
  return ofNodes((lr, k) => mul(lr, power(gamma, k)));
}

/**
 * etaMin + (lr - etaMin) (1 + cos(pi k / tMax)) / 2; it rises again past tMax (Loshchilov & Hutter 2017). PyTorch:
 * CosineAnnealingLR.
 *
 * @example const optimizer = adam(0.05, { schedule: cosineAnnealingLr(1000, 0.001) });
 */
export function cosineAnnealingLr(tMax: number, etaMin = 0): Schedule {
  checkSetting("cosineAnnealingLr", "tMax", tMax, "count");
  checkSetting("cosineAnnealingLr", "etaMin", etaMin, "nonnegative");
  return ofNodes((lr, k) => {
    const part = halfCosine(div(k, num(tMax)));
    return etaMin === 0 ? mul(lr, part) : between(num(etaMin), lr, part);
  });
}

/**
 * lr times a factor that goes from startFactor to endFactor in totalIters steps. PyTorch: LinearLR.
 *
 * @example const optimizer = adam(0.05, { schedule: linearLr({ startFactor: 0.25, totalIters: 100 }) });
 */
export function linearLr(
  options: {
    /** The factor of the first step. */
    readonly startFactor?: number;
    /** The factor from step `totalIters` on. */
    readonly endFactor?: number;
    /** How many steps it takes. */
    readonly totalIters?: number;
  } = {},
): Schedule {
  const { startFactor = 1 / 3, endFactor = 1, totalIters = 5 } = options;
  checkSetting("linearLr", "startFactor", startFactor, "fraction");
  checkSetting("linearLr", "endFactor", endFactor, "fraction");
  checkSetting("linearLr", "totalIters", totalIters, "count");
  return ofNodes((lr, k) => {
    const gain = mul(num(endFactor - startFactor), progress(k, totalIters));
    return mul(lr, add(num(startFactor), gain));
  });
}

/**
 * lr (1 - k / totalIters)^power, 0 from totalIters on. PyTorch: PolynomialLR.
 *
 * @example const optimizer = sgd(0.1, { schedule: polynomialLr({ totalIters: 1000, power: 2 }) });
 */
export function polynomialLr(
  options: {
    /** After how many steps the rate is 0. */
    readonly totalIters?: number;
    /** 1 falls along a straight line. */
    readonly power?: number;
  } = {},
): Schedule {
  const { totalIters = 5, power: exponent = 1 } = options;
  checkSetting("polynomialLr", "totalIters", totalIters, "count");
  checkSetting("polynomialLr", "power", exponent, "nonnegative");
  return ofNodes((lr, k) => {
    const left = sub(num(1), progress(k, totalIters));
    return mul(
      lr,
      exponent === 1 ? left : applyScalar("pow", left, num(exponent)),
    );
  });
}

/**
 * lr (k + 1) / warmup for the first `warmup` steps, then lr (1 + cos(pi (k - warmup) / (totalSteps - warmup))) / 2.
 * PyTorch: none; LinearLR and CosineAnnealingLR one after the other.
 *
 * @example const optimizer = adamw(0.001, { schedule: warmupCosine(100, 2000) });
 */
export function warmupCosine(warmup: number, totalSteps: number): Schedule {
  checkSetting("warmupCosine", "warmup", warmup, "index");
  checkSetting("warmupCosine", "totalSteps", totalSteps, "count");
  const rest = totalSteps - warmup;
  checkSetting("warmupCosine", "totalSteps - warmup", rest, "count");
  return ofNodes((lr, k) => {
    const falling = mul(lr, halfCosine(div(sub(k, num(warmup)), num(rest))));
    if (warmup === 0) return falling;
    const rising = mul(lr, div(add(k, num(1)), num(warmup)));
    return where(less(k, num(warmup)), rising, falling);
  });
}

export interface OneCycleOptions {
  /** The part of the steps in which the rate rises; 0.3 by default. */
  readonly pctStart?: number;
  /** The form of both slopes. */
  readonly anneal?: "cos" | "linear";
  /** The first rate is maxLr / divFactor; 25 by default. */
  readonly divFactor?: number;
  /** The last rate is the first one divided by this; 1e4 by default. */
  readonly finalDivFactor?: number;
}

/**
 * From maxLr / divFactor up to maxLr while k <= pctStart totalSteps - 1, then down to the first rate / finalDivFactor
 * (Smith & Topin 2019); it stays there. The optimizer's own rate is not used. PyTorch: OneCycleLR without its cycling
 * of the momentum.
 *
 * @example const optimizer = sgd(0.1, { schedule: oneCycleLr(0.3, 1000) });
 */
export function oneCycleLr(
  maxLr: number,
  totalSteps: number,
  options: OneCycleOptions = {},
): Schedule {
  const { pctStart = 0.3, anneal = "cos" } = options;
  const { divFactor = 25, finalDivFactor = 1e4 } = options;
  checkWord("oneCycleLr", "anneal", anneal, ["cos", "linear"]);
  checkSetting("oneCycleLr", "maxLr", maxLr, "nonnegative");
  checkSetting("oneCycleLr", "totalSteps", totalSteps, "count");
  checkSetting("oneCycleLr", "pctStart", pctStart, "fraction");
  checkSetting("oneCycleLr", "divFactor", divFactor, "positive");
  checkSetting("oneCycleLr", "finalDivFactor", finalDivFactor, "positive");
  const end = totalSteps - 1;
  const top = pctStart * totalSteps - 1;
  const first = maxLr / divFactor;
  const last = first / finalDivFactor;
  const phase = (a: number, b: number, q: Node): Node =>
    anneal === "cos"
      ? between(num(b), num(a), halfCosine(q))
      : between(num(a), num(b), q);
  return ofNodes((_lr, k) => {
    const rising = (): Node => phase(first, maxLr, div(k, num(top)));
    if (top >= end) return rising();
    const at = applyScalar("minimum", k, num(end));
    const q = div(sub(at, num(top)), num(end - top));
    const falling = phase(maxLr, last, q);
    return top <= 0 ? falling : where(less(num(top), k), falling, rising());
  });
}
