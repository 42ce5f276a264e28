import type { ScalarName } from "../../dsl/primitives/scalarName.js";
import type { Scalar, ScalarOp } from "../../dsl/math/scalar.js";
import type { ReduceBy } from "../../dsl/graph.js";
import { InternalError } from "../diagnostics.js";
import type { MathMode } from "../interpret.js";
import {
  argumentNames,
  bodyOf,
  type ElementaryCall,
} from "../kernels/bodies.js";
import {
  binary,
  call,
  conditional,
  joined,
  neg,
  num,
  type BinaryOp,
  type Code,
} from "./code.js";
import type { Reduce } from "../kernels/ir.js";
import { settled } from "./settled.js";

const infix: Partial<Record<ScalarOp, BinaryOp>> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  less: "<",
  lessEqual: "<=",
  equal: "===",
  and: "&&",
  or: "||",
  bitAnd: "&",
  shiftRight: ">>",
  shiftRightZero: ">>>",
};
const functions: Partial<Record<ScalarOp, string>> = {
  abs: "Math.abs",
  sqrt: "Math.sqrt",
  min: "Math.min",
  max: "Math.max",
  floor: "Math.floor",
};

/** One operation of the scalar language in JavaScript. */
function applied(op: ScalarOp, args: readonly Code[]): Code {
  const [a, b] = args as [Code, Code];
  const sign = infix[op];
  if (sign !== undefined) return binary(sign, a, b);
  const callee = functions[op];
  if (callee !== undefined) return call(callee, ...args);
  if (op === "neg") return neg(a);
  if (op === "not") return { kind: "unary", op: "!", x: a };
  if (op === "toInt") return binary("|", a, num(0));
  throw new InternalError(`no spelling for ${op}`);
}

/** A body of the scalar table with its arguments put in. */
export function spellScalar(s: Scalar, args: ReadonlyMap<string, Code>): Code {
  const of = (x: Scalar): Code => spellScalar(x, args);
  switch (s.kind) {
    case "number":
      return num(s.value);
    case "variable": {
      const arg = args.get(s.name);
      if (arg === undefined)
        throw new InternalError(
          `a body reads ${s.name}, which it does not declare`,
        );
      return arg;
    }
    case "apply":
      return applied(s.op, s.args.map(of));
    case "select":
      return conditional(of(s.when), of(s.then), of(s.otherwise));
    case "call":
      return call(s.name, ...s.args.map(of));
    case "host":
      return call(`Math.${s.name}`, ...s.args.map(of));
    default:
      throw new InternalError(
        `a row of the scalar table uses ${s.kind}: write it as a function of dsl/math`,
      );
  }
}

const named = (args: readonly Code[]): ReadonlyMap<string, Code> =>
  new Map(args.map((a, i) => [argumentNames[i] as string, a]));

/** A function of dsl/math applied to code. */
export const spellCall = (body: ElementaryCall, args: readonly Code[]): Code =>
  spellScalar(body, named(args));

/** A scalar function applied to code. */
export function spellApply(
  op: ScalarName,
  args: readonly Code[],
  math: MathMode,
): Code {
  // where(a < b, x, y): the comparison is the condition, not its number.
  const [condition, x, y] = args as [Code, Code, Code];
  if (
    op === "where" &&
    condition.kind === "conditional" &&
    isNumber(condition.then, 1) &&
    isNumber(condition.otherwise, 0)
  )
    return choice(condition.test, x, y);
  if (op === "where") return choice(binary("!==", condition, num(0)), x, y);
  return spellScalar(bodyOf(op, math), named(args));
}
const choice = (test: Code, x: Code, y: Code): Code =>
  conditional(test, settled(x, test, true), settled(y, test, false));
const isNumber = (c: Code, value: number): boolean =>
  c.kind === "number" && c.value === value;

/** A reduction as text: its order is the order of the terms; the neutral element is not written. */
export function spellTerms(by: ReduceBy, terms: readonly Code[]): Code {
  const [only] = terms;
  if (only === undefined) return num(neutral[by]);
  if (terms.length === 1) return only;
  return isInfix(by)
    ? joined(infixOf[by], terms)
    : call(`Math.${by}`, ...terms);
}

const infixOf = { sum: "+", prod: "*" } as const;
const isInfix = (by: ReduceBy): by is keyof typeof infixOf => by in infixOf;

/** One more term of a reduction. */
export const spellStep = (by: ReduceBy, sum: Code, term: Code): Code =>
  isInfix(by)
    ? joined(infixOf[by], [sum, term])
    : call(`Math.${by}`, sum, term);

/** What a reduction starts from. */
export const startOf = ({ by, from }: Pick<Reduce, "by" | "from">): number =>
  from ?? neutral[by];

export const neutral: Readonly<Record<ReduceBy, number>> = {
  sum: -0,
  prod: 1,
  max: -Infinity,
  min: Infinity,
};
