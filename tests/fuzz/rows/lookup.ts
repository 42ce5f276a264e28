/** Functions that indices choose for, sums of products by equation, and what is divided by its norm. */
import {
  alongGrid,
  at,
  broadcastAt,
  broadcastShapes,
  fromFront,
  gridOf,
  pointsOf,
  reduceGrid,
  sizeOf,
  type Grid,
} from "../../oracles/grid.js";
import type { Id, Tape } from "../../oracles/tape.js";
import type { Draft } from "../draft.js";
import type { Operator } from "../operator.js";
import type { Context, Value } from "../program.js";
import { optionsOf } from "./losses.js";

const axisChoices = ["first", "last", "negative"];

/** An index at every place of `shape`, of each example or of all. */
const indicesFor = (
  d: Draft,
  shape: readonly number[],
  classes: number,
  batched: boolean,
): Value => d.indices(shape, classes, batched && d.chance(70));

const gather: Operator = {
  name: "gather",
  attributes: { axis: axisChoices, others: ["all", "fewer"] },
  rank: 1,
  draw: (d) => {
    const x = d.value(1);
    const rank = x.shape.length;
    const given = d.axis(rank, "axis") ?? 0;
    const axis = fromFront(given, rank);
    const fewer = d.choose("others") === "fewer";
    const shape = x.shape.map((n, i) =>
      i === axis ? 1 + d.roll(3) : fewer ? 1 + d.roll(n) : n,
    );
    const ids = indicesFor(d, shape, x.shape[axis] as number, d.batched);
    return d.call([x, given, ids], (c) => {
      let k = 0;
      const list = c.integers(ids);
      return gridOf(shape, (p) =>
        at(c.of(x), p.with(axis, list[k++] as number)),
      );
    });
  },
};

const indexSelect: Operator = {
  name: "indexSelect",
  attributes: { axis: axisChoices },
  rank: 1,
  draw: (d) => {
    const x = d.value(1);
    const rank = x.shape.length;
    const given = d.axis(rank, "axis") ?? 0;
    const axis = fromFront(given, rank);
    const count = 1 + d.roll(4);
    const ids = indicesFor(d, [count], x.shape[axis] as number, d.batched);
    return d.call([x, given, ids], (c) =>
      gridOf(x.shape.with(axis, count), (p) =>
        at(c.of(x), p.with(axis, c.integers(ids)[p[axis] as number] as number)),
      ),
    );
  },
};

/** Rows of a table; that of the padding index is not derived by. */
function rows(
  c: Context,
  table: Grid,
  ids: Value,
  padding: number | undefined,
): Grid {
  const [count = 1, ...row] = table.shape;
  const own = padding === undefined ? undefined : fromFront(padding, count);
  const width = sizeOf(row);
  const all = c
    .integers(ids)
    .flatMap((k) =>
      table.ids
        .slice(k * width, (k + 1) * width)
        .map((id) => (k === own ? c.tape.apply("hold", id) : id)),
    );
  return { shape: [...ids.shape, ...row], ids: all };
}

const paddings = ["omitted", "front", "negative"];
const paddingOf = (d: Draft, count: number): number | undefined => {
  const chosen = d.choose("paddingIndex");
  if (chosen === "omitted") return undefined;
  return d.roll(count) - (chosen === "negative" ? count : 0);
};

const lookup: Operator = {
  name: "lookup",
  attributes: { paddingIndex: paddings },
  rank: 1,
  draw: (d) => {
    const table = d.value(1, { fits: (v) => sizeOf(v.shape) <= 24 });
    const count = table.shape[0] as number;
    const paddingIndex = paddingOf(d, count);
    const ids = indicesFor(d, d.pick([[], [2], [1, 3]]), count, d.batched);
    return d.call([table, ids, optionsOf({ paddingIndex })], (c) =>
      rows(c, c.of(table), ids, paddingIndex),
    );
  },
};

