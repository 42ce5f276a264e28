import { layer, makeCall } from "../context.js";
import type { Node } from "../graph.js";
import { uniformBetween } from "../initializers.js";
import { labelled } from "../naming.js";
import { numbers } from "../ops/elementwise.js";
import { labelNode } from "../primitives/leaf.js";
import { checkFlags, checkWord } from "../settings.js";
import {
  checkArgument,
  checkFeatures,
  checkPositive,
  type ArgumentError,
  type FeaturesError,
  type Guard,
  type Product,
  type Shape,
  type StateShape,
} from "../shape/rules.js";
import { asTensor, type Tensor } from "../tensor.js";
import {
  gatedUnit,
  longShortTermUnit,
  simpleUnit,
  type Nonlinearity,
  type State,
  type Unit,
} from "./gates.js";
import { affineNode } from "./linear.js";
import {
  withParameters,
  type Declare,
  type ParameterOptions,
} from "./parameters.js";

export interface CellOptions extends ParameterOptions<
  "weight_ih" | "weight_hh" | "bias_ih" | "bias_hh"
> {
  /** False leaves both biases out; true by default. */
  readonly bias?: boolean;
}

export interface RnnCellOptions extends CellOptions {
  /** The function that makes the next state, "tanh" or "relu"; "tanh" by default. */
  readonly nonlinearity?: Nonlinearity;
}

interface StepOptions {
  /** Name of the state; otherwise the const it is declared as. */
  readonly name?: string;
}

/** The parameters of a cell; the biases are undefined where it has none. */
export interface CellParameters<
  Gates extends number,
  I extends number,
  H extends number,
> {
  /** [gates * hidden, in]. */
  readonly weightIh: Tensor<[Product<[Gates, H]>, I]>;
  /** [gates * hidden, hidden]. */
  readonly weightHh: Tensor<[Product<[Gates, H]>, H]>;
  /** [gates * hidden]. */
  readonly biasIh: Tensor<[Product<[Gates, H]>]> | undefined;
  /** [gates * hidden]. */
  readonly biasHh: Tensor<[Product<[Gates, H]>]> | undefined;
}

/** A recurrent cell with one state: x [..., in], h [..., hidden] and the next h; without h it starts from zeros. */
export interface Cell<
  Op extends string,
  Gates extends number,
  I extends number,
  H extends number,
> extends CellParameters<Gates, I, H> {
  <S extends Shape, HS extends Shape = StateShape<S, H>>(
    x: Guard<Tensor<S>, FeaturesError<Op, S, I>>,
    h?: Guard<Tensor<HS>, ArgumentError<Op, "h", StateShape<S, H>, HS>>,
    options?: StepOptions,
  ): Tensor<StateShape<S, H>>;
}

/** The state of an LSTM: what it gives out and what it keeps. */
export interface LstmState<S extends Shape> {
  readonly h: Tensor<S>;
  readonly c: Tensor<S>;
}

/** An LSTM cell: x [..., in], h and c [..., hidden], and the next ones; without a state it starts from zeros. */
export interface LstmCell<
  I extends number,
  H extends number,
> extends CellParameters<4, I, H> {
  <
    S extends Shape,
    HS extends Shape = StateShape<S, H>,
    CS extends Shape = StateShape<S, H>,
  >(
    x: Guard<Tensor<S>, FeaturesError<"lstmCell", S, I>>,
    state?: {
      readonly h: Guard<
        Tensor<HS>,
        ArgumentError<"lstmCell", "h", StateShape<S, H>, HS>
      >;
      readonly c: Guard<
        Tensor<CS>,
        ArgumentError<"lstmCell", "c", StateShape<S, H>, CS>
      >;
    },
    options?: StepOptions,
  ): LstmState<StateShape<S, H>>;
}

/**
 * h' = tanh(W_ih x + b_ih + W_hh h + b_hh), with its own parameters weight_ih [hidden, in], weight_hh [hidden, hidden],
 * bias_ih and bias_hh [hidden], uniform between -1 and 1 over sqrt(hidden). PyTorch: nn.RNNCell.
 *
 * @example
 * const cell = rnnCell(8, 16);
 * const next = cell(x, h);
 */
export function rnnCell<const I extends number, const H extends number>(
  inFeatures: I,
  hidden: H,
  options: RnnCellOptions = {},
): Cell<"rnnCell", 1, I, H> {
  const { nonlinearity = "tanh" } = options;
  checkWord("rnnCell", "nonlinearity", nonlinearity, ["tanh", "relu"]);
  const unit = simpleUnit(nonlinearity);
  return singleState(makeCell("rnnCell", unit, inFeatures, hidden, options));
}

/**
 * r = sigmoid(W_ir x + b_ir + W_hr h + b_hr), z likewise, n = tanh(W_in x + b_in + r (W_hn h + b_hn)) and
 * h' = (1 - z) n + z h (Cho et al. 2014), with its own parameters weight_ih [3 hidden, in], weight_hh [3 hidden, hidden],
 * bias_ih and bias_hh [3 hidden], rows in the order r, z, n, uniform between -1 and 1 over sqrt(hidden). PyTorch:
 * nn.GRUCell.
 *
 * @example
 * const cell = gruCell(8, 16);
 * const next = cell(x, h);
 */
