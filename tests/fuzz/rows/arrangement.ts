/** Functions that repeat, pad, turn and cut, and those that find a place or one entry. */
import {
  alongGrid,
  at,
  fromFront,
  gridOf,
  reduceGrid,
  sizeOf,
  type Grid,
} from "../../oracles/grid.js";
import type { Id, Tape } from "../../oracles/tape.js";
import type { Operator } from "../operator.js";
import { optionsOf } from "./losses.js";

const axisChoices = ["first", "last", "negative"];

const tile: Operator = {
  name: "tile",
  attributes: { repeats: ["once", "some"] },
  draw: (d) => {
    const x = d.value(0, { fits: (v) => sizeOf(v.shape) <= 12 });
    const some = d.choose("repeats", x.shape.length === 0 ? ["some"] : []);
    const repeats = x.shape.map(() => (some === "some" ? 1 + d.roll(2) : 1));
    return d.call([x, repeats], (c) =>
      gridOf(
        x.shape.map((n, i) => n * (repeats[i] as number)),
        (p) =>
          at(
            c.of(x),
            p.map((k, i) => k % (x.shape[i] as number)),
          ),
      ),
    );
  },
};

/** The entry of an axis of `n` that stands at place `k` in front of, on or behind it; undefined for a constant. */
function padded(mode: string, k: number, n: number): number | undefined {
  if (k >= 0 && k < n) return k;
  switch (mode) {
    case "reflect":
      return k < 0 ? -k : 2 * (n - 1) - k;
    case "replicate":
      return k < 0 ? 0 : n - 1;
    case "circular":
      return (k + n) % n;
    default:
      return undefined;
  }
}

const pad: Operator = {
  name: "pad",
  attributes: {
    mode: ["omitted", "constant", "reflect", "replicate", "circular"],
    value: ["omitted", "1.5"],
    pairs: ["one", "all"],
  },
  rank: 1,
  draw: (d) => {
    const x = d.value(1, { fits: (v) => sizeOf(v.shape) <= 16 });
    const rank = x.shape.length;
    const mode = d.choose("mode");
    const constant = mode === "omitted" || mode === "constant";
    const value = d.choose("value", constant ? [] : ["1.5"]);
    const count = d.choose("pairs") === "one" ? 1 : rank;
    const pairs = x.shape.map((n, axis) => {
      const reach = { reflect: n - 1, circular: n }[mode] ?? 2;
      const length = (): number =>
        rank - axis <= count ? d.roll(Math.min(reach, 2) + 1) : 0;
      return [length(), length()] as const;
    });
    const pads = pairs
      .slice(rank - count)
      .reverse()
      .flat();
    const options = optionsOf({
      mode: mode === "omitted" ? undefined : mode,
      value: value === "omitted" ? undefined : Number(value),
    });
    return d.call([x, pads, options], (c) =>
      gridOf(
        x.shape.map((n, i) => {
          const [before, after] = pairs[i] as readonly [number, number];
          return n + before + after;
        }),
        (p) => {
          const from = p.map((k, i) =>
            padded(mode, k - (pairs[i]?.[0] ?? 0), x.shape[i] as number),
          );
          return from.includes(undefined)
            ? c.tape.constant(value === "omitted" ? 0 : Number(value))
            : at(c.of(x), from as number[]);
        },
      ),
    );
  },
};

/** A row whose result has entry `from(place)` of one axis at each place. */
const moved = (
  name: string,
  draw: NonNullable<Operator["attributes"]>,
  args: (axis: number, shift: number) => readonly number[],
  from: (k: number, n: number, shift: number) => number,
): Operator => ({
  name,
  attributes: { axis: axisChoices, ...draw },
  rank: 1,
  draw: (d) => {
    const x = d.value(1);
    const rank = x.shape.length;
    const given = d.axis(rank, "axis") ?? 0;
    const axis = fromFront(given, rank);
    const n = x.shape[axis] as number;
    const shift =
      draw["shift"] === undefined ? 0 : Number(d.choose("shift")) * d.roll(9);
    return d.call([x, ...args(given, shift)], (c) =>
      gridOf(x.shape, (p) =>
        at(
          c.of(x),
          p.map((k, i) => (i === axis ? from(k, n, shift) : k)),
        ),
      ),
    );
  },
});

const triangle = (
  name: "tril" | "triu",
  keeps: (above: number, diagonal: number) => boolean,
): Operator => ({
  name,
  attributes: { diagonal: ["omitted", "-1", "0", "2"] },
  rank: 2,
  draw: (d) => {
    const x = d.value(2);
    const chosen = d.choose("diagonal");
    const diagonal = chosen === "omitted" ? undefined : Number(chosen);
    return d.call([x, diagonal], (c) =>
      gridOf(x.shape, (p) => {
        const [row, column] = p.slice(-2) as [number, number];
        return keeps(column - row, diagonal ?? 0)
          ? at(c.of(x), p)
          : c.tape.constant(0);
      }),
    );
  },
});

