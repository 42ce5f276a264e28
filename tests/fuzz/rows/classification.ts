/** Losses on classes and on distances: what they make is smaller than what they are given. */
import {
  at,
  fromFront,
  gridOf,
  logSumExp,
  reduceGrid,
  type Grid,
} from "../../oracles/grid.js";
import type { Id, Tape } from "../../oracles/tape.js";
import type { Draft } from "../draft.js";
import type { Drawn, Operator } from "../operator.js";
import type { Context, Value } from "../program.js";
import { absolute } from "./elementwise.js";
import {
  atLeast,
  optionsOf,
  reducedBy,
  reductionOption,
  reductions,
} from "./losses.js";

/** Logits and where their classes lie. */
function logitsOf(d: Draft): {
  readonly x: Value;
  readonly axis: number;
  readonly classAxis: number | undefined;
} {
  const x = d.value(1, { domain: "any" });
  const rank = x.shape.length;
  const classAxis = d.axis(rank, "classAxis");
  const standard = x.batched || rank < 2 ? 0 : 1;
  return { x, axis: fromFront(classAxis ?? standard, rank), classAxis };
}

/** Entries along the axis of the classes, at every other place. */
const classesAt = (x: Grid, axis: number, place: readonly number[]): Id[] =>
  Array.from({ length: x.shape[axis] as number }, (_, k) =>
    at(x, place.toSpliced(axis, 0, k)),
  );

/** A loss against class indices. */
function onLabels(
  d: Draft,
  { x, axis, classAxis }: ReturnType<typeof logitsOf>,
  cost: (t: Tape, ids: readonly Id[], label: number) => Id,
  more: Readonly<Record<string, number | undefined>> = {},
): Drawn {
  const shape = x.shape.toSpliced(axis, 1);
  const classes = x.shape[axis] as number;
  const label = d.indices(shape, classes, x.batched);
  const reduction = d.choose("reduction");
  const ignored = d.choose("ignoreIndex") === "one" ? 0 : undefined;
  const options = optionsOf({
    ...more,
    classAxis,
    ignoreIndex: ignored,
    reduction: reductionOption(reduction),
  });
  const untyped = classAxis === undefined && x.shape.length > 1;
  const entries = (c: Context, labels: readonly number[], grid: Grid): Grid => {
    let place = 0;
    return gridOf(shape, (p) => {
      const own = labels[place++] as number;
      return own === ignored
        ? c.tape.constant(0)
        : cost(c.tape, classesAt(grid, axis, p), own);
    });
  };
  // A mean over the labels that count is one over all examples.
  const joint =
    ignored !== undefined && (reduction === "omitted" || reduction === "mean");
  if (!joint)
    return d.call(
      [x, label, options],
      (c) =>
        reducedBy(
          c,
          entries(c, c.integers(label), c.of(x)),
          reduction,
          x.batched,
        ),
      { untyped },
    );
  return d.call(
    [x, label, options],
    (c) => {
      const all = c.all(x);
      const labels = c.allIntegers(label);
      const ids = all.flatMap((g, i) => entries(c, labels[i] ?? [], g).ids);
      const count = labels.flat().filter((k) => k !== ignored).length;
      const sum = c.tape.sum(ids);
      return { shape: [], ids: [c.tape.div(sum, c.tape.constant(count))] };
    },
    { whole: true, crosses: x.batched, untyped },
  );
}

const classAttributes = {
  classAxis: ["omitted", "first", "last", "negative"],
  reduction: [...reductions],
  ignoreIndex: ["omitted", "one"],
};

