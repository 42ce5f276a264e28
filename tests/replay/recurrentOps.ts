import { range, type Node } from "../../dsl/graph.js";
import * as gradc from "../../dsl/index.js";
import type { Tensor } from "../../dsl/index.js";
import { stepNodes, type Weights } from "../../dsl/layers/cell.js";
import {
  gatedUnit,
  longShortTermUnit,
  simpleUnit,
  type Unit,
} from "../../dsl/layers/gates.js";
import { overLayers } from "../../dsl/layers/recurrent.js";
import { labelNode } from "../../dsl/primitives/leaf.js";
import { permuteNode } from "../../dsl/primitives/movement.js";
import { asNode, asTensor } from "../../dsl/tensor.js";
import { CrossesExamples, isBatched } from "./batchAxis.js";
import type { Call, Op, Ops } from "./call.js";
import { startingAt } from "./structureOps.js";

type Kind = "rnn" | "gru" | "lstm";

const nonlinearityOf = ({ attrs }: Call): "tanh" | "relu" =>
  attrs.text("nonlinearity", "tanh") === "relu" ? "relu" : "tanh";

const unitOf = (kind: Kind, call: Call): Unit =>
  kind === "rnn"
    ? simpleUnit(nonlinearityOf(call))
    : { gru: gatedUnit, lstm: longShortTermUnit }[kind];

const cellNames = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"] as const;

/** Initializers of the case's numbers, by the names of the language. */
export const initOf = (
  names: readonly string[],
  data: readonly (readonly number[])[],
): Record<string, ReturnType<typeof startingAt>> =>
  Object.fromEntries(names.map((name, i) => [name, startingAt(data[i] ?? [])]));

/** Tells which parameters of the model a layer's weights have become. */
function bindAll(
  call: Call,
  places: readonly number[],
  own: {
    readonly [K in keyof Weights]: Tensor | Node | undefined;
  },
): void {
  const list = [own.weightIh, own.weightHh, own.biasIh, own.biasHh];
  places.forEach((place, i) => {
    call.bind(place, list[i] as Tensor);
  });
}

/** The weights at `places` as they are, where no layer may declare them. */
function weightsAt(call: Call, places: readonly number[]): Weights {
  for (const i of places) call.axes.unbatched(call.x(i));
  const [weightIh, weightHh, biasIh, biasHh] = places.map((i) =>
    asNode(call.x(i)),
  ) as [Node, Node, Node, Node];
  return { weightIh, weightHh, biasIh, biasHh };
}

/** One result by itself. */
const results = (list: readonly Tensor[]): Tensor | readonly Tensor[] =>
  list.length === 1 ? (list[0] as Tensor) : list;

type State = Tensor | gradc.LstmState<readonly number[]>;
type AnyCell = ((x: Tensor, state: State, as: object) => State) &
  Parameters<typeof bindAll>[2];

const makers: Readonly<
  Record<Kind, (i: number, h: number, o: object) => unknown>
> = {
  rnn: gradc.rnnCell,
  gru: gradc.gruCell,
  lstm: gradc.lstmCell,
};

const cell =
  (kind: Kind): Op =>
  (call) => {
    const { axes, x, as } = call;
    const states = kind === "lstm" ? 2 : 1;
    const places = range(4).map((i) => i + 1 + states);
    const operands = range(1 + states).map(x);
    axes.together(...operands);
    if (operands.some((v) => axes.n !== undefined && axes.rankOf(v) < 2))
      throw new CrossesExamples("a cell");
    const own = call.own(...places);
    if (own === undefined) {
      const [input, ...state] = operands.map(asNode) as [Node, ...Node[]];
      const weights = weightsAt(call, places);
      const next = stepNodes(unitOf(kind, call), weights, input, state);
      return results(
        next.map((part, i) =>
          asTensor<Tensor>(labelNode(part, call.node.outputs?.[i] ?? as.name)),
        ),
      );
    }
    const use = call.shared(places, () => {
      const [rows, inputs] = own.shapes[0] as readonly [number, number];
      const made = makers[kind](inputs, rows / unitOf(kind, call).gates, {
        name: own.name,
        frozen: own.frozen,
        init: initOf(cellNames, own.data),
        ...(kind === "rnn" && { nonlinearity: nonlinearityOf(call) }),
      }) as AnyCell;
      bindAll(call, places, made);
      return made;
    });
    const [input, h, c] = operands as [Tensor, Tensor, Tensor?];
    const next = use(input, c === undefined ? h : { h, c }, as);
    return "shape" in next ? next : [next.h, next.c];
  };

