/** Recurrent cells, and recurrent layers over sequences. */
import { at, gridOf, type Grid } from "../../oracles/grid.js";
import type { Id, Tape } from "../../oracles/tape.js";
import type { Draft } from "../draft.js";
import type { Operator } from "../operator.js";
import type { Context, Value } from "../program.js";
import { positivePart } from "./elementwise.js";
import { optionsOf } from "./losses.js";
import { affine } from "./matrix.js";
import { flag, flags } from "./windows.js";

type Kind = "rnn" | "gru" | "lstm";

const gates = { rnn: 1, gru: 3, lstm: 4 } as const;

interface Weights {
  readonly input: readonly [weight: Grid, bias: Grid | undefined];
  readonly state: readonly [weight: Grid, bias: Grid | undefined];
}

function weightsOf(
  c: Context,
  kind: Kind,
  ins: number,
  hidden: number,
  bias: boolean,
  suffix: string,
  /** False where no step starts from a state: a product with zeros is none, and its weight is no parameter. */
  remembers: boolean,
): Weights {
  const rows = gates[kind] * hidden;
  const own = (name: string, shape: readonly number[]): Grid =>
    c.own(`${name}${suffix}`, shape);
  const ih = own("weight_ih", [rows, ins]);
  const hh = remembers
    ? own("weight_hh", [rows, hidden])
    : zerosOf(c.tape, [rows, hidden]);
  const more = (name: string): Grid | undefined =>
    bias ? own(name, [rows]) : undefined;
  const [bi, bh] = [more("bias_ih"), more("bias_hh")];
  return { input: [ih, bi], state: [hh, bh] };
}

/** A state: h, and c of an LSTM. */
type State = readonly Grid[];

/**
 * One step, by PyTorch's formulas; x is [..., in], the state [..., hidden]. Without a state it starts from zeros, and
 * nothing is multiplied by them: an infinite cotangent of such a product would not be a number.
 */
function stepped(
  t: Tape,
  kind: Kind,
  relu: boolean,
  w: Weights,
  x: Grid,
  state: State | undefined,
): State {
  const [h, cell] = state ?? [];
  const a = affine(t, x, ...w.input);
  const [weight, bias] = w.state;
  const b =
    h !== undefined
      ? affine(t, h, weight, bias)
      : gridOf(a.shape, (p) =>
          bias === undefined ? t.constant(0) : at(bias, p.slice(-1)),
        );
  const hidden = (a.shape.at(-1) as number) / gates[kind];
  const shape = a.shape.with(-1, hidden);
  /** Gate k of the input's and the state's part. */
  const gate = (g: Grid, k: number, p: readonly number[]): Id =>
    at(g, p.with(-1, k * hidden + (p.at(-1) as number)));
  const sum = (k: number, p: readonly number[]): Id =>
    t.add(gate(a, k, p), gate(b, k, p));
  const sigmoid = (k: number, p: readonly number[]): Id =>
    t.apply("sigmoid", sum(k, p));
  switch (kind) {
    case "rnn":
      return [
        gridOf(shape, (p) =>
          relu ? positivePart(t, sum(0, p)) : t.apply("tanh", sum(0, p)),
        ),
      ];
    case "gru":
      return [
        gridOf(shape, (p) => {
          const [r, z] = [sigmoid(0, p), sigmoid(1, p)];
          // Without a state and a bias there is nothing to reset.
          const isNothing = h === undefined && bias === undefined;
          const n = t.apply(
            "tanh",
            isNothing
              ? gate(a, 2, p)
              : t.add(gate(a, 2, p), t.mul(r, gate(b, 2, p))),
          );
          const fresh = t.mul(t.sub(t.constant(1), z), n);
          return h === undefined ? fresh : t.add(fresh, t.mul(z, at(h, p)));
        }),
      ];
    case "lstm": {
      const next = gridOf(shape, (p) => {
        const fresh = t.mul(sigmoid(0, p), t.apply("tanh", sum(2, p)));
        return cell === undefined
          ? fresh
          : t.add(t.mul(sigmoid(1, p), at(cell, p)), fresh);
      });
      const out = gridOf(shape, (p) =>
        t.mul(sigmoid(3, p), t.apply("tanh", at(next, p))),
      );
      return [out, next];
    }
  }
}

const zerosOf = (t: Tape, shape: readonly number[]): Grid =>
  gridOf(shape, () => t.constant(0));

const nonlinearities = ["omitted", "tanh", "relu"] as const;
const nonlinearityOf = (d: Draft, kind: Kind): string | undefined => {
  const chosen = kind === "rnn" ? d.choose("nonlinearity") : "omitted";
  return chosen === "omitted" ? undefined : chosen;
};

/** A state as it is passed: h of one with one part, h and c of an LSTM. */
const stateArgument = (
  kind: Kind,
  parts: readonly Value[] | undefined,
): Value | Readonly<Record<string, Value>> | undefined => {
  if (parts === undefined) return undefined;
  const [h, c] = parts as [Value, Value?];
  return kind === "lstm" ? { h, c: c as Value } : h;
};

const few = (v: Value): boolean =>
  v.shape.length <= 3 && v.shape.reduce((n, k) => n * k, 1) <= 18;

