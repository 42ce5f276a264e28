/** Functions that put entries into other places. */
import {
  at,
  broadcastAt,
  fromFront,
  gridOf,
  sizeOf,
  type Grid,
} from "../../oracles/grid.js";
import type { Operator } from "../operator.js";
import type { Value } from "../program.js";

/** A shape with as many entries: neighbours multiplied together, others taken apart. */
function regrouped(
  shape: readonly number[],
  roll: (n: number) => number,
): number[] {
  const factors = shape.flatMap((d) => (d === 4 ? [2, 2] : [d]));
  const groups: number[] = [];
  for (const f of factors)
    if (groups.length === 0 || roll(2) === 0) groups.push(f);
    else groups.push((groups.pop() as number) * f);
  if (roll(4) === 0) groups.splice(roll(groups.length + 1), 0, 1);
  return groups.slice(0, 5);
}

const reshape: Operator = {
  name: "reshape",
  attributes: { ranks: ["fewer", "same", "more"] },
  draw: (d) => {
    const x = d.value();
    const choice = d.choose("ranks");
    const rank = x.shape.length;
    for (let tries = 0; tries < 12; tries++) {
      const shape = regrouped(x.shape, d.roll);
      const kind =
        shape.length < rank ? "fewer" : shape.length > rank ? "more" : "same";
      if (kind === choice && sizeOf(shape) === sizeOf(x.shape))
        return d.call([x, shape], (c) => ({ shape, ids: c.of(x).ids }));
    }
    return undefined;
  },
};

const flatten: Operator = {
  name: "flatten",
  attributes: { start: ["omitted", "first", "last", "negative"] },
  draw: (d) => {
    const x = d.value();
    const rank = x.shape.length;
    const start = d.axis(rank, "start");
    const from = fromFront(start ?? 0, rank);
    return d.call([x, start], (c) => ({
      shape: [...x.shape.slice(0, from), sizeOf(x.shape.slice(from))],
      ids: c.of(x).ids,
    }));
  },
};

const squeeze: Operator = {
  name: "squeeze",
  attributes: { axis: ["front", "negative"] },
  rank: 1,
  draw: (d) => {
    const x = d.value(1, {
      fits: (v) => v.shape.includes(1),
      shape: () => d.random.shuffled([1, 2 + d.roll(2), 1 + d.roll(3)]),
    });
    const axis = x.shape.indexOf(1);
    const given = d.choose("axis") === "front" ? axis : axis - x.shape.length;
    return d.call([x, given], (c) => ({
      shape: c.of(x).shape.filter((_, i) => i !== axis),
      ids: c.of(x).ids,
    }));
  },
};

const unsqueeze: Operator = {
  name: "unsqueeze",
  attributes: { axis: ["first", "last", "negative"] },
  draw: (d) => {
    const x = d.value(0, { fits: (v) => v.shape.length < 5 });
    const rank = x.shape.length + 1;
    const given = d.axis(rank, "axis") ?? 0;
    const axis = fromFront(given, rank);
    return d.call([x, given], (c) => ({
      shape: c.of(x).shape.toSpliced(axis, 0, 1),
      ids: c.of(x).ids,
    }));
  },
};

const expand: Operator = {
  name: "expand",
  attributes: { repeats: ["new axes", "axes of length 1", "nothing"] },
  draw: (d) => {
    const choice = d.choose("repeats");
    const ones = choice === "axes of length 1";
    const x = d.value(ones ? 1 : 0, {
      fits: (v) =>
        (!ones || v.shape.includes(1)) &&
        sizeOf(v.shape) <= 16 &&
        v.shape.length < 4,
      shape: () => [1, 1 + d.roll(3)],
    });
    const grown = x.shape.map((n) => (ones && n === 1 ? 2 + d.roll(2) : n));
    const shape = choice === "new axes" ? [2 + d.roll(2), ...grown] : grown;
    return d.call([x, shape], (c) =>
      gridOf(shape, (p) => broadcastAt(c.of(x), p)),
    );
  },
};

/** Axis i of the result is axis order[i] of x. */
function permuted(x: Grid, order: readonly number[]): Grid {
  const shape = order.map((i) => x.shape[i] as number);
  return gridOf(shape, (p) =>
    at(
      x,
      order.map((_, axis) => p[order.indexOf(axis)] as number),
    ),
  );
}

const transpose: Operator = {
  name: "transpose",
  attributes: { axes: ["omitted", "front", "negative"] },
  rank: 2,
  draw: (d) => {
    const x = d.value(2);
    const rank = x.shape.length;
    const choice = d.choose("axes");
    const [a, b] =
      choice === "omitted"
        ? [rank - 2, rank - 1]
        : [d.roll(rank), d.roll(rank)];
    const order = x.shape.map((_, i) => (i === a ? b : i === b ? a : i));
    const back = choice === "negative" ? rank : 0;
    const axes = choice === "omitted" ? [] : [a - back, b - back];
    return d.call([x, ...axes], (c) => permuted(c.of(x), order));
  },
};

const permute: Operator = {
  name: "permute",
  attributes: { order: ["identity", "other", "negative"] },
  draw: (d) => {
    const choice = d.choose("order");
    const x = d.value(choice === "identity" ? 0 : 2);
    const own = x.shape.map((_, i) => i);
    const order = choice === "identity" ? own : d.random.shuffled(own);
    const given =
      choice === "negative" ? order.map((i) => i - own.length) : order;
    return d.call([x, given], (c) => permuted(c.of(x), order));
  },
};

