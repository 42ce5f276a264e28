/** Activation functions made of straight lines: their kinks are where PyTorch's conventions differ from each other. */
import { CompileTimeError } from "../errors.js";
import { range, type Node } from "../graph.js";
import { value, type NameOptions } from "../naming.js";
import { numbers, unary, type Unary } from "../ops/elementwise.js";
import { expandNode } from "../primitives/expand.js";
import { reshapeNode, sliceNode } from "../primitives/movement.js";
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
import { checkRecord, checkSetting, refuseSettings } from "../settings.js";
import {
  checkShape,
  gluShape,
  normalizeAxis,
  normalizeAxisOption,
  type GluError,
  type GluInputError,
  type GluShape,
  type Guard,
  type Shape,
} from "../shape/rules.js";
import type { Tensor } from "../tensor.js";
import { activation, type Activation } from "./activations.js";

const lessEqual = (a: Node, b: Node): Node => applyScalar("lessEqual", a, b);

export interface LeakyReluOptions {
  /** The slope where x is negative; 0.01 by default. */
  readonly negativeSlope?: number;
}

/** x where it is positive, else slope x; its derivative at 0 is the slope. */
const leaky = (x: Node, slope: Node): Node =>
  mul(where(less(constant(0), x), constant(1), slope), x);

/**
 * y = x where x > 0, else negativeSlope x; its derivative at 0 is the slope. PyTorch: torch.nn.functional.leaky_relu.
 *
 * @example const h = leakyRelu(x, { negativeSlope: 0.2 });
 */
export const leakyRelu: Activation<LeakyReluOptions> = activation(
  "leakyRelu",
  (x, { negativeSlope = 0.01 }) => {
    checkSetting("leakyRelu", "negativeSlope", negativeSlope, "finite");
    return leaky(x, constant(negativeSlope));
  },
);

export interface PreluOptions extends NameOptions {
  /** Which axis has a slope for each entry: by default the first of a batched x, the second of any other (PyTorch's N, C, ...). */
  readonly channelAxis?: number;
}

/**
 * y = x where x > 0, else slope x, with one slope for all or one for each channel. PyTorch: torch.nn.functional.prelu;
 * its layer starts with `param("slope", [1], { init: [0.25] })`.
 *
 * @example const h = prelu(x, param("slope", [1], { init: [0.25] }));
 */
export function prelu<S extends Shape>(
  x: Tensor<S>,
  slope: Tensor,
  options: PreluOptions = {},
): Tensor<S> {
  return value("prelu", options, () => {
    const [v, a] = [numbers("prelu", x), numbers("prelu", slope)];
    if (a.shape.every((d) => d === 1)) return leaky(v, reshapeNode(a, []));
    const standard = v.batched || v.shape.length < 2 ? 0 : 1;
    const axis = normalizeAxisOption(
      "prelu",
      "channelAxis",
      v.shape,
      options.channelAxis ?? standard,
    );
    checkShape("prelu", a.shape, [v.shape[axis] as number]);
    return leaky(v, expandNode(a, [axis], v.shape, false));
  });
}

/** low, x or high; the derivative at the bounds themselves is 0. */
const hard = (x: Node, low: number, high: number): Node =>
  where(
    lessEqual(x, constant(low)),
    constant(low),
    where(lessEqual(constant(high), x), constant(high), x),
  );

export interface HardtanhOptions {
  /** The lower bound; -1 by default. */
  readonly min?: number;
  /** The upper bound; 1 by default. */
  readonly max?: number;
}

/**
 * y = x between min and max, else the nearer bound; its derivative at both bounds is 0, unlike clamp's. PyTorch:
 * torch.nn.functional.hardtanh.
 *
 * @throws CompileTimeError unless min < max.
 * @example const h = hardtanh(x);
 */
export const hardtanh: Activation<HardtanhOptions> = activation(
  "hardtanh",
  (x, { min = -1, max = 1 }) => {
    checkSetting("hardtanh", "min", min, "bound");
    checkSetting("hardtanh", "max", max, "bound");
    if (min >= max)
      refuseSettings(
        `hardtanh: min is ${String(min)} and max is ${String(max)}, expected min < max`,
      );
    return hard(x, min, max);
  },
);

/**
 * y = x between 0 and 6, else the nearer bound; its derivative at both bounds is 0. PyTorch: torch.nn.functional.relu6.
 *
 * @example const h = relu6(x);
 */
export const relu6: Unary = unary("relu6", (x) => hard(x, 0, 6));

/**
 * y = relu6(x + 3) / 6; its derivative at -3 and 3 is 0. PyTorch: torch.nn.functional.hardsigmoid.
 *
 * @example const gate = hardsigmoid(x);
 */
export const hardsigmoid: Unary = unary("hardsigmoid", (x) =>
  div(hard(add(x, constant(3)), 0, 6), constant(6)),
);

