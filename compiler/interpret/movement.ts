import type { Node, Op } from "../../dsl/graph.js";
import { lettersOf } from "../../dsl/primitives/contract.js";
import {
  baseOf,
  neutral,
  offsets,
  stridesOf,
  type Evaluation,
  type Values,
} from "./evaluation.js";

const first = ({ node }: Evaluation): Node => node.args[0] as Node;

/** Entries of the argument in another order: from[k] is where entry k of the result comes from, -1 where it is `fill`. */
function moved(v: Evaluation, from: ArrayLike<number>, fill = 0): void {
  const [x] = v.data as [Values];
  for (let e = 0; e < v.examples; e++) {
    const base = baseOf(v, 0, e);
    for (let k = 0; k < v.size; k++) {
      const place = from[k] as number;
      v.out[e * v.size + k] = place < 0 ? fill : (x[base + place] as number);
    }
  }
}

export function evaluateExpand(
  v: Evaluation,
  op: Extract<Op, { kind: "expand" }>,
): void {
  const own = stridesOf(first(v).shape);
  const { shape } = v.node;
  moved(
    v,
    offsets(
      shape,
      shape.map((_, i) => own[op.axes.indexOf(i)] ?? 0),
    ),
  );
}

export function evaluatePermute(
  v: Evaluation,
  op: Extract<Op, { kind: "permute" }>,
): void {
  const own = stridesOf(first(v).shape);
  moved(
    v,
    offsets(
      v.node.shape,
      op.order.map((i) => own[i] as number),
    ),
  );
}

/** Slices and windows: an entry of the walk along one axis, where the axis has it. */
export function evaluateWalk(
  v: Evaluation,
  op: Extract<Op, { kind: "slice" | "window" }>,
): void {
  const { shape } = v.node;
  const own = stridesOf(first(v).shape);
  const length = first(v).shape[op.axis] as number;
  const steps = op.kind === "slice" ? [op.step] : [op.stride, op.dilation];
  const others = own.flatMap((s, i) =>
    i === op.axis ? steps.map(() => 0) : [s],
  );
  const entries = offsets(
    shape,
    shape.map((_, i) => steps[i - op.axis] ?? 0),
  );
  const from = offsets(shape, others).map((o, k) => {
    const entry = op.start + (entries[k] as number);
    return entry >= 0 && entry < length
      ? o + entry * (own[op.axis] as number)
      : -1;
  });
  moved(v, from, op.fill);
}

export function evaluateConcat(
  v: Evaluation,
  op: Extract<Op, { kind: "concat" }>,
): void {
  const own = stridesOf(v.node.shape);
  let start = 0;
  v.node.args.forEach((a, i) => {
    const to = offsets(a.shape, own);
    for (let e = 0; e < v.examples; e++)
      to.forEach((o, k) => {
        v.out[e * v.size + start + o] = (v.data[i] as Values)[
          baseOf(v, i, e) + k
        ] as number;
      });
    start += (a.shape[op.axis] as number) * (own[op.axis] as number);
  });
}

/** Where the letters of one operand lie in another: an offset for every point, without the axis that an index chooses. */
const strideIn = (
  letters: string,
  shape: readonly number[],
  along = "",
): ((c: string) => number) => {
  const own = stridesOf(shape);
  return (c) => (c === along ? 0 : (own[letters.indexOf(c)] ?? 0));
};

export function evaluateGather(
  v: Evaluation,
  op: Extract<Op, { kind: "gather" }>,
): void {
  const [x, ids] = v.node.args as [Node, Node];
  const letters = lettersOf(op.out);
  const { shape } = v.node;
  const from = offsets(
    shape,
    letters.map(strideIn(op.source, x.shape, op.along)),
  );
  const at = offsets(shape, letters.map(strideIn(op.index, ids.shape)));
  const stride = strideIn(op.source, x.shape)(op.along);
  const [data, indices] = v.data as [Values, Values];
  for (let e = 0; e < v.examples; e++) {
    const [xBase, idBase] = [baseOf(v, 0, e), baseOf(v, 1, e)];
    for (let k = 0; k < v.size; k++) {
      const entry = indices[idBase + (at[k] as number)] as number;
      v.out[e * v.size + k] = data[
        xBase + (from[k] as number) + entry * stride
      ] as number;
    }
  }
}

export function evaluateScatter(
  v: Evaluation,
  op: Extract<Op, { kind: "scatter" }>,
): void {
  const [x, ids] = v.node.args as [Node, Node];
  const letters = lettersOf(op.from);
  const to = offsets(
    x.shape,
    letters.map(strideIn(op.out, v.node.shape, op.along)),
  );
  const at = offsets(x.shape, letters.map(strideIn(op.index, ids.shape)));
  const stride = strideIn(op.out, v.node.shape)(op.along);
  const [data, indices] = v.data as [Values, Values];
  for (let k = 0; k < v.out.length; k++)
    v.out[k] = v.start?.[k] ?? (op.fromZero ? 0 : neutral.sum);
  for (let e = 0; e < (op.batch ? v.n : v.examples); e++) {
    const [xBase, idBase] = [baseOf(v, 0, e), baseOf(v, 1, e)];
    const base = op.batch ? 0 : e * v.size;
    for (let k = 0; k < to.length; k++) {
      const entry = indices[idBase + (at[k] as number)] as number;
      const place = base + (to[k] as number) + entry * stride;
      const sum = (v.out[place] as number) + (data[xBase + k] as number);
      v.out[place] = v.round === undefined ? sum : v.round(sum);
    }
  }
}
