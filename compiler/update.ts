import { makeNode, within } from "../dsl/context.js";
import {
  emptyProgram,
  isLeaf,
  sizeOf,
  type Node,
  type Program,
} from "../dsl/graph.js";
import { CompileTimeError, ofModel } from "../dsl/errors.js";
import { found } from "../dsl/found.js";
import { isTensor } from "../dsl/ops/elementwise.js";
import type { Group, Optimizer } from "../dsl/optimizers/optimizer.js";
import { labelNode, leafNode, wordNode } from "../dsl/primitives/leaf.js";
import { add, constant, mul } from "../dsl/primitives/scalar.js";
import { asNode, asTensor, type Tensor } from "../dsl/tensor.js";
import { isNamed } from "./load/pattern.js";
import type { LeafNode } from "./programs.js";
import { returnedToUpdate } from "./returned.js";

/** One value that the optimizer keeps from step to step, in the flat state vector. */
export interface StateSlot {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly initial: number;
  /** What the rule calls it: the same for every group of parameters. */
  readonly value: string;
  /** The first parameter that has a number of it; undefined where it is one number for all. */
  readonly first: number | undefined;
}

/** How parameters of one group are updated. */
interface Setting {
  readonly lrFactor: number;
  readonly weightDecay: number | undefined;
}

/** Parameters that are updated alike and lie side by side in the flat vectors. */
interface Run extends Setting {
  readonly offset: number;
  readonly size: number;
}

/** True where a group means the parameter: by value, or by a name as `isNamed` reads it. */
const isMember = (p: LeafNode, named: Group["params"][number]): boolean =>
  typeof named === "string"
    ? isNamed(p.op.name, named)
    : (named as object) === p;

const isIn = (p: LeafNode, group: Group): boolean =>
  group.params.some((named) => isMember(p, named));

/** What a group names, as a message shows it. */
function memberText(named: Group["params"][number]): string {
  if (typeof named === "string") return JSON.stringify(named);
  if (!isTensor(named)) return found(named);
  const { op } = asNode(named);
  return op.kind === "leaf" ? `${op.space} "${op.name}"` : "a tensor";
}

/** @throws CompileTimeError for a group of nothing, groups that meet, and a rate that has no ratio to the base rate. */
function checkGroups(optimizer: Optimizer, params: readonly LeafNode[]): void {
  const groups = optimizer.groups ?? [];
  for (const named of groups.flatMap((g) => g.params))
    if (!params.some((p) => isMember(p, named)))
      throw new CompileTimeError(
        "GC1253",
        `optimizer: a group names ${memberText(named)}, which is no trainable parameter, expected one of ${params.map((p) => p.op.name).join(", ")}`,
        'name parameters, layers, or several with *: params: ["hidden", "*.bias"]',
      );
  for (const p of params)
    if (groups.filter((g) => isIn(p, g)).length > 1)
      throw new CompileTimeError(
        "GC1254",
        `optimizer: parameter "${p.op.name}" is in two groups, expected it in one`,
        "name the parameters of a layer one by one: h.weight, h.bias",
      );
  const rate = groups.find((g) => g.lr !== undefined)?.lr;
  if (rate !== undefined && optimizer.lr === 0)
    throw new CompileTimeError(
      "GC1252",
      `optimizer: a group has the rate ${String(rate)}, but the base rate it keeps its ratio to is 0`,
      "give the optimizer a base rate above 0",
    );
}

/** A parameter has what its group says. */
function settingOf(optimizer: Optimizer, p: LeafNode): Setting {
  const group = optimizer.groups?.find((g) => isIn(p, g));
  return {
    lrFactor: group?.lr === undefined ? 1 : group.lr / optimizer.lr,
    weightDecay: group?.weightDecay,
  };
}

const isSame = (a: Setting, b: Setting): boolean =>
  a.lrFactor === b.lrFactor && a.weightDecay === b.weightDecay;

