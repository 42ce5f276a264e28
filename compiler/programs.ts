import { within } from "../dsl/context.js";
import {
  emptyProgram,
  orderOf,
  rootsOf,
  sizeOf,
  topological,
  type Leaf,
  type Node,
  type Program,
} from "../dsl/graph.js";
import { ofModel } from "../dsl/errors.js";
import { gradientNodes } from "../dsl/gradient.js";
import { reshapeNode } from "../dsl/primitives/movement.js";
import { batchReduce } from "../dsl/primitives/reduce.js";
import { leafNode } from "../dsl/primitives/leaf.js";
import { applyScalar, batchSize, div, iota } from "../dsl/primitives/scalar.js";
import type { NamedModel } from "./load/name.js";
import { inMode, remembered } from "./modes.js";
import { adopt } from "./passes/names.js";
import { returnedToInit } from "./returned.js";
import { updateProgram, type StateSlot } from "./update.js";

export type LeafNode = Node & { readonly op: Leaf };

/** Everything that a module computes, as graphs over the same leaves. */
export interface Programs {
  /** Parameters <- their initial values, from the leaf `seed`. */
  readonly init: Program;
  /** Inputs -> outputs, as the network predicts. */
  readonly forward: Program;
  /**
   * Inputs and targets -> loss (mean over the batch) and the sum over the examples of dL/dp, as the network trains;
   * running statistics <- what training keeps of them.
   */
  readonly backward: Program;
  /** What gradients are derived from: the training loss of each example, where it is batched, or of the whole batch. */
  readonly loss: Node;
  /** Gradients <- their mean over the batch; nothing where the loss is one number for the whole batch already. */
  readonly average: Program;
  /** Parameters and state <- what the optimizer makes of the gradients. */
  readonly update: Program;
  readonly states: readonly StateSlot[];
  /** How many examples training takes at least: 2 where one has no variance. */
  readonly least: number;
  /** True where something is batched, be it random numbers: the functions then take n examples. */
  readonly batched: boolean;
}

/** Derives all programs of a model whose names and offsets are settled. */
export function buildPrograms(m: NamedModel): Programs {
  const trainable = m.params.filter((p) => p.op.trainable !== false);
  const predicting = inMode({ ...emptyProgram, outputs: m.outputs }, "predict");
  const kept = remembered(inMode({ ...emptyProgram, loss: m.loss }, "train"));
  // A name's cotangent is that of all uses of the value: those that a derivative made by `gradient` has, too.
  const training = adopt.run({ ...kept.program, updates: kept.updates });
  const loss = training.loss as Node;
  const gradients = gradientNodes(loss, trainable);
  const count = trainable.reduce((n, p) => n + sizeOf(p.shape), 0);
  const { program: update, states } = updateProgram(m.optimizer, trainable);
  return {
    init: initProgram(m.params),
    forward: predicting,
    backward: {
      ...emptyProgram,
      loss: within({ phase: "forward", call: undefined }, () =>
        loss.batched ? div(batchReduce("sum", loss), batchSize()) : loss,
      ),
      gradients: new Map(
        trainable.flatMap((p, i) => {
          const d = gradients[i];
          return d === undefined ? [] : [[p, d] as const];
        }),
      ),
      updates: training.updates,
    },
    loss,
    average: loss.batched && count > 0 ? averageProgram(count) : emptyProgram,
    update,
    states,
    least: orderOf(training).reduce(
      (most, { op }) =>
        op.kind === "batchSize" ? Math.max(most, op.least) : most,
      1,
    ),
    // Random numbers may be all that examples have of their own.
    batched: topological([
      ...m.inputs,
      ...rootsOf({ ...predicting, loss }),
    ]).some((v) => v.batched),
  };
}

function averageProgram(count: number): Program {
  return within({ phase: "backward", call: undefined }, () => {
    const g = leafNode("gradient", "g", [count]);
    return { ...emptyProgram, updates: new Map([[g, div(g, batchSize())]]) };
  });
}

/**
 * The stream of `init(seed)`: entry i of a parameter draws number offset + i, the offset being that in a network that
 * trains all that is not frozen; stream s draws those s 2^26 later.
 */
function initProgram(params: readonly LeafNode[]): Program {
  return within({ phase: "init", call: undefined }, () => {
    const seed = leafNode("number", "seed", []);
    const updates = params.flatMap((p) => {
      const start = p.op.initializer;
      if (start === undefined) return [];
      const size = sizeOf(p.shape);
      const draw = {
        shape: p.shape,
        uniform: (stream = 0) => {
          const place = (p.op.draw ?? p.op.offset) + stream * 2 ** 26;
          const index = reshapeNode(iota(size, place), p.shape);
          return applyScalar("uniform", seed, index);
        },
      };
      const initial = ofModel(p.op.call?.site ?? p.op.site, () =>
        returnedToInit(`init of "${p.op.name}"`, start(draw), p.shape),
      );
      return [[p, initial] as const];
    });
    return { ...emptyProgram, updates: new Map(updates) };
  });
}
