/** Maxima and means of windows over the last axes. */
import {
  at,
  gridOf,
  pointsOf,
  reduceGrid,
  sizeOf,
  type Grid,
} from "../../oracles/grid.js";
import type { Id, Tape } from "../../oracles/tape.js";
import type { Operator } from "../operator.js";
import type { Value } from "../program.js";
import { atFirst } from "./arrangement.js";
import { optionsOf } from "./losses.js";
import {
  entryAt,
  flag,
  flags,
  lengthsOf,
  perAxis,
  settingOf,
  spanOf,
  type Move,
  type Spatial,
} from "./windows.js";

const small = (v: Value): boolean => sizeOf(v.shape) <= 36;

/** The largest, the first of those that are equal; where one is no number, what `first` makes of it. */
function largestOf(t: Tape, ids: readonly Id[], padded: boolean): Id {
  const none = ids.reduce((best, id) => t.apply("largest", best, id));
  const still = t.apply("hold", none);
  // Where one is not a number the first entry has the gradient, be it of the padding.
  const odd = padded ? still : t.add(ids[0] as Id, still);
  return atFirst(t, "largest", ids, (k) => ids[k] as Id, odd);
}

/** How many windows there are along an axis: with `ceil` one more where it starts inside of the axis or in front of it. */
function countOf(n: number, m: Move, ceil: boolean): number {
  const room = n + 2 * m.before - spanOf(m.kernel, m.dilation);
  if (!ceil) return Math.floor(room / m.stride) + 1;
  const count = Math.ceil(room / m.stride) + 1;
  return (count - 1) * m.stride >= n + m.before ? count - 1 : count;
}

const pool = (kind: "max" | "avg", spatial: Spatial): Operator => ({
  name: `${kind}Pool${String(spatial)}d`,
  attributes: {
    kernel: ["one", "each"],
    stride: perAxis,
    padding: perAxis,
    ceilMode: flags,
    ...(kind === "max" ? { dilation: perAxis } : { countIncludePad: flags }),
  },
  rank: spatial + 1,
  draw: (d) => {
    const x = d.value(spatial + 1, { fits: small });
    const lengths = lengthsOf(x, spatial);
    const kernel = settingOf(
      d,
      "kernel",
      spatial,
      (i) => [1, Math.min(3, lengths[i] as number)],
      () => 1,
    );
    const sizeAt = (i: number): number => kernel.values[i] as number;
    const dilation =
      kind === "max"
        ? settingOf(
            d,
            "dilation",
            spatial,
            (i) => [1, spanOf(sizeAt(i), 2) <= (lengths[i] as number) ? 2 : 1],
            () => 1,
          )
        : { given: undefined, values: lengths.map(() => 1) };
    const stride = settingOf(d, "stride", spatial, () => [1, 3], sizeAt);
    const padding = settingOf(
      d,
      "padding",
      spatial,
      (i) => [
        0,
        Math.floor(spanOf(sizeAt(i), dilation.values[i] as number) / 2),
      ],
      () => 0,
    );
    const ceilMode = flag(d, "ceilMode");
    const countIncludePad =
      kind === "avg" ? flag(d, "countIncludePad") : undefined;
    const moves = lengths.map((_, i): Move => ({
      kernel: sizeAt(i),
      stride: stride.values[i] as number,
      dilation: dilation.values[i] as number,
      before: padding.values[i] as number,
    }));
    const places = lengths.map((n, i) =>
      countOf(n, moves[i] as Move, ceilMode === true),
    );
    const options = optionsOf({
      stride: stride.given,
      padding: padding.given,
      dilation: dilation.given,
      ceilMode,
      countIncludePad,
    });
    const lead = x.shape.length - spatial;
    /** Entries that a mean is over: those of the window that are not beyond the padding, or not beyond the axis. */
    const divisor = (place: readonly number[]): number =>
      moves.reduce((n, m, i) => {
        const length = lengths[i] as number;
        const start = (place[i] as number) * m.stride - m.before;
        const padded = countIncludePad !== false;
        const end = Math.min(
          start + m.kernel,
          length + (padded ? m.before : 0),
        );
        return n * (end - (padded ? start : Math.max(0, start)));
      }, 1);
    return d.call([x, kernel.given, options], ({ tape: t, of }) =>
      gridOf([...x.shape.slice(0, lead), ...places], (p) => {
        const place = p.slice(lead);
        const entries = pointsOf(kernel.values).map((tap) =>
          entryAt(lengths, moves, place, tap),
        );
        const ids = entries.flatMap((e) =>
          e === undefined ? [] : [at(of(x), [...p.slice(0, lead), ...e])],
        );
        return kind === "max"
          ? largestOf(t, ids, entries[0] === undefined)
          : t.div(t.sum(ids), t.constant(divisor(place)));
      }),
    );
  },
});

const adaptive = (kind: "Max" | "Avg", spatial: Spatial): Operator => ({
  name: `adaptive${kind}Pool${String(spatial)}d`,
  attributes: { outputSize: ["one", "each"] },
  rank: spatial + 1,
  draw: (d) => {
    const x = d.value(spatial + 1, { fits: small });
    const lengths = lengthsOf(x, spatial);
    const size = settingOf(
      d,
      "outputSize",
      spatial,
      (i) => [1, Math.min(4, (lengths[i] as number) + 1)],
      () => 1,
    );
    const lead = x.shape.length - spatial;
    return d.call([x, size.given], ({ tape: t, of }) =>
      gridOf([...x.shape.slice(0, lead), ...size.values], (p) => {
        const starts = size.values.map((count, i) =>
          Math.floor(
            ((p[lead + i] as number) * (lengths[i] as number)) / count,
          ),
        );
        const ends = size.values.map((count, i) =>
          Math.ceil(
            (((p[lead + i] as number) + 1) * (lengths[i] as number)) / count,
          ),
        );
        const window = ends.map((end, i) => end - (starts[i] as number));
        const ids = pointsOf(window).map((q) =>
          at(of(x), [
            ...p.slice(0, lead),
            ...q.map((k, i) => k + (starts[i] as number)),
          ]),
        );
        return kind === "Max"
          ? largestOf(t, ids, false)
          : t.div(t.sum(ids), t.constant(ids.length));
      }),
    );
  },
});

const global = (spatial: Spatial): Operator => ({
  name: `globalAvgPool${String(spatial)}d`,
  rank: spatial + 1,
  draw: (d) => {
    const x = d.value(spatial + 1);
    const first = x.shape.length - spatial;
    const axes = x.shape.map((_, i) => i).filter((i) => i >= first);
    return d.call([x], ({ tape: t, of }): Grid =>
      reduceGrid(of(x), axes, false, (ids) =>
        t.div(t.sum(ids), t.constant(ids.length)),
      ),
    );
  },
});

export const poolings: readonly Operator[] = ([1, 2] as const).flatMap(
  (spatial) => [
    pool("max", spatial),
    pool("avg", spatial),
    adaptive("Max", spatial),
    adaptive("Avg", spatial),
    global(spatial),
  ],
);