export function gruCell<const I extends number, const H extends number>(
  inFeatures: I,
  hidden: H,
  options: CellOptions = {},
): Cell<"gruCell", 3, I, H> {
  return singleState(
    makeCell("gruCell", gatedUnit, inFeatures, hidden, options),
  );
}

/**
 * i, f, o = sigmoid and g = tanh of their rows of W_ih x + b_ih + W_hh h + b_hh, c' = f c + i g and h' = o tanh(c')
 * (Hochreiter, Schmidhuber 1997), with its own parameters weight_ih [4 hidden, in], weight_hh [4 hidden, hidden],
 * bias_ih and bias_hh [4 hidden], rows in the order i, f, g, o, uniform between -1 and 1 over sqrt(hidden). PyTorch:
 * nn.LSTMCell.
 *
 * @example
 * const cell = lstmCell(8, 16);
 * const first = cell(x, { h, c });
 * const second = cell(x, first);
 */
export function lstmCell<const I extends number, const H extends number>(
  inFeatures: I,
  hidden: H,
  options: CellOptions = {},
): LstmCell<I, H> {
  const { use, own } = makeCell(
    "lstmCell",
    longShortTermUnit,
    inFeatures,
    hidden,
    options,
  );
  const step = (
    x: unknown,
    state?: { readonly h: unknown; readonly c: unknown },
    as?: StepOptions,
  ): LstmState<Shape> => {
    const given = state === undefined ? undefined : [state.h, state.c];
    const [h, c] = use(x, given, as) as [Node, Node];
    return { h: asTensor(h), c: asTensor(c) };
  };
  return Object.assign(step, own) as unknown as LstmCell<I, H>;
}

/** Parameters of one direction of one recurrent layer; their names end in `suffix`. */
export interface Weights {
  readonly weightIh: Node;
  readonly weightHh: Node;
  readonly biasIh: Node | undefined;
  readonly biasHh: Node | undefined;
}

/** Declares weights as PyTorch does: uniform between -1 and 1 over sqrt(hidden). */
export function recurrentWeights(
  declare: Declare,
  rows: number,
  inFeatures: number,
  hidden: number,
  bias: boolean,
  suffix: string,
): Weights {
  const bound = 1 / Math.sqrt(hidden);
  const own = (name: string, shape: Shape): Node =>
    declare(`${name}${suffix}`, shape, uniformBetween(-bound, bound));
  return {
    weightIh: own("weight_ih", [rows, inFeatures]),
    weightHh: own("weight_hh", [rows, hidden]),
    biasIh: bias ? own("bias_ih", [rows]) : undefined,
    biasHh: bias ? own("bias_hh", [rows]) : undefined,
  };
}

/** The state after x [..., in]. */
export function stepNodes(
  unit: Unit,
  weights: Weights,
  x: Node,
  state: State,
): readonly Node[] {
  return advance(unit, weights, fromInput(weights, x, ""), state, "");
}

/** W_ih x + b_ih. */
export const fromInput = (
  { weightIh, biasIh }: Weights,
  x: Node,
  suffix: string,
): Node => labelNode(affineNode(x, weightIh, biasIh), `fromInput${suffix}`);

/** The state after `input` = W_ih x + b_ih; there is no product with the zeros that a sequence starts from. */
export function advance(
  unit: Unit,
  { weightHh, biasHh }: Weights,
  input: Node,
  state: State,
  suffix: string,
): readonly Node[] {
  const [h] = state ?? [];
  const hidden =
    h === undefined
      ? biasHh
      : labelNode(affineNode(h, weightHh, biasHh), `fromState${suffix}`);
  return unit.step(input, hidden, state, suffix);
}

interface Made {
  readonly use: (
    x: unknown,
    state: readonly unknown[] | undefined,
    as?: StepOptions,
  ) => readonly Node[];
  readonly own: Weights;
}

function makeCell(
  op: string,
  unit: Unit,
  inFeatures: number,
  hidden: number,
  options: CellOptions,
): Made {
  checkPositive(op, "input size", inFeatures);
  checkPositive(op, "hidden size", hidden);
  const { bias = true } = options;
  checkFlags(op, { bias });
  const owner = makeCall(op, { name: options.name, named: true });
  const own = withParameters(op, owner, options, (declare) =>
    recurrentWeights(
      declare,
      unit.gates * hidden,
      inFeatures,
      hidden,
      bias,
      "",
    ),
  );
  const use: Made["use"] = (x, state, as = {}) =>
    layer(op, { name: as.name, owner }, (call) => {
      const node = numbers(op, x);
      checkFeatures(op, node.shape, inFeatures);
      const shape = [...node.shape.slice(0, -1), hidden];
      const before = state?.map((given, k) => {
        const name = unit.state[k] as string;
        const part = numbers(op, given);
        checkArgument(op, name, shape, part.shape);
        return part;
      });
      const [h, ...rest] = stepNodes(unit, own, node, before);
      return [labelled(call, h as Node, undefined), ...rest];
    });
  return { use, own };
}

function singleState<
  Op extends string,
  Gates extends number,
  I extends number,
  H extends number,
>({ use, own }: Made): Cell<Op, Gates, I, H> {
  const step = (x: unknown, h?: unknown, as?: StepOptions): Tensor => {
    const [next] = use(x, h === undefined ? undefined : [h], as);
    return asTensor(next as Node);
  };
  return Object.assign(step, own) as unknown as Cell<Op, Gates, I, H>;
}