/** Names of the weights of every direction of one layer, in the order of the case. */
const sequenceNames = (bidirectional: boolean): string[] =>
  ["", ...(bidirectional ? ["_reverse"] : [])].flatMap((suffix) =>
    cellNames.map((name) => `${name}_l0${suffix}`),
  );

interface Sequence {
  readonly output: Tensor;
  readonly h: Tensor;
  readonly c?: Tensor;
}
type AnySequence = (x: Tensor, state: State, as: object) => Sequence;

const sequenceMakers: Readonly<
  Record<Kind, (i: number, h: number, o: object) => unknown>
> = { rnn: gradc.rnn, gru: gradc.gru, lstm: gradc.lstm };

/** One layer, in both directions where there are eight weights; the states [D, N, H] keep the examples second. */
const sequence =
  (kind: Kind): Op =>
  (call) => {
    const { axes, x, attrs, as } = call;
    const states = kind === "lstm" ? 2 : 1;
    const operands = range(1 + states).map(x);
    if (axes.n !== undefined && operands.some(isBatched))
      throw new CrossesExamples("states have their examples second");
    const bidirectional = attrs.flag("bidirectional");
    const batchFirst = attrs.flag("batch_first");
    const places = range(bidirectional ? 8 : 4).map((i) => i + 1 + states);
    const own = call.own(...places);
    if (own === undefined) {
      const [input, ...initial] = operands.map(asNode) as [Node, ...Node[]];
      const layer = range(places.length / 4).map((d) =>
        weightsAt(call, places.slice(4 * d, 4 * d + 4)),
      );
      const swap = (v: Node): Node =>
        batchFirst ? permuteNode(v, [1, 0, 2]) : v;
      const unit = unitOf(kind, call);
      const ran = overLayers(unit, [layer], swap(input), initial);
      return [swap(ran.output), ...ran.states].map((part, i) =>
        asTensor<Tensor>(labelNode(part, call.node.outputs?.[i] ?? as.name)),
      );
    }
    const use = call.shared(places, () => {
      const [rows, inputs] = own.shapes[0] as readonly [number, number];
      const names = sequenceNames(bidirectional);
      const made = sequenceMakers[kind](
        inputs,
        rows / unitOf(kind, call).gates,
        {
          name: own.name,
          frozen: own.frozen,
          bidirectional,
          batchFirst,
          init: initOf(names, own.data),
          ...(kind === "rnn" && { nonlinearity: nonlinearityOf(call) }),
        },
      ) as AnySequence;
      places.forEach((place, i) => {
        call.bind(place, `${own.name}.${names[i] as string}`);
      });
      return made;
    });
    const [input, h, c] = operands as [Tensor, Tensor, Tensor?];
    const ran = use(input, c === undefined ? h : { h, c }, as);
    return [ran.output, ran.h, ...(ran.c === undefined ? [] : [ran.c])];
  };

/** Recurrent cells and sequences. */
export const recurrentOps: Ops = {
  rnn_cell: cell("rnn"),
  gru_cell: cell("gru"),
  lstm_cell: cell("lstm"),
  rnn: sequence("rnn"),
  gru: sequence("gru"),
  lstm: sequence("lstm"),
};
