/** A step again and again along the leading axis: written out, or as a loop. */
import { gridOf, at, broadcastAt, type Grid } from "../../oracles/grid.js";
import type { Id, Tape } from "../../oracles/tape.js";
import type { Draft } from "../draft.js";
import type { Operator } from "../operator.js";
import type { Code, Context, Value } from "../program.js";

/** What a step makes of the carries and an entry. */
interface Stepped {
  readonly carry: readonly Grid[];
  readonly output: Grid;
}

/** A step as it is written, and what it means. */
interface Body {
  /** The carry that the first step gets, as an argument. */
  readonly init: Value | readonly Value[] | Readonly<Record<string, Value>>;
  readonly first: readonly Value[];
  readonly step: Code;
  readonly meaning: (
    c: Context,
  ) => (carry: readonly Grid[], entry: Grid) => Stepped;
  /** How the last carry is picked: of a record or a list one of its parts. */
  readonly carry: string;
}

const zip = (a: Grid, b: Grid, f: (x: Id, y: Id) => Id): Grid =>
  gridOf(a.shape, (p) => f(at(a, p), broadcastAt(b, p)));

const each = (a: Grid, f: (x: Id) => Id): Grid => ({
  shape: a.shape,
  ids: a.ids.map(f),
});

/** One product of a matrix and a vector. */
const times = (t: Tape, w: Grid, x: Grid): Grid =>
  gridOf([w.shape[0] as number], ([i = 0]) =>
    t.sum(x.ids.map((id, k) => t.mul(at(w, [i, k]), id))),
  );

const bodies: Readonly<Record<string, (d: Draft, entry: number[]) => Body>> = {
  // One carry, one value from outside, and an output that is not the carry.
  entrywise: (d, entry) => {
    const [start, w] = [d.exactly(entry), d.exactly(entry)];
    return {
      init: start,
      first: [start],
      carry: "carry",
      step: {
        reads: [w],
        code: (name) =>
          `(h, x) => { const next = tanh(add(mul(h, ${name}), x)); return { carry: next, output: mul(next, h) }; }`,
      },
      meaning: (c) => {
        const { tape: t } = c;
        return ([h], x) => {
          const scaled = zip(h as Grid, c.of(w), t.mul);
          const next = each(zip(scaled, x, t.add), (id) => t.apply("tanh", id));
          return { carry: [next], output: zip(next, h as Grid, t.mul) };
        };
      },
    };
  },
  // A product with a matrix from outside: a sum over the steps for its cotangent.
  matrix: (d, entry) => {
    const n = entry.at(-1) as number;
    const [start, w] = [d.exactly([n]), d.exactly([n, n])];
    return {
      init: [start],
      first: [start],
      carry: "carry[0]",
      step: {
        reads: [w],
        code: (name) =>
          `([h], x) => { const next = sigmoid(add(matmul(${name}, h), x)); return { carry: [next], output: next }; }`,
      },
      meaning: (c) => {
        const { tape: t } = c;
        return ([h], x) => {
          const product = times(t, c.of(w), h as Grid);
          const next = each(zip(product, x, t.add), (id) =>
            t.apply("sigmoid", id),
          );
          return { carry: [next], output: next };
        };
      },
    };
  },
  // Two carries that read each other, and a number as the output.
  record: (d, entry) => {
    const [total, last] = [d.exactly([]), d.exactly(entry)];
    const part = d.pick(["total", "last"]);
    return {
      init: { total, last },
      first: [total, last],
      carry: `carry.${part}`,
      step: {
        reads: [],
        code: () =>
          "(s, x) => { const e = sub(x, s.last); const total = add(s.total, sum(square(e))); const last = tanh(add(x, total)); return { carry: { total, last }, output: total }; }",
      },
      meaning:
        ({ tape: t }) =>
        ([before, last], x) => {
          const e = zip(x, last as Grid, t.sub);
          const squares = t.sum(e.ids.map((id) => t.mul(id, id)));
          const next = t.add((before as Grid).ids[0] as Id, squares);
          const grid = { shape: [], ids: [next] };
          const kept = each(x, (id) => t.apply("tanh", t.add(id, next)));
          return { carry: [grid, kept], output: grid };
        },
    };
  },
};

const loop = (name: "unroll" | "scan"): Operator => ({
  name,
  attributes: {
    step: Object.keys(bodies),
    result: ["carry", "outputs"],
  },
  rank: 1,
  draw: (d) => {
    const step = d.choose("step");
    const matrix = step === "matrix";
    const few = (v: Value): boolean =>
      v.shape.reduce((n, k) => n * k, 1) <= 12 &&
      (!matrix || v.shape.length === 2);
    const xs = d.value(matrix ? 2 : 1, {
      fits: few,
      shape: () => d.shape(matrix ? 2 : 1 + d.roll(2)),
    });
    const body = bodies[step]?.(d, xs.shape.slice(1));
    if (body === undefined) return undefined;
    // A loop's carries are of each example from the start, or never.
    const batched = [xs, ...body.first].some((v) => v.batched);
    if (name === "scan" && !batched && body.step.reads.some((v) => v.batched))
      return undefined;
    const result = d.choose("result");
    return d.call(
      [xs, body.init, body.step],
      (c) => {
        const run = body.meaning(c);
        const x = c.of(xs);
        const size = x.ids.length / (x.shape[0] as number);
        let carry: readonly Grid[] = body.first.map(c.of);
        const outputs = Array.from({ length: x.shape[0] as number }, (_, k) => {
          const ids = x.ids.slice(k * size, (k + 1) * size);
          const made = run(carry, { shape: x.shape.slice(1), ids });
          ({ carry } = made);
          return made.output;
        });
        const [first] = outputs as [Grid];
        if (result === "outputs")
          return {
            shape: [outputs.length, ...first.shape],
            ids: outputs.flatMap((g) => [...g.ids]),
          };
        return carry[body.carry === "carry.last" ? 1 : 0] as Grid;
      },
      { pick: result === "outputs" ? "outputs" : body.carry },
    );
  },
});

export const loops: readonly Operator[] = [loop("unroll"), loop("scan")];
