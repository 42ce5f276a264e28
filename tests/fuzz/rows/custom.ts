/** Functions with a derivative of their own, and functions that are computed twice. */
import { mapGrid, type Grid } from "../../oracles/grid.js";
import type { Id, Tape } from "../../oracles/tape.js";
import type { Operator } from "../operator.js";
import { affine } from "./matrix.js";

/** y, whose cotangent passes as if it were that of `like`. */
const instead = (t: Tape, y: Id, like: Id): Id =>
  t.add(t.apply("hold", y), t.sub(like, t.apply("hold", like)));

const customGradient: Operator = {
  name: "customGradient",
  attributes: { rule: ["its own", "another", "none"] },
  draw: (d) => {
    // Where infinities meet nothing is equal to itself less something of the same size.
    if (d.pool === "unguarded") return undefined;
    const rule = d.choose("rule");
    const [x, w] = [d.value(), d.leaf([])];
    const vjp = {
      "its own":
        "(dy, y, a, b) => [mul(mul(dy, 2), mul(a, b)), sum(mul(dy, square(a)))]",
      another: "(dy, y, a, b) => [mul(dy, 3), sum(mul(dy, y))]",
      none: "(dy, y, a, b) => [undefined, sum(mul(dy, square(a)))]",
    }[rule];
    return d.call(
      [
        {
          reads: [x, w],
          code: (a, b) =>
            `(a: typeof ${a}, b: typeof ${b}) => mul(square(a), b)`,
        },
        { reads: [], code: () => vjp ?? "" },
      ],
      ({ tape: t, of }) => {
        const b = of(w).ids[0] as Id;
        const still = t.apply("hold", b);
        return mapGrid(of(x), (a): Id => {
          const square = t.mul(t.mul(a, a), b);
          if (rule === "its own") return square;
          const factor = t.apply("hold", t.mul(a, a));
          const by = rule === "none" ? undefined : t.mul(a, t.constant(3));
          const y = t.apply("hold", t.mul(factor, still));
          const ofB = t.mul(b, rule === "none" ? factor : y);
          return instead(t, square, by === undefined ? ofB : t.add(by, ofB));
        });
      },
      { on: [x, w], once: rule !== "its own" },
    );
  },
};

const checkpoint: Operator = {
  name: "checkpoint",
  attributes: { inside: ["a value", "a layer", "a rule"] },
  rank: 1,
  draw: (d) => {
    const inside = d.choose("inside");
    const layer = inside === "a layer";
    // Where infinities meet nothing is equal to itself less something of the same size.
    if (inside === "a rule" && d.pool === "unguarded") return undefined;
    const x = d.value(1);
    const w = layer ? undefined : d.exactly(x.shape);
    const reads = w === undefined ? [x] : [x, w];
    return d.call(
      [
        {
          reads,
          code: (a, b) =>
            ({
              "a layer": `(v: typeof ${a}) => tanh(linear(v, 2))`,
              "a value": `(v: typeof ${a}) => mul(tanh(mul(v, ${b})), v)`,
              "a rule": `(v: typeof ${a}) => mul(customGradient((u: typeof ${a}) => tanh(u), (dy) => [mul(dy, 2)])(mul(v, ${b})), v)`,
            })[inside] ?? "",
        },
      ],
      (c) => {
        const { tape: t } = c;
        const tanh = (id: Id): Id => t.apply("tanh", id);
        const v = c.of(x);
        if (w === undefined) {
          const ins = v.shape.at(-1) as number;
          const weight = c.own("weight", [2, ins]);
          return mapGrid(affine(t, v, weight, c.own("bias", [2])), tanh);
        }
        const squashed = (id: Id): Id =>
          inside === "a rule"
            ? instead(t, tanh(id), t.mul(id, t.constant(2)))
            : tanh(id);
        const ids = v.ids.map((id, i) =>
          t.mul(squashed(t.mul(id, c.of(w).ids[i] as Id)), id),
        );
        return { shape: v.shape, ids } satisfies Grid;
      },
      { on: [x] },
    );
  },
};

export const customs: readonly Operator[] = [customGradient, checkpoint];
