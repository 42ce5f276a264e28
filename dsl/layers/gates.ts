import type { Node } from "../graph.js";
import { labelNode } from "../primitives/leaf.js";
import { sliceNode } from "../primitives/movement.js";
import { add, applyScalar, constant, mul, sub } from "../primitives/scalar.js";

/** A state's parts, h first; undefined before the first step of a sequence that starts from zeros. */
export type State = readonly Node[] | undefined;

/**
 * One step: the next state from `input` = W_ih x + b_ih, `hidden` = W_hh h + b_hh (undefined where that is nothing) and
 * the state. The gates stand one after the other on the last axis; names of values end in `suffix`.
 */
export type Step = (
  input: Node,
  hidden: Node | undefined,
  state: State,
  suffix: string,
) => readonly Node[];

/** A recurrent unit: how many gates it has, what its state is called, what a step does. */
export interface Unit {
  readonly gates: number;
  readonly state: readonly string[];
  readonly step: Step;
}

/** What a simple recurrent layer applies. */
export type Nonlinearity = "tanh" | "relu";

/** The parts of x, `count` of them, along the last axis. */
function gatesOf(x: Node, count: number): Node[] {
  const axis = x.shape.length - 1;
  const size = (x.shape[axis] as number) / count;
  return Array.from({ length: count }, (_, k) =>
    sliceNode(x, axis, k * size, size),
  );
}

const plus = (a: Node, b: Node | undefined): Node =>
  b === undefined ? a : add(a, b);

/** h' = f(W_ih x + b_ih + W_hh h + b_hh). */
export const simpleUnit = (nonlinearity: Nonlinearity): Unit => ({
  gates: 1,
  state: ["h"],
  step: (input, hidden) => [applyScalar(nonlinearity, plus(input, hidden))],
});

/**
 * r = sigmoid(W_ir x + b_ir + W_hr h + b_hr), z likewise, n = tanh(W_in x + b_in + r (W_hn h + b_hn)),
 * h' = (1 - z) n + z h (Cho et al. 2014).
 */
export const gatedUnit: Unit = {
  gates: 3,
  state: ["h"],
  step: (input, hidden, state, suffix) => {
    const named = (x: Node, name: string): Node =>
      labelNode(x, `${name}${suffix}`);
    const [ir, iz, candidate] = gatesOf(input, 3) as [Node, Node, Node];
    const [hr, hz, recurrent] = hidden === undefined ? [] : gatesOf(hidden, 3);
    const gate = (x: Node, h: Node | undefined, name: string): Node =>
      named(applyScalar("sigmoid", plus(x, h)), name);
    const r = gate(ir, hr, "r");
    const z = gate(iz, hz, "z");
    const reset = recurrent === undefined ? undefined : mul(r, recurrent);
    const n = named(applyScalar("tanh", plus(candidate, reset)), "n");
    const fresh = mul(named(sub(constant(1), z), "renewal"), n);
    const [h] = state ?? [];
    return [h === undefined ? fresh : add(fresh, mul(z, h))];
  },
};

/**
 * i, f, o = sigmoid and g = tanh of their parts of W_ih x + b_ih + W_hh h + b_hh, in the order i, f, g, o;
 * c' = f c + i g, h' = o tanh(c') (Hochreiter, Schmidhuber 1997).
 */
export const longShortTermUnit: Unit = {
  gates: 4,
  state: ["h", "c"],
  step: (input, hidden, state, suffix) => {
    const named = (x: Node, name: string): Node =>
      labelNode(x, `${name}${suffix}`);
    const gates = named(plus(input, hidden), "gates");
    const parts = gatesOf(gates, 4) as [Node, Node, Node, Node];
    const [i, f, g, o] = (["iGate", "fGate", "gGate", "oGate"] as const).map(
      (name, k) =>
        named(
          applyScalar(name === "gGate" ? "tanh" : "sigmoid", parts[k] as Node),
          name,
        ),
    ) as [Node, Node, Node, Node];
    const fresh = mul(i, g);
    const [, c] = state ?? [];
    const next = labelNode(
      c === undefined ? fresh : add(mul(f, c), fresh),
      "c",
    );
    return [mul(o, applyScalar("tanh", next)), next];
  },
};
