import { isLeaf, type Node, type ReduceBy } from "../../dsl/graph.js";
import {
  combine,
  countOf,
  type Axis,
  type Expr,
  type Statement,
  type Test,
} from "../kernels/ir.js";
import type { MathMode } from "../interpret.js";
import {
  conditional,
  name,
  num,
  type Code,
  type Statement as Line,
} from "./code.js";
import { affineText, subscript } from "./subscripts.js";
import { affineCode } from "./bounds.js";
import { formula } from "./headings.js";
import type { Names } from "./names.js";
import { spellApply } from "./spell.js";

/**
 * One formula for all entries of a value: `hidden[i] = sum_k(hidden.weight[i][k] x[k]) + hidden.bias[i]`. Examples are
 * implicit; undefined where it says nothing.
 */
export function indexForm(
  s: Statement,
  names: Names,
  math: MathMode,
): string | undefined {
  const { phase } = s.value.place;
  // The formula of an update stands in its docstring, that of a start in the code.
  if (phase === "init" || phase === "update") return knownForm(s, names, math);
  // A number is what the code says.
  if (s.expr.kind === "scan" || s.expr.kind === "number") return undefined;
  const text = indexFormula(s, names, math);
  const [left, right] = text.split(" = ");
  return left === right ? undefined : text;
}

/** The formulas of statements, as comments above their loops. */
export const formulaComments = (
  statements: readonly Statement[],
  names: Names,
  math: MathMode,
): Line[] =>
  statements.flatMap((s): Line[] => {
    const text = indexForm(s, names, math);
    return text === undefined
      ? []
      : [{ kind: "comment", text, isFormula: true }];
  });

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

/** How a formula speaks of entries: by letters, or of whole values. */
export interface Letters {
  readonly names: Names;
  readonly math: MathMode;
  /** `[i][k]` */
  readonly at: typeof subscript;
  /** `_k`, which a sum runs over. */
  readonly over: (axes: readonly Axis[], names: Names) => string;
}

/** The formula of any statement, however long. */
export function indexFormula(
  s: Statement,
  names: Names,
  math: MathMode,
): string {
  const letters = { names, math, at: subscript, over: lettersOf };
  const [target, second] = s.targets;
  const right = formula(expressionCode(s.expr, letters));
  if (target?.space === "memory" && second === undefined) {
    const { value, index, adds } = target;
    const at = combine([
      [index, 1],
      [s.at, 1],
    ]);
    const left = nameOf(value, names) + subscript(at, value.shape, names);
    return `${left} ${adds ? "+=" : "="} ${right}`;
  }
  const own = targetName(s) ?? nameOf(s.value, names);
  return `${own}${subscript(s.at, s.value.shape, names)} = ${right}`;
}

/** What the code calls a value, and else its own name; a derivative by what it belongs to: dL/dhidden. */
export function nameOf(v: Node, names: Names): string {
  const { op } = v;
  const known = names.inCode(v);
  if (known !== undefined) return isCotangent(v) ? `dL/${known}` : known;
  if (op.kind === "label" && op.cotangentOf !== undefined)
    return names.spoken(v, `dL/d${op.cotangentOf.name}`);
  if (op.kind === "label" || op.kind === "leaf")
    return names.spoken(v, op.name);
  const { called } = v.place;
  return called?.of !== undefined && called.cotangent === true
    ? names.spoken(v, `dL/d${called.of.name}`)
    : names.spoken(v);
}

const isCotangent = ({ op, place }: Node): boolean =>
  op.kind === "label"
    ? op.cotangentOf !== undefined
    : place.called?.of !== undefined && place.called.cotangent === true;

/** What the statement updates, where its value has no name. */
function targetName(s: Statement): string | undefined {
  const [target] = s.targets;
  if (target === undefined || !("leaf" in target) || !isLeaf(target.leaf))
    return undefined;
  const { name, space } = target.leaf.op;
  // What computes a function again for its derivative has cotangents without names.
  if (target.space === "gradient" && space === "param")
    return isCotangent(s.value) ? undefined : `dL/d${name}`;
  return name;
}

/** @param present tests that hold where the expression is computed */
export function expressionCode(
  e: Expr,
  letters: Letters,
  present: readonly Test[] = [],
): Code {
  const { names, math, at, over } = letters;
  const of = (x: Expr, tests = present): Code =>
    expressionCode(x, letters, tests);
  switch (e.kind) {
    case "number":
      return num(e.value);
    case "batchSize":
      return name("n");
    case "index":
      return affineCode(e.index, (axis) => name(names.axis(axis)));
    case "table":
      return name(
        `${nameOf(e.value, names)}${at(e.index, e.value.shape, names, present)}`,
      );
    case "load": {
      const own = nameOf(e.value, names);
      if (e.picked === undefined)
        return name(own + at(e.index, e.value.shape, names, present));
      const by = formula(of(e.picked.by));
      const rest = affineText(e.index, names);
      const factor = e.picked.stride === 1 ? "" : `${String(e.picked.stride)} `;
      const more = rest.startsWith("-") ? ` - ${rest.slice(1)}` : ` + ${rest}`;
      return name(`${own}[${factor}${by}${rest === "0" ? "" : more}]`);
    }
    case "guard": {
      const body = of(e.body, [...present, ...e.tests]);
      // What is absent from a sum is not spoken of.
      if (Object.is(e.otherwise, -0)) return body;
      const test = e.tests.map((t) => testText(t, names)).join(" and ");
      return conditional(name(test), body, num(e.otherwise));
    }
    case "apply":
      return spellApply(
        e.op,
        e.args.map((a) => of(a)),
        math,
      );
    case "scan":
      return name(`scan over ${String(e.loop.step.extent)} steps`);
    case "reduce": {
      const axes = e.over.filter((a) => a.extent !== 1);
      // One entry is its own sum.
      if (axes.length === 0) return of(e.body);
      return {
        kind: "call",
        callee: `${e.by}${over(axes, names)}`,
        args: [termOf(of(e.body), e.by)],
      };
    }
  }
}

/** A term of a sum without what it is elsewhere, where that adds nothing. */
const termOf = (c: Code, by: ReduceBy): Code =>
  by === "sum" && c.kind === "conditional" && isAbsent(c.otherwise)
    ? name(`${formula(c.then, 1)} where ${formula(c.test)}`)
    : c;

/** -0, which every sum leaves out. */
const isAbsent = (c: Code): boolean =>
  c.kind === "number" && Object.is(c.value, -0);

/** `_k`, or `_{n,k}` of a sum over several axes. */
function lettersOf(over: readonly Axis[], names: Names): string {
  const letters = over.map((a) => (a.extent === "batch" ? "n" : names.axis(a)));
  return letters.length === 1
    ? `_${letters.join("")}`
    : `_{${letters.join(",")}}`;
}

function testText({ index, divisor, length }: Test, names: Names): string {
  const whole = divisor === 1 ? "" : `, a multiple of ${String(divisor)}`;
  return `0 <= ${affineText(index, names)} < ${String(length * divisor)}${whole}`;
}
