import type { Mode, Node, Op } from "../graph.js";
import { arithmetic } from "./arithmetic.js";
import { contractRule } from "./contract.js";
import { elementaries } from "./elementary.js";
import { expandRule } from "./expand.js";
import { gatherRule, scatterRule } from "./gather.js";
import { identityRules } from "./identity.js";
import { leafRules } from "./leaf.js";
import {
  concatRule,
  permuteRule,
  reshapeRule,
  sliceRule,
  windowRule,
} from "./movement.js";
import { reduceRule } from "./reduce.js";
import type { Kind, Rule, Signature } from "./rule.js";
import type { ScalarRow } from "./scalar.js";
import { scanRules } from "./scan.js";
import type { ScalarName } from "./scalarName.js";
import { logsumexpRule, softmaxRule } from "./softmax.js";

/** Every scalar primitive: adding one is adding a row. */
export const scalars: Readonly<Record<ScalarName, ScalarRow>> = {
  ...arithmetic,
  ...elementaries,
};

/** Every structural primitive. */
export const rules: { readonly [K in Kind]: Rule<K> } = {
  ...leafRules,
  contract: contractRule,
  reduce: reduceRule,
  softmax: softmaxRule,
  logsumexp: logsumexpRule,
  expand: expandRule,
  permute: permuteRule,
  reshape: reshapeRule,
  slice: sliceRule,
  window: windowRule,
  concat: concatRule,
  gather: gatherRule,
  scatter: scatterRule,
  ...identityRules,
  ...scanRules,
};

const ruleOf = <K extends Kind>(op: { readonly kind: K }): Rule<K> =>
  rules[op.kind];

/** Cotangents of the arguments of `node`, undefined where there is none. */
export function vjpOf(
  node: Node,
  dy: Node,
  mode?: Mode,
): readonly (Node | undefined)[] {
  const { op } = node;
  if (op.kind === "scalar") return scalars[op.name].vjp(dy, node, ...node.args);
  return ruleOf<Op["kind"]>(op).vjp(op, dy, node, mode);
}

/** Shape of `node` as its rule derives it from its arguments. */
export const signatureOf = (node: Node): Signature =>
  ruleOf<Op["kind"]>(node.op).signature(node.op, node.args, node);

/** An operation with all its attributes, in one line. */
export const textOf = (op: Op): string => ruleOf<Op["kind"]>(op).text(op);