const slice: Operator = {
  name: "slice",
  attributes: {
    axis: ["first", "last", "negative"],
    step: ["omitted", "1", "2", "3"],
    window: ["start", "inside", "end", "all"],
  },
  rank: 1,
  draw: (d) => {
    const x = d.value(1);
    const rank = x.shape.length;
    const given = d.axis(rank, "axis") ?? 0;
    const axis = fromFront(given, rank);
    const length = x.shape[axis] as number;
    const window = d.choose("window");
    const start =
      window === "start" || window === "all"
        ? 0
        : Math.min(length - 1, 1 + d.roll(length));
    const end =
      window === "end" || window === "all"
        ? length
        : start + 1 + d.roll(length - start);
    const chosen = d.choose("step");
    const step = chosen === "omitted" ? undefined : Number(chosen);
    const count = Math.ceil((end - start) / (step ?? 1));
    return d.call([x, given, start, end, step], (c) =>
      gridOf(
        x.shape.map((n, i) => (i === axis ? count : n)),
        (p) =>
          at(
            c.of(x),
            p.map((k, i) => (i === axis ? start + k * (step ?? 1) : k)),
          ),
      ),
    );
  },
};

const select: Operator = {
  name: "select",
  attributes: {
    axis: ["first", "last", "negative"],
    index: ["front", "negative"],
  },
  rank: 1,
  draw: (d) => {
    const x = d.value(1);
    const rank = x.shape.length;
    const given = d.axis(rank, "axis") ?? 0;
    const axis = fromFront(given, rank);
    const length = x.shape[axis] as number;
    const index = d.roll(length);
    const written = d.choose("index") === "front" ? index : index - length;
    return d.call([x, given, written], (c) =>
      gridOf(
        x.shape.filter((_, i) => i !== axis),
        (p) => at(c.of(x), p.toSpliced(axis, 0, index)),
      ),
    );
  },
};

const split: Operator = {
  name: "split",
  attributes: {
    axis: ["omitted", "first", "last", "negative"],
    part: ["first", "last", "whole"],
  },
  rank: 1,
  draw: (d) => {
    const x = d.value(1);
    const rank = x.shape.length;
    const given = d.axis(rank, "axis");
    const axis = fromFront(given ?? 0, rank);
    const length = x.shape[axis] as number;
    const part = d.choose("part", length === 1 ? ["first", "last"] : []);
    const cut = length === 1 ? 1 : 1 + d.roll(length - 1);
    const sizes = part === "whole" ? [length] : [cut, length - cut];
    const pick = part === "last" ? 1 : 0;
    const start = part === "last" ? cut : 0;
    return d.call(
      [x, sizes, given],
      (c) =>
        gridOf(
          x.shape.map((n, i) => (i === axis ? (sizes[pick] as number) : n)),
          (p) =>
            at(
              c.of(x),
              p.map((k, i) => (i === axis ? k + start : k)),
            ),
        ),
      { pick },
    );
  },
};

/** Parts that have the same length but along one axis, and one more of the pool's choice among them. */
const concat: Operator = {
  name: "concat",
  attributes: {
    axis: ["omitted", "first", "last", "negative"],
    parts: ["1", "2", "3"],
  },
  rank: 1,
  draw: (d) => {
    const x = d.value(1, { fits: (v) => sizeOf(v.shape) <= 24 });
    const rank = x.shape.length;
    const given = d.axis(rank, "axis");
    const axis = fromFront(given ?? 0, rank);
    const count = Number(d.choose("parts"));
    const others = Array.from({ length: count - 1 }, () =>
      d.value(rank, {
        fits: (v) =>
          v.shape.length === rank &&
          v.shape.every((n, i) => i === axis || n === x.shape[i]) &&
          (v.shape[axis] as number) <= 4,
        shape: () => x.shape.map((n, i) => (i === axis ? 1 + d.roll(3) : n)),
      }),
    );
    const parts = d.random.shuffled([x, ...others]);
    const total = parts.reduce((n, v) => n + (v.shape[axis] as number), 0);
    return d.call([parts, given], (c) =>
      gridOf(
        x.shape.map((n, i) => (i === axis ? total : n)),
        (p) => {
          let k = p[axis] as number;
          for (const part of parts) {
            const length = part.shape[axis] as number;
            if (k < length) return at(c.of(part), p.with(axis, k));
            k -= length;
          }
          throw new RangeError("beyond the last part");
        },
      ),
    );
  },
};

const stack: Operator = {
  name: "stack",
  attributes: {
    axis: ["omitted", "first", "last", "negative"],
    parts: ["1", "2", "3"],
  },
  draw: (d) => {
    const x = d.value(0, {
      fits: (v) => sizeOf(v.shape) <= 16 && v.shape.length < 5,
    });
    const rank = x.shape.length + 1;
    const given = d.axis(rank, "axis");
    const axis = fromFront(given ?? 0, rank);
    const count = Number(d.choose("parts"));
    const parts = [
      x,
      ...Array.from({ length: count - 1 }, () => d.exactly(x.shape)),
    ];
    return d.call([parts, given], (c) =>
      gridOf(x.shape.toSpliced(axis, 0, count), (p) =>
        at(c.of(parts[p[axis] as number] as Value), p.toSpliced(axis, 1)),
      ),
    );
  },
};

export const movements: readonly Operator[] = [
  reshape,
  flatten,
  squeeze,
  unsqueeze,
  expand,
  transpose,
  permute,
  slice,
  select,
  split,
  concat,
  stack,
];
