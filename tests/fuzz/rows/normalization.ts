/** Layers that normalise, gates, what crosses examples, and derivatives as values. */
import {
  alongGrid,
  at,
  fromFront,
  gridOf,
  sizeOf,
  type Grid,
} from "../../oracles/grid.js";
import type { Id, Tape } from "../../oracles/tape.js";
import type { Operator } from "../operator.js";
import type { Context } from "../program.js";
import { optionsOf } from "./losses.js";

/** x over the root of its mean square, centred first where `center`. */
export function normalized(
  t: Tape,
  ids: readonly Id[],
  center: boolean,
  eps: number,
): Id[] {
  const count = t.constant(ids.length);
  const mean = center ? t.div(t.sum(ids), count) : undefined;
  const from = mean === undefined ? ids : ids.map((x) => t.sub(x, mean));
  const squares = t.sum(from.map((x) => t.mul(x, x)));
  const deviation = t.apply(
    "sqrt",
    t.add(t.div(squares, count), t.constant(eps)),
  );
  return from.map((x) => t.div(x, deviation));
}

const layerOf = (
  name: "layerNorm" | "rmsNorm",
  standard: number,
): Operator => ({
  name,
  attributes: {
    axes: ["omitted", "last", "two"],
    eps: ["omitted", "0.1"],
    affine: ["omitted", "true", "false"],
    ...(name === "layerNorm" && { bias: ["omitted", "true", "false"] }),
  },
  rank: 1,
  draw: (d) => {
    const axes = d.choose("axes");
    const count = axes === "two" ? 2 : 1;
    const x = d.value(count);
    const shape = x.shape.slice(-count);
    const flag = (key: string): boolean | undefined => {
      const chosen = d.choose(key);
      return chosen === "omitted" ? undefined : chosen === "true";
    };
    const affine = flag("affine");
    const bias = name === "layerNorm" ? flag("bias") : false;
    const eps = d.choose("eps") === "omitted" ? undefined : 0.1;
    const options = optionsOf({
      eps,
      affine,
      bias: name === "layerNorm" ? bias : undefined,
      normalizedShape: axes === "omitted" ? undefined : shape,
    });
    const over = shape.map((_, i) => x.shape.length - count + i);
    return d.call([x, options], (c) => {
      const { tape: t } = c;
      const y = alongGrid(c.of(x), over, (ids) =>
        normalized(t, ids, name === "layerNorm", eps ?? standard),
      );
      if (affine === false) return y;
      const weight = c.own("weight", shape);
      const shift = bias === false ? undefined : c.own("bias", shape);
      const size = sizeOf(shape);
      const ids = y.ids.map((id, i) => {
        const scaled = t.mul(weight.ids[i % size] as Id, id);
        return shift === undefined
          ? scaled
          : t.add(scaled, shift.ids[i % size] as Id);
      });
      return { shape: y.shape, ids };
    });
  },
});

const glu: Operator = {
  name: "glu",
  attributes: { axis: ["omitted", "first", "last", "negative"] },
  rank: 1,
  draw: (d) => {
    const even = (n: number | undefined): boolean => (n ?? 1) % 2 === 0;
    const x = d.value(1, {
      fits: (v) => v.shape.every(even),
      shape: () => [2, 4].slice(d.roll(2)),
    });
    const rank = x.shape.length;
    const axis = d.axis(rank, "axis");
    const along = fromFront(axis ?? -1, rank);
    const half = (x.shape[along] as number) / 2;
    return d.call([x, axis], ({ tape: t, of }) =>
      gridOf(x.shape.with(along, half), (p) => {
        const gate = at(of(x), p.with(along, (p[along] as number) + half));
        return t.mul(at(of(x), p), t.apply("sigmoid", gate));
      }),
    );
  },
};

/** One value for the batch of one for each example. */
const acrossBatch = (
  name: string,
  meaning: (t: Tape, ids: readonly Id[]) => Id,
): Operator => ({
  name,
  draw: (d) => {
    if (!d.batched) return undefined;
    const x = d.value(0, {
      fits: (v) => v.batched,
      kind: "input",
    });
    if (!x.batched) return undefined;
    return d.call(
      [x],
      (c) => {
        const all = c.all(x);
        const [first] = all as [Grid];
        const ids = first.ids.map((_, i) =>
          meaning(
            c.tape,
            all.map((g) => g.ids[i] as Id),
          ),
        );
        return { shape: first.shape, ids };
      },
      { whole: true, crosses: true },
    );
  },
});

/** dy/dx as a value: y is the sum over the examples where x is the same for all of them. */
const gradientRow: Operator = {
  name: "gradient",
  draw: (d) => {
    const x = d.value();
    const curve = d.append(d.pick(["tanh", "sin", "square", "sigmoid"]), [x]);
    const weights = d.leaf(x.shape);
    const y = d.append("sum", [d.append("mul", [curve, weights])]);
    const summed = y.batched && !x.batched;
    const meaning = (c: Context): Grid => {
      const [first] = c.all(y) as [Grid];
      const total = c.tape.sum(c.all(y).map((g) => g.ids[0] as Id));
      return summed
        ? c.derive({ ...first, ids: [total] }, c.of(x))
        : c.derive(c.of(y), c.of(x));
    };
    return d.call([y, [x]], meaning, {
      pick: 0,
      ...(summed && { whole: true, crosses: true }),
    });
  },
};

export const normalizations: readonly Operator[] = [
  layerOf("layerNorm", 1e-5),
  layerOf("rmsNorm", Number.EPSILON),
  glu,
  acrossBatch("batchSum", (t, ids) => t.sum(ids)),
  acrossBatch("batchMean", (t, ids) =>
    t.div(t.sum(ids), t.constant(ids.length)),
  ),
  acrossBatch("batchMax", (t, ids) => t.extreme("largest", ids)),
  gradientRow,
];