const layer = (name: "embedding" | "embeddingTable"): Operator => ({
  name,
  attributes: { paddingIndex: paddings },
  source: true,
  least: 1,
  draw: (d) => {
    const [count, features] = [2 + d.roll(4), 1 + d.roll(3)];
    const paddingIndex = paddingOf(d, count);
    const ids = indicesFor(d, d.pick([[], [3], [2, 2]]), count, d.batched);
    const options = optionsOf({ paddingIndex });
    return d.call(
      name === "embedding"
        ? [ids, count, features, options]
        : [count, features, options],
      (c) => rows(c, c.own("weight", [count, features]), ids, paddingIndex),
      name === "embedding" ? {} : { on: [ids] },
    );
  },
});

const oneHot: Operator = {
  name: "oneHot",
  attributes: { classes: ["as declared", "more"] },
  source: true,
  least: 1,
  draw: (d) => {
    const classes = 1 + d.roll(4);
    const count = classes + (d.choose("classes") === "more" ? 2 : 0);
    const ids = indicesFor(d, d.pick([[], [3], [2, 2]]), classes, d.batched);
    return d.call([ids, count], (c) => {
      const list = c.integers(ids);
      const entries = list.flatMap((k) =>
        Array.from({ length: count }, (_, i) =>
          c.tape.constant(i === k ? 1 : 0),
        ),
      );
      return { shape: [...ids.shape, count], ids: entries };
    });
  },
};

/** Equations, and what dots stand for. */
const equations = [
  "ij,jk->ik",
  "ij,jk",
  "ji",
  "ii->i",
  "ii",
  "iji->ji",
  "i,ij,j->",
  "bi,bj->bij",
  "ij,ij,ij->j",
  "ij,k->i",
  "...ij,jk->...ik",
] as const;

const einsum: Operator = {
  name: "einsum",
  attributes: { equation: equations },
  rank: 1,
  draw: (d) => {
    const equation = d.choose("equation");
    const spelled = equation.replaceAll("...", "z");
    const [input = "", given] = spelled.split("->");
    const terms = input.split(",");
    const sizes = new Map<string, number>();
    const shapeOf = (letters: string): number[] =>
      Array.from(letters, (c) => {
        if (!sizes.has(c)) sizes.set(c, 1 + d.roll(3));
        return sizes.get(c) as number;
      });
    const operands = terms.map((letters, k) => {
      if (k > 0) return d.exactly(shapeOf(letters));
      // The first operand says how long its axes are, those of one letter alike.
      const x = d.value(letters.length, {
        fits: ({ shape }) =>
          shape.length === letters.length &&
          sizeOf(shape) <= 16 &&
          Array.from(letters).every(
            (c, i) => shape[i] === shape[letters.indexOf(c)],
          ),
        shape: () => shapeOf(letters),
      });
      Array.from(letters).forEach((c, i) => sizes.set(c, x.shape[i] as number));
      return x;
    });
    const letters = Array.from(input.replaceAll(",", ""));
    const once = letters.filter(
      (c) => letters.indexOf(c) === letters.lastIndexOf(c),
    );
    const output = Array.from(given ?? once.sort().join(""));
    const summed = [...new Set(letters)].filter((c) => !output.includes(c));
    return d.call(
      [equation, ...operands],
      (c) => {
        const length = (all: readonly string[]): number[] =>
          all.map((k) => sizes.get(k) as number);
        return gridOf(length(output), (p) =>
          c.tape.sum(
            pointsOf(length(summed)).map((q) => {
              const place = (letter: string): number =>
                (output.includes(letter)
                  ? p[output.indexOf(letter)]
                  : q[summed.indexOf(letter)]) as number;
              return operands
                .map((x, i) =>
                  at(c.of(x), Array.from(terms[i] as string, place)),
                )
                .reduce(c.tape.mul);
            }),
          ),
        );
      },
      { untyped: equation.includes(".") },
    );
  },
};

