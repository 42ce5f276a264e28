/** Convolutions and transposed convolutions in their three forms: a layer, a shared layer, with a weight that is a value. */
import { at, gridOf, pointsOf, sizeOf, type Grid } from "../../oracles/grid.js";
import type { Id, Tape } from "../../oracles/tape.js";
import type { Draft } from "../draft.js";
import type { Drawn, Operator } from "../operator.js";
import type { Argument, Context, Value } from "../program.js";
import { optionsOf } from "./losses.js";
import {
  entryAt,
  flag,
  flags,
  lengthsOf,
  perAxis,
  settingOf,
  spanOf,
  type Move,
  type Spatial,
} from "./windows.js";

/** What is the same for both kinds of convolution. */
interface Plan {
  readonly x: Value;
  readonly outChannels: number;
  readonly groups: number;
  readonly kernel: Argument;
  readonly weight: readonly number[];
  /** Options but for the bias. */
  readonly settings: Readonly<Record<string, Argument>>;
  readonly meaning: (t: Tape, x: Grid, w: Grid, b: Grid | undefined) => Grid;
}

const plusBias = (t: Tape, terms: readonly Id[], b: Id | undefined): Id =>
  b === undefined ? t.sum(terms) : t.add(t.sum(terms), b);

/** An operand, and how many parts its channels have that do not meet. */
function operandOf(
  d: Draft,
  spatial: Spatial,
): { readonly x: Value; readonly channels: number; readonly groups: Argument } {
  const x = d.value(spatial + 1, { fits: (v) => sizeOf(v.shape) <= 24 });
  const channels = x.shape.at(-1 - spatial) as number;
  const chosen = d.choose("groups", channels === 1 ? ["some"] : []);
  const some = channels === 4 && d.chance(50) ? 2 : channels;
  return {
    x,
    channels,
    groups: chosen === "omitted" ? undefined : chosen === "1" ? 1 : some,
  };
}

/** sum over channels c of the group and taps k of w[o][c][k] x[c][stride place + dilation k - before]. */
function correlation(d: Draft, spatial: Spatial): Plan {
  const { x, channels, groups } = operandOf(d, spatial);
  const lengths = lengthsOf(x, spatial);
  const parts = typeof groups === "number" ? groups : 1;
  const outChannels = parts * (1 + d.roll(2));
  const word = d.choose("padding");
  const padding =
    word === "same" || word === "valid"
      ? { given: word, values: lengths.map(() => 0) }
      : settingOf(
          d,
          "padding",
          spatial,
          () => [0, 2],
          () => 0,
          ["omitted", "one", "each", "same", "valid"].filter((c) => c !== word),
        );
  const same = word === "same";
  const dilation = settingOf(
    d,
    "dilation",
    spatial,
    () => [1, 2],
    () => 1,
  );
  const stride = settingOf(
    d,
    "stride",
    spatial,
    () => [1, same ? 1 : 3],
    () => 1,
  );
  const most = (i: number): number => {
    const whole = (lengths[i] as number) + 2 * (padding.values[i] as number);
    const reach = Math.floor((whole - 1) / (dilation.values[i] as number)) + 1;
    return same ? 3 : Math.min(3, reach);
  };
  const kernel = settingOf(
    d,
    "kernel",
    spatial,
    (i) => [1, most(i)],
    () => 1,
  );
  const moves = lengths.map((_, i): Move => {
    const [k, by] = [kernel.values[i] as number, dilation.values[i] as number];
    const own = padding.values[i] as number;
    return {
      kernel: k,
      stride: stride.values[i] as number,
      dilation: by,
      before: same ? Math.floor((by * (k - 1)) / 2) : own,
    };
  });
  const places = lengths.map((n, i) => {
    const m = moves[i] as Move;
    const whole = n + 2 * (padding.values[i] as number);
    return same
      ? n
      : Math.floor((whole - spanOf(m.kernel, m.dilation)) / m.stride) + 1;
  });
  const inside = channels / parts;
  const lead = x.shape.length - 1 - spatial;
  return {
    x,
    outChannels,
    groups: parts,
    kernel: kernel.given,
    weight: [outChannels, inside, ...kernel.values],
    settings: {
      stride: stride.given,
      padding: padding.given,
      dilation: dilation.given,
      groups,
    },
    meaning: (t, v, w, b) =>
      gridOf([...v.shape.slice(0, lead), outChannels, ...places], (p) => {
        const o = p[lead] as number;
        const group = Math.floor(o / (outChannels / parts));
        const terms = pointsOf([inside, ...kernel.values]).flatMap(
          ([c = 0, ...tap]) => {
            const entry = entryAt(lengths, moves, p.slice(lead + 1), tap);
            if (entry === undefined) return [];
            const from = [...p.slice(0, lead), group * inside + c, ...entry];
            return [t.mul(at(w, [o, c, ...tap]), at(v, from))];
          },
        );
        return plusBias(t, terms, b?.ids[o]);
      }),
  };
}

