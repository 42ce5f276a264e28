import * as gradc from "../../dsl/index.js";
import { asNode } from "../../dsl/tensor.js";
import { CrossesExamples, isBatched } from "./batchAxis.js";
import type { Call, Op, Ops } from "./call.js";
import { startingAt } from "./structureOps.js";

const lengthOf = ({ x, axes, attrs }: Call): [axis: number, length: number] => {
  const axis = axes.axis(x(0), attrs.number("dim"));
  return [axis, x(0).shape[axis] as number];
};

const gather: Op = (call) => {
  const [axis, length] = lengthOf(call);
  const index = call.index(1, length);
  // An index of several examples has an axis more than values that all of them share.
  if (isBatched(call.x(0)) !== isBatched(index))
    throw new CrossesExamples("gather");
  return gradc.gather(call.x(0), axis, index, call.as);
};

const indexSelect: Op = (call) => {
  const [axis, length] = lengthOf(call);
  const index = call.index(1, length);
  if (asNode(index).batched) throw new CrossesExamples("index_select");
  return gradc.indexSelect(call.x(0), axis, index, call.as);
};

/** A layer where the table is its own, else its rows. */
const embedding: Op = (call) => {
  const { attrs, as } = call;
  const own = attrs.has("padding_idx") ? undefined : call.own(1);
  if (own === undefined) {
    const table = call.x(1);
    call.axes.unbatched(table);
    const ids = call.index(0, table.shape[0] as number);
    if (!attrs.has("padding_idx")) return gradc.lookup(table, ids, as);
    const paddingIndex = attrs.number("padding_idx");
    return gradc.lookup(table, ids, { ...as, paddingIndex });
  }
  const [count, features] = own.shapes[0] as readonly [number, number];
  const rows = call.shared([1], () => {
    const made = gradc.embeddingTable(count, features, {
      name: own.name,
      frozen: own.frozen,
      init: startingAt(own.data[0] ?? []),
    });
    call.bind(1, made.weight);
    return made;
  });
  return rows(call.index(0, count), as);
};

/** Entries that indices choose. */
export const lookupOps: Ops = {
  gather,
  index_select: indexSelect,
  one_hot: ({ index, attrs, as }) => {
    const classes = attrs.number("num_classes");
    return gradc.oneHot(index(0, classes), classes, as);
  },
  embedding,
};
