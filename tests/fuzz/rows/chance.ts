/** Random numbers, and functions that training and prediction compute differently. */
import {
  alongGrid,
  at,
  gridOf,
  mapGrid,
  sizeOf,
  type Grid,
} from "../../oracles/grid.js";
import type { Id } from "../../oracles/tape.js";
import type { Draft } from "../draft.js";
import type { Operator } from "../operator.js";
import type { Context, Value } from "../program.js";
import { optionsOf } from "./losses.js";
import { normalized } from "./normalization.js";
import { flag, flags } from "./windows.js";

const random = (
  name: "randomUniform" | "randomNormal",
  number: (c: Context, uniform: (k: number) => number) => Id,
): Operator => ({
  name,
  attributes: { batched: flags },
  source: true,
  // Dimensions that are no positive integers are refused at run time, as everywhere.
  untyped: true,
  draw: (d) => {
    if (!d.drawsAfter(undefined)) return undefined;
    const shape = d.shape(d.roll(3));
    const [size, batched] = [sizeOf(shape), flag(d, "batched")];
    // A program without examples has none to draw for.
    const shared = batched === false;
    if (!shared && !d.batched) return undefined;
    return d.call(
      [shape, optionsOf({ batched })],
      (c) => {
        let place = 0;
        return gridOf(shape, () => {
          const index = place++;
          return number(c, (k) => c.uniform(k, size, index));
        });
      },
      { draws: name === "randomNormal" ? 2 : 1, drawsBatch: !shared },
    );
  },
});

const dropout: Operator = {
  name: "dropout",
  attributes: {
    p: ["omitted", "0.25", "0", "1"],
    mask: ["omitted", "given"],
  },
  draw: (d) => {
    const x = d.value();
    const chosen = d.choose("p");
    const p = chosen === "omitted" ? undefined : Number(chosen);
    const draws = d.choose("mask") === "omitted" && p !== 0;
    if (draws && !d.drawsAfter(x)) return undefined;
    const marks =
      draws || p === 0
        ? undefined
        : d.append("less", [d.exactly(x.shape), 0.5]);
    const size = sizeOf(x.shape);
    return d.call(
      [x, p, optionsOf({ mask: marks })],
      (c) => {
        const { tape: t } = c;
        const v = c.of(x);
        if (marks === undefined && (!draws || c.mode === "predict"))
          return mapGrid(v, (id) => id);
        const share = p ?? 0.5;
        const kept =
          marks === undefined
            ? gridOf(v.shape, () => t.constant(0))
            : c.of(marks);
        const ids = v.ids.map((id, i) => {
          const one =
            marks === undefined
              ? t.constant(c.uniform(0, size, i) >= share ? 1 : 0)
              : (kept.ids[i] as Id);
          if (share === 1) return t.mul(id, t.constant(0));
          return t.div(t.mul(id, one), t.constant(1 - share));
        });
        return { shape: v.shape, ids };
      },
      draws ? { draws: 1, modal: true } : {},
    );
  },
};

/** The axis of the channels: the first of one example, the second of a whole array. */
function channelsOf(
  d: Draft,
  x: Value,
): { readonly axis: number; readonly channelAxis: number | undefined } {
  const rank = x.shape.length;
  const given = !x.batched && rank < 2 ? ["omitted"] : [];
  const channelAxis = d.axis(rank, "channelAxis", given);
  const at = channelAxis ?? (x.batched ? 0 : 1);
  return { channelAxis, axis: at < 0 ? at + rank : at };
}

const axisChoices = ["omitted", "first", "last", "negative"];

/** weight y + bias with one of each for every channel. */
function scaled(
  c: Context,
  y: Grid,
  axis: number,
  weight: Grid,
  bias: Grid,
): Grid {
  const { tape: t } = c;
  return gridOf(y.shape, (p) => {
    const k = p[axis] as number;
    const product = t.mul(weight.ids[k] as Id, at(y, p));
    return t.add(product, bias.ids[k] as Id);
  });
}

