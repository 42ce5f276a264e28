import { layer, makeCall } from "../context.js";
import type { Call, Node } from "../graph.js";
import { labelled } from "../naming.js";
import { numbers } from "../ops/elementwise.js";
import { scanNodes } from "../ops/scan.js";
import { unrollNodes } from "../ops/unroll.js";
import { broadcast } from "../primitives/expand.js";
import { labelNode } from "../primitives/leaf.js";
import {
  concatNode,
  permuteNode,
  reshapeNode,
  sliceNode,
  stacked,
} from "../primitives/movement.js";
import { constant } from "../primitives/scalar.js";
import { checkFlags, checkSetting, checkWord } from "../settings.js";
import {
  checkArgument,
  checkPositive,
  checkSequence,
  type ArgumentError,
  type Guard,
  type OutputShape,
  type SequenceError,
  type Shape,
  type StatesShape,
} from "../shape/rules.js";
import { asTensor, type Tensor } from "../tensor.js";
import { advance, fromInput, recurrentWeights, type Weights } from "./cell.js";
import { dropoutNode } from "./dropout.js";
import {
  gatedUnit,
  longShortTermUnit,
  simpleUnit,
  type Nonlinearity,
  type Unit,
} from "./gates.js";
import { withParameters, type ParameterOptions } from "./parameters.js";

/** How the steps of a sequence are computed. */
export type SequenceForm = "unroll" | "scan";

/** Steps up to which a sequence is written out. */
const mostUnrolled = 16;

export interface SequenceOptions<
  Layers extends number = number,
  Bidirectional extends boolean = boolean,
  BatchFirst extends boolean = boolean,
> extends ParameterOptions<string> {
  /** False leaves the biases out. */
  readonly bias?: boolean;
  /** Layers one on top of the other; 1 by default. */
  readonly numLayers?: Layers;
  /** True adds a direction that reads the sequence from its end. */
  readonly bidirectional?: Bidirectional;
  /** Probability with which an output of a layer below another one is left out in training; 0 by default. */
  readonly dropout?: number;
  /**
   * "unroll" writes every step out, "scan" is a loop over the steps: results have the same bits, gradients of parameters
   * are sums over the steps in another order; by default "unroll" up to 16
   * steps.
   */
  readonly form?: SequenceForm;
  /** True where x with three axes is [N, T, in], not [T, N, in]. */
  readonly batchFirst?: BatchFirst;
}

export interface RnnOptions<
  Layers extends number = number,
  Bidirectional extends boolean = boolean,
  BatchFirst extends boolean = boolean,
> extends SequenceOptions<Layers, Bidirectional, BatchFirst> {
  /** The function that makes the next state, "tanh" or "relu"; "tanh" by default. */
  readonly nonlinearity?: Nonlinearity;
}

interface UseOptions {
  /** Name of the outputs; otherwise the const they are declared as. */
  readonly name?: string;
}

/** A recurrent layer with one state, over a sequence [T, in] or [T, N, in]; without h0 it starts from zeros. */
export type Recurrent<
  Op extends string,
  I extends number,
  H extends number,
  Layers extends number,
  Bidirectional extends boolean,
  BatchFirst extends boolean,
> = <
  S extends Shape,
  HS extends Shape = StatesShape<S, H, Layers, Bidirectional, BatchFirst>,
>(
  x: Guard<Tensor<S>, SequenceError<Op, S, I>>,
  h0?: Guard<
    Tensor<HS>,
    ArgumentError<
      Op,
      "h0",
      StatesShape<S, H, Layers, Bidirectional, BatchFirst>,
      HS
    >
  >,
  options?: UseOptions,
) => {
  /** The last layer's h at every step, [T, features of all directions]. */
  readonly output: Tensor<OutputShape<S, H, Bidirectional>>;
  /** Every layer's and direction's last h, [layers * directions, hidden]. */
  readonly h: Tensor<StatesShape<S, H, Layers, Bidirectional, BatchFirst>>;
};

