import { makeNode } from "../../dsl/context.js";
import type { Node } from "../../dsl/graph.js";
import { evaluate } from "../../dsl/math/evaluate.js";
import { num } from "../../dsl/math/scalar.js";
import { scalars } from "../../dsl/primitives/index.js";
import type { ScalarName } from "../../dsl/primitives/scalarName.js";
import { constantOf, rebuild, sameKind, type Pass } from "./rebuild.js";

/** Functions whose value at numbers is the same on every engine without dsl/math. */
const folds: ReadonlySet<ScalarName> = new Set([
  "add",
  "sub",
  "mul",
  "div",
  "neg",
  "abs",
  "sqrt",
  "square",
  "less",
  "lessEqual",
  "equal",
]);

/** A part of what `v` becomes: it is not what `v` is called. */
const at = (v: Node, op: Node["op"], args: readonly Node[]): Node =>
  makeNode(op, args, v.shape, v.batched, v.dtype, {
    phase: v.place.phase,
    call: v.place.call,
  });

/** The number `value` in the shape of `v`. */
function like(v: Node, value: number): Node {
  const one = makeNode(
    { kind: "constant", data: [value] },
    [],
    [],
    false,
    "f64",
    v.place,
  );
  return v.shape.length === 0 && !v.batched
    ? one
    : at(v, { kind: "expand", axes: [], batch: v.batched }, [one]);
}

const op = (name: ScalarName): Node["op"] => ({ kind: "scalar", name });

const negated = (v: Node): Node | undefined =>
  v.op.kind === "scalar" && v.op.name === "neg" ? v.args[0] : undefined;

/** Rewrites of scalar functions: one line each, exact for every double, NaN, infinities and -0 included. */
function scalar(v: Node, name: ScalarName): Node {
  const [a, b, c] = v.args as [Node, Node, Node];
  const numbers = v.args.map(constantOf);
  const [x, y] = numbers;
  const is = (r: Node): Node => (sameKind(r, v) ? r : v);
  if (folds.has(name) && numbers.every((n) => n !== undefined))
    return like(
      v,
      evaluate(scalars[name].body(...numbers.map((n) => num(n))), new Map()),
    );
  switch (name) {
    case "mul":
      if (x === 1) return is(b); // 1 x = x
      if (y === 1) return is(a); // x 1 = x
      if (x === -1) return at(v, op("neg"), [b]); // -1 x = -x
      if (y === -1) return at(v, op("neg"), [a]); // x (-1) = -x
      return v;
    case "div":
      return y === 1 ? is(a) : v; // x / 1 = x
    case "sub": {
      const minus = negated(b);
      if (Object.is(y, 0)) return is(a); // x - 0 = x
      return minus === undefined ? v : at(v, op("add"), [a, minus]); // a - (-b) = a + b
    }
    case "add": {
      if (Object.is(y, -0)) return is(a); // x + (-0) = x, but x + 0 is not x at -0
      if (Object.is(x, -0)) return is(b);
      if (y !== undefined && y < 0) return at(v, op("sub"), [a, like(b, -y)]); // x + (-c) = x - c
      const [left, right] = [negated(a), negated(b)];
      if (right !== undefined) return at(v, op("sub"), [a, right]); // a + (-b) = a - b
      if (left !== undefined) return at(v, op("sub"), [b, left]); // (-a) + b = b - a
      return v;
    }
    case "neg":
      return negated(a) ?? v; // -(-x) = x
    case "where": {
      if (x !== undefined) return is(x !== 0 ? b : c); // the condition is known
      const [minus, other] = [negated(b), numbers[2]];
      if (minus === undefined || other === undefined) return v;
      // a ? -b : k = -(a ? b : -k): V8 throws code away that comes to an operation for the first time
      return at(v, op("neg"), [
        at(v, op("where"), [a, minus, like(c, -other)]),
      ]);
    }
    case "stopGradient":
      return a; // its work is done once gradients are derived
    default:
      return v;
  }
}

function exact(v: Node): Node {
  const { op } = v;
  const [a] = v.args as [Node];
  switch (op.kind) {
    case "scalar":
      return scalar(v, op.name);
    case "reduce": // one term is its own sum and its own maximum
      if (op.batch || !op.axes.every((i) => a.shape[i] === 1)) return v;
      return sameKind(a, v) ? a : at(v, { kind: "reshape" }, [a]);
    case "expand": // copies of copies
      if (sameKind(a, v)) return a;
      if (a.op.kind !== "expand") return v;
      return at(
        v,
        {
          kind: "expand",
          axes: a.op.axes.map((i) => op.axes[i] as number),
          batch: op.batch || a.op.batch,
        },
        a.args,
      );
    case "reshape":
      if (a.op.kind === "reshape")
        return sameKind(a.args[0] as Node, v)
          ? (a.args[0] as Node)
          : at(v, op, a.args);
      return sameKind(a, v) ? a : v;
    case "permute":
      return op.order.every((i, k) => i === k) ? a : v;
    case "slice": // the whole axis, in its order
      return op.start === 0 && op.step === 1 && sameKind(a, v) ? a : v;
    case "concat":
      return v.args.length === 1 ? a : v;
    case "custom": // its work is done once gradients are derived
      return a;
    default:
      return v;
  }
}

/** Only rewrites that are exact for every double (STYLE: never 0 x = 0). */
export const simplify: Pass = {
  name: "simplify",
  run: (program) => rebuild(program, exact),
};
