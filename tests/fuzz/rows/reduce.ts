/** Functions that make one number of the entries along axes, and those that normalise along one. */
import {
  alongGrid,
  fromFront,
  logSumExp,
  reduceGrid,
  softmaxOf,
} from "../../oracles/grid.js";
import type { Id, Tape } from "../../oracles/tape.js";
import type { Draft, Domain } from "../draft.js";
import type { Drawn, Operator } from "../operator.js";
import type { Value } from "../program.js";
import { absolute } from "./elementwise.js";

type Meaning = (t: Tape, ids: Id[]) => Id;

const axisChoices = ["omitted", "first", "last", "negative", "several", "none"];
const keepChoices = ["omitted", "true", "false"];

/** The axes of a reduction as they are written, and as they are meant. */
function axesOf(
  d: Draft,
  rank: number,
  except: readonly string[],
): {
  readonly given: number | readonly number[] | undefined;
  readonly axes: number[];
} {
  const choice = d.choose("axis", [
    ...except,
    ...(rank === 0 ? ["first", "last", "negative", "several"] : []),
  ]);
  const all = Array.from({ length: rank }, (_, i) => i);
  switch (choice) {
    case "omitted":
      return { given: undefined, axes: all };
    case "none":
      return { given: [], axes: [] };
    case "several": {
      const axes = d.random.shuffled(all).slice(0, 1 + d.roll(rank));
      return { given: axes.map((i) => (d.chance(30) ? i - rank : i)), axes };
    }
    default: {
      const axis =
        choice === "first"
          ? 0
          : choice === "last"
            ? rank - 1
            : -1 - d.roll(rank);
      return { given: axis, axes: [fromFront(axis, rank)] };
    }
  }
}

/** Axes and options of a reduction over x; `more` are options beside keepdims. */
function reduction(
  d: Draft,
  x: Value,
  /** Given the number of entries that become one, and that of the axes they lie along. */
  meaning: (count: number, axes: number) => Meaning,
  more: Readonly<Record<string, number>> = {},
  standard?: number,
  except: readonly string[] = [],
): Drawn {
  const { given, axes } = axesOf(d, x.shape.length, except);
  const keep = d.choose("keepdims");
  const over =
    given === undefined && standard !== undefined
      ? [fromFront(standard, x.shape.length)]
      : axes;
  const options = {
    ...more,
    ...(keep !== "omitted" && { keepdims: keep === "true" }),
  };
  const count = over.reduce((n, i) => n * (x.shape[i] as number), 1);
  return {
    args: [x, given, Object.keys(options).length === 0 ? undefined : options],
    meaning: (c) =>
      reduceGrid(c.of(x), over, keep === "true", (ids) =>
        meaning(count, over.length)(c.tape, ids),
      ),
  };
}

const plain = (
  name: string,
  meaning: Meaning,
  of?: Operator["of"],
): Operator => ({
  name,
  attributes: { axis: axisChoices, keepdims: keepChoices },
  ...(of !== undefined && { of }),
  draw: (d) =>
    reduction(
      d,
      d.value(),
      (_, axes) => (t, ids) => (axes === 0 ? (ids[0] as Id) : meaning(t, ids)),
    ),
});

const meanOf = (t: Tape, ids: readonly Id[]): Id =>
  t.div(t.sum(ids), t.constant(ids.length));
/** Sum of the squares of what differs from the mean. */
const squares = (t: Tape, ids: readonly Id[]): Id => {
  const mean = meanOf(t, ids);
  return t.sum(
    ids.map((x) => {
      const e = t.sub(x, mean);
      return t.mul(e, e);
    }),
  );
};
/** Variances: the axes must have more than `correction` entries. */
const spread = (name: string, finish: (t: Tape, v: Id) => Id): Operator => ({
  name,
  attributes: {
    axis: axisChoices,
    keepdims: keepChoices,
    correction: ["omitted", "0", "1"],
  },
  rank: 1,
  draw: (d) => {
    const x = d.value(1, {
      fits: (v) => v.shape.every((n) => n > 1),
      shape: () => [2 + d.roll(3), 3],
    });
    const chosen = d.choose("correction");
    const correction = chosen === "omitted" ? 1 : Number(chosen);
    return reduction(
      d,
      x,
      (count) => (t, ids) =>
        finish(
          t,
          t.div(squares(t, ids), t.constant(Math.max(0, count - correction))),
        ),
      chosen === "omitted" ? {} : { correction },
      undefined,
      // One entry less one is none: a variance that is not a number.
      correction === 0 || d.pool === "unguarded" ? [] : ["none"],
    );
  },
});

