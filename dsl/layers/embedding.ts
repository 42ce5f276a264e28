import { layer, makeCall } from "../context.js";
import { paramNode } from "../declare.js";
import type { Call, Initializer, Node } from "../graph.js";
import { normal } from "../initializers.js";
import { labelled } from "../naming.js";
import { indicesNode, paddedRows, paddingRow } from "../ops/lookup.js";
import { expandNode } from "../primitives/expand.js";
import { constant, equal, iota, where } from "../primitives/scalar.js";
import { checkFlags } from "../settings.js";
import {
  checkPositive,
  type AppendShape,
  type Guard,
  type IndicesError,
  type PositiveError,
} from "../shape/rules.js";
import { asTensor, type AnyTensor, type Tensor } from "../tensor.js";

export interface EmbeddingOptions {
  /** Name of the layer; otherwise the const it is declared as. */
  readonly name?: string;
  /** The row of this index starts as zeros and is not trained; negative from the end. None by default. */
  readonly paddingIndex?: number;
  /** How the weight starts; by default as PyTorch: normal with mean 0 and standard deviation 1. */
  readonly init?: Initializer;
  /** A frozen layer has no gradients and is not updated. */
  readonly frozen?: boolean;
  /** Names of entries, row-major, separated by spaces; numbered by default. */
  readonly symbols?: { readonly weight?: string; readonly output?: string };
}

/** `init`, but zeros in one row. */
const withZeroRow =
  (init: Initializer, row: number): Initializer =>
  (draw) => {
    const isRow = equal(iota(draw.shape[0] as number), constant(row));
    return where(
      expandNode(isRow, [0], draw.shape, false),
      constant(0),
      init(draw),
    );
  };

function tableOf(
  op: string,
  call: Call | undefined,
  count: number,
  features: number,
  options: EmbeddingOptions,
): Node {
  checkPositive(op, "count", count);
  checkPositive(op, "features", features);
  const { init = normal(), paddingIndex, symbols, frozen = false } = options;
  checkFlags(op, { frozen });
  return paramNode(
    "weight",
    [count, features],
    {
      init:
        paddingIndex === undefined
          ? init
          : withZeroRow(init, paddingRow(op, paddingIndex, count)),
      frozen,
      ...(symbols?.weight !== undefined && { symbols: symbols.weight }),
    },
    call,
  );
}

/**
 * A row of numbers for each index: y_i = weight[index_i], with a weight [count, features] of its own. PyTorch:
 * nn.Embedding.
 *
 * @throws ShapeError for indices that were declared with more than `count` classes.
 * @example const h = embedding(token, 100, 16);
 */
export function embedding<
  T extends AnyTensor,
  const Count extends number,
  const Features extends number,
>(
  indices: Guard<T, IndicesError<"embedding", T["shape"], T["dtype"]>>,
  count: Guard<Count, PositiveError<"embedding", "count", Count>>,
  features: Guard<Features, PositiveError<"embedding", "features", Features>>,
  options: EmbeddingOptions = {},
): Tensor<AppendShape<T["shape"], Features>> {
  return layer("embedding", { name: options.name, named: true }, (call) => {
    const ids = indicesNode("embedding", indices);
    const [rows, size] = [count as number, features as number];
    const weight = tableOf("embedding", call, rows, size, options);
    const y = paddedRows("embedding", weight, ids, options.paddingIndex);
    return asTensor(labelled(call, y, options.symbols?.output));
  });
}

/** An embedding that can be used many times, and whose weight other layers may share. */
export interface EmbeddingTable<Count extends number, Features extends number> {
  <T extends AnyTensor>(
    indices: Guard<T, IndicesError<"embedding", T["shape"], T["dtype"]>>,
    options?: { readonly name?: string; readonly symbols?: string },
  ): Tensor<AppendShape<T["shape"], Features>>;
  /** [count, features]. */
  readonly weight: Tensor<[Count, Features]>;
}

/**
 * An embedding as a function, y_i = weight[index_i], for shared weights. PyTorch: nn.Embedding.
 *
 * @example const words = embeddingTable(100, 16); const h = words(token); const logits = matmul(h, transpose(words.weight));
 */
export function embeddingTable<
  const Count extends number,
  const Features extends number,
>(
  count: Guard<Count, PositiveError<"embedding", "count", Count>>,
  features: Guard<Features, PositiveError<"embedding", "features", Features>>,
  options: EmbeddingOptions = {},
): EmbeddingTable<Count, Features> {
  const owner = makeCall("embeddingTable", {
    name: options.name,
    named: true,
  });
  const [rows, size] = [count as number, features as number];
  const weight = tableOf("embedding", owner, rows, size, options);
  const use = (
    indices: AnyTensor,
    as: { readonly name?: string; readonly symbols?: string } = {},
  ): Tensor =>
    layer("embeddingTable", { name: as.name, owner }, (call) => {
      const ids = indicesNode("embedding", indices);
      const y = paddedRows("embedding", weight, ids, options.paddingIndex);
      return asTensor(labelled(call, y, as.symbols));
    });
  return Object.assign(use, {
    weight: asTensor<Tensor<[Count, Features]>>(weight),
  }) as unknown as EmbeddingTable<Count, Features>;
}
