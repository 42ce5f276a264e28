/** What each layer of a C program does on the way to the output. */
import { type Placed, at, pastOf } from "./place.js";
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
import { sideOf, sizeOf, type Block } from "../workloads/layers.js";

export function forwardLines(l: Placed, batch: number): readonly string[] {
  const { layer, x, y, index } = l;
  const p = (i: number) => parameter(l, i);
  const own = (name: string) => `${name}${String(index)}`;
  switch (layer.kind) {
    case "dense":
      return [
        call(
          "dense",
          batch * layer.rows,
          layer.in,
          layer.out,
          x,
          p(0),
          p(1),
          y,
        ),
        ...activated(layer.activation, batch * sizeOf(layer), y),
      ];
    case "conv": {
      const full = example(own("full"), layer.out * sideOf(layer) ** 2);
      const size = sizeOf(layer);
      return eachExample(batch, [
        call(
          "conv",
          ...geometry(layer),
          example(x, layer.channels * layer.size ** 2),
          p(0),
          p(1),
          full,
        ),
        call(
          "relu_pool",
          layer.out,
          sideOf(layer),
          full,
          example(y, size),
          example(own("chosen"), size),
        ),
      ]);
    }
    case "block":
      return blockLines(l, layer);
    case "embedding":
      return [call("embed", batch * layer.rows, layer.width, x, p(0), y)];
    case "gru":
      return [
        call("gru", layer.in, layer.hidden, x, p(0), p(1), p(2), p(3), y),
      ];
    case "lstm":
      return [
        call(
          "lstm",
          layer.steps,
          layer.in,
          layer.hidden,
          x,
          p(0),
          p(1),
          p(2),
          p(3),
          ...lstmMemory(l, layer),
        ),
      ];
    case "causal": {
      const past = pastOf(layer);
      const seen = at("carried", l.carried);
      return [
        ...(index === 1
          ? [
              call(
                "put_rows",
                layer.channels,
                layer.length,
                x,
                at("carried", l.carried + past),
                past + layer.length,
              ),
            ]
          : []),
        call("causal", ...span(layer), seen, p(0), p(1), y, l.stride),
        ...(layer.activation === "relu"
          ? [call("relu_rows", layer.out, layer.length, y, l.stride)]
          : []),
      ];
    }
  }
}

function blockLines(
  l: Placed,
  { length, width, heads, wide }: Block,
): readonly string[] {
  const p = (i: number) => parameter(l, i);
  const own = (name: string) => `${name}${String(l.index)}`;
  const norm = (x: string, i: number, of: string) =>
    call(
      "layer_norm",
      length,
      width,
      x,
      p(i),
      p(i + 1),
      own(`normal${of}`),
      own(`scale${of}`),
      own(`n${of}`),
    );
  return [
    norm(l.x, 0, ""),
    call("dense", length, width, 3 * width, own("n"), p(2), p(3), own("qkv")),
    call(
      "attention",
      length,
      width,
      heads,
      own("qkv"),
      own("a"),
      own("joined"),
    ),
    call("dense", length, width, width, own("joined"), p(4), p(5), own("r")),
    call("add", length * width, l.x, own("r")),
    norm(own("r"), 6, "r"),
    call("dense", length, width, wide, own("nr"), p(8), p(9), own("wide")),
    call("relu", length * wide, own("wide")),
    call("dense", length, wide, width, own("wide"), p(10), p(11), l.y),
    call("add", length * width, own("r"), l.y),
  ];
}

/** What an application does between two calls. */
export function keepLines(l: Placed): readonly string[] {
  const { layer, carried } = l;
  if (layer.kind === "lstm" && layer.carries) {
    const { steps, hidden } = layer;
    return [0, (steps + 1) * hidden].map((from) =>
      call(
        "memcpy",
        at("carried", carried + from),
        at("carried", carried + from + steps * hidden),
        `sizeof(real) * ${String(hidden)}`,
      ),
    );
  }
  if (layer.kind === "causal" && pastOf(layer) > 0)
    return [
      call(
        "shift",
        layer.channels,
        layer.length,
        pastOf(layer),
        at("carried", carried),
      ),
    ];
  return [];
}
