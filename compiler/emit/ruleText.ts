/** What a step of the optimizer does, in formulas. */
import { isLeaf, type Node } from "../../dsl/graph.js";
import { loadsOf, type Statement } from "../kernels/ir.js";
import { lower } from "../kernels/lower.js";
import { freeName } from "../load/identifiers.js";
import type { NamedModel } from "../load/name.js";
import type { LeafNode } from "../programs.js";
import { passes, runPasses } from "../passes/index.js";
import { rulesOf } from "../update.js";
import { formulaLines } from "./formulaLines.js";
import { formula, symbolic } from "./headings.js";
import { expressionCode, nameOf } from "./indexForm.js";
import { wrapText } from "./comments.js";
import { Names } from "./names.js";

/** How some parameters are updated. */
export interface RuleText {
  /** Names of the parameters; undefined for those that no group has, or for all. */
  readonly of: readonly string[] | undefined;
  /** `w <- w - lr dL/dw`: one formula a line, in the order of the code. */
  readonly lines: readonly string[];
}

/**
 * The rule of an optimizer with its options, read off the statements of its update: first for most parameters, then what
 * is another formula for each group.
 *
 * @param taken names that stand for something else where the rule is read
 */
export function ruleTexts(
  { optimizer, params: all }: Pick<NamedModel, "optimizer" | "params">,
  taken: ReadonlySet<string> = new Set(),
): RuleText[] {
  const params = all.filter((p) => p.op.trainable !== false);
  const isGrouped = (list: readonly LeafNode[]): boolean =>
    list.length < params.length;
  const rules = rulesOf(optimizer, params).map((rule) => ({
    of: rule.params,
    lines: linesOf(lower(runPasses(rule.program, passes), style), taken),
  }));
  const first = rules.reduce<(typeof rules)[number] | undefined>(
    (most, r) => (most && most.of.length >= r.of.length ? most : r),
    undefined,
  );
  if (first === undefined) return [];
  const others = rules.filter((r) => r !== first && isGrouped(r.of));
  return [
    { of: undefined, lines: first.lines },
    ...others.map(({ of, lines }) => ({
      of: of.map((p) => p.op.name),
      lines: lines.filter((l) => !first.lines.includes(l)),
    })),
  ].filter(({ lines }) => lines.length > 0);
}

const style = { math: "exact", slices: false } as const;

/** `m <- 0.9 m + 0.1 g`: what has a value before the step gets another one. */
function linesOf(
  statements: readonly Statement[],
  taken: ReadonlySet<string>,
): string[] {
  const isGradient = (v: Node): boolean =>
    isLeaf(v) && v.op.space === "gradient";
  const reads = statements
    .flatMap((s) => loadsOf(s.expr))
    .filter((l) => isGradient(l.value));
  // What is read in one place is written out there.
  const gradient = reads.length > 1 && !taken.has("g") ? "g" : "dL/dw";
  const called = new Map<Node, string>();
  for (const s of statements)
    for (const t of s.targets)
      if ("leaf" in t) called.set(s.value, own(t.leaf, taken));
  const names = new Names(taken, new Map(), (v) =>
    isGradient(v) ? gradient : isLeaf(v) ? own(v, taken) : called.get(v),
  );
  const letters = { names, math: style.math, at: () => "", over: () => "" };
  const lines = statements.map((s) => {
    const right = formula(expressionCode(s.expr, letters), 0, rounded);
    const left = called.get(s.value);
    return left === undefined
      ? `${nameOf(s.value, names)} = ${right}`
      : `${left} <- ${right}`;
  });
  return gradient === "g" ? ["g = dL/dw", ...lines] : lines;
}

/** What a rule calls one of its numbers: w is every parameter. */
function own(leaf: Node, taken: ReadonlySet<string>): string {
  if (!isLeaf(leaf) || leaf.op.space === "param") return "w";
  const { name } = leaf.op;
  return freeName(name, (id) => taken.has(id));
}

/** 1 - 0.999 is 0.001: the last digits say nothing about a rule. */
const rounded = {
  ...symbolic,
  number: (x: number): string => String(Number(x.toPrecision(6))),
};

/** Rules for a comment of 80 columns: a formula a line, set in as code is. */
export const ruleLines = (rules: readonly RuleText[]): string[] =>
  rules.flatMap(({ of, lines }) =>
    [
      ...(of === undefined ? [] : wrapText(`${groupWords(of)}, instead:`, 72)),
      ...lines.flatMap(brokenLines),
    ].map((l) => `    ${l}`),
  );

const brokenLines = (line: string): string[] => {
  const lines = formulaLines(line, 72);
  return lines.length > 0 ? lines : wrapText(line, 72, "  ");
};

/** Names up to which all of a group are listed. */
const fewNames = 4;

/** `output.bias`; of a long list the first names, and how many others there are. */
export const groupWords = (of: readonly string[]): string =>
  of.length <= fewNames
    ? of.join(", ")
    : `${of.slice(0, fewNames - 1).join(", ")} and ${String(of.length - fewNames + 1)} others`;

/** What a step does: a rule of one formula in the sentence, others below it. */
export function stepDoc(
  optimizer: string,
  rules: readonly RuleText[],
): string[] {
  const head = `One step of ${optimizer}, in place`;
  const [only] = rules;
  const [line, ...more] = only?.lines ?? [];
  return rules.length === 1 && more.length === 0
    ? wrapText(`${head}: ${line ?? ""}.`, 76)
    : [...wrapText(`${head}:`, 76), "", ...ruleLines(rules)];
}
