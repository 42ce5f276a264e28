/**
 * One instance or more of each structural primitive whose attributes the cases of PyTorch do not reach: the place where
 * a new primitive names the arguments that it is tested with.
 */
import type { Node, Window } from "../../dsl/graph.js";
import { makeNode } from "../../dsl/context.js";
import { contract } from "../../dsl/primitives/contract.js";
import { gatherNode } from "../../dsl/primitives/gather.js";
import {
  againNode,
  modeNode,
  rememberNode,
} from "../../dsl/primitives/identity.js";
import { expandNode } from "../../dsl/primitives/expand.js";
import { labelNode, leafNode } from "../../dsl/primitives/leaf.js";
import {
  concatNode,
  permuteNode,
  reshapeNode,
  sliceNode,
  windowNode,
} from "../../dsl/primitives/movement.js";
import { logsumexpNode, softmaxNode } from "../../dsl/primitives/softmax.js";
import { reduceNode } from "../../dsl/primitives/reduce.js";
import { vjpOf } from "../../dsl/primitives/index.js";

const x = (shape: readonly number[], batched = true): Node =>
  leafNode("input", "x", shape, { batched });

/** Indices below `classes`. */
const ids = (shape: readonly number[], classes: number, batched = true): Node =>
  makeNode(
    { kind: "leaf", space: "input", name: "ids", offset: 0, classes },
    [],
    shape,
    batched,
    "i32",
  );

const walk = (length: number, o: Partial<Window>): Window => {
  const { tapLength = 3, stride = 1, dilation = 1, start = 0 } = o;
  const reach = dilation * (tapLength - 1) + 1;
  const atLength = Math.floor((length - 2 * start - reach) / stride) + 1;
  return {
    letter: "p",
    length,
    at: "y",
    atLength,
    tap: "k",
    tapLength,
    stride,
    dilation,
    start,
    inverse: false,
  };
};

/** Every stride with every dilation and start. */
const correlations = [1, 2, 3].flatMap((stride) =>
  [1, 2].flatMap((dilation) =>
    [0, -1, -2].flatMap((start) => {
      const windows = [walk(7, { stride, dilation, start })];
      return [
        contract("ock", "cp", "oy", x([2, 3, 3], false), x([3, 7]), {
          windows,
        }),
        contract("ock", "cp", "oy", x([2, 3, 3]), x([3, 7], false), {
          windows,
        }),
      ];
    }),
  ),
);

/** Every step with starts and lengths that stay inside, reach out and lie outside. */
const slices = [1, 2, 3, -1, -2].flatMap((step) =>
  [-2, 0, 3, 5].flatMap((start) =>
    [0, 0.5].map((fill) => sliceNode(x([6, 2]), 0, start, 4, step, fill)),
  ),
);

const views = [1, 2].flatMap((stride) =>
  [1, 2].flatMap((dilation) =>
    [0, -1].flatMap((start) =>
      [0, -1].flatMap((fill) =>
        [true, false].map((batched) =>
          windowNode(x([2, 7], batched), 1, {
            count: 3,
            taps: 2,
            stride,
            dilation,
            start,
            fill,
          }),
        ),
      ),
    ),
  ),
);

/** Every way to reduce over every set of axes, of batched and unbatched values, over the examples and not. */
const reductions = (["sum", "prod", "max", "min"] as const).flatMap((by) =>
  [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]].flatMap((axes) => [
    ...(axes.length === 0
      ? []
      : [true, false].map((batched) =>
          reduceNode(by, x([2, 3, 2], batched), axes),
        )),
    ...(by === "prod" ? [] : [reduceNode(by, x([2, 3, 2]), axes, true)]),
    ...(axes.length === 0 || by === "sum" || by === "prod"
      ? []
      : [reduceNode(by, x([2, 3, 2]), axes, false, "first")]),
  ]),
);

const dy = (v: Node): Node => x(v.shape, v.batched);
const vjps = (v: Node): Node[] => vjpOf(v, dy(v)).flatMap((d) => d ?? []);

/** Indices of the model that choose each of three rows. */
const everyRow = makeNode(
  { kind: "constant", data: [2, 0, 1, 0] },
  [],
  [4],
  false,
  "i32",
);

