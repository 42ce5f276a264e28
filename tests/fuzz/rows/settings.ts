/** Functions of one tensor, entry by entry, with settings. */
import { mapGrid } from "../../oracles/grid.js";
import type { Id, Tape } from "../../oracles/tape.js";
import type { Operator } from "../operator.js";
import {
  absolute,
  bounded,
  entrywise,
  exponentialUnit,
} from "./elementwise.js";

type Meaning = (t: Tape, x: Id, setting: number) => Id;

/** A row with one number as an option: left out, or one of a few. */
const tuned = (
  name: string,
  option: string,
  standard: number,
  others: readonly number[],
  meaning: Meaning,
): Operator => ({
  name,
  attributes: { [option]: ["omitted", ...others.map(String)] },
  draw: (d) => {
    const x = d.value();
    const chosen = d.choose(option);
    const setting = chosen === "omitted" ? undefined : Number(chosen);
    return d.call(
      [x, setting === undefined ? undefined : { [option]: setting }],
      (c) => mapGrid(c.of(x), (id) => meaning(c.tape, id, setting ?? standard)),
    );
  },
});

/** A line through 0 with two slopes; the lower one at 0. */
const leaky: Meaning = (t, x, slope) =>
  t.mul(
    t.select(
      t.apply("less", t.constant(0), x),
      t.constant(1),
      t.constant(slope),
    ),
    x,
  );

/** 0 where |x| <= lambda, else y. */
const shrunk = (t: Tape, x: Id, lambda: number, y: Id): Id =>
  t.select(
    t.apply("lessEqual", absolute(t, x), t.constant(lambda)),
    t.constant(0),
    y,
  );

const gelu: Operator = {
  name: "gelu",
  attributes: { approximate: ["omitted", "none", "tanh"] },
  draw: (d) => {
    const x = d.value();
    const chosen = d.choose("approximate");
    return d.call(
      [x, chosen === "omitted" ? undefined : { approximate: chosen }],
      ({ tape: t, of }) =>
        mapGrid(of(x), (id) => {
          const [a, b] = [
            t.constant(0.044715),
            t.constant(Math.sqrt(2 / Math.PI)),
          ];
          const bell =
            chosen === "tanh"
              ? t.apply(
                  "tanh",
                  t.mul(b, t.add(id, t.mul(a, t.mul(t.mul(id, id), id)))),
                )
              : t.apply("erf", t.div(id, t.constant(Math.SQRT2)));
          return t.mul(t.mul(t.constant(0.5), id), t.add(t.constant(1), bell));
        }),
    );
  },
};

/** ln(1 + e^(beta x)) / beta. */
const softened = (t: Tape, x: Id, beta: number, threshold: number): Id => {
  const scaled = t.mul(t.constant(beta), x);
  return t.select(
    t.apply("less", t.constant(threshold), scaled),
    x,
    t.div(t.apply("softplus", scaled), t.constant(beta)),
  );
};
const softplus: Operator = {
  ...entrywise("softplus", (t, x) => softened(t, x, 1, 20)),
  attributes: {
    beta: ["omitted", "2", "0.5"],
    threshold: ["omitted", "1", "Infinity"],
  },
  draw: (d) => {
    const x = d.value();
    const number = (name: string): number | undefined => {
      const chosen = d.choose(name);
      return chosen === "omitted" ? undefined : Number(chosen);
    };
    const [beta, threshold] = [number("beta"), number("threshold")];
    return d.call([x, { beta, threshold }], (c) =>
      mapGrid(c.of(x), (id) =>
        softened(c.tape, id, beta ?? 1, threshold ?? 20),
      ),
    );
  },
};

/** Bounds of which one may be missing. */
const clamp: Operator = {
  name: "clamp",
  attributes: { bounds: ["min", "max", "both"] },
  draw: (d) => {
    const x = d.value();
    const bounds = d.choose("bounds");
    const min = bounds === "max" ? undefined : -0.5;
    const max = bounds === "min" ? undefined : 1;
    return d.call([x, { min, max }], ({ tape: t, of }) =>
      mapGrid(of(x), (id) => {
        // The gradient passes at the bounds themselves.
        const raised =
          min === undefined
            ? id
            : t.select(
                t.apply("less", id, t.constant(min)),
                t.constant(min),
                id,
              );
        return max === undefined
          ? raised
          : t.select(
              t.apply("less", t.constant(max), id),
              t.constant(max),
              raised,
            );
      }),
    );
  },
};

const hardtanh: Operator = {
  name: "hardtanh",
  attributes: { bounds: ["omitted", "min", "both"] },
  draw: (d) => {
    const x = d.value();
    const bounds = d.choose("bounds");
    const [min, max] = [
      bounds === "omitted" ? -1 : -2,
      bounds === "both" ? 0.5 : 1,
    ];
    const options =
      bounds === "omitted"
        ? undefined
        : bounds === "min"
          ? { min }
          : { min, max };
    return d.call([x, options], (c) =>
      mapGrid(c.of(x), (id) => bounded(c.tape, id, min, max)),
    );
  },
};

const threshold: Operator = {
  name: "threshold",
  attributes: { limit: ["0", "1"] },
  draw: (d) => {
    const x = d.value();
    const limit = Number(d.choose("limit"));
    return d.call([x, limit, -0.25], ({ tape: t, of }) =>
      mapGrid(of(x), (id) =>
        t.select(
          t.apply("lessEqual", id, t.constant(limit)),
          t.constant(-0.25),
          id,
        ),
      ),
    );
  },
};

const prelu: Operator = {
  name: "prelu",
  untyped: true,
  attributes: {
    slopes: ["one", "channels"],
    channelAxis: ["omitted", "first", "last", "negative"],
  },
  draw: (d) => {
    const x = d.value(1);
    const rank = x.shape.length;
    const channelAxis = d.axis(rank, "channelAxis");
    const standard = x.batched || rank < 2 ? 0 : 1;
    const at = channelAxis ?? standard;
    const axis = at < 0 ? at + rank : at;
    const shape =
      d.choose("slopes") === "one" ? [1] : [x.shape[axis] as number];
    const slope = d.leaf(shape, "param");
    const options = channelAxis === undefined ? undefined : { channelAxis };
    return d.call([x, slope, options], ({ tape: t, of }) => {
      const [v, a] = [of(x), of(slope)];
      const channel = v.shape.slice(axis + 1).reduce((n, e) => n * e, 1);
      const ids = v.ids.map((id, i) => {
        const k = Math.floor(i / channel) % (v.shape[axis] as number);
        const above = t.apply("less", t.constant(0), id);
        const own = a.ids[a.ids.length === 1 ? 0 : k] as Id;
        return t.mul(t.select(above, t.constant(1), own), id);
      });
      return { shape: v.shape, ids };
    });
  },
};

export const settings: readonly Operator[] = [
  tuned("leakyRelu", "negativeSlope", 0.01, [0.25], leaky),
  tuned("elu", "alpha", 1, [0.5, 2], (t, x, a) => exponentialUnit(t, x, a, 1)),
  tuned("celu", "alpha", 1, [0.5, 2], (t, x, a) => exponentialUnit(t, x, a, a)),
  tuned("hardshrink", "lambda", 0.5, [1], (t, x, l) => shrunk(t, x, l, x)),
  tuned("softshrink", "lambda", 0.5, [1], (t, x, l) =>
    shrunk(t, x, l, t.sub(x, t.mul(t.constant(l), t.apply("sign", x)))),
  ),
  gelu,
  softplus,
  clamp,
  hardtanh,
  threshold,
  prelu,
];
