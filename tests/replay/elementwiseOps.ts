import * as gradc from "../../dsl/index.js";
import type { NameOptions, Tensor } from "../../dsl/index.js";
import type { Call, Op, Ops } from "./call.js";

type Named = NameOptions;

const one =
  (f: (x: Tensor, as: Named, call: Call) => Tensor): Op =>
  (call) =>
    f(call.x(0), call.as, call);

const unary = (f: (x: Tensor, as: Named) => Tensor): Op => one(f);

/** An operation of two values that broadcast. */
const two =
  (f: (a: Tensor, b: Tensor, as: Named) => Tensor): Op =>
  ({ x, axes, as }) => {
    const [a, b] = axes.aligned(x(0), x(1)) as [Tensor, Tensor];
    return f(a, b, as);
  };

/** An activation function whose settings have other names in the case. */
const settings =
  (
    names: Readonly<Record<string, string>>,
    f: (x: Tensor, options: Named & Record<string, unknown>) => Tensor,
  ): Op =>
  ({ x, attrs, as }) =>
    f(x(0), { ...as, ...attrs.numbers(names) });

const along =
  (f: (x: Tensor, axis: number, as: Named) => Tensor): Op =>
  ({ x, axes, attrs, as }) =>
    f(x(0), axes.axis(x(0), attrs.number("dim")), as);

/** Functions applied entry by entry, and those along one axis that keep the shape. */
export const elementwiseOps: Ops = {
  identity: ({ x }) => x(0),
  stop_gradient: unary(gradc.stopGradient),
  relu: unary(gradc.relu),
  leaky_relu: settings({ negativeSlope: "negative_slope" }, gradc.leakyRelu),
  elu: settings({ alpha: "alpha" }, gradc.elu),
  selu: unary(gradc.selu),
  celu: settings({ alpha: "alpha" }, gradc.celu),
  gelu: one((x, as, { attrs }) =>
    gradc.gelu(x, {
      ...as,
      approximate:
        attrs.text("approximate", "none") === "tanh" ? "tanh" : "none",
    }),
  ),
  silu: unary(gradc.silu),
  mish: unary(gradc.mish),
  softplus: settings({ beta: "beta", threshold: "threshold" }, gradc.softplus),
  softsign: unary(gradc.softsign),
  sigmoid: unary(gradc.sigmoid),
  logsigmoid: unary(gradc.logSigmoid),
  tanh: unary(gradc.tanh),
  hardtanh: settings({ min: "min_val", max: "max_val" }, gradc.hardtanh),
  hardsigmoid: unary(gradc.hardsigmoid),
  hardswish: unary(gradc.hardswish),
  relu6: unary(gradc.relu6),
  softshrink: settings({ lambda: "lambda" }, gradc.softshrink),
  hardshrink: settings({ lambda: "lambda" }, gradc.hardshrink),
  tanhshrink: unary(gradc.tanhshrink),
  threshold: one((x, as, { attrs }) =>
    gradc.threshold(x, attrs.number("threshold"), attrs.number("value"), as),
  ),
  prelu: ({ x, axes, as }) => {
    axes.unbatched(x(1));
    return gradc.prelu(x(0), x(1), as);
  },
  glu: along(gradc.glu),
  abs: unary(gradc.abs),
  neg: unary(gradc.neg),
  sign: unary(gradc.sign),
  floor: unary(gradc.floor),
  exp: unary(gradc.exp),
  expm1: unary(gradc.expm1),
  log: unary(gradc.log),
  log1p: unary(gradc.log1p),
  log2: unary(gradc.log2),
  sqrt: unary(gradc.sqrt),
  rsqrt: unary(gradc.rsqrt),
  reciprocal: unary(gradc.reciprocal),
  square: unary(gradc.square),
  pow: one((x, as, { attrs }) => gradc.pow(x, attrs.number("exponent"), as)),
  sin: unary(gradc.sin),
  cos: unary(gradc.cos),
  tan: unary(gradc.tan),
  atan: unary(gradc.atan),
  sinh: unary(gradc.sinh),
  cosh: unary(gradc.cosh),
  erf: unary(gradc.erf),
  clamp: settings({ min: "min", max: "max" }, gradc.clamp),
  add_scalar: one((x, as, { attrs }) =>
    gradc.add(x, attrs.number("value"), as),
  ),
  mul_scalar: one((x, as, { attrs }) =>
    gradc.mul(x, attrs.number("value"), as),
  ),
  rsub_scalar: one((x, as, { attrs }) =>
    gradc.sub(attrs.number("value"), x, as),
  ),
  add: two(gradc.add),
  sub: two(gradc.sub),
  mul: two(gradc.mul),
  div: two(gradc.div),
  pow_tensor: two(gradc.pow),
  maximum: two(gradc.maximum),
  minimum: two(gradc.minimum),
  atan2: two(gradc.atan2),
  gt: two(gradc.greater),
  ge: two(gradc.greaterEqual),
  lt: two(gradc.less),
  le: two(gradc.lessEqual),
  eq: two(gradc.equal),
  where: ({ x, axes, as }) => {
    const [c, a, b] = axes.aligned(x(0), x(1), x(2)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    return gradc.where(c, a, b, as);
  },
  masked_fill: ({ x, axes, attrs, as }) => {
    const [v, mask] = axes.aligned(x(0), x(1)) as [Tensor, Tensor];
    return gradc.maskedFill(v, mask, attrs.number("value"), as);
  },
  dropout: ({ x, axes, attrs, as }) => {
    const [v, mask] = axes.aligned(x(0), x(1)) as [Tensor, Tensor];
    return gradc.dropout(v, attrs.number("p"), { mask, ...as });
  },
  softmax: along(gradc.softmax),
  log_softmax: along(gradc.logSoftmax),
  softmin: along(gradc.softmin),
};
