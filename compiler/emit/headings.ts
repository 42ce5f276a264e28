import { scalars } from "../../dsl/primitives/index.js";
import type { Node } from "../../dsl/graph.js";
import type { Statement } from "../kernels/ir.js";
import type { Code } from "./code.js";
import { expressionText, numberText } from "./oneLine.js";
import type { Names } from "./names.js";

/** How names and products are written: as symbols, or with numbers put in. */
export interface Spelling {
  readonly name: (text: string) => string;
  readonly number: (value: number) => string;
  readonly times: string;
}
export const symbolic: Spelling = {
  name: (text) => text,
  number: numberText,
  times: " ",
};

/** Code as a student writes it: products by juxtaposition, x x as x^2. */
export function formula(code: Code, outer = 0, spelling = symbolic): string {
  const of = (c: Code, around = 0): string => formula(c, around, spelling);
  const bind = (text: string, level: number): string =>
    level < outer ? `(${text})` : text;
  switch (code.kind) {
    case "number":
      return spelling.number(code.value);
    case "name": {
      const text = spelling.name(code.text);
      return bind(text, text.startsWith("-") ? 0 : 3);
    }
    case "string":
      return code.text;
    case "unary":
      return bind(`${code.op}${of(code.x, 3)}`, 2);
    case "index":
      return `${code.object}[${of(code.at)}]`;
    case "array":
      return `[${code.items.map((i) => of(i)).join(", ")}]`;
    case "call":
      // A power that is made by multiplications is drawn as a call of what it reads, without an exponent.
      if (code.callee === "pow" && code.args.length === 2) {
        const [base, exponent] = code.args as [Code, Code];
        return `${factor(of(base, 3))}^${factor(of(exponent, 3))}`;
      }
      return `${code.callee.replace("Math.", "")}(${code.args.map((a) => of(a)).join(", ")})`;
    case "conditional":
      return bind(
        `${of(code.then, 1)} where ${of(code.test)}, else ${of(code.otherwise)}`,
        0,
      );
    case "binary": {
      const { op, left, right } = code;
      if (
        op === "*" &&
        left.kind === "name" &&
        right.kind === "name" &&
        left.text === right.text
      )
        return `${of(left, 3)}^2`;
      if (op === "*") {
        // A number comes first, where no other has been put in.
        if (
          spelling.times === " " &&
          right.kind === "number" &&
          right.value >= 0 &&
          left.kind !== "number"
        )
          return bind(`${of(right)}${spelling.times}${factor(of(left, 2))}`, 2);
        const isQuotient = left.kind === "binary" && left.op === "/";
        return bind(
          `${of(left, isQuotient ? 3 : 2)}${spelling.times}${factor(of(right, 3))}`,
          2,
        );
      }
      if (op === "/") return bind(`${of(left, 2)} / ${of(right, 3)}`, 2);
      if (op === "+" || op === "-") {
        const term = of(right, 2);
        return op === "+" && term.startsWith("-")
          ? bind(`${of(left, 1)} - ${term.slice(1)}`, 1)
          : bind(`${of(left, 1)} ${op} ${factor(term)}`, 1);
      }
      return bind(`${of(left, 1)} ${op} ${of(right, 1)}`, 0);
    }
    default:
      return expressionText(code);
  }
}

/** What follows another factor, an operator or has an exponent: a sign in front would be a subtraction. */
const factor = (text: string): string =>
  text.startsWith("-") ? `(${text})` : text;

/** The name that a derivation uses for a whole tensor: what its symbols have in common, else its name. */
function stem(v: Node, names: Names): string {
  const symbols =
    v.op.kind === "label" || v.op.kind === "leaf" ? v.op.symbols : undefined;
  const stems = new Set(symbols?.map((s) => s.replace(/\d+$/, "")));
  const [only] = stems;
  return stems.size === 1 && only !== undefined && only !== ""
    ? only
    : names.proposal(v);
}

/** A layer that is one elementwise function gets its slope once, in the names of its tensors. */
export function slopeHeading(
  forward: readonly Statement[],
  names: Names,
): string {
  const [only] = forward;
  // Its derivative is what its author says.
  if (only?.value.place.call?.callee === "customGradient") return "";
  if (forward.length !== 1 || only?.expr.kind !== "apply") return "";
  const { slope } = scalars[only.expr.op];
  // An argument without a name has no slope to speak of.
  const [x, ...others] = only.expr.args;
  if (slope === undefined || x?.kind !== "load" || others.length > 0) return "";
  const [y, from] = [stem(only.value, names), stem(x.value, names)];
  const text = slope.replaceAll(/\b[xy]\b/g, (letter) =>
    letter === "y" ? y : from,
  );
  return `, d${y}/d${from} = ${text}`;
}
