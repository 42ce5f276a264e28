/** Functions of one tensor, entry by entry, without settings. */
import { mapGrid } from "../../oracles/grid.js";
import type { ScalarOperation } from "../../oracles/scalars.js";
import type { Id, Tape } from "../../oracles/tape.js";
import { isNarrow, type Domain } from "../draft.js";
import type { Drawn, Operator } from "../operator.js";
import type { Value } from "../program.js";

type Meaning = (t: Tape, x: Id) => Id;

/** A row whose call is f(x). */
export function entrywise(
  name: string,
  meaning: Meaning,
  domain: Domain = "any",
): Operator {
  const of = (x: Value): Drawn => ({
    args: [x],
    meaning: (c) => mapGrid(c.of(x), (id) => meaning(c.tape, id)),
  });
  return {
    name,
    narrow: isNarrow(domain),
    of: ([x]) => of(x as Value),
    draw: (d) => of(d.value(0, { domain })),
  };
}

const plain = (name: ScalarOperation, domain?: Domain): Operator =>
  entrywise(name, (t, x) => t.apply(name, x), domain);

const one = (t: Tape): Id => t.constant(1);
/** x where it is above 0, else 0, of which nothing is derived there. */
export const positivePart: Meaning = (t, x) =>
  t.select(t.apply("lessEqual", x, t.constant(0)), t.constant(0), x);
/** x where it is not above 0, else 0. */
const negativePart: Meaning = (t, x) =>
  t.select(t.apply("less", t.constant(0), x), t.constant(0), x);
/** The nearer bound outside of low .. high, of which nothing is derived, at the bounds neither. */
const bounded = (t: Tape, x: Id, low: number, high: number): Id =>
  t.select(
    t.apply("lessEqual", x, t.constant(low)),
    t.constant(low),
    t.select(t.apply("lessEqual", t.constant(high), x), t.constant(high), x),
  );
export const exponentialUnit = (
  t: Tape,
  x: Id,
  alpha: number,
  width: number,
): Id => {
  const below = t.div(negativePart(t, x), t.constant(width));
  const curve = t.mul(t.constant(alpha), t.apply("expm1", below));
  return t.add(positivePart(t, x), curve);
};
export const absolute: Meaning = (t, x) => t.mul(x, t.apply("sign", x));

export const elementwise: readonly Operator[] = [
  entrywise("abs", absolute),
  plain("atan"),
  plain("cos"),
  plain("cosh", "small"),
  plain("erf"),
  plain("exp", "small"),
  plain("expm1", "small"),
  plain("floor"),
  plain("log", "positive"),
  entrywise("log1p", (t, x) => t.apply("log1p", x), "positive"),
  plain("log2", "positive"),
  plain("neg"),
  entrywise("reciprocal", (t, x) => t.div(one(t), x), "positive"),
  entrywise("rsqrt", (t, x) => t.div(one(t), t.apply("sqrt", x)), "positive"),
  plain("sign"),
  plain("sin"),
  plain("sinh", "small"),
  plain("sqrt", "positive"),
  entrywise("square", (t, x) => t.mul(x, x)),
  plain("tan", "small"),
  plain("tanh"),
  plain("sigmoid"),
  entrywise("relu", positivePart),
  entrywise("stopGradient", (t, x) => t.apply("hold", x)),
  entrywise("logSigmoid", (t, x) =>
    t.apply("neg", t.apply("softplus", t.apply("neg", x))),
  ),
  entrywise("mish", (t, x) =>
    t.mul(x, t.apply("tanh", t.apply("softplus", x))),
  ),
  entrywise("silu", (t, x) => t.mul(x, t.apply("sigmoid", x))),
  entrywise("softsign", (t, x) => t.div(x, t.add(one(t), absolute(t, x)))),
  entrywise("tanhshrink", (t, x) => t.sub(x, t.apply("tanh", x))),
  entrywise("selu", (t, x) =>
    t.mul(
      t.constant(1.0507009873554805),
      exponentialUnit(t, x, 1.6732632423543772, 1),
    ),
  ),
  entrywise("relu6", (t, x) => bounded(t, x, 0, 6)),
  entrywise("hardsigmoid", (t, x) =>
    t.div(bounded(t, t.add(x, t.constant(3)), 0, 6), t.constant(6)),
  ),
  entrywise("hardswish", (t, x) => {
    // x (x + 3) / 6 between -3 and 3, with the slope of the parabola at -3 and of the line at 3.
    const inside = t.div(t.mul(x, t.add(x, t.constant(3))), t.constant(6));
    return t.select(
      t.apply("less", x, t.constant(-3)),
      t.mul(x, t.constant(0)),
      t.select(t.apply("lessEqual", t.constant(3), x), x, inside),
    );
  }),
];

export { bounded };