/** An LSTM over a sequence [T, in] or [T, N, in]; without a state it starts from zeros. */
export type Lstm<
  I extends number,
  H extends number,
  Layers extends number,
  Bidirectional extends boolean,
  BatchFirst extends boolean,
> = <
  S extends Shape,
  HS extends Shape = StatesShape<S, H, Layers, Bidirectional, BatchFirst>,
  CS extends Shape = StatesShape<S, H, Layers, Bidirectional, BatchFirst>,
>(
  x: Guard<Tensor<S>, SequenceError<"lstm", S, I>>,
  state?: {
    readonly h: Guard<
      Tensor<HS>,
      ArgumentError<
        "lstm",
        "h",
        StatesShape<S, H, Layers, Bidirectional, BatchFirst>,
        HS
      >
    >;
    readonly c: Guard<
      Tensor<CS>,
      ArgumentError<
        "lstm",
        "c",
        StatesShape<S, H, Layers, Bidirectional, BatchFirst>,
        CS
      >
    >;
  },
  options?: UseOptions,
) => {
  /** The last layer's h at every step, [T, features of all directions]. */
  readonly output: Tensor<OutputShape<S, H, Bidirectional>>;
  /** Every layer's and direction's last h, [layers * directions, hidden]. */
  readonly h: Tensor<StatesShape<S, H, Layers, Bidirectional, BatchFirst>>;
  /** As h, what the cells keep. */
  readonly c: Tensor<StatesShape<S, H, Layers, Bidirectional, BatchFirst>>;
};

/**
 * h_t = tanh(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh), rnnCell over a sequence: x [T, in] of one example, or [T, N, in]; its own parameters are those of each layer's and
 * direction's cell, called weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, weight_ih_l0_reverse, ... PyTorch: nn.RNN.
 *
 * @example
 * const encode = rnn(8, 16);
 * const states = encode(sequence);
 * const last = states.h;
 */
export function rnn<
  const I extends number,
  const H extends number,
  const L extends number = 1,
  const B extends boolean = false,
  const F extends boolean = false,
>(
  inFeatures: I,
  hidden: H,
  options: RnnOptions<L, B, F> = {},
): Recurrent<"rnn", I, H, L, B, F> {
  const { nonlinearity = "tanh" } = options;
  checkWord("rnn", "nonlinearity", nonlinearity, ["tanh", "relu"]);
  const unit = simpleUnit(nonlinearity);
  return sequenceLayer("rnn", unit, inFeatures, hidden, options) as Recurrent<
    "rnn",
    I,
    H,
    L,
    B,
    F
  >;
}

/**
 * h_t = (1 - z) n + z h_(t-1), gruCell over a sequence: x [T, in] of one example, or [T, N, in]; its own parameters are those of each layer's and
 * direction's cell, called weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, weight_ih_l0_reverse, ... PyTorch: nn.GRU.
 *
 * @example
 * const encode = gru(8, 16, { numLayers: 2 });
 * const { output } = encode(sequence);
 */
export function gru<
  const I extends number,
  const H extends number,
  const L extends number = 1,
  const B extends boolean = false,
  const F extends boolean = false,
>(
  inFeatures: I,
  hidden: H,
  options: SequenceOptions<L, B, F> = {},
): Recurrent<"gru", I, H, L, B, F> {
  return sequenceLayer(
    "gru",
    gatedUnit,
    inFeatures,
    hidden,
    options,
  ) as Recurrent<"gru", I, H, L, B, F>;
}

/**
 * c_t = f c_(t-1) + i g and h_t = o tanh(c_t), lstmCell over a sequence: x [T, in] of one example, or [T, N, in]; its own parameters are those of each layer's and
 * direction's cell, called weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, weight_ih_l0_reverse, ... PyTorch:
 * nn.LSTM.
 *
 * @example
 * const encode = lstm(8, 16, { bidirectional: true });
 * const states = encode(sequence);
 * const [last, kept] = [states.h, states.c];
 */
