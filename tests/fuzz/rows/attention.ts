/** Attention, what it may see, and the layers made of it. */
import {
  alongGrid,
  at,
  gridOf,
  softmaxOf,
  type Grid,
} from "../../oracles/grid.js";
import type { Id, Tape } from "../../oracles/tape.js";
import type { Draft } from "../draft.js";
import type { Operator } from "../operator.js";
import type { Context, Value } from "../program.js";
import { optionsOf } from "./losses.js";
import { affine } from "./matrix.js";
import { normalized } from "./normalization.js";
import { flag, flags } from "./windows.js";

const later = (query: number, key: number): boolean => key > query;

/** softmax(scale q k^T + what is added) v over the last two axes. */
export function attended(
  t: Tape,
  [q, k, v]: readonly [Grid, Grid, Grid],
  scale: number,
  causal: boolean,
  added: (score: readonly number[]) => readonly Id[],
): Grid {
  const [features, keys] = [q.shape.at(-1) as number, k.shape.at(-2) as number];
  const axes = [...q.shape.slice(0, -1), keys];
  const scores = gridOf(axes, (p) => {
    const [i, j] = p.slice(-2) as [number, number];
    const lead = p.slice(0, -2);
    if (causal && later(i, j)) return t.constant(-Infinity);
    const products = Array.from({ length: features }, (_, e) =>
      t.mul(at(q, [...lead, i, e]), at(k, [...lead, j, e])),
    );
    const scaled = t.mul(t.sum(products), t.constant(scale));
    return added(p).reduce(t.add, scaled);
  });
  const weights = alongGrid(scores, [axes.length - 1], (ids) =>
    softmaxOf(t, ids),
  );
  return gridOf([...q.shape.slice(0, -1), v.shape.at(-1) as number], (p) => {
    const [i, e] = p.slice(-2) as [number, number];
    const lead = p.slice(0, -2);
    return t.sum(
      Array.from({ length: keys }, (_, j) =>
        t.mul(at(weights, [...lead, i, j]), at(v, [...lead, j, e])),
      ),
    );
  });
}

/** The entry of a mask, which broadcasts from its last axis, at a score. */
const maskAt = (mask: Grid, score: readonly number[]): Id =>
  at(
    mask,
    mask.shape.map((n, i) =>
      n === 1 ? 0 : (score[score.length - mask.shape.length + i] as number),
    ),
  );

const masks = ["omitted", "numbers", "causalMask"] as const;

/** A mask for scores of this shape. */
function maskFor(d: Draft, scores: readonly number[]): Value | undefined {
  const [queries, keys] = scores.slice(-2) as [number, number];
  const square = queries === keys;
  switch (d.choose("mask", square ? [] : ["causalMask"])) {
    case "numbers":
      return d.leaf(scores.slice(d.roll(scores.length)));
    case "causalMask":
      return d.append("causalMask", [queries]);
    default:
      return undefined;
  }
}

const causalMask: Operator = {
  name: "causalMask",
  source: true,
  of: ([length]) => ({
    args: [length],
    meaning: ({ tape: t }) =>
      gridOf([length as number, length as number], ([i = 0, j = 0]) =>
        t.constant(later(i, j) ? -Infinity : 0),
      ),
  }),
  draw: (d) => causalMask.of?.([1 + d.roll(4)]),
};

const scaledDotProductAttention: Operator = {
  name: "scaledDotProductAttention",
  attributes: { mask: masks, causal: flags, scale: ["omitted", "0.5"] },
  rank: 2,
  draw: (d) => {
    const q = d.value(2, { fits: (v) => v.shape.length < 4 });
    const lead = q.shape.slice(0, -2);
    const [queries, features] = q.shape.slice(-2) as [number, number];
    const keys = d.chance(50) ? queries : 1 + d.roll(3);
    const k = d.exactly([...lead, keys, features]);
    const v = d.exactly([...lead, keys, 1 + d.roll(3)]);
    const mask = maskFor(d, [...lead, queries, keys]);
    const causal = flag(d, "causal");
    const scale = d.choose("scale") === "omitted" ? undefined : 0.5;
    return d.call([q, k, v, optionsOf({ mask, causal, scale })], (c) =>
      attended(
        c.tape,
        [c.of(q), c.of(k), c.of(v)],
        scale ?? 1 / Math.sqrt(features),
        causal === true,
        (p) => (mask === undefined ? [] : [maskAt(c.of(mask), p)]),
      ),
    );
  },
};

/** Weight, and bias where there is one. */
type Affine = readonly [weight: Grid, bias: Grid | undefined];

/** Parameters of multi-head attention, as PyTorch calls them. */
const projectionsOf = (
  c: Context,
  features: number,
  bias: boolean,
  prefix: string,
): { readonly inside: Affine; readonly out: Affine } => {
  const own = (name: string, shape: readonly number[]): Grid =>
    c.own(`${prefix}${name}`, shape);
  const weight = own("in_proj_weight", [3 * features, features]);
  const shift = bias ? own("in_proj_bias", [3 * features]) : undefined;
  const outWeight = own("out_proj.weight", [features, features]);
  const outShift = bias ? own("out_proj.bias", [features]) : undefined;
  return { inside: [weight, shift], out: [outWeight, outShift] };
};

