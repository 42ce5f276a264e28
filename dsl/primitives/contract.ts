import { makeNode } from "../context.js";
import type { Node, Window } from "../graph.js";
import { broadcast, expandNode } from "./expand.js";
import type { OpOf, Rule } from "./rule.js";

/** The axes of an operand, one letter each. */
export const lettersOf = (letters: string): string[] => Array.from(letters);

/** The letters that an operand is walked by: those of a window for the axis it walks along. */
const walked = (letters: string, windows: readonly Window[]): string[] =>
  lettersOf(letters).flatMap((c) => {
    const w = windows.find((v) => v.letter === c);
    return w === undefined ? [c] : [w.at, w.tap];
  });

/** Length of each letter of a contraction. */
export function extents(
  op: Pick<OpOf<"contract">, "left" | "right" | "windows">,
  args: readonly Node[],
): ReadonlyMap<string, number> {
  const of = new Map<string, number>();
  const [a, b] = args as readonly [Node, Node];
  for (let i = 0; i < op.left.length; i++)
    of.set(op.left.charAt(i), a.shape[i] as number);
  for (let i = 0; i < op.right.length; i++)
    of.set(op.right.charAt(i), b.shape[i] as number);
  for (const w of op.windows)
    of.set(w.at, w.atLength).set(w.tap, w.tapLength).set(w.letter, w.length);
  return of;
}

/**
 * contract("oi", "i", "o", w, x) is y_o = sum_i w_oi x_i. Letters that `out` lacks are summed, first seen first; with
 * `batch` the examples are summed too, outermost, in the same one sum. A correlation is
 * contract("oik", "ip", "oy", w, x, { windows: [p walks along stride * y + dilation * k + start] }).
 */
export function contract(
  left: string,
  right: string,
  out: string,
  a: Node,
  b: Node,
  options: {
    readonly batch?: boolean;
    readonly windows?: readonly Window[];
  } = {},
): Node {
  const { batch = false, windows = [] } = options;
  const free = [
    ...walked(left, windows),
    ...walked(right, windows),
    ...windows.flatMap((w) => [w.at, w.tap]),
  ];
  const over = [...new Set(free)].filter((c) => !out.includes(c)).join("");
  const op = {
    kind: "contract",
    left,
    right,
    out,
    over,
    batch,
    windows,
  } as const;
  const extent = extents(op, [a, b]);
  return makeNode(
    op,
    [a, b],
    lettersOf(out).map((c) => extent.get(c) as number),
    !batch && (a.batched || b.batched),
  );
}

const windowText = (w: Window): string => {
  const of = [w.at, w.tap].map((c, i) =>
    String(i === 0 ? w.atLength : w.tapLength).concat(c),
  );
  const path = `${String(w.stride)}*${w.inverse ? w.letter : w.at} + ${String(w.dilation)}*${w.tap} + ${String(w.start)}`;
  return `${w.inverse ? w.at : w.letter} = ${path} (${of.join(", ")}, ${String(w.length)}${w.letter})`;
};

export const contractRule: Rule<"contract"> = {
  doc: "y = sum of products a b over the letters that y lacks; da = contraction of dy with b, db of dy with a",
  text: (op) =>
    [
      `contract ${op.left},${op.right}->${op.out}${op.batch ? " over examples" : ""}`,
      ...op.windows.map(windowText),
    ].join(", "),
  signature: (op, args) => {
    const extent = extents(op, args);
    return {
      shape: lettersOf(op.out).map((c) => extent.get(c) as number),
      batched: !op.batch && args.some((a) => a.batched),
    };
  },
  vjp: (op, dy, node) => {
    const [a, b] = node.args as readonly [Node, Node];
    // The one place where a sum over examples meets a sum over axes: written as one sum, so that its order is a fact
    // of the graph.
    const dyb = op.batch ? broadcast(dy, dy.shape, true) : dy;
    return [
      cotangent(op, dyb, op.left, a, op.right, b),
      cotangent(op, dyb, op.right, b, op.left, a),
    ];
  },
};

/** The contraction that one operand's cotangent is: the result takes its place, and windows are walked the other way. */
function cotangent(
  op: OpOf<"contract">,
  dy: Node,
  own: string,
  arg: Node,
  other: string,
  b: Node,
): Node {
  const turned = op.windows.filter((w) => own.includes(w.letter));
  const kept = op.windows.filter((w) => !turned.includes(w));
  // An axis that the operand was walked along by `at` is now a result; whoever has `at` is walked along by it.
  const fresh = freshLetters(op);
  const renamed = new Map(turned.map((w) => [w.at, fresh()]));
  const rename = (letters: string): string =>
    lettersOf(letters)
      .map((c) => renamed.get(c) ?? c)
      .join("");
  const windows = [
    ...kept,
    ...turned.map((w): Window => ({
      ...w,
      letter: renamed.get(w.at) as string,
      length: w.atLength,
      at: w.letter,
      atLength: w.length,
      inverse: !w.inverse,
    })),
  ];
  const [left, right] = [rename(op.out), rename(other)];
  const reached = new Set([
    ...walked(left, windows),
    ...walked(right, windows),
    ...windows.flatMap((w) => [w.at, w.tap]),
  ]);
  const found = lettersOf(own).filter((c) => reached.has(c));
  const core = contract(left, right, found.join(""), dy, b, {
    batch: !arg.batched && (dy.batched || b.batched),
    windows,
  });
  if (found.length === own.length) return core;
  // A letter summed away within one operand alone: every entry along it has the same cotangent.
  const axes = lettersOf(own).flatMap((c, i) => (found.includes(c) ? [i] : []));
  return expandNode(core, axes, arg.shape, false);
}

/** Letters that a contraction does not have yet. */
function freshLetters(op: OpOf<"contract">): () => string {
  const taken = new Set([
    ...lettersOf(op.left + op.right + op.out),
    ...op.windows.flatMap((w) => [w.letter, w.at, w.tap]),
  ]);
  return () => {
    const free = lettersOf(
      "pqrstuvwxyzabcdefghijklmnoABCDEFGHIJKLMNOPQRSTUVWXYZ",
    );
    const letter = free.find((c) => !taken.has(c)) as string;
    taken.add(letter);
    return letter;
  };
}
