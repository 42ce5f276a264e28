import { makeNode } from "../context.js";
import type { CustomRule, Node } from "../graph.js";
import { broadcast } from "./expand.js";
import type { Rule } from "./rule.js";
import { constant } from "./scalar.js";

/** `train` in the graph that trains, `predict` in the one that predicts. */
export function modeNode(train: Node, predict: Node): Node {
  const batched = train.batched || predict.batched;
  const args = [train, predict].map((x) => broadcast(x, x.shape, batched));
  return makeNode({ kind: "mode" }, args, train.shape, batched);
}

/** y, whose cotangents with respect to `xs` are what `vjp` makes of dy; `exact` where they are those of y in any case. */
export const customNode = (
  y: Node,
  xs: readonly Node[],
  vjp: CustomRule,
  exact: boolean,
): Node =>
  makeNode({ kind: "custom", vjp, exact }, [y, ...xs], y.shape, y.batched);

/** x, for what is computed from it once more. */
export const againNode = (x: Node): Node =>
  makeNode({ kind: "again" }, [x], x.shape, x.batched, x.dtype);

/** y; a step of training also sets the parameter `to`, which is not trained, to `value`. */
export const rememberNode = (y: Node, to: Node, value: Node): Node =>
  makeNode({ kind: "remember" }, [y, to, value], y.shape, y.batched);

const asFirst: Rule<"mode" | "remember" | "custom" | "again">["signature"] = (
  _op,
  args,
) => ({
  shape: (args[0] as Node).shape,
  batched: (args[0] as Node).batched,
});

/** Operations that compute nothing: which graph a value is in, and how it is differentiated. */
export const identityRules: {
  readonly [K in "mode" | "remember" | "custom" | "again"]: Rule<K>;
} = {
  mode: {
    doc: "y is the first argument in training and the second in prediction; so is dy",
    text: (op) => op.kind,
    signature: asFirst,
    vjp: (_op, dy, _node, mode) => {
      if (mode !== undefined)
        return mode === "train" ? [dy, undefined] : [undefined, dy];
      const none = broadcast(constant(0), dy.shape, dy.batched);
      return [modeNode(dy, none), modeNode(none, dy)];
    },
  },
  remember: {
    doc: "y is the first argument, dy too; training keeps the third in the second",
    text: (op) => op.kind,
    signature: asFirst,
    vjp: (_op, dy) => [dy, undefined, undefined],
  },
  custom: {
    doc: "y is the first argument; the cotangents of the others are the author's",
    text: (op) => op.kind,
    signature: asFirst,
    vjp: (op, dy, { args: [y, ...xs] }, mode) => [
      undefined,
      ...op.vjp(dy, y as Node, xs, mode),
    ],
  },
  again: {
    doc: "y = x, computed from once more; dx = dy",
    text: (op) => op.kind,
    signature: asFirst,
    vjp: (_op, dy) => [dy],
  },
};