/** Every head attends with its slice of the features of the projected query, key and value. */
function inHeads(
  c: Context,
  [query, key, value]: readonly [Grid, Grid, Grid],
  own: ReturnType<typeof projectionsOf>,
  heads: number,
  causal: boolean,
  added: (score: readonly number[]) => readonly Id[],
): Grid {
  const { tape: t } = c;
  const features = query.shape.at(-1) as number;
  const width = features / heads;
  const [weight, shift] = own.inside;
  const rows = (x: Grid, k: number): Grid => {
    const from = k * features;
    const part = (g: Grid): Grid => {
      const row = g.ids.length / (3 * features);
      return {
        shape: g.shape.with(0, features),
        ids: g.ids.slice(from * row, (from + features) * row),
      };
    };
    return affine(t, x, part(weight), shift && part(shift));
  };
  const cut = (x: Grid): Grid => {
    const lead = x.shape.slice(0, -2);
    const length = x.shape.at(-2) as number;
    return gridOf([...lead, heads, length, width], (p) => {
      const [h, i, e] = p.slice(-3) as [number, number, number];
      return at(x, [...p.slice(0, -3), i, h * width + e]);
    });
  };
  const parts = [rows(query, 0), rows(key, 1), rows(value, 2)].map(cut);
  const y = attended(
    t,
    parts as [Grid, Grid, Grid],
    1 / Math.sqrt(width),
    causal,
    added,
  );
  const joined = gridOf(query.shape, (p) => {
    const [i, e] = p.slice(-2) as [number, number];
    return at(y, [...p.slice(0, -2), Math.floor(e / width), i, e % width]);
  });
  return affine(t, joined, ...own.out);
}

const headsOf = (d: Draft, features: number): number => {
  const even = features % 2 === 0;
  const chosen = d.choose("heads", features === 1 ? ["some"] : []);
  return chosen === "one" ? 1 : even && d.chance(60) ? 2 : features;
};

const tokens = (d: Draft): Value =>
  d.value(2, {
    fits: (v) => v.shape.length < 4 && (v.shape.at(-1) as number) <= 4,
    shape: () => [1 + d.roll(3), d.pick([2, 4, 3])],
  });

const multiHeadAttention: Operator = {
  name: "multiHeadAttention",
  attributes: {
    heads: ["one", "some"],
    bias: flags,
    causal: flags,
    mask: masks,
    key: ["omitted", "key", "key and value", "value"],
    keyPaddingMask: ["omitted", "some"],
  },
  rank: 2,
  least: 1,
  draw: (d) => {
    const x = tokens(d);
    const features = x.shape.at(-1) as number;
    const heads = headsOf(d, features);
    const chosen = d.choose("key");
    const length = 1 + d.roll(3);
    const other = x.shape.with(-2, length);
    const key = chosen.includes("key") ? d.exactly(other) : undefined;
    const value = chosen.includes("value")
      ? d.exactly(key?.shape ?? x.shape)
      : undefined;
    const from = key ?? x;
    const mask = maskFor(d, [
      ...x.shape.slice(0, -2),
      heads,
      x.shape.at(-2) as number,
      from.shape.at(-2) as number,
    ]);
    let padding: Value | undefined;
    if (d.choose("keyPaddingMask") === "some") {
      const marks = d.leaf(from.shape.slice(0, -1));
      // A query that sees nothing is no number: no row may be all padding.
      const visible = d.trace.all(marks).every((g) =>
        alongGrid(g, [g.shape.length - 1], (ids) => {
          const seen = ids.some((id) => d.trace.tape.value(id) >= -0.5);
          return ids.map(() => (seen ? 1 : 0));
        }).ids.every((seen) => seen === 1),
      );
      padding = d.append("less", [marks, visible ? -0.5 : -1e308]);
    }
    const bias = flag(d, "bias");
    const causal = flag(d, "causal");
    const uses = optionsOf({ key, value, mask, keyPaddingMask: padding });
    return d.call(
      [features, heads, optionsOf({ bias, causal })],
      (c) => {
        const { tape: t } = c;
        const own = projectionsOf(c, features, bias !== false, "");
        const operands = [x, from, value ?? from].map(c.of);
        return inHeads(
          c,
          operands as [Grid, Grid, Grid],
          own,
          heads,
          causal === true,
          (p) => [
            ...(mask === undefined ? [] : [maskAt(c.of(mask), p)]),
            ...(padding === undefined
              ? []
              : [
                  t.select(
                    at(c.of(padding), [...p.slice(0, -3), p.at(-1) as number]),
                    t.constant(-Infinity),
                    t.constant(0),
                  ),
                ]),
          ],
        );
      },
      { on: [x, uses] },
    );
  },
};