function runsOf(optimizer: Optimizer, params: readonly LeafNode[]): Run[] {
  const runs: Run[] = [];
  ofModel(optimizer.site, () => {
    checkGroups(optimizer, params);
  });
  for (const p of params) {
    const setting = settingOf(optimizer, p);
    const last = runs.at(-1);
    const size = sizeOf(p.shape);
    if (last !== undefined && isSame(last, setting))
      runs[runs.length - 1] = { ...last, size: last.size + size };
    else runs.push({ offset: p.op.offset, size, ...setting });
  }
  return runs;
}

/** Parameters that are updated alike, and how: as if they were one vector of two. */
export interface Rule {
  readonly params: readonly LeafNode[];
  readonly program: Program;
}

/** The rule of each group of parameters, in the order of the parameters. */
export function rulesOf(
  optimizer: Optimizer,
  params: readonly LeafNode[],
): Rule[] {
  const settings: { setting: Setting; params: LeafNode[] }[] = [];
  for (const p of params) {
    const setting = settingOf(optimizer, p);
    const known = settings.find((s) => isSame(s.setting, setting));
    if (known === undefined) settings.push({ setting, params: [p] });
    else known.params.push(p);
  }
  return settings.map(({ setting, params: list }) => ({
    params: list,
    program: programOf(optimizer, [{ offset: 0, size: 2, ...setting }]).program,
  }));
}

interface Updates {
  readonly program: Program;
  readonly states: readonly StateSlot[];
}

/** One step of the optimizer over flat vectors: an elementwise rule never needs to know where a tensor ends. */
export const updateProgram = (
  optimizer: Optimizer,
  params: readonly LeafNode[],
): Updates => programOf(optimizer, runsOf(optimizer, params));

function programOf(optimizer: Optimizer, runs: readonly Run[]): Updates {
  return within({ phase: "update", call: undefined }, () => {
    const states: StateSlot[] = [];
    const leaves = new Map<string, Node>();
    const lr = leafNode("number", "lr", []);
    const k = leafNode("number", "steps", []);
    const { schedule, clip, site } = optimizer;
    const scheduled =
      schedule === undefined
        ? lr
        : ofModel(site, () =>
            returnedToUpdate(
              "optimizer: schedule",
              schedule(asTensor(lr), asTensor(k)),
              [],
              "the base rate, the step's number, parameters and numbers",
            ),
          );
    const base = isLeaf(scheduled) ? scheduled : wordNode("rate", scheduled);
    const t = labelNode(add(k, constant(1)), "t");
    const updates = new Map<Node, Node>();
    const grads = runs.map((r) =>
      leafNode("gradient", "g", [r.size], { offset: r.offset }),
    );
    const clipped =
      clip === undefined
        ? grads
        : ofModel(site, () => {
            const given: unknown = clip(grads.map((g) => asTensor<Tensor>(g)));
            if (!Array.isArray(given))
              throw new CompileTimeError(
                "GC1123",
                `optimizer: clip returned ${found(given)}, expected a list of tensors`,
                "return a tensor for each gradient, in their order",
              );
            return grads.map((g, i) =>
              returnedToUpdate(
                "optimizer: clip",
                given[i],
                g.shape,
                "the gradients, parameters and numbers",
              ),
            );
          });
    const take = (
      value: string,
      suffix: string,
      first: number | undefined,
      shape: readonly number[],
      initial: number,
    ): Node => {
      const name = `${value}${suffix}`;
      const known = leaves.get(name);
      if (known !== undefined) return known;
      const offset = states.reduce((n, s) => n + s.size, 0);
      const size = sizeOf(shape);
      states.push({ name, offset, size, initial, value, first });
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
          lr:
            run.lrFactor === 1
              ? base
              : wordNode("rate", mul(base, constant(run.lrFactor))),
          step: t,
          state: (value, shape = "like", initial = 0) =>
            shape === "scalar"
              ? take(value, suffix, undefined, [], initial)
              : take(value, suffix, run.offset, [run.size], initial),
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
