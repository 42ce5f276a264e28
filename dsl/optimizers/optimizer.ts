import type { Node } from "../graph.js";
import type { Tensor } from "../tensor.js";

/** What an update rule sees of a run of parameters that are updated alike. */
export interface Update {
  /** w, shape [n]. */
  readonly param: Node;
  /** g = dL/dw after clipping, shape [n]. */
  readonly gradient: Node;
  /** The rate of this step, shape []: base rate, schedule and group applied. */
  readonly lr: Node;
  /** t = 1 for the first update, shape []. */
  readonly step: Node;
  /** A value of the rule's own that lasts from step to step: its contents before the step. */
  readonly state: (
    name: string,
    shape?: "like" | "scalar",
    initial?: number,
  ) => Node;
}

/** New contents after one step. */
export interface Updated {
  readonly param: Node;
  /** New contents of each state value that changes. */
  readonly state?: ReadonlyMap<Node, Node>;
}

/** Rate of a step from the base rate and the number of updates made before it, k = 0, 1, ... (both shape []). */
export type Schedule = (lr: Tensor<[]>, k: Tensor<[]>) => Tensor<[]>;

/** Clipped gradients from all gradients together, in the order of the parameters. */
export type Clip = (gradients: readonly Tensor[]) => readonly Tensor[];

/** Parameters that differ from the rest, by name or by value. */
export interface Group {
  /**
   * Parameters, or prefixes of their names ("hidden" means hidden.weight and hidden.bias), where * stands for any
   * characters ("*.bias").
   */
  readonly params: readonly (string | { readonly shape: readonly number[] })[];
  /** Base rate of the group; it keeps its ratio to the optimizer's when that changes. */
  readonly lr?: number;
  /** Decay of the group in place of the optimizer's. */
  readonly weightDecay?: number;
}

export interface OptimizerOptions {
  /** The rate of each step from the base rate; constant by default. */
  readonly schedule?: Schedule;
  /** What happens to the gradients before the step; nothing by default. */
  readonly clip?: Clip;
  /** Parameters with a rate or a decay of their own; none by default. */
  readonly groups?: readonly Group[];
}

/** A rule that turns gradients into new parameters, as a graph. */
export interface Optimizer extends OptimizerOptions {
  readonly kind: "optimizer";
  /** In words, for headers: "gradient descent". */
  readonly name: string;
  /** Base rate. */
  readonly lr: number;
  /** Where the model called the function that made it. */
  readonly site?: Error;
  /** One step of one run; `weightDecay` where a group overrides the rule's own. */
  readonly update: (u: Update, weightDecay: number | undefined) => Updated;
}