const transformerEncoderLayer: Operator = {
  name: "transformerEncoderLayer",
  attributes: {
    heads: ["one", "some"],
    activation: ["omitted", "relu", "gelu"],
    normFirst: flags,
    causal: flags,
    eps: ["omitted", "0.1"],
    mask: masks,
  },
  rank: 2,
  least: 1,
  draw: (d) => {
    const x = tokens(d);
    const features = x.shape.at(-1) as number;
    const heads = headsOf(d, features);
    const length = x.shape.at(-2) as number;
    const mask = maskFor(d, [...x.shape.slice(0, -2), heads, length, length]);
    const activation = d.choose("activation");
    const [normFirst, causal] = [flag(d, "normFirst"), flag(d, "causal")];
    const eps = d.choose("eps") === "omitted" ? undefined : 0.1;
    const options = optionsOf({
      feedForward: 2,
      activation: activation === "omitted" ? undefined : activation,
      normFirst,
      causal,
      eps,
    });
    return d.call(
      [features, heads, options],
      (c) => {
        const { tape: t } = c;
        const attention = projectionsOf(c, features, true, "self_attn.");
        const pair = (
          name: string,
          weight: readonly number[],
        ): [Grid, Grid] => [
          c.own(`${name}.weight`, weight),
          c.own(`${name}.bias`, weight.slice(0, 1)),
        ];
        const first = pair("linear1", [2, features]);
        const second = pair("linear2", [features, 2]);
        const norms = [pair("norm1", [features]), pair("norm2", [features])];
        const norm = (v: Grid, k: number): Grid => {
          const [weight, bias] = norms[k] as [Grid, Grid];
          const y = alongGrid(v, [v.shape.length - 1], (ids) =>
            normalized(t, ids, true, eps ?? 1e-5),
          );
          const ids = y.ids.map((id, i) =>
            t.add(
              t.mul(weight.ids[i % features] as Id, id),
              bias.ids[i % features] as Id,
            ),
          );
          return { shape: y.shape, ids };
        };
        const plus = (a: Grid, b: Grid): Grid => ({
          shape: a.shape,
          ids: a.ids.map((id, i) => t.add(id, b.ids[i] as Id)),
        });
        const attend = (v: Grid): Grid =>
          inHeads(c, [v, v, v], attention, heads, causal === true, (p) =>
            mask === undefined ? [] : [maskAt(c.of(mask), p)],
          );
        const curve = (id: Id): Id =>
          activation === "gelu"
            ? t.mul(
                t.mul(t.constant(0.5), id),
                t.add(
                  t.constant(1),
                  t.apply("erf", t.div(id, t.constant(Math.SQRT2))),
                ),
              )
            : t.select(
                t.apply("lessEqual", id, t.constant(0)),
                t.constant(0),
                id,
              );
        const fed = (v: Grid): Grid => {
          const z = affine(t, v, ...first);
          return affine(t, { ...z, ids: z.ids.map(curve) }, ...second);
        };
        const v = c.of(x);
        if (normFirst === true) {
          const h = plus(v, attend(norm(v, 0)));
          return plus(h, fed(norm(h, 1)));
        }
        const h = norm(plus(v, attend(v)), 0);
        return norm(plus(h, fed(h)), 1);
      },
      { on: [x, optionsOf({ mask })] },
    );
  },
};

const rotaryEmbedding: Operator = {
  name: "rotaryEmbedding",
  attributes: { base: ["omitted", "10"], start: ["omitted", "2"] },
  rank: 2,
  draw: (d) => {
    const even = (v: Value): boolean => (v.shape.at(-1) as number) % 2 === 0;
    const x = d.value(2, { fits: even, shape: () => [1 + d.roll(3), 2, 4] });
    const number = (name: string): number | undefined => {
      const chosen = d.choose(name);
      return chosen === "omitted" ? undefined : Number(chosen);
    };
    const [base, start] = [number("base"), number("start")];
    const features = x.shape.at(-1) as number;
    return d.call([x, optionsOf({ base, start })], ({ tape: t, of }) =>
      gridOf(x.shape, (p) => {
        const [place, e] = p.slice(-2) as [number, number];
        const pair = Math.floor(e / 2);
        const angle =
          (place + (start ?? 0)) * (base ?? 10000) ** ((-2 * pair) / features);
        const [a, b] = [0, 1].map((k) => at(of(x), p.with(-1, 2 * pair + k)));
        const cos = t.apply("cos", t.constant(angle));
        const sin = t.apply("sin", t.constant(angle));
        return e % 2 === 0
          ? t.sub(t.mul(a as Id, cos), t.mul(b as Id, sin))
          : t.add(t.mul(b as Id, cos), t.mul(a as Id, sin));
      }),
    );
  },
};

export const attentions: readonly Operator[] = [
  causalMask,
  scaledDotProductAttention,
  multiHeadAttention,
  transformerEncoderLayer,
  rotaryEmbedding,
];
