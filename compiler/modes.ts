import { makeNode, placed, within } from "../dsl/context.js";
import {
  emptyProgram,
  sizeOf,
  type Mode,
  type Node,
  type Program,
  orderOf,
} from "../dsl/graph.js";
import { broadcast } from "../dsl/primitives/expand.js";
import { leafNode, wordNode } from "../dsl/primitives/leaf.js";
import { reshapeNode } from "../dsl/primitives/movement.js";
import {
  add,
  applyScalar,
  constant,
  exampleIndex,
  iota,
  mul,
  sub,
} from "../dsl/primitives/scalar.js";
import { rebuild } from "./passes/rebuild.js";
import { throughSteps } from "./passes/steps.js";

/** A program of one mode: every choice between the two is made, every random number is drawn. */
export function inMode(program: Program, mode: Mode): Program {
  const numbers = streams(program);
  const whole = throughSteps(program, (step) => inMode(step, mode));
  const results = new Set(whole.outputs.values());
  return rebuild(whole, (v, old) => {
    const [first, second, third] = v.args as [Node, Node, Node];
    switch (v.op.kind) {
      case "mode":
        return mode === "train" ? first : second;
      case "label":
        return mode === "train" ? v : predictedAs(v, old, results.has(old));
      case "remember":
        return mode === "train" ? withArgs(v, [first, second, third]) : first;
      case "random":
        return numbers(v);
      // Nothing is derived from a prediction: what only a derivative reads is not drawn for it.
      case "custom":
        return mode === "train" ? v : first;
      default:
        return v;
    }
  });
}

/** Outputs as a prediction makes them, in the model's own words. */
export function predicted(outputs: Program["outputs"]): Program["outputs"] {
  const results = new Set(outputs.values());
  return rebuild({ ...emptyProgram, outputs }, (v, old) => {
    if (v.op.kind === "mode") return v.args[1] as Node;
    return v.op.kind === "label" ? predictedAs(v, old, results.has(old)) : v;
  }).outputs;
}

/**
 * What is called after a choice between the modes: dropout(relu(x)) is relu(x) where nothing is dropped, so it stands where
 * that stands. It has no name beside that of a named value, unless it is a result.
 */
function predictedAs(v: Node, old: Node, isResult: boolean): Node {
  const [x] = v.args;
  if (x === undefined || old.args[0]?.op.kind !== "mode") return v;
  const isNamed = x.op.kind === "label" || x.op.kind === "leaf";
  if (isNamed && !isResult) return x;
  const { phase, call } = x.place;
  const isOther = phase === "forward" && call !== undefined;
  return isOther && call !== v.place.call ? placed(v, { ...v.place, call }) : v;
}

const withArgs = (v: Node, args: readonly Node[]): Node =>
  makeNode(v.op, args, v.shape, v.batched, v.dtype, v.place);

const whole = 2 ** 32;
const word = (x: Node): Node => applyScalar("floor", mul(x, constant(whole)));

/**
 * Random numbers of one step: the seed of the step is number 2^32 - 1 - steps of the handle's stream, that of the k-th
 * source number 2^32 - 1 - k of the step's, and an entry its place among all examples.
 */
function streams(program: Program): (source: Node) => Node {
  const sources = orderOf(program).filter((v) => v.op.kind === "random");
  const [first] = sources;
  if (first === undefined) return (v) => v;
  const numbers = within({ phase: "forward", call: undefined }, () => {
    const seed = leafNode("number", "seed", []);
    const steps = leafNode("number", "steps", []);
    const last = constant(whole - 1);
    const place = wordNode("place", sub(last, steps));
    return wordNode("stepKey", word(applyScalar("uniform", seed, place)));
  });
  return (v) =>
    within(v.place, () => {
      const place = constant(whole - 1 - sources.indexOf(v));
      const stream = wordNode(
        "key",
        word(applyScalar("uniform", numbers, place)),
      );
      const size = sizeOf(v.shape);
      const own = reshapeNode(iota(size), v.shape);
      const index = v.batched
        ? add(
            broadcast(mul(exampleIndex(), constant(size)), v.shape, true),
            broadcast(own, v.shape, true),
          )
        : own;
      return applyScalar("uniform", stream, index);
    });
}

/** What training keeps: parameters that are not trained, and their new values. */
export function remembered(program: Program): {
  readonly program: Program;
  readonly updates: ReadonlyMap<Node, Node>;
} {
  const order = orderOf(program);
  const kept = order.filter((v) => v.op.kind === "remember");
  if (kept.length === 0) return { program, updates: new Map() };
  // Of several values for one parameter the last one stays: that which is made from the others.
  const place = new Map(order.map((v, i) => [v, i]));
  const placeOf = ([, value]: readonly [Node, Node]): number =>
    place.get(value) ?? 0;
  const pairs = kept
    .map((v) => v.args.slice(1) as [Node, Node])
    .sort((a, b) => placeOf(a) - placeOf(b));
  const all = rebuild({ ...program, updates: new Map(pairs) }, (v) =>
    v.op.kind === "remember" ? (v.args[0] as Node) : v,
  );
  return {
    program: { ...emptyProgram, outputs: all.outputs, loss: all.loss },
    updates: all.updates,
  };
}