/**
 * y = x relu6(x + 3) / 6; its derivative is that of the parabola at -3, which is -1/2, and 1 at 3. PyTorch:
 * torch.nn.functional.hardswish.
 *
 * @example const h = hardswish(x);
 */
export const hardswish: Unary = unary("hardswish", (x) => {
  const t = add(x, constant(3));
  // As relu6, but with slope 1 at its lower bound.
  const gate = where(
    less(t, constant(0)),
    constant(0),
    where(lessEqual(constant(6), t), constant(6), t),
  );
  return div(mul(x, gate), constant(6));
});

export interface ClampOptions extends NameOptions {
  /** The lower bound; none by default. */
  readonly min?: number;
  /** The upper bound; none by default. */
  readonly max?: number;
}

/**
 * y = x between min and max, of which one may be left out, else the nearer bound; its derivative at the bounds
 * themselves is 1, unlike hardtanh's. PyTorch: torch.clamp.
 *
 * @throws CompileTimeError without any bound.
 * @example const y = clamp(x, { min: 0 });
 */
export function clamp<S extends Shape>(
  x: Tensor<S>,
  options: ClampOptions,
): Tensor<S> {
  checkRecord("clamp", "options", options, "an object such as { min: 0 }");
  const { min, max } = options;
  if (min === undefined && max === undefined)
    throw new CompileTimeError(
      "GC1114",
      "clamp: has no bound, expected min, max or both",
      "clamp(x, { min: 0, max: 6 })",
    );
  if (min !== undefined) checkSetting("clamp", "min", min, "bound");
  if (max !== undefined) checkSetting("clamp", "max", max, "bound");
  return value("clamp", options, () => {
    const v = numbers("clamp", x);
    // As PyTorch, max wins where the bounds cross.
    const low = constant(Math.min(min ?? 0, max ?? Infinity));
    const raised = min === undefined ? v : where(less(v, low), low, v);
    if (max === undefined) return raised;
    const high = constant(max);
    return where(less(high, v), high, raised);
  });
}

export interface ShrinkOptions {
  /** Half the width of the interval that becomes 0; 0.5 by default. */
  readonly lambda?: number;
}

/** 0 where |x| <= lambda, else y; the derivative at the bounds is 0. */
const shrunk = (x: Node, lambda: number, y: Node): Node =>
  where(lessEqual(applyScalar("abs", x), constant(lambda)), constant(0), y);

/**
 * y = 0 where |x| <= lambda, else x moved towards 0 by lambda; its derivative at the bounds is 0. PyTorch:
 * torch.nn.functional.softshrink.
 *
 * @throws CompileTimeError where lambda is negative.
 * @example const h = softshrink(x);
 */
export const softshrink: Activation<ShrinkOptions> = activation(
  "softshrink",
  (x, { lambda = 0.5 }) => {
    checkSetting("softshrink", "lambda", lambda, "nonnegative");
    const shift = mul(constant(lambda), applyScalar("sign", x));
    return shrunk(x, lambda, sub(x, shift));
  },
);

/**
 * y = 0 where |x| <= lambda, else x; its derivative at the bounds is 0. PyTorch: torch.nn.functional.hardshrink.
 *
 * @example const h = hardshrink(x);
 */
export const hardshrink: Activation<ShrinkOptions> = activation(
  "hardshrink",
  (x, { lambda = 0.5 }) => {
    checkSetting("hardshrink", "lambda", lambda, "finite");
    return shrunk(x, lambda, x);
  },
);

/**
 * y = x where x > limit, else the number `otherwise`; its derivative at the limit is 0. PyTorch:
 * torch.nn.functional.threshold.
 *
 * @example const h = threshold(x, 0.1, -20);
 */
export function threshold<S extends Shape>(
  x: Tensor<S>,
  limit: number,
  otherwise: number,
  options?: NameOptions,
): Tensor<S> {
  checkSetting("threshold", "limit", limit, "bound");
  checkSetting("threshold", "otherwise", otherwise, "bound");
  return value("threshold", options, () => {
    const v = numbers("threshold", x);
    return where(lessEqual(v, constant(limit)), constant(otherwise), v);
  });
}

/**
 * y = a sigmoid(b), where a is the first and b the second half of x along one axis, the last by default. PyTorch:
 * torch.nn.functional.glu.
 *
 * @example const h = glu(linear(x, 32));
 */
export function glu<S extends Shape, const X extends number = -1>(
  x: Guard<Tensor<S>, GluInputError<S, X>>,
  axis?: Guard<X, GluError<S, X>>,
  options?: NameOptions,
): Tensor<GluShape<S, X>> {
  return value("glu", options, () => {
    const v = numbers("glu", x);
    const given = (axis ?? -1) as number;
    const along = normalizeAxis("glu", v.shape, given);
    const half = gluShape(v.shape, given)[along] as number;
    const [a, b] = range(2).map((i) => sliceNode(v, along, i * half, half)) as [
      Node,
      Node,
    ];
    return mul(a, applyScalar("sigmoid", b));
  });
}
