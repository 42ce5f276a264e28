import { range } from "../../dsl/graph.js";
import * as gradc from "../../dsl/index.js";
import type { Tensor } from "../../dsl/index.js";
import { CrossesExamples, isBatched } from "./batchAxis.js";
import type { Call, Op, Ops } from "./call.js";

/** Repeats for the axes of one example. */
const tile: Op = ({ x, axes, attrs, as }) => {
  const given = attrs.list("repeats");
  const rank = axes.rankOf(x(0));
  if (given.length > rank) throw new CrossesExamples("tile");
  const repeats = [...range(rank - given.length).map(() => 1), ...given];
  if (!isBatched(x(0))) return gradc.tile(x(0), repeats, as);
  if (repeats[0] !== 1) throw new CrossesExamples("tile");
  return gradc.tile(x(0), repeats.slice(1), as);
};

const modes = ["constant", "reflect", "replicate", "circular"] as const;

const pad: Op = ({ x, attrs, as }) => {
  const pads = attrs.list("pad");
  const named = attrs.text("mode", "constant");
  const mode = modes.find((m) => m === named);
  if (mode === undefined) throw new Error(`pad has no mode ${named}`);
  if (isBatched(x(0)) && pads.length > 2 * x(0).shape.length)
    throw new CrossesExamples("pad");
  const value = attrs.number("value", 0);
  return gradc.pad(x(0), pads, {
    ...as,
    mode,
    ...(mode === "constant" && { value }),
  });
};

const triangle =
  (f: (x: Tensor, diagonal: number, as: Call["as"]) => Tensor): Op =>
  ({ x, axes, attrs, as }) => {
    axes.axis(x(0), -2);
    return f(x(0), attrs.number("diagonal", 0), as);
  };

/** A reduction that has one axis, or (undefined) all of them. */
const along =
  (
    f: (
      x: Tensor,
      axis: number | undefined,
      options: { readonly keepdims: boolean; readonly name: string },
    ) => Tensor,
  ): Op =>
  ({ x, axes, attrs, as }) => {
    const options = { ...as, keepdims: attrs.flag("keepdim") };
    if (attrs.has("dim"))
      return f(x(0), axes.axis(x(0), attrs.number("dim")), options);
    if (isBatched(x(0))) throw new CrossesExamples("a place among all entries");
    return f(x(0), undefined, options);
  };

const ofOne =
  (
    f: (
      x: Tensor,
      axis: number,
      options: { readonly keepdims: boolean; readonly name: string },
    ) => Tensor,
  ): Op =>
  (call) =>
    along((x, axis, options) => f(x, axis ?? 0, options))(call);

/** Entries in other places, and reductions that say where. */
export const shapeOps: Ops = {
  tile,
  pad,
  flip: ({ x, axes, attrs, as }) => {
    const dims = attrs.list("dims").map((d) => axes.axis(x(0), d));
    return gradc.flip(x(0), dims, as);
  },
  roll: ({ x, axes, attrs, as }) =>
    gradc.roll(
      x(0),
      attrs.number("shift"),
      axes.axis(x(0), attrs.number("dim")),
      as,
    ),
  tril: triangle(gradc.tril),
  triu: triangle(gradc.triu),
  diagonal: ({ x, axes, attrs, as }) =>
    gradc.diagonal(
      x(0),
      attrs.number("offset", 0),
      axes.axis(x(0), attrs.number("dim1", 0)),
      axes.axis(x(0), attrs.number("dim2", 1)),
      as,
    ),
  cumsum: ({ x, axes, attrs, as }) =>
    gradc.cumsum(x(0), axes.axis(x(0), attrs.number("dim")), as),
  max_dim: ofOne(gradc.maxDim),
  min_dim: ofOne(gradc.minDim),
  argmax: along(gradc.argmax),
  argmin: along(gradc.argmin),
};
