/** The forward pass of a workload as an ONNX graph, with its parameters. */
import {
  parametersOf,
  product,
  type Causal,
  type Layer,
} from "../workloads/layers.js";
import type { Workload } from "../workloads/table.js";
import {
  onnxModel,
  type Attribute,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from "./writer.js";

/** The bytes of a model for `batch` examples. Inputs: x, and what is carried; outputs: output, and what is carried. */
export function onnxOf(
  workload: Workload,
  parameters: Float64Array,
  batch: number,
): Uint8Array {
  const { layers, letters, input, probabilities } = workload;
  const graph = new Builder(parameters);
  const [first] = layers;
  const shape =
    letters === undefined
      ? first?.kind === "block"
        ? input
        : [batch, ...input]
      : [batch * product(input)];
  graph.inputs.push({
    name: "x",
    type: letters === undefined ? "float" : "int64",
    shape,
  });
  let y = "x";
  let before: Layer | undefined;
  for (const layer of layers) {
    if (layer.kind === "dense" && before?.kind === "conv")
      y = graph.add("Flatten", [y]);
    y = graph.layer(layer, y);
    before = layer;
  }
  if (probabilities) y = graph.add("Softmax", [y], { axis: { int: 1 } });
  graph.give("output", y);
  return onnxModel(graph);
}

/** A graph that grows layer by layer; shapes of outputs are left to the reader of the file. */
class Builder {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxTensor[] = [];
  readonly inputs: OnnxValue[] = [];
  readonly outputs: OnnxValue[] = [];
  private offset = 0;
  private carried = 0;

  constructor(private readonly parameters: Float64Array) {}

  /** An operation with one output, which it returns. */
  add(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    return this.addAll(op, inputs, 1, attributes)[0] ?? "";
  }

  private addAll(
    op: string,
    inputs: readonly string[],
    count: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): readonly string[] {
    const at = String(this.nodes.length);
    const outputs = Array.from(
      { length: count },
      (_, i) => `v${at}_${String(i)}`,
    );
    this.nodes.push({ op, inputs, outputs, attributes });
    return outputs;
  }

  give(name: string, value: string): void {
    this.nodes.push({ op: "Identity", inputs: [value], outputs: [name] });
    this.outputs.push({ name, type: "float" });
  }

  /** What the caller hands on: an input `before0`, `before1`, ... */
  private before(shape: readonly number[]): string {
    const name = `before${String(this.carried)}`;
    this.inputs.push({ name, type: "float", shape });
    return name;
  }

  /** ... and an output `after0`, `after1`, ... in the same order. */
  private after(value: string): void {
    this.give(`after${String(this.carried)}`, value);
    this.carried++;
  }

  private tensor(
    shape: readonly number[],
    values: Float32Array | BigInt64Array,
  ): string {
    const name = `c${String(this.constants.length)}`;
    this.constants.push({ name, shape, values });
    return name;
  }

  private integers(...values: readonly number[]): string {
    return this.tensor([values.length], BigInt64Array.from(values.map(BigInt)));
  }

  private number(value: number): string {
    return this.tensor([], Float32Array.of(value));
  }

  /** The parameters of a layer, in order. */
  private own(layer: Layer): readonly Float32Array[] {
    return parametersOf(layer).map((shape) => {
      const from = this.offset;
      this.offset += product(shape);
      return Float32Array.from(this.parameters.subarray(from, this.offset));
    });
  }

  layer(layer: Layer, x: string): string {
    const values = this.own(layer);
    const shapes = parametersOf(layer);
    const p = values.map((v, i) => this.tensor(shapes[i] ?? [], v));
    switch (layer.kind) {
      case "dense":
        return this.activated(layer.activation, this.linear(x, p));
      case "conv": {
        const pads = { ints: Array.from({ length: 4 }, () => layer.pad) };
        const y = this.add("Relu", [this.add("Conv", [x, ...p], { pads })]);
        const two = { ints: [2, 2] };
        return this.add("MaxPool", [y], { kernel_shape: two, strides: two });
      }
      case "block": {
        const { length, width, heads } = layer;
        const features = width / heads;
        const norm = (of: string, i: number) =>
          this.add("LayerNormalization", [of, ...p.slice(i, i + 2)], {
            epsilon: { float: 1e-5 },
          });
        const linear = (of: string, i: number) =>
          this.linear(of, p.slice(i, i + 2));
        const qkv = this.add("Reshape", [
          linear(norm(x, 0), 2),
          this.integers(length, 3, heads, features),
        ]);
        const apart = this.add("Transpose", [qkv], {
          perm: { ints: [1, 2, 0, 3] },
        });
        const [q = "", k = "", v = ""] = [0, 1, 2].map((i) =>
          this.add("Gather", [
            apart,
            this.tensor([], BigInt64Array.of(BigInt(i))),
          ]),
        );
        const turned = this.add("Transpose", [k], {
          perm: { ints: [0, 2, 1] },
        });
        const scores = this.add("Mul", [
          this.add("MatMul", [q, turned]),
          this.number(features ** -0.5),
        ]);
        const weights = this.add("Softmax", [scores], { axis: { int: 2 } });
        const seen = this.add("Transpose", [this.add("MatMul", [weights, v])], {
          perm: { ints: [1, 0, 2] },
        });
        const joined = this.add("Reshape", [
          seen,
          this.integers(length, width),
        ]);
        const r = this.add("Add", [x, linear(joined, 4)]);
        const h = this.add("Relu", [linear(norm(r, 6), 8)]);
        return this.add("Add", [r, linear(h, 10)]);
      }
      case "embedding":
        return this.add("Gather", [p[0] ?? "", x]);
      case "gru":
        // PyTorch's gates are r, z, n, ONNX's z, r, h.
        return this.recurrent("GRU", layer, values, [1, 0, 2], x, 1);
      case "lstm":
        // i, f, g, o and i, o, f, c.
        return this.recurrent(
          "LSTM",
          layer,
          values,
          [0, 3, 1, 2],
          x,
          layer.steps,
        );
      case "causal":
        return this.causal(layer, p, x);
    }
  }

  private linear(x: string, p: readonly string[]): string {
    return this.add("Gemm", [x, ...p], { transB: { int: 1 } });
  }

  private activated(name: string, x: string): string {
    if (name === "none") return x;
    return this.add(`${name.charAt(0).toUpperCase()}${name.slice(1)}`, [x]);
  }

  /** A sequence of one example: [steps, in] to [steps, hidden]. */
  private recurrent(
    op: "GRU" | "LSTM",
    { in: from, hidden }: { readonly in: number; readonly hidden: number },
    values: readonly Float32Array[],
    order: readonly number[],
    x: string,
    steps: number,
  ): string {
    const gates = order.length;
    const reordered = (of: Float32Array) => {
      const size = of.length / gates;
      const parts = order.map((gate) =>
        of.subarray(gate * size, (gate + 1) * size),
      );
      return parts.flatMap((part) => [...part]);
    };
    const [w = [], u = [], wb = [], ub = []] = values.map(reordered);
    const weights = [
      this.tensor([1, gates * hidden, from], Float32Array.from(w)),
      this.tensor([1, gates * hidden, hidden], Float32Array.from(u)),
      this.tensor([1, 2 * gates * hidden], Float32Array.from([...wb, ...ub])),
    ];
    const sequence = this.add("Reshape", [x, this.integers(steps, 1, from)]);
    const shape = [1, 1, hidden];
    const before: string[] = [];
    for (let i = 0; i < (op === "LSTM" ? 2 : 1); i++) {
      before.push(`before${String(this.carried + i)}`);
      this.inputs.push({ name: before[i] ?? "", type: "float", shape });
    }
    const [y = "", ...after] = this.addAll(
      op,
      [sequence, ...weights, "", ...before],
      1 + before.length,
      {
        hidden_size: { int: hidden },
        ...(op === "GRU" && { linear_before_reset: { int: 1 } }),
      },
    );
    for (const value of after) this.after(value);
    return this.add("Reshape", [y, this.integers(steps, hidden)]);
  }

  private causal(layer: Causal, p: readonly string[], x: string): string {
    const { channels, kernel, dilation, length, activation } = layer;
    const past = (kernel - 1) * dilation;
    const dilations = { ints: [dilation] };
    if (past === 0)
      return this.activated(activation, this.add("Conv", [x, ...p]));
    const shape = [1, channels, past];
    const seen = this.add("Concat", [this.before(shape), x], {
      axis: { int: 2 },
    });
    const y = this.add("Conv", [seen, ...p], { dilations });
    const end = [length, length + past].map((at) => this.integers(at));
    this.after(this.add("Slice", [seen, ...end, this.integers(2)]));
    return this.activated(activation, y);
  }
}
