/** What each layer of a C program does on the way back. */
import { type Placed, at } from "./place.js";
import {
  call,
  parameter,
  activated,
  eachExample,
  example,
  geometry,
  span,
  lstmMemory,
} from "./calls.js";
import {
  parametersOf,
  product,
  sideOf,
  sizeOf,
  type Block,
} from "../workloads/layers.js";

export function descentLines(l: Placed): readonly string[] {
  const { layer, x, y, dx, dy } = l;
  if (layer.kind !== "dense")
    throw new Error("a row of a layer that is not dense");
  return [
    ...activated(layer.activation, layer.out, y, dy),
    call(
      "dense_descend",
      layer.in,
      layer.out,
      x,
      parameter(l, 0),
      parameter(l, 1),
      dy,
      dx,
      "rate",
    ),
  ];
}

export function backwardLines(l: Placed, batch: number): readonly string[] {
  const { layer, x, y, dx, dy, index } = l;
  const p = (i: number) => parameter(l, i);
  const g = (i: number) => parameter(l, i, "g");
  const own = (name: string) => `${name}${String(index)}`;
  const zeros = () =>
    parametersOf(layer).map((shape, i) =>
      call("fill_zero", product(shape), g(i)),
    );
  switch (layer.kind) {
    case "dense":
      return [
        ...activated(layer.activation, batch * sizeOf(layer), y, dy),
        call(
          "dense_gradient",
          batch * layer.rows,
          layer.in,
          layer.out,
          x,
          p(0),
          dy,
          dx,
          g(0),
          g(1),
        ),
      ];
    case "conv": {
      const size = sizeOf(layer);
      const pixels = layer.channels * layer.size ** 2;
      return [
        ...zeros(),
        ...eachExample(batch, [
          call(
            "relu_pool_gradient",
            layer.out,
            sideOf(layer),
            example(y, size),
            example(own("chosen"), size),
            example(dy, size),
            own("dfull"),
          ),
          call(
            "conv_weight_gradient",
            ...geometry(layer),
            example(x, pixels),
            own("dfull"),
            g(0),
            g(1),
          ),
          ...(dx === "NULL"
            ? []
            : [
                call(
                  "conv_input_gradient",
                  ...geometry(layer),
                  own("dfull"),
                  p(0),
                  example(dx, pixels),
                ),
              ]),
        ]),
      ];
    }
    case "block":
      return blockGradientLines(l, layer);
    case "embedding":
      return [
        ...zeros(),
        call("embed_gradient", batch * layer.rows, layer.width, x, dy, g(0)),
      ];
    case "lstm":
      return [
        call(
          "lstm_gradient",
          layer.steps,
          layer.in,
          layer.hidden,
          x,
          p(0),
          p(1),
          ...lstmMemory(l, layer),
          dy,
          dx,
          g(0),
          g(1),
          g(2),
          g(3),
        ),
      ];
    case "causal":
      return [
        ...zeros(),
        ...(layer.activation === "relu"
          ? [
              call(
                "relu_rows_gradient",
                layer.out,
                layer.length,
                y,
                dy,
                l.stride,
              ),
            ]
          : []),
        call(
          "causal_gradient",
          ...span(layer),
          at("carried", l.carried),
          p(0),
          dy,
          l.stride,
          index === 1 ? "NULL" : `dout${String(index - 1)}`,
          g(0),
          g(1),
        ),
      ];
    case "gru":
      throw new Error("a gated recurrent unit is not trained here");
  }
}

function blockGradientLines(
  l: Placed,
  { length, width, heads, wide }: Block,
): readonly string[] {
  const p = (i: number) => parameter(l, i);
  const g = (i: number) => parameter(l, i, "g");
  const own = (name: string) => `${name}${String(l.index)}`;
  const back = (
    from: number,
    out: number,
    x: string,
    i: number,
    dy: string,
    dx: string,
  ) =>
    call("dense_gradient", length, from, out, x, p(i), dy, dx, g(i), g(i + 1));
  const norm = (i: number, of: string) => [
    call("fill_zero", width, g(i)),
    call("fill_zero", width, g(i + 1)),
    call(
      "layer_norm_gradient",
      length,
      width,
      p(i),
      own(`normal${of}`),
      own(`scale${of}`),
      own("dn"),
      own("dr"),
      g(i),
      g(i + 1),
    ),
  ];
  return [
    back(wide, width, own("wide"), 10, l.dy, own("dwide")),
    call("relu_gradient", length * wide, own("wide"), own("dwide")),
    back(width, wide, own("nr"), 8, own("dwide"), own("dn")),
    call("memcpy", own("dr"), l.dy, `sizeof ${own("dr")}`),
    ...norm(6, "r"),
    back(width, width, own("joined"), 4, own("dr"), own("djoined")),
    call(
      "attention_gradient",
      length,
      width,
      heads,
      own("qkv"),
      own("a"),
      own("djoined"),
      own("dqkv"),
    ),
    back(width, 3 * width, own("n"), 2, own("dqkv"), own("dn")),
    ...norm(0, ""),
  ];
}