const bilinear: Operator = {
  name: "bilinear",
  attributes: { bias: ["omitted", "true", "false"] },
  rank: 1,
  least: 1,
  draw: (d) => {
    const a = d.value(1, { fits: (v) => sizeOf(v.shape) <= 16 });
    const b = d.exactly([...a.shape.slice(0, -1), 1 + d.roll(3)]);
    const [m, n] = [a.shape.at(-1) as number, b.shape.at(-1) as number];
    const outs = 1 + d.roll(2);
    const chosen = d.choose("bias");
    const options =
      chosen === "omitted" ? undefined : { bias: chosen === "true" };
    return d.call([a, b, outs, options], (c) => {
      const { tape: t } = c;
      const weight = c.own("weight", [outs, m, n]);
      const bias = chosen === "false" ? undefined : c.own("bias", [outs]);
      return gridOf(a.shape.with(-1, outs), (p) => {
        const o = p.at(-1) as number;
        const terms = pointsOf([m, n]).map(([i, j]) =>
          t.mul(
            t.mul(
              at(weight, [o, i as number, j as number]),
              at(c.of(a), p.with(-1, i as number)),
            ),
            at(c.of(b), p.with(-1, j as number)),
          ),
        );
        const sum = t.sum(terms);
        return bias === undefined ? sum : t.add(sum, bias.ids[o] as Id);
      });
    });
  },
};

/** Each over the length of all, or over eps where that is smaller. */
function unit(t: Tape, ids: readonly Id[], eps: number): Id[] {
  const sizes = ids.map((x) => t.either("largest", x, t.apply("neg", x)));
  const top = t.extreme("largest", sizes);
  const zero = t.apply("equal", top, t.constant(0));
  const infinite = t.apply("equal", top, t.constant(Infinity));
  const odd = t.select(zero, t.constant(1), infinite);
  const scale = t.apply("hold", t.select(odd, t.constant(1), top));
  const squares = t.sum(
    ids.map((x) => {
      const y = t.div(x, scale);
      return t.mul(y, y);
    }),
  );
  const length = t.mul(scale, t.apply("root", squares));
  const least = t.constant(eps);
  const divisor = t.select(t.apply("less", length, least), least, length);
  return ids.map((x) => t.div(x, divisor));
}

const normalize: Operator = {
  name: "normalize",
  attributes: {
    axis: ["omitted", ...axisChoices],
    eps: ["omitted", "0.5"],
  },
  rank: 1,
  draw: (d) => {
    const x = d.value(1);
    const rank = x.shape.length;
    const axis = d.axis(rank, "axis");
    const eps = d.choose("eps") === "omitted" ? undefined : 0.5;
    return d.call([x, axis, optionsOf({ eps })], (c) =>
      alongGrid(c.of(x), [fromFront(axis ?? -1, rank)], (ids) =>
        unit(c.tape, ids, eps ?? 1e-12),
      ),
    );
  },
};

const cosineSimilarity: Operator = {
  name: "cosineSimilarity",
  attributes: {
    axis: ["omitted", ...axisChoices],
    eps: ["omitted", "0.5"],
    operands: ["alike", "broadcast"],
  },
  rank: 1,
  draw: (d) => {
    const a = d.value(1);
    const b =
      d.choose("operands") === "alike"
        ? d.exactly(a.shape)
        : d.broadcast(a.shape);
    const shape = broadcastShapes([a.shape, b.shape]);
    const axis = d.axis(shape.length, "axis");
    const eps = d.choose("eps") === "omitted" ? undefined : 0.5;
    const over = [fromFront(axis ?? -1, shape.length)];
    return d.call([a, b, axis, optionsOf({ eps })], (c) => {
      const { tape: t } = c;
      const spread = (v: Value): Grid =>
        alongGrid(
          gridOf(shape, (p) => broadcastAt(c.of(v), p)),
          over,
          (ids) => unit(t, ids, eps ?? 1e-8),
        );
      const [u, v] = [spread(a), spread(b)];
      const ids = u.ids.map((x, i) => t.mul(x, v.ids[i] as Id));
      return reduceGrid({ shape, ids }, over, false, (all) => t.sum(all));
    });
  },
};

export const lookups: readonly Operator[] = [
  gather,
  indexSelect,
  lookup,
  layer("embedding"),
  layer("embeddingTable"),
  oneHot,
  einsum,
  bilinear,
  normalize,
  cosineSimilarity,
];