/** sum over c of the group and i, k with place = stride i + dilation k - padding of w[c][o][k] x[c][i]. */
function transposed(d: Draft, spatial: Spatial): Plan {
  const { x, channels, groups } = operandOf(d, spatial);
  const lengths = lengthsOf(x, spatial);
  const parts = typeof groups === "number" ? groups : 1;
  const each = 1 + d.roll(2);
  const outChannels = parts * each;
  const one = (): number => 1;
  const kernel = settingOf(d, "kernel", spatial, () => [1, 3], one);
  const stride = settingOf(d, "stride", spatial, () => [1, 3], one);
  const dilation = settingOf(d, "dilation", spatial, () => [1, 2], one);
  const full = lengths.map(
    (n, i) =>
      (n - 1) * (stride.values[i] as number) +
      spanOf(kernel.values[i] as number, dilation.values[i] as number),
  );
  const padding = settingOf(
    d,
    "padding",
    spatial,
    (i) => [0, Math.min(2, Math.floor(((full[i] as number) - 1) / 2))],
    () => 0,
  );
  const more = settingOf(
    d,
    "outputPadding",
    spatial,
    (i) => [
      0,
      Math.max(stride.values[i] as number, dilation.values[i] as number) - 1,
    ],
    () => 0,
  );
  const places = full.map(
    (n, i) =>
      n - 2 * (padding.values[i] as number) + (more.values[i] as number),
  );
  // Seen from the input, a window's taps are places of the output.
  const moves = lengths.map((_, i): Move => ({
    kernel: kernel.values[i] as number,
    stride: stride.values[i] as number,
    dilation: dilation.values[i] as number,
    before: padding.values[i] as number,
  }));
  const inside = channels / parts;
  const lead = x.shape.length - 1 - spatial;
  return {
    x,
    outChannels,
    groups: parts,
    kernel: kernel.given,
    weight: [channels, each, ...kernel.values],
    settings: {
      stride: stride.given,
      padding: padding.given,
      outputPadding: more.given,
      dilation: dilation.given,
      groups,
    },
    meaning: (t, v, w, b) =>
      gridOf([...v.shape.slice(0, lead), outChannels, ...places], (p) => {
        const o = p[lead] as number;
        const place = p.slice(lead + 1).join();
        const group = Math.floor(o / each);
        const terms = pointsOf([inside, ...lengths]).flatMap(
          ([c = 0, ...entry]) =>
            pointsOf(kernel.values).flatMap((tap) => {
              const to = entryAt(places, moves, entry, tap);
              if (to?.join() !== place) return [];
              const from = group * inside + c;
              return [
                t.mul(
                  at(w, [from, o % each, ...tap]),
                  at(v, [...p.slice(0, lead), from, ...entry]),
                ),
              ];
            }),
        );
        return plusBias(t, terms, b?.ids[o]);
      }),
  };
}

const layerMeaning =
  ({ x, weight, outChannels, meaning }: Plan, bias: boolean | undefined) =>
  (c: Context): Grid => {
    const w = c.own("weight", weight);
    const b = bias === false ? undefined : c.own("bias", [outChannels]);
    return meaning(c.tape, c.of(x), w, b);
  };

/** Rows of the three forms of one kind. */
function forms(
  spatial: Spatial,
  suffix: string,
  attributes: NonNullable<Operator["attributes"]>,
  plan: (d: Draft, spatial: Spatial) => Plan,
): Operator[] {
  const rank = spatial + 1;
  const end = `${suffix}${String(spatial)}d`;
  const own = (d: Draft, shared: boolean): Drawn => {
    const p = plan(d, spatial);
    const bias = flag(d, "bias");
    const options = optionsOf({ ...p.settings, bias });
    const args = [p.outChannels, p.kernel, options];
    const channels = p.x.shape.at(-1 - spatial) as number;
    return shared
      ? d.call([channels, ...args], layerMeaning(p, bias), { on: [p.x] })
      : d.call([p.x, ...args], layerMeaning(p, bias));
  };
  return [
    {
      name: `conv${end}`,
      attributes: { ...attributes, bias: flags },
      rank,
      draw: (d) => own(d, false),
    },
    {
      name: `sharedConv${end}`,
      attributes: { ...attributes, bias: flags },
      rank,
      draw: (d) => own(d, true),
    },
    {
      name: `convolve${end}`,
      attributes: { ...attributes, bias: ["omitted", "given"] },
      rank,
      draw: (d) => {
        const p = plan(d, spatial);
        const weight = d.exactly(p.weight);
        const bias =
          d.choose("bias") === "given" ? d.exactly([p.outChannels]) : undefined;
        return d.call([p.x, weight, optionsOf({ ...p.settings, bias })], (c) =>
          p.meaning(
            c.tape,
            c.of(p.x),
            c.of(weight),
            bias === undefined ? undefined : c.of(bias),
          ),
        );
      },
    },
  ];
}

const common = {
  kernel: ["one", "each"],
  stride: perAxis,
  dilation: perAxis,
  groups: ["omitted", "1", "some"],
};

export const convolutions: readonly Operator[] = ([1, 2] as const).flatMap(
  (spatial) => [
    ...forms(
      spatial,
      "",
      { ...common, padding: [...perAxis, "same", "valid"] },
      correlation,
    ),
    ...forms(
      spatial,
      "Transpose",
      { ...common, padding: perAxis, outputPadding: perAxis },
      transposed,
    ),
  ],
);
