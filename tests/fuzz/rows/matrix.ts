/** Products of matrices, and the layers made of them. */
import {
  broadcastAt,
  broadcastShapes,
  gridOf,
  at,
  type Grid,
} from "../../oracles/grid.js";
import type { Id, Tape } from "../../oracles/tape.js";
import type { Operator } from "../operator.js";
import { optionsOf } from "./losses.js";

/** The product of the last two axes; the axes before them broadcast, a vector is a row or a column. */
function product(t: Tape, a: Grid, b: Grid): Grid {
  const left = a.shape.length === 1 ? { ...a, shape: [1, ...a.shape] } : a;
  const right = b.shape.length === 1 ? { ...b, shape: [...b.shape, 1] } : b;
  const rows = left.shape.at(-2) as number;
  const columns = right.shape.at(-1) as number;
  const inner = left.shape.at(-1) as number;
  const lead = broadcastShapes([
    left.shape.slice(0, -2),
    right.shape.slice(0, -2),
  ]);
  const full = gridOf([...lead, rows, columns], (p) => {
    const [i, j] = p.slice(-2) as [number, number];
    const front = p.slice(0, -2);
    return t.sum(
      Array.from({ length: inner }, (_, k) =>
        t.mul(
          broadcastAt(left, [...front, i, k]),
          broadcastAt(right, [...front, k, j]),
        ),
      ),
    );
  });
  const shape = [
    ...lead,
    ...(a.shape.length === 1 ? [] : [rows]),
    ...(b.shape.length === 1 ? [] : [columns]),
  ];
  return { shape, ids: full.ids };
}

const matmul: Operator = {
  name: "matmul",
  attributes: {
    left: ["vector", "matrix", "batch of matrices"],
    right: ["vector", "matrix", "batch of matrices"],
  },
  rank: 1,
  draw: (d) => {
    const kinds = ["vector", "matrix", "batch of matrices"];
    const rankOf = (kind: string): number => kinds.indexOf(kind) + 1;
    const [left, right] = [rankOf(d.choose("left")), rankOf(d.choose("right"))];
    const a = d.value(left, {
      fits: (v) => v.shape.length === left,
      shape: () => d.shape(left),
    });
    const inner = a.shape.at(-1) as number;
    const lead =
      a.shape.length === 3 ? d.pick([a.shape[0] as number, 1]) : 1 + d.roll(3);
    const columns = 1 + d.roll(3);
    const shape = [[inner], [inner, columns], [lead, inner, columns]][
      right - 1
    ] as number[];
    const b = d.value(right, {
      fits: (v) =>
        v.shape.length === right &&
        v.shape.at(right === 1 ? -1 : -2) === inner &&
        (right < 3 ||
          left < 3 ||
          v.shape[0] === 1 ||
          a.shape[0] === 1 ||
          v.shape[0] === a.shape[0]),
      shape: () => shape,
    });
    return d.call([a, b], (c) => product(c.tape, c.of(a), c.of(b)));
  },
};

/** W x + b on the last axis. */
export const affine = (
  t: Tape,
  x: Grid,
  w: Grid,
  b: Grid | undefined,
): Grid => {
  const [outs, ins] = w.shape as [number, number];
  const y = gridOf([...x.shape.slice(0, -1), outs], (p) => {
    const o = p.at(-1) as number;
    const sum = t.sum(
      Array.from({ length: ins }, (_, i) =>
        t.mul(at(w, [o, i]), at(x, p.with(-1, i))),
      ),
    );
    return b === undefined ? sum : t.add(sum, b.ids[o] as Id);
  });
  t.tensor(y.ids);
  return y;
};

const layer = (name: "linear" | "dense"): Operator => ({
  name,
  attributes: { bias: ["omitted", "true", "false"] },
  rank: 1,
  least: 1,
  draw: (d) => {
    const x = d.value(1);
    const [ins, outs] = [x.shape.at(-1) as number, 1 + d.roll(4)];
    const chosen = d.choose("bias");
    const options =
      chosen === "omitted" ? undefined : { bias: chosen === "true" };
    return d.call(
      name === "linear" ? [x, outs, options] : [ins, outs, options],
      (c) => {
        const weight = c.own("weight", [outs, ins]);
        const bias = chosen === "false" ? undefined : c.own("bias", [outs]);
        return affine(c.tape, c.of(x), weight, bias);
      },
      name === "linear" ? {} : { on: [x] },
    );
  },
});

/** W x + b + alpha / rank B (A x), W and b frozen. */
const loraLinear: Operator = {
  name: "loraLinear",
  attributes: {
    bias: ["omitted", "true", "false"],
    frozen: ["omitted", "true", "false"],
    rank: ["omitted", "2"],
    alpha: ["omitted", "1.5"],
  },
  rank: 1,
  least: 1,
  draw: (d) => {
    const x = d.value(1);
    const [ins, outs] = [x.shape.at(-1) as number, 1 + d.roll(4)];
    const flag = (name: "bias" | "frozen"): boolean | undefined => {
      const chosen = d.choose(name);
      return chosen === "omitted" ? undefined : chosen === "true";
    };
    const bias = flag("bias");
    const frozen = flag("frozen");
    const rank = d.choose("rank") === "omitted" ? undefined : 2;
    const alpha = d.choose("alpha") === "omitted" ? undefined : 1.5;
    const options = optionsOf({ bias, frozen, rank, alpha });
    return d.call([x, outs, options], (c) => {
      const { tape: t } = c;
      const kept = frozen === false ? undefined : "drawn";
      const weight = c.own("weight", [outs, ins], kept);
      const shift = bias === false ? undefined : c.own("bias", [outs], kept);
      const down = c.own("lora_A.weight", [rank ?? 8, ins]);
      const up = c.own("lora_B.weight", [outs, rank ?? 8]);
      const base = affine(t, c.of(x), weight, shift);
      const low = affine(t, affine(t, c.of(x), down, undefined), up, undefined);
      const scale = t.constant((alpha ?? 8) / (rank ?? 8));
      const ids = base.ids.map((y, i) =>
        t.add(y, t.mul(low.ids[i] as Id, scale)),
      );
      return { shape: base.shape, ids };
    });
  },
};

export const matrices: readonly Operator[] = [
  matmul,
  layer("linear"),
  layer("dense"),
  loraLinear,
];
