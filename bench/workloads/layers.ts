/**
 * The layers that workloads are made of, as data: C programs, ONNX files and the networks of the peers are built from
 * it. gradc compiles the model that a person wrote beside it.
 */

export type Activation = "none" | "relu" | "tanh" | "sigmoid";

/** y = f(W x + b), for each of `rows` rows of an example. */
export interface Dense {
  readonly kind: "dense";
  readonly rows: number;
  readonly in: number;
  readonly out: number;
  readonly bias: boolean;
  readonly activation: Activation;
}

/** Convolution of square pictures, relu, the largest of every 2 x 2. */
export interface Conv {
  readonly kind: "conv";
  readonly channels: number;
  readonly size: number;
  readonly out: number;
  readonly kernel: number;
  readonly pad: number;
}

/** Attention and two layers, each added to what went in, after a normalization. */
export interface Block {
  readonly kind: "block";
  readonly length: number;
  readonly width: number;
  readonly heads: number;
  readonly wide: number;
}

/** Letters to rows of a table. */
export interface Embedding {
  readonly kind: "embedding";
  readonly rows: number;
  readonly letters: number;
  readonly width: number;
}

/** One moment of a gated recurrent unit; its state is carried from call to call. */
export interface Gru {
  readonly kind: "gru";
  readonly in: number;
  readonly hidden: number;
}

/** Long short-term memory over `steps` moments; `carries`: from where the last call ended, not from zeros. */
export interface Lstm {
  readonly kind: "lstm";
  readonly steps: number;
  readonly in: number;
  readonly hidden: number;
  readonly carries: boolean;
}

/** Causal convolution of `length` samples; the end of its input is carried from call to call. */
export interface Causal {
  readonly kind: "causal";
  readonly channels: number;
  readonly length: number;
  readonly out: number;
  readonly kernel: number;
  readonly dilation: number;
  readonly activation: Activation;
}

export type Layer = Dense | Conv | Block | Embedding | Gru | Lstm | Causal;

/** Shapes of a layer's parameters, in the order and layout of PyTorch. */
export function parametersOf(layer: Layer): readonly (readonly number[])[] {
  switch (layer.kind) {
    case "dense":
      return layer.bias
        ? [[layer.out, layer.in], [layer.out]]
        : [[layer.out, layer.in]];
    case "conv":
      return [
        [layer.out, layer.channels, layer.kernel, layer.kernel],
        [layer.out],
      ];
    case "block": {
      const { width, wide } = layer;
      const pair = (out: number, from: number) => [[out, from], [out]];
      const norm = [[width], [width]];
      return [
        ...norm,
        ...pair(3 * width, width),
        ...pair(width, width),
        ...norm,
        ...pair(wide, width),
        ...pair(width, wide),
      ];
    }
    case "embedding":
      return [[layer.letters, layer.width]];
    case "gru":
      return gated(3, layer.in, layer.hidden);
    case "lstm":
      return gated(4, layer.in, layer.hidden);
    case "causal":
      return [[layer.out, layer.channels, layer.kernel], [layer.out]];
  }
}

const gated = (gates: number, from: number, hidden: number) => [
  [gates * hidden, from],
  [gates * hidden, hidden],
  [gates * hidden],
  [gates * hidden],
];

/** Numbers of one example that a layer gives to the next one. */
export function sizeOf(layer: Layer): number {
  switch (layer.kind) {
    case "dense":
      return layer.rows * layer.out;
    case "conv":
      return layer.out * (sideOf(layer) / 2) ** 2;
    case "block":
      return layer.length * layer.width;
    case "embedding":
      return layer.rows * layer.width;
    case "gru":
      return layer.hidden;
    case "lstm":
      return layer.steps * layer.hidden;
    case "causal":
      return layer.out * layer.length;
  }
}

/** Rows and columns of a convolution, before the largest of four is taken. */
export const sideOf = ({ size, pad, kernel }: Conv): number =>
  size + 2 * pad - kernel + 1;

export const product = (shape: readonly number[]): number =>
  shape.reduce((a, b) => a * b, 1);
