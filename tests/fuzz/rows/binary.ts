/** Functions of two or three operands that broadcast. */
import { broadcastShapes, zipGrids, type Grid } from "../../oracles/grid.js";
import type { Id, Tape } from "../../oracles/tape.js";
import type { Domain } from "../draft.js";
import type { Drawn, Operator } from "../operator.js";
import type { Context, Value } from "../program.js";

type Operand = Value | number;

const gridOf = (c: Context, x: Operand): Grid =>
  typeof x === "number" ? { shape: [], ids: [c.tape.constant(x)] } : c.of(x);

type Meaning = (t: Tape, a: Id, b: Id, second: Operand) => Id;

const pair = (a: Operand, b: Operand, meaning: Meaning): Drawn => ({
  args: [a, b],
  meaning: (c) =>
    zipGrids([gridOf(c, a), gridOf(c, b)], (x, y) => meaning(c.tape, x, y, b)),
});

/** f(a, b); one of them may be a number. */
const binary = (
  name: string,
  meaning: Meaning,
  domains: readonly [Domain, Domain] = ["any", "any"],
  numbers: readonly number[] = [2, -0.5, 0.75],
): Operator => ({
  name,
  attributes: { operands: ["tensors", "same", "number", "number first"] },
  of: ([a, b]) => pair(a as Operand, b as Operand, meaning),
  draw: (d) => {
    const [first, second] = domains;
    const swapped = d.chance(40);
    switch (d.choose("operands")) {
      case "same": {
        const x = d.guard(d.value(0, { domain: first }), second);
        return pair(x, x, meaning);
      }
      case "number":
        return pair(d.value(0, { domain: first }), d.pick(numbers), meaning);
      case "number first":
        return pair(
          Math.abs(d.pick(numbers)),
          d.value(0, { domain: second }),
          meaning,
        );
      default: {
        // The operand that comes first decides the shape, be it the left or the right one.
        const x = d.value(0, { domain: swapped ? second : first });
        const y = d.broadcast(x.shape, swapped ? first : second);
        return swapped ? pair(y, x, meaning) : pair(x, y, meaning);
      }
    }
  },
});

/** A comparison of tensors: 1 or 0 without a gradient. */
const comparison = (
  name: string,
  holds: (t: Tape, a: Id, b: Id) => Id,
): Operator => binary(name, holds, ["any", "any"], [0, 1, -0.5]);

const where: Operator = {
  name: "where",
  attributes: { otherwise: ["tensor", "number"] },
  draw: (d) => {
    const x = d.value();
    const condition = d.append("less", [d.broadcast(x.shape), 0.25]);
    // All three meet: the third operand has to fit what the other two broadcast to.
    const met = broadcastShapes([condition.shape, x.shape]);
    const other = d.choose("otherwise") === "number" ? 0.5 : d.broadcast(met);
    return d.call([condition, x, other], (c) =>
      zipGrids([c.of(condition), c.of(x), gridOf(c, other)], (when, a, b) =>
        c.tape.select(when, a, b),
      ),
    );
  },
};

const maskedFill: Operator = {
  name: "maskedFill",
  attributes: { fill: ["0", "-Infinity", "1.5"] },
  draw: (d) => {
    const x = d.value();
    const mask = d.append("less", [d.broadcast(x.shape), -0.5]);
    const fill = Number(d.choose("fill"));
    return d.call([x, mask, fill], (c) =>
      zipGrids([c.of(mask), c.of(x)], (when, v) =>
        c.tape.select(when, c.tape.constant(fill), v),
      ),
    );
  },
};

const not = (t: Tape, x: Id): Id => t.sub(t.constant(1), x);

export const binaries: readonly Operator[] = [
  binary("add", (t, a, b) => t.add(a, b)),
  binary("sub", (t, a, b) => t.sub(a, b)),
  binary("mul", (t, a, b) => t.mul(a, b)),
  binary("div", (t, a, b) => t.div(a, b), ["any", "positive"]),
  binary("maximum", (t, a, b) => t.either("largest", a, b)),
  binary("minimum", (t, a, b) => t.either("smallest", a, b)),
  binary(
    "atan2",
    (t, a, b) => {
      // Left of 0 the angle jumps from -pi to pi: its side is a choice.
      const zero = t.constant(0);
      const left = t.apply("less", b, zero);
      t.apply("less", t.select(left, a, t.constant(1)), zero);
      return t.apply("atan2", a, b);
    },
    ["any", "positive"],
  ),
  binary(
    "pow",
    // As an exponent that is a number 0 makes 1 of everything, and depends on nothing.
    (t, a, b, exponent) =>
      exponent === 0 ? t.constant(1) : t.apply("pow", a, b),
    ["positive", "small"],
    [2, 3, 4, 0.5, -1, -2, -0.5, 0, 1, 1.7],
  ),
  comparison("less", (t, a, b) => t.apply("less", a, b)),
  comparison("lessEqual", (t, a, b) => t.apply("lessEqual", a, b)),
  comparison("greater", (t, a, b) => t.apply("less", b, a)),
  comparison("greaterEqual", (t, a, b) => t.apply("lessEqual", b, a)),
  comparison("equal", (t, a, b) => t.apply("equal", a, b)),
  comparison("notEqual", (t, a, b) => not(t, t.apply("equal", a, b))),
  where,
  maskedFill,
];
