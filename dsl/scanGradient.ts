import { makeNode } from "./context.js";
import { propagate, type Derivation } from "./gradient.js";
import {
  boundsOf,
  topological,
  type Loop,
  type Node,
  type Op,
} from "./graph.js";
import { broadcast } from "./primitives/expand.js";
import { constant } from "./primitives/scalar.js";
import { boundNode, isSum, scanNode } from "./primitives/scan.js";

type Result = Extract<Op, { kind: "result" }>;

/** Cotangents of a scan's results, each kind by its index. */
export type ResultCotangents = Readonly<
  Record<Result["of"], (Node | undefined)[]>
>;

/**
 * Back-propagation through time (Werbos 1990): a scan the other way. Each of its steps is given what the step of the
 * forward scan was given - the carry it found was kept, everything else is computed again - and the cotangent of the
 * carry it left.
 *
 * @param dy cotangents of the forward scan's results
 * @param active which arguments need a cotangent
 * @returns what each argument's cotangent is the sum of
 */
export function scanCotangents(
  scan: Node,
  dy: ResultCotangents,
  active: readonly boolean[],
  how: Derivation,
): readonly (readonly Node[])[] {
  if (scan.op.kind !== "scan") return [];
  const { loop } = scan.op;
  const wanted = activeBounds(loop, active);
  const seedsOf = (of: Result["of"], roots: readonly Node[]): Seed[] =>
    roots.flatMap((root, i) => {
      const given = dy[of][i];
      if (given === undefined) return [];
      const bound = boundNode(cotangentName(root), root.shape, root.batched);
      return [{ root, given, bound }];
    });
  const outputs = seedsOf("output", loop.outputs);
  const sums = seedsOf(
    "sum",
    loop.sums.map((s) => s.node),
  );
  const moving = loop.carries.flatMap((carry, i) => {
    if (!wanted.has(carry)) return [];
    const root = loop.next[i] as Node;
    const given = dy.carry[i] ?? zeroLike(root);
    const bound = boundNode(cotangentName(carry), root.shape, root.batched);
    return [{ carry, root, given, bound }];
  });

  const seeds = [...moving, ...outputs, ...sums];
  const xs = boundsOf(loop).filter((v) => wanted.has(v));
  const { cotangents, uses } = propagate(
    seeds.map((s) => [s.root, s.bound]),
    xs,
    how,
    () => true,
  );
  const cotangentOf = (x: Node): Node => cotangents.get(x) ?? zeroLike(x);
  const entries = loop.entries.filter((v) => wanted.has(v));
  const captures = loop.captures.filter((v) => wanted.has(v));
  const terms = captures.flatMap((capture) =>
    (uses.get(capture) ?? []).map((use) => ({ capture, ...coreOf(use) })),
  );

  const kept = loop.outputs.length - loop.carries.length;
  const found = loop.carries.map((c, i) => {
    const op = { kind: "result", of: "output", index: kept + i } as const;
    return makeNode(op, [scan], [loop.length, ...c.shape], c.batched);
  });
  const count = loop.carries.length;
  const back = scanNode(
    {
      length: loop.length,
      reverse: !loop.reverse,
      carries: moving.map((m) => m.bound),
      entries: [
        ...loop.carries,
        ...loop.entries,
        ...outputs.map((s) => s.bound),
      ],
      captures: [...loop.captures, ...sums.map((s) => s.bound)],
      next: moving.map((m) => cotangentOf(m.carry)),
      outputs: entries.map(cotangentOf),
      sums: terms.map(({ core }) => ({ node: core, merged: isSum(core) })),
    },
    [
      ...moving.map((m) => m.given),
      ...found,
      ...scan.args.slice(count, count + loop.entries.length),
      ...outputs.map((s) => s.given),
      ...scan.args.slice(count + loop.entries.length),
      ...sums.map((s) => s.given),
    ],
  );
  return boundsOf(loop).map((bound) => {
    const carry = moving.findIndex((m) => m.carry === bound);
    if (carry >= 0) return [back.carries[carry] as Node];
    const entry = entries.indexOf(bound);
    if (entry >= 0) return [back.outputs[entry] as Node];
    return terms.flatMap((t, i) =>
      t.capture === bound ? [t.around(back.sums[i] as Node)] : [],
    );
  });
}

interface Seed {
  readonly root: Node;
  /** The cotangent outside of the loop: of every step, or of the last one. */
  readonly given: Node;
  /** The same as a step sees it. */
  readonly bound: Node;
}

/** Placeholders that depend on an argument whose cotangent is needed: a carry may do so from the second step on. */
function activeBounds(
  loop: Loop,
  active: readonly boolean[],
): ReadonlySet<Node> {
  const wanted = new Set(boundsOf(loop).filter((_, i) => active[i] === true));
  for (let before = -1; before < wanted.size;) {
    before = wanted.size;
    const reached = new Set(wanted);
    for (const v of topological(loop.next))
      if (v.args.some((a) => reached.has(a))) reached.add(v);
    loop.next.forEach((next, i) => {
      if (reached.has(next)) wanted.add(loop.carries[i] as Node);
    });
  }
  return wanted;
}

/**
 * The sum that a cotangent is a view of, and the view: it is summed over the steps, and looked at once. A name stays where
 * it is read beside: what it names would be computed once more. That of a sum goes, because its terms are added up.
 */
function coreOf(d: Node): {
  readonly core: Node;
  readonly around: (sum: Node) => Node;
} {
  const { op } = d;
  const isView =
    op.kind === "label" ||
    op.kind === "reshape" ||
    op.kind === "permute" ||
    (op.kind === "expand" && !op.batch);
  if (!isView) return { core: d, around: (sum) => sum };
  const { core, around } = coreOf(d.args[0] as Node);
  if (op.kind === "label" && !isSum(core))
    return { core: d, around: (sum) => sum };
  return {
    core,
    around: (sum) =>
      op.kind === "label"
        ? around(sum)
        : makeNode(op, [around(sum)], d.shape, d.batched, d.dtype),
  };
}

const zeroLike = (v: Node): Node => broadcast(constant(0), v.shape, v.batched);

const cotangentName = ({ op }: Node): string =>
  `d${op.kind === "label" || op.kind === "leaf" || op.kind === "bound" ? op.name : "output"}`;