/** (sum |x|^p)^(1/p), scaled by the largest |x|, of which nothing is derived. */
function norm(t: Tape, ids: Id[], p: number): Id {
  const sizes = ids.map((x) => absolute(t, x));
  if (p === 1) return t.sum(sizes);
  const top = t.extreme("largest", sizes);
  if (p === Infinity) return top;
  const zero = t.apply("equal", top, t.constant(0));
  const infinite = t.apply("equal", top, t.constant(Infinity));
  const plain = t.select(zero, t.constant(1), top);
  const scale = t.apply("hold", t.select(infinite, t.constant(1), plain));
  const powers = sizes.map((x) => {
    const y = t.div(x, scale);
    return p === 2 ? t.mul(y, y) : t.mul(t.mul(y, y), y);
  });
  const sum = t.sum(powers);
  if (p === 2) return t.mul(scale, t.apply("root", sum));
  const safe = t.select(zero, t.constant(1), sum);
  const root = t.apply("pow", safe, t.constant(1 / p));
  return t.mul(scale, t.select(zero, t.constant(0), root));
}
const normRow: Operator = {
  name: "norm",
  attributes: {
    axis: axisChoices,
    keepdims: keepChoices,
    p: ["omitted", "1", "2", "3", "Infinity"],
  },
  draw: (d) => {
    const chosen = d.choose("p");
    const p = chosen === "omitted" ? 2 : Number(chosen);
    return reduction(
      d,
      d.value(),
      (_, axes) => (t, ids) =>
        axes === 0 ? absolute(t, ids[0] as Id) : norm(t, ids, p),
      chosen === "omitted" ? {} : { p },
    );
  },
};

/** f along one axis, the last where it is left out. */
const along = (
  name: string,
  meaning: (t: Tape, ids: Id[]) => Id[],
  domain?: Domain,
): Operator => ({
  name,
  attributes: { axis: ["omitted", "first", "last", "negative"] },
  rank: 1,
  draw: (d) => {
    const x = d.value(1, domain === undefined ? {} : { domain });
    const rank = x.shape.length;
    const axis = d.axis(rank, "axis");
    return d.call([x, axis], (c) =>
      alongGrid(c.of(x), [fromFront(axis ?? -1, rank)], (ids) =>
        meaning(c.tape, ids),
      ),
    );
  },
});

const sumAll: Operator["of"] = ([x]) => ({
  args: [x],
  meaning: (c) => ({ shape: [], ids: [c.tape.sum(c.of(x as Value).ids)] }),
});

export const reductions: readonly Operator[] = [
  plain("sum", (t, ids) => t.sum(ids), sumAll),
  plain("mean", meanOf),
  plain("max", (t, ids) => t.extreme("largest", ids)),
  plain("min", (t, ids) => t.extreme("smallest", ids)),
  spread("variance", (_, v) => v),
  spread("std", (t, v) => t.apply("root", v)),
  normRow,
  {
    name: "logsumexp",
    attributes: { axis: axisChoices, keepdims: keepChoices },
    rank: 1,
    draw: (d) =>
      reduction(
        d,
        d.value(1),
        (_, axes) => (t, ids) =>
          axes === 0 ? (ids[0] as Id) : logSumExp(t, ids),
        {},
        -1,
      ),
  },
  along("softmax", softmaxOf),
  along("logSoftmax", (t, ids) => {
    const total = logSumExp(t, ids);
    return ids.map((x) => t.sub(x, total));
  }),
  along("softmin", (t, ids) =>
    softmaxOf(
      t,
      ids.map((x) => t.apply("neg", x)),
    ),
  ),
];
