/** Where each layer of a C program reads and writes. */
import {
  parametersOf,
  product,
  sideOf,
  sizeOf,
  type Causal,
  type Layer,
} from "../workloads/layers.js";

/** What a layer is to the program; entries of the state that it carries start at `carried`. */
export interface Placed {
  readonly layer: Layer;
  readonly index: number;
  /** Where its parameters start, each in `p` and in `g`. */
  readonly offsets: readonly number[];
  readonly carried: number;
  readonly x: string;
  readonly y: string;
  readonly dy: string;
  /** "NULL" for the first layer. */
  readonly dx: string;
  /** Numbers from one row of y to the next, of a causal convolution. */
  readonly stride: number;
}

export function place(layers: readonly Layer[]): readonly Placed[] {
  let parameter = 0;
  let carried = 0;
  const placed: Placed[] = [];
  for (const [i, layer] of layers.entries()) {
    const index = i + 1;
    const offsets = parametersOf(layer).map((shape) => {
      const at = parameter;
      parameter += product(shape);
      return at;
    });
    const before = placed.at(-1);
    const next = layers[index];
    const after = carried + carriedBy(layer);
    placed.push({
      layer,
      index,
      offsets,
      carried,
      x: before?.y ?? (layer.kind === "embedding" ? "letters" : "input"),
      dx: before?.dy ?? "NULL",
      ...outputOf(layer, index, carried, next, after),
    });
    carried = after;
  }
  return placed;
}

/** Where a layer writes: memory of its own, or the place that is kept from call to call. */
function outputOf(
  layer: Layer,
  index: number,
  carried: number,
  next: Layer | undefined,
  nextCarried: number,
): Pick<Placed, "y" | "dy" | "stride"> {
  const own = {
    y: `out${String(index)}`,
    dy: `dout${String(index)}`,
    stride: 0,
  };
  if (layer.kind === "gru") return { ...own, y: at("carried", carried) };
  if (layer.kind === "lstm")
    return { ...own, y: at("carried", carried + layer.hidden) };
  if (layer.kind !== "causal") return own;
  if (next?.kind !== "causal") return { ...own, stride: layer.length };
  const past = pastOf(next);
  return {
    y: at("carried", nextCarried + past),
    dy: at(`dout${String(index)}`, past),
    stride: past + next.length,
  };
}

export const at = (name: string, offset: number): string =>
  offset === 0 ? name : `${name} + ${String(offset)}`;

export const pastOf = ({ kernel, dilation }: Causal): number =>
  (kernel - 1) * dilation;

/** Numbers that a layer keeps from call to call. */
export function carriedBy(layer: Layer): number {
  if (layer.kind === "gru") return layer.hidden;
  if (layer.kind === "lstm") return 2 * (layer.steps + 1) * layer.hidden;
  if (layer.kind === "causal")
    return layer.channels * (pastOf(layer) + layer.length);
  return 0;
}

type ArrayText = (type: string, name: string, size: number) => string;

export function buffersOf(
  l: Placed,
  batch: number,
  array: ArrayText,
): readonly string[] {
  const { layer } = l;
  const named = (name: string) => `${name}${String(l.index)}`;
  const real = (name: string, size: number) => array("real", named(name), size);
  const own = [
    real("out", batch * sizeOf(layer)),
    real("dout", batch * sizeOf(layer)),
  ];
  switch (layer.kind) {
    case "conv": {
      const full = layer.out * sideOf(layer) ** 2;
      return [
        ...own,
        real("full", batch * full),
        array("unsigned char", named("chosen"), batch * sizeOf(layer)),
        real("dfull", full),
        real("dplane", layer.channels * layer.size ** 2),
      ];
    }
    case "block": {
      const { length, width, heads, wide } = layer;
      const sizes = {
        normal: length * width,
        scale: length,
        n: length * width,
        qkv: 3 * length * width,
        a: heads * length * length,
        joined: length * width,
        r: length * width,
        normalr: length * width,
        scaler: length,
        nr: length * width,
        wide: length * wide,
        dwide: length * wide,
        dn: length * width,
        dr: length * width,
        djoined: length * width,
        dqkv: 3 * length * width,
      };
      return [
        ...own,
        ...Object.entries(sizes).map(([name, size]) => real(name, size)),
      ];
    }
    case "lstm":
      return [
        real("dout", layer.steps * layer.hidden),
        real("gates", 4 * layer.steps * layer.hidden),
        real("squashed", layer.steps * layer.hidden),
      ];
    case "causal":
      // The gradient has the shape of what the next layer sees: the past too.
      return [
        own[0] ?? "",
        real("dout", layer.out * Math.max(layer.length, l.stride)),
      ];
    case "gru":
      return [];
    case "dense":
    case "embedding":
      return own;
  }
}