export function lstm<
  const I extends number,
  const H extends number,
  const L extends number = 1,
  const B extends boolean = false,
  const F extends boolean = false,
>(
  inFeatures: I,
  hidden: H,
  options: SequenceOptions<L, B, F> = {},
): Lstm<I, H, L, B, F> {
  return sequenceLayer(
    "lstm",
    longShortTermUnit,
    inFeatures,
    hidden,
    options,
  ) as Lstm<I, H, L, B, F>;
}

/** The weights of one layer: forward, and reverse where it has two directions. */
export type LayerWeights = readonly Weights[];

function sequenceLayer(
  op: string,
  unit: Unit,
  inFeatures: number,
  hidden: number,
  options: SequenceOptions,
): unknown {
  const {
    numLayers = 1,
    bidirectional = false,
    batchFirst = false,
    bias = true,
    dropout = 0,
  } = options;
  checkPositive(op, "input size", inFeatures);
  checkPositive(op, "hidden size", hidden);
  checkSetting(op, "numLayers", numLayers, "count");
  checkSetting(op, "dropout", dropout, "fraction");
  checkFlags(op, { bias, bidirectional, batchFirst });
  if (options.form !== undefined)
    checkWord(op, "form", options.form, ["unroll", "scan"]);
  const owner = makeCall(op, { name: options.name, named: true });
  const suffixes = bidirectional ? ["", "_reverse"] : [""];
  const layers = withParameters(op, owner, options, (declare) =>
    Array.from({ length: numLayers }, (_, l): LayerWeights => {
      const features = l === 0 ? inFeatures : hidden * suffixes.length;
      return suffixes.map((suffix) =>
        recurrentWeights(
          declare,
          unit.gates * hidden,
          features,
          hidden,
          bias,
          `_l${String(l)}${suffix}`,
        ),
      );
    }),
  );
  const use = (x: unknown, given?: unknown, as: UseOptions = {}): unknown =>
    layer(op, { name: as.name, owner }, (call) => {
      const node = numbers(op, x);
      checkSequence(op, node.shape, inFeatures);
      const swap = batchFirst && node.shape.length === 3;
      const between = swap ? node.shape.slice(0, 1) : node.shape.slice(1, -1);
      const shape = [numLayers * suffixes.length, ...between, hidden];
      const initial = initialStates(op, unit, shape, given);
      const { output, states } = overLayers(
        unit,
        layers,
        swap ? permuteNode(node, [1, 0, 2]) : node,
        initial,
        { form: options.form, dropout },
      );
      return results(
        unit,
        call,
        swap ? permuteNode(output, [1, 0, 2]) : output,
        states,
      );
    });
  return use;
}

/** h0, or { h, c }, where given; their shapes are those of the last states. */
function initialStates(
  op: string,
  unit: Unit,
  shape: Shape,
  given: unknown,
): readonly Node[] | undefined {
  if (given === undefined) return undefined;
  const parts = (unit.state.length === 1 ? { h0: given } : given) as Readonly<
    Record<string, unknown>
  >;
  const names = unit.state.length === 1 ? ["h0"] : unit.state;
  return names.map((name) => {
    const part = numbers(op, parts[name]);
    checkArgument(op, name, shape, part.shape);
    return part;
  });
}

function results(
  unit: Unit,
  call: Call | undefined,
  output: Node,
  states: readonly Node[],
): Readonly<Record<string, Tensor>> {
  const last = unit.state.map((name, k) => [
    name,
    asTensor<Tensor>(states[k] as Node),
  ]);
  return {
    output: asTensor(labelled(call, output, undefined)),
    ...(Object.fromEntries(last) as Readonly<Record<string, Tensor>>),
  };
}