const gathers = [
  gatherNode("vd", "t", "td", "v", x([3, 2]), everyRow),
  gatherNode("vd", "t", "td", "v", x([4, 2], false), ids([3], 4)),
  gatherNode("vd", "t", "td", "v", x([4, 2]), ids([3], 4)),
  gatherNode("ivk", "ijk", "ijk", "v", x([2, 4, 3]), ids([2, 5, 3], 4)),
];

/** What the cases of PyTorch reach too: here with every combination of batched and unbatched arguments. */
const everyday = [true, false].flatMap((batched) => [
  contract("oi", "i", "o", x([2, 3], false), x([3], batched)),
  contract("aik", "akj", "aij", x([2, 2, 3], batched), x([2, 3, 2])),
  contract("ij", "ji", "i", x([3, 3], batched), x([3, 3], batched)),
  contract("ij", "k", "jk", x([2, 3], batched), x([2], batched)),
  ...(["sum", "max", "min", "prod"] as const).flatMap((by) => [
    reduceNode(by, x([2, 3], batched), [1]),
    reduceNode(by, x([3, 2, 3], batched), [0, 2]),
    reduceNode(by, x([3], batched)),
  ]),
  softmaxNode(x([2, 3], batched), 1),
  softmaxNode(x([3, 3], batched), 0),
  logsumexpNode(x([2, 3], batched), 1),
  logsumexpNode(x([3, 2], batched), 0),
  expandNode(x([3], batched), [1], [2, 3, 2], false),
  expandNode(x([2, 2], batched), [0, 2], [2, 2, 2], false),
  expandNode(x([], batched), [], [3], false),
  permuteNode(x([2, 3, 2], batched), [2, 0, 1]),
  permuteNode(x([3, 3], batched), [1, 0]),
  reshapeNode(x([2, 3], batched), [3, 2]),
  reshapeNode(x([2, 3], batched), [1, 6]),
  concatNode([x([2, 2], batched), x([2, 1]), x([2, 2])], 1),
  concatNode([x([2], batched), x([2], batched)], 0),
  labelNode(x([2], batched), "named"),
]);

export const instances: readonly Node[] = [
  ...everyday,
  expandNode(x([2], false), [0], [2], true),
  expandNode(x([2], false), [1], [3, 2], true),
  reduceNode("sum", x([2, 3]), [], true),
  reduceNode("sum", x([2, 3]), [1], true),
  reduceNode("max", x([2, 3]), [0], true),
  reduceNode("min", x([3]), [], true),
  ...reductions,
  ...slices,
  ...slices.flatMap(vjps),
  ...views,
  ...views.flatMap(vjps),
  ...correlations,
  // Their cotangents walk the other way, and so do those of these.
  ...correlations.flatMap(vjps),
  ...correlations.flatMap(vjps).flatMap(vjps),
  ...gathers,
  ...gathers.flatMap(vjps),
  sliceNode(x([6]), 0, 5, 6, -1),
  sliceNode(x([6, 2]), 0, -2, 9, 1, 0.5),
  sliceNode(x([2, 7]), 1, 1, 3, 2),
  windowNode(x([2, 7]), 1, {
    count: 4,
    taps: 3,
    stride: 2,
    dilation: 1,
    start: -1,
    fill: -1,
  }),
  windowNode(x([5, 2], false), 0, {
    count: 3,
    taps: 2,
    stride: 1,
    dilation: 2,
    start: 0,
    fill: 0,
  }),
  reduceNode("prod", x([2, 3, 2]), [0, 2]),
  reduceNode("max", x([2, 3, 2]), [0, 2], false, "first"),
  reduceNode("max", x([2, 3, 4]), [1], false, "first"),
  reduceNode("max", x([2, 3]), [1], false, "first"),
  reduceNode("min", x([4]), [0], false, "first"),
  reduceNode("min", x([3, 2, 2]), [0, 2], false, "first"),
  reduceNode("prod", x([2, 3, 2, 2]), [1]),
  modeNode(x([2]), x([2])),
  againNode(x([2])),
  rememberNode(x([2]), x([2], false), x([2], false)),
];
