import { makeNode, within } from "../dsl/context.js";
import {
  emptyProgram,
  isLeaf,
  rootsOf,
  sizeOf,
  topological,
  type Leaf,
  type Node,
  type Program,
} from "../dsl/graph.js";
import { CompileTimeError } from "../dsl/errors.js";
import { gradientNodes } from "../dsl/gradient.js";
import type { Group, Optimizer } from "../dsl/optimizers/optimizer.js";
import { reshapeNode } from "../dsl/primitives/movement.js";
import { batchReduce } from "../dsl/primitives/reduce.js";
import { labelNode, leafNode } from "../dsl/primitives/leaf.js";
import {
  add,
  applyScalar,
  batchSize,
  constant,
  div,
  iota,
  mul,
} from "../dsl/primitives/scalar.js";
import type { NamedModel } from "./load/name.js";
import { inMode, remembered } from "./modes.js";
import { adopt } from "./passes/names.js";

export type LeafNode = Node & { readonly op: Leaf };

/** One value that the optimizer keeps from step to step, in the flat state vector. */
export interface StateSlot {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly initial: number;
}

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

/** The stream of `init(seed)`: entry i of a parameter draws number offset + i, stream s those s 2^26 later. */
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
          const place = p.op.offset + stream * 2 ** 26;
          const index = reshapeNode(iota(size, place), p.shape);
          return applyScalar("uniform", seed, index);
        },
      };
      return [[p, start(draw)] as const];
    });
    return { ...emptyProgram, updates: new Map(updates) };
  });
}

/** Parameters that are updated alike and lie side by side in the flat vectors. */
interface Run {
  readonly offset: number;
  readonly size: number;
  readonly lrFactor: number;
  readonly weightDecay: number | undefined;
}

/** True where a group means the parameter: by value, by name, or by the layer's name before it. */
const isMember = (p: LeafNode, named: Group["params"][number]): boolean =>
  typeof named === "string"
    ? p.op.name === named || p.op.name.startsWith(`${named}.`)
    : (named as object) === p;

function runsOf(optimizer: Optimizer, params: readonly LeafNode[]): Run[] {
  const runs: Run[] = [];
  for (const named of optimizer.groups?.flatMap((g) => g.params) ?? [])
    if (!params.some((p) => isMember(p, named)))
      throw new CompileTimeError(
        "GC1253",
        `optimizer: a group names ${typeof named === "string" ? JSON.stringify(named) : "a tensor"}, which is no trainable parameter, expected one of ${params.map((p) => p.op.name).join(", ")}`,
      );
  for (const p of params) {
    const group = optimizer.groups?.find((g) =>
      g.params.some((q) => isMember(p, q)),
    );
    if (group?.lr !== undefined && optimizer.lr === 0)
      throw new CompileTimeError(
        "GC1252",
        `optimizer: a group has the rate ${String(group.lr)}, but the base rate it keeps its ratio to is 0`,
        "give the optimizer a base rate above 0",
      );
    const lrFactor = group?.lr === undefined ? 1 : group.lr / optimizer.lr;
    const weightDecay = group?.weightDecay;
    const last = runs.at(-1);
    const size = sizeOf(p.shape);
    if (
      last !== undefined &&
      last.lrFactor === lrFactor &&
      last.weightDecay === weightDecay
    )
      runs[runs.length - 1] = { ...last, size: last.size + size };
    else runs.push({ offset: p.op.offset, size, lrFactor, weightDecay });
  }
  return runs;
}

/** One step of the optimizer over flat vectors: an elementwise rule never needs to know where a tensor ends. */
function updateProgram(
  optimizer: Optimizer,
  params: readonly LeafNode[],
): { readonly program: Program; readonly states: readonly StateSlot[] } {
  return within({ phase: "update", call: undefined }, () => {
    const states: StateSlot[] = [];
    const leaves = new Map<string, Node>();
    const lr = leafNode("number", "lr", []);
    const k = leafNode("number", "steps", []);
    const base = optimizer.schedule?.(lr, k) ?? lr;
    const t = labelNode(add(k, constant(1)), "t");
    const updates = new Map<Node, Node>();
    const runs = runsOf(optimizer, params);
    const grads = runs.map((r) =>
      leafNode("gradient", "g", [r.size], { offset: r.offset }),
    );
    const clipped = optimizer.clip?.(grads) ?? grads;
    const take = (
      name: string,
      size: number,
      shape: readonly number[],
      initial: number,
    ): Node => {
      const known = leaves.get(name);
      if (known !== undefined) return known;
      const offset = states.reduce((n, s) => n + s.size, 0);
      states.push({ name, offset, size, initial });
      const leaf = makeNode(
        { kind: "leaf", space: "state", name, offset, initial },
        [],
        shape,
        false,
      );
      leaves.set(name, leaf);
      return leaf;
    };
    runs.forEach((run, i) => {
      const param = leafNode("param", "p", [run.size], { offset: run.offset });
      const suffix = runs.length === 1 ? "" : String(i + 1);
      const next = optimizer.update(
        {
          param,
          gradient: clipped[i] as Node,
          lr: run.lrFactor === 1 ? base : mul(base, constant(run.lrFactor)),
          step: t,
          state: (name, shape = "like", initial = 0) =>
            shape === "scalar"
              ? take(`${name}${suffix}`, 1, [], initial)
              : take(`${name}${suffix}`, run.size, [run.size], initial),
        },
        run.weightDecay,
      );
      updates.set(param, next.param);
      for (const [s, v] of next.state ?? [])
        updates.set(s, isLeaf(s) ? labelNode(v, s.op.name) : v);
    });
    return { program: { ...emptyProgram, updates }, states };
  });
}
