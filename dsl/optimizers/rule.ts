import type { Node } from "../graph.js";
import { wordNode } from "../primitives/leaf.js";
import {
  add,
  applyScalar,
  constant,
  div,
  mul,
  neg,
  sub,
} from "../primitives/scalar.js";
import {
  checkFlags,
  checkFunction,
  checkList,
  checkRecord,
  checkSetting,
} from "../settings.js";
import type {
  Group,
  Optimizer,
  OptimizerOptions,
  Update,
  Updated,
} from "./optimizer.js";

export interface RuleOptions extends OptimizerOptions {
  /** How much the parameter is pulled towards 0. */
  readonly weightDecay?: number;
  /** Climbs instead of descends: the gradient is negated first. */
  readonly maximize?: boolean;
}

/** b1 and b2: how much of the averages of the gradient and of its square stays at each step. */
export type Betas = readonly [b1: number, b2: number];

/** An optimizer from its rule: `update` sees the gradient with its sign, and the decay of the parameters at hand. */
export function makeOptimizer(
  callee: string,
  lr: number,
  options: RuleOptions,
  rule: {
    readonly name: string;
    readonly update: (u: Update, decay: number) => Updated;
  },
): Optimizer {
  const { schedule, clip, groups, weightDecay = 0, maximize = false } = options;
  checkFlags(callee, { maximize });
  if (schedule !== undefined) checkFunction(callee, "schedule", schedule);
  if (clip !== undefined) checkFunction(callee, "clip", clip);
  checkSetting(callee, "lr", lr, "nonnegative");
  checkSetting(callee, "weightDecay", weightDecay, "nonnegative");
  checkGroups(callee, groups ?? [], lr);
  return Object.freeze({
    ...(schedule !== undefined && { schedule }),
    ...(clip !== undefined && { clip }),
    ...(groups !== undefined && { groups }),
    kind: "optimizer",
    site: new Error(callee),
    name: [rule.name, ...optionWords(options)].join(", "),
    lr,
    update: (u: Update, decay: number = weightDecay) =>
      rule.update(
        maximize ? { ...u, gradient: wordNode("uphill", neg(u.gradient)) } : u,
        decay,
      ),
  });
}

/** Groups may come from a file or from JavaScript, where the types have no say. */
function checkGroups(
  callee: string,
  groups: readonly Partial<Group>[],
  lr: number,
): void {
  const example = '{ params: ["head"], lr: 0.01 }';
  checkList(callee, "groups", groups, `a list such as [${example}]`);
  for (const group of groups) {
    checkRecord(callee, "a group", group, `an object such as ${example}`);
    checkList(
      callee,
      "params of a group",
      group.params,
      'a list of parameters and names such as ["head"]',
    );
    checkSetting(callee, "lr of a group", group.lr ?? lr, "nonnegative");
    checkSetting(
      callee,
      "weightDecay of a group",
      group.weightDecay ?? 0,
      "nonnegative",
    );
  }
}

/** What options add to a rule, for headers: its formulas say how. */
const optionWords = (o: RuleOptions): string[] => [
  ...((o.weightDecay ?? 0) === 0
    ? []
    : [`weight decay ${String(o.weightDecay)}`]),
  ...(o.maximize === true ? ["uphill"] : []),
  ...(o.clip === undefined ? [] : ["clipped gradients"]),
  ...(o.schedule === undefined ? [] : ["scheduled rate"]),
  ...((o.groups ?? []).length === 0 ? [] : ["parameter groups"]),
];

/** Throws unless both betas lie in [0, 1). */
export function checkBetas(callee: string, betas: Betas): void {
  checkList(callee, "betas", betas, "a list such as [0.9, 0.999]");
  const [b1, b2] = betas;
  checkSetting(callee, "beta 1", b1, "decay");
  checkSetting(callee, "beta 2", b2, "decay");
}

/** L2 decay: g + decay w, or g where there is no decay. */
export const decayed = ({ gradient, param }: Update, decay: number): Node =>
  decay === 0
    ? gradient
    : wordNode("decayed", add(gradient, mul(constant(decay), param)));

/** Decoupled decay (Loshchilov & Hutter 2019): (1 - lr decay) w, or w where there is no decay. */
export const shrunk = ({ param, lr }: Update, decay: number): Node =>
  decay === 0
    ? param
    : mul(param, wordNode("kept", sub(constant(1), mul(lr, constant(decay)))));

/** rate old + (1 - rate) x: an average that forgets. */
export const average = (old: Node, x: Node, rate: number): Node =>
  add(mul(constant(rate), old), mul(constant(1 - rate), x));

/** Which of two betas: that of the average of the gradient, or of its square. */
export type Which = 1 | 2;

/** beta^t. */
export const powerOf = (which: Which, betas: Betas, step: Node): Node =>
  wordNode(
    `beta${String(which)}Power`,
    applyScalar("pow", constant(betas[which === 1 ? 0 : 1]), step),
  );

/** 1 - beta^t: what an average that started at 0 has seen after t steps. */
export const seen = (which: Which, betas: Betas, step: Node): Node =>
  wordNode("seen", sub(constant(1), powerOf(which, betas, step)));

/** lr / (1 - b1^t): the rate of a step along an average that started at 0. */
export const stepSize = ({ lr, step }: Update, betas: Betas): Node =>
  wordNode("stepSize", div(lr, seen(1, betas, step)));

export const square = (x: Node): Node => applyScalar("square", x);
export const sqrt = (x: Node): Node => applyScalar("sqrt", x);

/** The averages m of the gradient and v of its square, after this step. */
export function moments(
  u: Update,
  g: Node,
  [b1, b2]: Betas,
): { readonly m: Node; readonly v: Node; readonly state: Map<Node, Node> } {
  const [m0, v0] = [u.state("m"), u.state("v")];
  const m = average(m0, g, b1);
  const v = average(v0, square(g), b2);
  return {
    m,
    v,
    state: new Map([
      [m0, m],
      [v0, v],
    ]),
  };
}