const crossEntropy: Operator = {
  name: "crossEntropy",
  attributes: {
    ...classAttributes,
    labelSmoothing: ["omitted", "0.1"],
    target: ["indices", "probabilities"],
  },
  rank: 1,
  draw: (d) => {
    const logits = logitsOf(d);
    const { x, axis, classAxis } = logits;
    const classes = x.shape[axis] as number;
    const smoothing =
      d.choose("labelSmoothing") === "omitted" ? undefined : 0.1;
    const s = smoothing ?? 0;
    /** (sum q) ln sum e^x - sum q x. */
    const against = (t: Tape, ids: readonly Id[], q: readonly Id[]): Id => {
      const score = t.sum(ids.map((id, k) => t.mul(q[k] as Id, id)));
      return t.sub(t.mul(t.sum(q), logSumExp(t, ids)), score);
    };
    if (d.choose("target") === "indices")
      return onLabels(
        d,
        logits,
        (t, ids, label) =>
          s === 0
            ? t.sub(logSumExp(t, ids), ids[label] as Id)
            : against(
                t,
                ids,
                ids.map((_, k) =>
                  t.constant((k === label ? 1 - s : 0) + s / classes),
                ),
              ),
        { labelSmoothing: smoothing },
      );
    const target = d.exactly(x.shape, "unit");
    const reduction = d.choose("reduction");
    const options = optionsOf({
      classAxis,
      labelSmoothing: smoothing,
      reduction: reductionOption(reduction),
    });
    return d.call(
      [x, target, options],
      (c) => {
        const { tape: t } = c;
        const entries = gridOf(x.shape.toSpliced(axis, 1), (p) => {
          const q = classesAt(c.of(target), axis, p).map((id) =>
            s === 0
              ? id
              : t.add(t.mul(t.constant(1 - s), id), t.constant(s / classes)),
          );
          return against(t, classesAt(c.of(x), axis, p), q);
        });
        const batched = x.batched || target.batched;
        return reducedBy(c, entries, reduction, batched);
      },
      { untyped: classAxis === undefined && x.shape.length > 1 },
    );
  },
};

const nll: Operator = {
  name: "nll",
  attributes: classAttributes,
  rank: 1,
  draw: (d) =>
    onLabels(d, logitsOf(d), (t, ids, label) =>
      t.apply("neg", ids[label] as Id),
    ),
};

const multiMargin: Operator = {
  name: "multiMargin",
  attributes: {
    classAxis: ["omitted", "first", "last", "negative"],
    reduction: [...reductions],
    margin: ["omitted", "0.5"],
    p: ["omitted", "1", "2"],
  },
  rank: 1,
  draw: (d) => {
    const { x, axis, classAxis } = logitsOf(d);
    const shape = x.shape.toSpliced(axis, 1);
    const label = d.indices(shape, x.shape[axis] as number, x.batched);
    const margin = d.choose("margin") === "omitted" ? undefined : 0.5;
    const chosen = d.choose("p");
    const p = chosen === "omitted" ? undefined : Number(chosen);
    const reduction = d.choose("reduction");
    const options = optionsOf({
      classAxis,
      margin,
      p,
      reduction: reductionOption(reduction),
    });
    const cost = (t: Tape, ids: readonly Id[], own: number): Id => {
      const terms = ids.map((id, k) => {
        if (k === own) return t.constant(0);
        const above = t.sub(t.constant(margin ?? 1), ids[own] as Id);
        const z = t.add(above, id);
        // Nothing passes where the margin is hit exactly.
        const hit = t.apply("lessEqual", z, t.constant(0));
        const short = t.select(hit, t.constant(0), z);
        return p === 2 ? t.mul(short, short) : short;
      });
      return t.div(t.sum(terms), t.constant(ids.length));
    };
    return d.call(
      [x, label, options],
      (c) => {
        let place = 0;
        const labels = c.integers(label);
        const entries = gridOf(shape, (point) =>
          cost(
            c.tape,
            classesAt(c.of(x), axis, point),
            labels[place++] as number,
          ),
        );
        return reducedBy(c, entries, reduction, x.batched);
      },
      { untyped: classAxis === undefined && x.shape.length > 1 },
    );
  },
};

/** The p-norm of a - b + 1e-6 along the last axis. */
function distance(t: Tape, a: Grid, b: Grid, p: number): Grid {
  const ids = a.ids.map((x, i) =>
    t.add(t.sub(x, b.ids[i] as Id), t.constant(1e-6)),
  );
  return reduceGrid({ ...a, ids }, [a.shape.length - 1], false, (row) => {
    const sizes = row.map((x) => absolute(t, x));
    if (p === 1) return t.sum(sizes);
    if (p === 2) return t.apply("sqrt", t.sum(row.map((x) => t.mul(x, x))));
    const powers = sizes.map((x) => t.apply("pow", x, t.constant(p)));
    return t.apply("pow", t.sum(powers), t.constant(1 / p));
  });
}

