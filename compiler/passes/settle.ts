import type { Node } from "../../dsl/graph.js";
import { rebuild, type Pass } from "./rebuild.js";

/** Takes away the marks of what is computed again: they kept `share` from merging it. */
export const settle: Pass = {
  name: "settle",
  run: (program) =>
    rebuild(program, (v) => (v.op.kind === "again" ? (v.args[0] as Node) : v)),
};
