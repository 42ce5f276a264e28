import { within } from "../../dsl/context.js";
import type { Node } from "../../dsl/graph.js";
import { labelNode } from "../../dsl/primitives/leaf.js";
import type { Pass } from "./rebuild.js";

/** A scan leaves its results in memory of its own: where one is the loss or an output it is copied there, under that name. */
export const land: Pass = {
  name: "land",
  run: (program) => {
    const { loss, outputs } = program;
    const own = [...outputs].filter(([, v]) => isResult(v));
    if (own.length === 0 && (loss === undefined || !isResult(loss)))
      return program;
    return {
      ...program,
      loss: loss && copied(loss, "loss"),
      outputs: new Map(
        [...outputs].map(([key, v]) => [key, copied(v, key)] as const),
      ),
    };
  },
};

const isResult = ({ op }: Node): boolean => op.kind === "result";

const copied = (v: Node, name: string): Node =>
  isResult(v) ? within(v.place, () => labelNode(v, name)) : v;