const tripletMargin: Operator = {
  name: "tripletMargin",
  attributes: {
    margin: ["omitted", "0.5"],
    p: ["omitted", "1", "2", "3"],
    swap: ["omitted", "true", "false"],
    reduction: [...reductions],
  },
  rank: 1,
  draw: (d) => {
    const a = d.value(1);
    const [b, c] = [d.exactly(a.shape), d.exactly(a.shape)];
    const number = (key: string): number | undefined => {
      const chosen = d.choose(key);
      return chosen === "omitted" ? undefined : Number(chosen);
    };
    const [margin, p] = [number("margin"), number("p")];
    const swap = d.choose("swap");
    const reduction = d.choose("reduction");
    const options = optionsOf({
      margin,
      p,
      swap: swap === "omitted" ? undefined : swap === "true",
      reduction: reductionOption(reduction),
    });
    return d.call([a, b, c, options], (context) => {
      const { tape: t, of } = context;
      const near = distance(t, of(a), of(b), p ?? 2);
      const far = distance(t, of(a), of(c), p ?? 2);
      const other = swap === "true" ? distance(t, of(b), of(c), p ?? 2) : far;
      const ids = near.ids.map((x, i) => {
        const apart = far.ids[i] as Id;
        const nearer =
          swap === "true"
            ? t.either("smallest", apart, other.ids[i] as Id)
            : apart;
        return atLeast(t, t.add(t.sub(x, nearer), t.constant(margin ?? 1)), 0);
      });
      const batched = a.batched || b.batched || c.batched;
      return reducedBy(context, { ...near, ids }, reduction, batched);
    });
  },
};

const cosineEmbedding: Operator = {
  name: "cosineEmbedding",
  attributes: { margin: ["omitted", "0.25"], reduction: [...reductions] },
  rank: 1,
  draw: (d) => {
    const u = d.value(1);
    const v = d.exactly(u.shape);
    const target = d.exactly(u.shape.slice(0, -1));
    const margin = d.choose("margin") === "omitted" ? undefined : 0.25;
    const reduction = d.choose("reduction");
    const options = optionsOf({
      margin,
      reduction: reductionOption(reduction),
    });
    return d.call([u, v, target, options], (c) => {
      const { tape: t } = c;
      const [a, b, s] = [c.of(u), c.of(v), c.of(target)];
      const width = a.shape.at(-1) as number;
      const row = (g: Grid, i: number): readonly Id[] =>
        g.ids.slice(i * width, (i + 1) * width);
      const dot = (x: readonly Id[], y: readonly Id[]): Id =>
        t.sum(x.map((id, k) => t.mul(id, y[k] as Id)));
      const ids = s.ids.map((sign, i) => {
        const [x, y] = [row(a, i), row(b, i)];
        const tiny = t.constant(1e-12);
        const squares = t.mul(t.add(dot(x, x), tiny), t.add(dot(y, y), tiny));
        const cosine = t.div(dot(x, y), t.apply("sqrt", squares));
        const apart = t.sub(cosine, t.constant(margin ?? 0));
        return t.select(
          t.apply("less", t.constant(0), sign),
          t.sub(t.constant(1), cosine),
          atLeast(t, apart, 0),
        );
      });
      const batched = u.batched || v.batched || target.batched;
      return reducedBy(c, { shape: s.shape, ids }, reduction, batched);
    });
  },
};

const klStandardNormal: Operator = {
  name: "klStandardNormal",
  attributes: { reduction: ["omitted", "sum", "batchmean"] },
  scalar: true,
  draw: (d) => {
    const mu = d.value();
    const s = d.exactly(mu.shape, "small");
    const reduction = d.choose("reduction");
    const options = optionsOf({ reduction: reductionOption(reduction) });
    return d.call([mu, s, options], ({ tape: t, of }) => {
      const terms = of(mu).ids.map((m, i) => {
        const v = of(s).ids[i] as Id;
        const left = t.sub(t.add(t.constant(1), v), t.mul(m, m));
        return t.sub(left, t.apply("exp", v));
      });
      const sum = t.mul(t.constant(-0.5), t.sum(terms));
      const examples = mu.batched ? 1 : (mu.shape[0] ?? 1);
      const id =
        reduction === "batchmean" ? t.div(sum, t.constant(examples)) : sum;
      return { shape: [], ids: [id] };
    });
  },
};

export const classifications: readonly Operator[] = [
  crossEntropy,
  nll,
  multiMargin,
  tripletMargin,
  cosineEmbedding,
  klStandardNormal,
];
