import { isLeaf, type Node } from "../../dsl/graph.js";
import {
  combine,
  countOf,
  type Affine,
  type Axis,
  type Expr,
  type Statement,
  type Test,
} from "../kernels/ir.js";
import type { MathMode } from "../interpret.js";
import { conditional, name, num, type Code } from "./code.js";
import { formula } from "./headings.js";
import type { Names } from "./names.js";
import { spellApply } from "./spell.js";

const widest = 72;

/**
 * One formula for all entries of a value: `hidden[i] = sum_k(hidden.weight[i][k] x[k]) + hidden.bias[i]`. Examples are
 * implicit; undefined where the line would be too long or says nothing.
 */
export function indexForm(
  s: Statement,
  names: Names,
  math: MathMode,
  most = widest,
): string | undefined {
  const { phase } = s.value.place;
  // The formula of an update stands in its docstring, that of a start in the code.
  if (phase === "init" || phase === "update") return knownForm(s, names, math);
  if (s.expr.kind === "scan") return undefined;
  const text = indexFormula(s, names, math);
  const [left, right] = text.split(" = ");
  if (left === right) return undefined;
  return text.length > most ? undefined : text;
}

/** The formula of one number, where the code has something else in its place: 0.9^t, not its logarithm. */
export const knownForm = (
  s: Statement,
  names: Names,
  math: MathMode,
): string | undefined =>
  countOf(s.axes) === 1 && knows(s.expr)
    ? indexFormula(s, names, math)
    : undefined;

const knows = (e: Expr): boolean =>
  e.kind === "apply" &&
  (e.calls?.args.some((x) => x.kind === "number") === true ||
    e.args.some(knows));

/** The formula of any statement, however long. */
export function indexFormula(
  s: Statement,
  names: Names,
  math: MathMode,
): string {
  const [target, second] = s.targets;
  const right = formula(code(s.expr, names, math));
  if (target?.space === "memory" && second === undefined) {
    const { value, index, adds } = target;
    const at = combine([
      [index, 1],
      [s.at, 1],
    ]);
    const left = nameOf(value, names) + entry(at, value.shape);
    return `${left} ${adds ? "+=" : "="} ${right}`;
  }
  const own = targetName(s) ?? nameOf(s.value, names);
  return `${own}${entry(s.at, s.value.shape)} = ${right}`;
}

/** A derivative by what it belongs to: dL/dhidden. */
export function nameOf(v: Node, names: Names): string {
  const { op } = v;
  if (op.kind === "label" && op.cotangentOf !== undefined)
    return names.spoken(v, `dL/d${op.cotangentOf.name}`);
  if (op.kind === "label" || op.kind === "leaf")
    return names.spoken(v, op.name);
  const { called } = v.place;
  return called?.of !== undefined && called.cotangent === true
    ? names.spoken(v, `dL/d${called.of.name}`)
    : names.spoken(v);
}

/** What the statement updates, where its value has no name. */
function targetName(s: Statement): string | undefined {
  const [target] = s.targets;
  if (target === undefined || !("leaf" in target) || !isLeaf(target.leaf))
    return undefined;
  return target.space === "gradient" && s.value.place.call !== undefined
    ? undefined
    : target.leaf.op.name;
}

function code(e: Expr, names: Names, math: MathMode): Code {
  switch (e.kind) {
    case "number":
      return num(e.value);
    case "batchSize":
      return name("n");
    case "index":
      return name(affineText(e.index));
    case "table":
      return name(`constant${entry(e.index, e.value.shape)}`);
    case "load": {
      const own = nameOf(e.value, names);
      if (e.picked === undefined)
        return name(own + entry(e.index, e.value.shape));
      const by = formula(code(e.picked.by, names, math));
      const rest = affineText(e.index);
      const factor = e.picked.stride === 1 ? "" : `${String(e.picked.stride)} `;
      const more = rest.startsWith("-") ? ` - ${rest.slice(1)}` : ` + ${rest}`;
      return name(`${own}[${factor}${by}${rest === "0" ? "" : more}]`);
    }
    case "guard": {
      const body = code(e.body, names, math);
      // What is absent from a sum is not spoken of.
      if (Object.is(e.otherwise, -0)) return body;
      const test = e.tests.map(testText).join(" and ");
      return conditional(name(test), body, num(e.otherwise));
    }
    case "apply":
      return spellApply(
        e.op,
        e.args.map((a) => code(a, names, math)),
        math,
      );
    case "scan":
      return name(`scan over ${String(e.loop.step.extent)} steps`);
    case "reduce": {
      if (e.over.length === 0) return code(e.body, names, math);
      const over = e.over.map((a) => (a.extent === "batch" ? "n" : a.name));
      return {
        kind: "call",
        callee: `${e.by}_${over.join("")}`,
        args: [code(e.body, names, math)],
      };
    }
  }
}

function testText({ index, divisor, length }: Test): string {
  const whole = divisor === 1 ? "" : `, a multiple of ${String(divisor)}`;
  return `0 <= ${affineText(index)} < ${String(length * divisor)}${whole}`;
}

function affineText({ constant, terms }: Affine): string {
  const parts = [...terms]
    .filter(([, k]) => k !== 0)
    .map(([axis, k]) => (k === 1 ? axis.name : `${String(k)} ${axis.name}`));
  if (parts.length === 0) return String(constant);
  const sum = parts.join(" + ");
  if (constant === 0) return sum;
  return `${sum} ${constant < 0 ? "-" : "+"} ${String(Math.abs(constant))}`;
}

/** `[i][k]` from a row-major offset; the axes of length 1 are left out. */
function entry(index: Affine, shape: readonly number[]): string {
  if (shape.every((d) => d === 1)) return "";
  let stride = 1;
  const dims: {
    readonly stride: number;
    readonly extent: number;
    terms: Map<Axis, number>;
    constant: number;
  }[] = [];
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] !== 1)
      dims.unshift({
        stride,
        extent: shape[d] as number,
        terms: new Map(),
        constant: 0,
      });
    stride *= shape[d] as number;
  }
  for (const [axis, k] of index.terms) {
    if (axis.extent === 1) continue;
    const dim = dims.find((d) => k % d.stride === 0 && Math.abs(k) >= d.stride);
    const fits =
      dim !== undefined &&
      axis.extent !== "batch" &&
      (Math.abs(k) / dim.stride) * (axis.extent - 1) < dim.extent;
    if (!fits) return `[${affineText(index)}]`;
    dim.terms.set(axis, k / dim.stride);
  }
  let rest = index.constant;
  for (const dim of dims) {
    dim.constant = Math.floor(rest / dim.stride);
    rest -= dim.constant * dim.stride;
  }
  return dims.map((d) => `[${affineText(d)}]`).join("");
}