const cell = (kind: Kind): Operator => ({
  name: `${kind}Cell`,
  attributes: {
    bias: flags,
    state: ["omitted", "given"],
    ...(kind === "rnn" && { nonlinearity: nonlinearities }),
    ...(kind === "lstm" && { result: ["h", "c"] }),
  },
  rank: 1,
  least: 1,
  draw: (d) => {
    const x = d.value(1, { fits: few });
    const [ins, hidden] = [x.shape.at(-1) as number, 1 + d.roll(3)];
    const shape = x.shape.with(-1, hidden);
    const bias = flag(d, "bias");
    const nonlinearity = nonlinearityOf(d, kind);
    const parts =
      d.choose("state") === "given"
        ? (kind === "lstm" ? [0, 1] : [0]).map(() => d.exactly(shape))
        : undefined;
    const result = kind === "lstm" ? d.choose("result") : "h";
    return d.call(
      [ins, hidden, optionsOf({ bias, nonlinearity })],
      (c) => {
        const w = weightsOf(
          c,
          kind,
          ins,
          hidden,
          bias !== false,
          "",
          parts !== undefined,
        );
        const relu = nonlinearity === "relu";
        const state = parts?.map(c.of);
        const next = stepped(c.tape, kind, relu, w, c.of(x), state);
        return next[result === "c" ? 1 : 0] as Grid;
      },
      {
        on: [x, stateArgument(kind, parts)],
        ...(kind === "lstm" && { pick: result }),
      },
    );
  },
});

/** Entry k of the leading axis. */
const entryOf = (x: Grid, k: number): Grid => {
  const size = x.ids.length / (x.shape[0] as number);
  return {
    shape: x.shape.slice(1),
    ids: x.ids.slice(k * size, (k + 1) * size),
  };
};

const stacked = (parts: readonly Grid[]): Grid => ({
  shape: [parts.length, ...(parts[0] as Grid).shape],
  ids: parts.flatMap((p) => [...p.ids]),
});

/** The first two axes of a grid with three changed. */
const turned = (x: Grid): Grid =>
  gridOf(
    [x.shape[1] as number, x.shape[0] as number, x.shape[2] as number],
    ([i = 0, j = 0, k = 0]) => at(x, [j, i, k]),
  );

const sequence = (kind: Kind): Operator => ({
  name: kind,
  attributes: {
    bias: flags,
    state: ["omitted", "given"],
    numLayers: ["omitted", "1", "2"],
    bidirectional: flags,
    form: ["omitted", "unroll", "scan"],
    batchFirst: flags,
    result: ["output", "h", ...(kind === "lstm" ? ["c"] : [])],
    ...(kind === "rnn" && { nonlinearity: nonlinearities }),
  },
  rank: 2,
  least: 1,
  draw: (d) => {
    const x = d.value(2, { fits: few });
    const [ins, hidden] = [x.shape.at(-1) as number, 1 + d.roll(2)];
    const layers = d.choose("numLayers");
    const count = layers === "2" ? 2 : 1;
    const [bias, bidirectional] = [flag(d, "bias"), flag(d, "bidirectional")];
    const [form, batchFirst] = [d.choose("form"), flag(d, "batchFirst")];
    const ways = bidirectional === true ? 2 : 1;
    const swapped = batchFirst === true && x.shape.length === 3;
    const between = swapped ? x.shape.slice(0, 1) : x.shape.slice(1, -1);
    const nonlinearity = nonlinearityOf(d, kind);
    const states = [count * ways, ...between, hidden];
    const parts =
      d.choose("state") === "given"
        ? (kind === "lstm" ? [0, 1] : [0]).map(() => d.exactly(states))
        : undefined;
    const result = d.choose("result");
    const options = optionsOf({
      bias,
      numLayers: layers === "omitted" ? undefined : count,
      bidirectional,
      form: form === "omitted" ? undefined : form,
      batchFirst,
      nonlinearity,
    });
    return d.call(
      [ins, hidden, options],
      (c) => {
        const { tape: t } = c;
        const steps = x.shape[swapped ? 1 : 0] as number;
        const remembers = parts !== undefined || steps > 1 || form === "scan";
        const weights = Array.from({ length: count }, (_, l) =>
          ["", "_reverse"]
            .slice(0, ways)
            .map((way) =>
              weightsOf(
                c,
                kind,
                l === 0 ? ins : ways * hidden,
                hidden,
                bias !== false,
                `_l${String(l)}${way}`,
                remembers,
              ),
            ),
        );
        let input = swapped ? turned(c.of(x)) : c.of(x);
        const finals: State[] = [];
        weights.forEach((directions, l) => {
          const outputs = directions.map((w, way) => {
            const zero = zerosOf(t, states.slice(1));
            // A loop multiplies what it carries, from its first step on.
            let state =
              parts?.map((v) => entryOf(c.of(v), l * ways + way)) ??
              (form === "scan" ? [zero, zero] : undefined);
            const made: Grid[] = [];
            for (let s = 0; s < steps; s++) {
              const place = way === 0 ? s : steps - 1 - s;
              const entry = entryOf(input, place);
              const relu = nonlinearity === "relu";
              const next = stepped(t, kind, relu, w, entry, state);
              made[place] = next[0] as Grid;
              state = [...next];
            }
            finals.push(state as State);
            return stacked(made);
          });
          const [first] = outputs as [Grid];
          const width = first.shape.at(-1) as number;
          input = gridOf(first.shape.with(-1, ways * width), (p) => {
            const e = p.at(-1) as number;
            const from = outputs[Math.floor(e / width)] as Grid;
            return at(from, p.with(-1, e % width));
          });
        });
        if (result === "output") return swapped ? turned(input) : input;
        return stacked(finals.map((s) => s[result === "c" ? 1 : 0] as Grid));
      },
      { on: [x, stateArgument(kind, parts)], pick: result },
    );
  },
});

const kinds: readonly Kind[] = ["rnn", "gru", "lstm"];
export const recurrents: readonly Operator[] = [
  ...kinds.map(cell),
  ...kinds.map(sequence),
];