const diagonal: Operator = {
  name: "diagonal",
  attributes: {
    offset: ["omitted", "0", "below", "above"],
    axes: ["omitted", "front", "negative"],
  },
  rank: 2,
  draw: (d) => {
    const x = d.value(2);
    const rank = x.shape.length;
    const place = d.choose("offset");
    const axes = d.choose(
      "axes",
      place === "omitted" ? ["front", "negative"] : [],
    );
    const [a, b] =
      axes === "omitted"
        ? [0, 1]
        : (d.random.shuffled(x.shape.map((_, i) => i)).slice(0, 2) as [
            number,
            number,
          ]);
    const [rows, columns] = [x.shape[a] as number, x.shape[b] as number];
    const offset =
      place === "below"
        ? -d.roll(rows)
        : place === "above"
          ? d.roll(columns)
          : 0;
    const back = axes === "negative" ? rank : 0;
    const length = Math.min(
      rows + Math.min(offset, 0),
      columns - Math.max(offset, 0),
    );
    const others = x.shape.map((_, i) => i).filter((i) => i !== a && i !== b);
    const args = [
      ...(place === "omitted" ? [] : [offset]),
      ...(axes === "omitted" ? [] : [a - back, b - back]),
    ];
    return d.call([x, ...args], (c) =>
      gridOf([...others.map((i) => x.shape[i] as number), length], (p) => {
        const k = p.at(-1) as number;
        const point = x.shape.map((_, i) =>
          i === a
            ? k - Math.min(offset, 0)
            : i === b
              ? k + Math.max(offset, 0)
              : (p[others.indexOf(i)] as number),
        );
        return at(c.of(x), point);
      }),
    );
  },
};

const cumsum: Operator = {
  name: "cumsum",
  attributes: { axis: axisChoices },
  rank: 1,
  draw: (d) => {
    const x = d.value(1);
    const rank = x.shape.length;
    const given = d.axis(rank, "axis") ?? 0;
    return d.call([x, given], (c) =>
      alongGrid(c.of(x), [fromFront(given, rank)], (ids) =>
        ids.map((_, i) => c.tape.sum(ids.slice(0, i + 1))),
      ),
    );
  },
};

/** The value that `of` has for the first of the largest or smallest entries, the last value where none equals it. */
export function atFirst(
  t: Tape,
  by: "largest" | "smallest",
  ids: readonly Id[],
  of: (k: number) => Id,
  otherwise: Id,
): Id {
  const top = ids.reduce((best, x) => t.apply(by, best, x));
  return ids.reduceRight(
    (rest, x, k) => t.select(t.apply("equal", x, top), of(k), rest),
    otherwise,
  );
}

const extremeEntry = (
  name: "maxDim" | "minDim",
  by: "largest" | "smallest",
): Operator => ({
  name,
  attributes: { axis: axisChoices, keepdims: ["omitted", "true", "false"] },
  rank: 1,
  draw: (d) => {
    const x = d.value(1);
    const rank = x.shape.length;
    const given = d.axis(rank, "axis") ?? 0;
    const keep = d.choose("keepdims");
    const options =
      keep === "omitted" ? undefined : { keepdims: keep === "true" };
    return d.call([x, given, options], ({ tape: t, of }) =>
      reduceGrid(of(x), [fromFront(given, rank)], keep === "true", (ids) => {
        // Where one is not a number the first has the gradient of what is none.
        const none = ids.reduce((best, id) => t.apply(by, best, id));
        const odd = t.add(ids[0] as Id, t.apply("hold", none));
        return atFirst(t, by, ids, (k) => ids[k] as Id, odd);
      }),
    );
  },
});

const place = (
  name: "argmax" | "argmin",
  by: "largest" | "smallest",
): Operator => ({
  name,
  attributes: {
    axis: ["omitted", ...axisChoices],
    keepdims: ["omitted", "true", "false"],
  },
  rank: 1,
  draw: (d) => {
    // That of a number by itself does not depend on it.
    const x = d.value(1);
    const rank = x.shape.length;
    const given = d.axis(rank, "axis");
    const keep = d.choose("keepdims");
    const axes =
      given === undefined ? x.shape.map((_, i) => i) : [fromFront(given, rank)];
    const options =
      keep === "omitted" ? undefined : { keepdims: keep === "true" };
    return d.call([x, given, options], ({ tape: t, of }) =>
      reduceGrid(of(x), axes, keep === "true", (ids): Id =>
        atFirst(t, by, ids, (k) => t.constant(k), t.constant(0)),
      ),
    );
  },
});

/** The product of the entries, of which one along an axis. */
const product: Operator = {
  name: "prod",
  attributes: {
    axis: ["omitted", ...axisChoices],
    keepdims: ["omitted", "true", "false"],
  },
  draw: (d) => {
    const x = d.value(0, { domain: "small" });
    const rank = x.shape.length;
    const given = d.axis(rank, "axis");
    const keep = d.choose("keepdims");
    const axes =
      given === undefined ? x.shape.map((_, i) => i) : [fromFront(given, rank)];
    const options =
      keep === "omitted" ? undefined : { keepdims: keep === "true" };
    return d.call([x, given, options], ({ tape: t, of }): Grid =>
      reduceGrid(of(x), axes, keep === "true", (ids) => t.product(ids)),
    );
  },
};

export const arrangements: readonly Operator[] = [
  tile,
  pad,
  moved(
    "flip",
    {},
    (axis) => [axis],
    (k, n) => n - 1 - k,
  ),
  moved(
    "roll",
    { shift: ["0", "1", "-1"] },
    (axis, shift) => [shift, axis],
    (k, n, shift) => (((k - shift) % n) + n) % n,
  ),
  triangle("tril", (above, d) => above <= d),
  triangle("triu", (above, d) => above >= d),
  diagonal,
  cumsum,
  product,
  extremeEntry("maxDim", "largest"),
  extremeEntry("minDim", "smallest"),
  place("argmax", "largest"),
  place("argmin", "smallest"),
];