/**
 * A recurrent network over x [T, ..., in]: the outputs [T, ..., directions * hidden] of its last layer, and the last
 * states [layers * directions, ..., hidden], one for each part of the state.
 */
export function overLayers(
  unit: Unit,
  layers: readonly LayerWeights[],
  x: Node,
  initial: readonly Node[] | undefined,
  options: {
    readonly form?: SequenceForm | undefined;
    readonly dropout?: number;
  } = {},
): { readonly output: Node; readonly states: readonly Node[] } {
  const steps = x.shape[0] as number;
  const { form = steps <= mostUnrolled ? "unroll" : "scan", dropout = 0 } =
    options;
  const overSteps = form === "unroll" ? unrolledSteps : scannedSteps;
  const finals: (readonly Node[])[] = [];
  let output = x;
  layers.forEach((directions, l) => {
    if (l > 0) output = dropoutNode(output, dropout);
    const outputs = directions.map((weights, d) => {
      const place = l * directions.length + d;
      const suffix = [
        ...(layers.length > 1 ? [`_l${String(l)}`] : []),
        ...(d === 1 ? ["_reverse"] : []),
      ].join("");
      const state = initial?.map((part) => at(part, place));
      const ran = overSteps(unit, weights, {
        x: output,
        isReversed: d === 1,
        initial: state,
        suffix,
      });
      finals.push(ran.state);
      return inOrder(ran.outputs, d === 1);
    });
    output =
      outputs.length === 1
        ? (outputs[0] as Node)
        : concatNode(outputs, (outputs[0] as Node).shape.length - 1);
  });
  const states = unit.state.map((_, k) =>
    stacked(finals.map((parts) => parts[k] as Node)),
  );
  return { output, states };
}

/** One direction of one layer, which reads x from its end where it is reversed; outputs in the order of its steps. */
type OverSteps = (
  unit: Unit,
  weights: Weights,
  run: {
    readonly x: Node;
    readonly isReversed: boolean;
    readonly initial: readonly Node[] | undefined;
    readonly suffix: string;
  },
) => { readonly outputs: Node; readonly state: readonly Node[] };

/** W_ih x + b_ih is a part of the step: kept for all steps, it would be most of the memory. */
const scannedSteps: OverSteps = (
  unit,
  weights,
  { x, isReversed, initial, suffix },
) => {
  const hidden = weights.weightHh.shape[1] as number;
  const shape = [...x.shape.slice(1, -1), hidden];
  const start = initial ?? unit.state.map(() => broadcast(constant(0), shape));
  const { state, outputs } = scanNodes(
    "scan",
    [inOrder(x, isReversed)],
    start,
    unit.state.map((name) => `${name}${suffix}`),
    (before, [entry]) => {
      const input = fromInput(weights, entry as Node, suffix);
      const next = advance(unit, weights, input, before, suffix);
      return { state: next, outputs: next.slice(0, 1) };
    },
  );
  return { outputs: outputs[0] as Node, state };
};

const unrolledSteps: OverSteps = (
  unit,
  weights,
  { x, isReversed, initial, suffix },
) => {
  const { state, outputs } = unrollNodes(
    inOrder(fromInput(weights, x, suffix), isReversed),
    initial,
    (before, input, t) => {
      const name = `${suffix}_t${String(t + 1)}`;
      const [h, ...rest] = advance(unit, weights, input, before, name);
      const next = [labelNode(h as Node, `h${name}`), ...rest];
      return { state: next, output: next[0] as Node };
    },
  );
  return { outputs: stacked(outputs), state: state ?? [] };
};

/** Entry k of the leading axis. */
const at = (x: Node, k: number): Node =>
  reshapeNode(sliceNode(x, 0, k, 1), x.shape.slice(1));

/** The leading axis, from its end where it is reversed. */
const inOrder = (x: Node, isReversed: boolean): Node => {
  if (!isReversed) return x;
  const length = x.shape[0] as number;
  return sliceNode(x, 0, length - 1, length, -1);
};