const batchNorm = (name: "batchNorm" | "sharedBatchNorm"): Operator => ({
  name,
  untyped: true,
  attributes: {
    channelAxis: axisChoices,
    affine: flags,
    trackRunningStats: flags,
    momentum: ["omitted", "0.5"],
    eps: ["omitted", "0.1"],
  },
  rank: 1,
  draw: (d) => {
    const x = d.value(1, { fits: (v) => sizeOf(v.shape) <= 24 });
    const { axis, channelAxis } = channelsOf(d, x);
    const channels = x.shape[axis] as number;
    // One value of each channel has no variance.
    if (!x.batched && sizeOf(x.shape) === channels) return undefined;
    const [affine, tracked] = [flag(d, "affine"), flag(d, "trackRunningStats")];
    const momentum = d.choose("momentum") === "omitted" ? undefined : 0.5;
    const eps = d.choose("eps") === "omitted" ? undefined : 0.1;
    const options = optionsOf({
      channelAxis,
      affine,
      trackRunningStats: tracked,
      momentum,
      eps,
    });
    const keeps = tracked !== false;
    return d.call(
      name === "batchNorm" ? [x, options] : [channels, options],
      (c) => {
        const { tape: t } = c;
        const own = affine !== false;
        const weight = own ? c.own("weight", [channels]) : undefined;
        const bias = own ? c.own("bias", [channels]) : undefined;
        const mean = keeps
          ? c.own("running_mean", [channels], 0.25)
          : undefined;
        const variance = keeps
          ? c.own("running_var", [channels], 1.5)
          : undefined;
        const v = c.of(x);
        const axes = v.shape.map((_, i) => i).filter((i) => i !== axis);
        const offset = t.constant(eps ?? 1e-5);
        let y: Grid;
        if (
          c.mode === "predict" &&
          mean !== undefined &&
          variance !== undefined
        )
          y = gridOf(v.shape, (p) => {
            const k = p[axis] as number;
            const e = t.sub(at(v, p), mean.ids[k] as Id);
            const sum = t.add(variance.ids[k] as Id, offset);
            return t.div(e, t.apply("sqrt", sum));
          });
        else {
          // Examples are one more axis in front of the others.
          const all = c.all(x);
          const here = all.indexOf(v);
          const whole = {
            shape: [all.length, ...v.shape],
            ids: all.flatMap((g) => [...g.ids]),
          };
          const over = [0, ...axes.map((i) => i + 1)];
          const made = alongGrid(whole, over, (ids) =>
            normalized(t, ids, true, eps ?? 1e-5),
          );
          const size = v.ids.length;
          y = {
            shape: v.shape,
            ids: made.ids.slice(here * size, (here + 1) * size),
          };
        }
        return weight === undefined || bias === undefined
          ? y
          : scaled(c, y, axis, weight, bias);
      },
      {
        crosses: x.batched,
        modal: keeps,
        ...(name === "sharedBatchNorm" && { on: [x] }),
      },
    );
  },
});

/** Each example by itself, over groups of channels and what lies behind them. */
const grouped = (name: "groupNorm" | "instanceNorm"): Operator => ({
  name,
  untyped: true,
  attributes: {
    channelAxis:
      name === "instanceNorm"
        ? axisChoices.filter((c) => c !== "last")
        : axisChoices,
    affine: flags,
    eps: ["omitted", "0.1"],
    ...(name === "groupNorm" && { groups: ["one", "some"] }),
  },
  rank: 1,
  draw: (d) => {
    const x = d.value(1, {
      fits: (v) => v.shape.length > (name === "instanceNorm" ? 1 : 0),
      shape: () => d.shape(2 + d.roll(2)),
    });
    const { axis, channelAxis } = channelsOf(d, x);
    const channels = x.shape[axis] as number;
    // Nothing lies behind the last axis.
    if (name === "instanceNorm" && axis === x.shape.length - 1)
      return undefined;
    const chosen = name === "groupNorm" ? d.choose("groups") : "";
    const groups =
      chosen === "one"
        ? 1
        : channels === 4 && name === "groupNorm"
          ? 2
          : channels;
    const affine = flag(d, "affine");
    const eps = d.choose("eps") === "omitted" ? undefined : 0.1;
    const options = optionsOf({ channelAxis, affine, eps });
    return d.call(
      name === "groupNorm" ? [x, groups, options] : [x, options],
      (c) => {
        const own = affine ?? name === "groupNorm";
        const weight = own ? c.own("weight", [channels]) : undefined;
        const bias = own ? c.own("bias", [channels]) : undefined;
        const v = c.of(x);
        const each = channels / groups;
        const cut = {
          shape: [
            ...v.shape.slice(0, axis),
            groups,
            each,
            ...v.shape.slice(axis + 1),
          ],
          ids: v.ids,
        };
        const over = cut.shape.map((_, i) => i).filter((i) => i > axis);
        const made = alongGrid(cut, over, (ids) =>
          normalized(c.tape, ids, true, eps ?? 1e-5),
        );
        const y = { shape: v.shape, ids: made.ids };
        return weight === undefined || bias === undefined
          ? y
          : scaled(c, y, axis, weight, bias);
      },
    );
  },
});

/** Box and Muller's normal number of two uniform ones. */
const normalNumber = ({ tape: t }: Context, u: number, v: number): Id => {
  const log = t.apply("log", t.sub(t.constant(1), t.constant(u)));
  const radius = t.apply("sqrt", t.mul(t.constant(-2), log));
  const angle = t.mul(t.constant(2 * Math.PI), t.constant(v));
  return t.mul(radius, t.apply("cos", angle));
};

export const chances: readonly Operator[] = [
  random("randomUniform", (c, u) => c.tape.constant(u(0))),
  random("randomNormal", (c, u) => normalNumber(c, u(0), u(1))),
  dropout,
  batchNorm("batchNorm"),
  batchNorm("sharedBatchNorm"),
  grouped("groupNorm"),
  grouped("instanceNorm"),
];
