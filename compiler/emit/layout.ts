/** Expressions as prettier lays them out where they do not fit on one line. */
import { builders, printer } from "prettier/doc";
import type { Doc } from "prettier";
import { InternalError } from "../diagnostics.js";
import { brokenChain } from "./chains.js";
import type { Code, Member } from "./code.js";
import { width } from "./comments.js";
import type { Dialect } from "./dialect.js";
import {
  calleeText,
  concatenation,
  expressionText,
  isShort,
  spoken,
} from "./oneLine.js";
import { alone, flattens, needsParentheses, type Role } from "./parentheses.js";

const {
  group,
  indent,
  line,
  softline,
  ifBreak,
  lineSuffixBoundary,
  indentIfBreak,
  align,
} = builders;

export function expression(
  code: Code,
  dialect: Dialect,
  role: Role = alone,
): Doc {
  const doc = bare(code, dialect, role);
  if (!needsParentheses(spoken(code, dialect), role)) return doc;
  return role.in === "unary" && code.kind === "binary"
    ? ["(", group([indent([softline, doc]), softline]), ")"]
    : ["(", doc, ")"];
}
function bare(code: Code, dialect: Dialect, role: Role): Doc {
  const of = (c: Code, role: Role = alone): Doc => expression(c, dialect, role);
  switch (code.kind) {
    case "number":
    case "name":
    case "string":
      return expressionText(code, dialect);
    case "template":
      return dialect.es5
        ? of(concatenation(code.parts))
        : expressionText(code, dialect);
    case "as":
      return [of(code.x), dialect.types ? ` as ${code.type}` : ""];
    case "function":
      throw new InternalError("a function stands within an expression");
    case "object":
      return list(
        "{",
        code.members.map((m) => property(m, dialect)),
        "}",
        line,
      );
    case "unary":
      return [code.op, of(code.x, { in: "unary" })];
    case "binary": {
      const inBinary = role.in === "left" || role.in === "right";
      const [first, ...rest] = chain(code, dialect, inBinary);
      if (role.in === "unary") return [first as Doc, ...rest];
      return group([first as Doc, indent(rest)]);
    }
    case "conditional": {
      // A chain of choices breaks as a whole.
      const inner = code.then.kind === "conditional";
      const branch = (c: Code): Doc =>
        c.kind === "conditional"
          ? of(c, { in: "branch" })
          : align(
              2,
              // Only below return and in calls is a chain of operators set in.
              c.kind === "binary" && role.in !== "argument"
                ? unindented(c, dialect)
                : of(c, { in: "branch" }),
            );
      const test =
        code.test.kind === "binary" && role.in !== "argument"
          ? unindented(code.test, dialect)
          : of(code.test, { in: "test" });
      const doc = [
        role.in === "branch" ? align(2, test) : test,
        indent([
          line,
          "? ",
          inner ? ifBreak("", "(") : "",
          branch(code.then),
          inner ? ifBreak("", ")") : "",
          line,
          ": ",
          branch(code.otherwise),
        ]),
      ];
      return role.in === "branch" ? doc : group(doc);
    }
    case "call":
      return [
        calleeText(code),
        ...(isAroundList(code)
          ? ["(", ...code.args.map((a) => of(a)), ")"]
          : [
              list(
                "(",
                code.args.map((a) => of(a, { in: "argument" })),
                ")",
                softline,
                !dialect.es5,
              ),
            ]),
      ];
    case "index": {
      const at = of(code.at);
      const inside =
        code.at.kind === "number"
          ? at
          : group([indent([softline, at]), softline]);
      return [
        code.object,
        "[",
        inside,
        code.cast && dialect.types ? "] as number" : "]",
      ];
    }
    case "array":
      return code.items.length > 1 &&
        code.items.every((i) => i.kind === "number")
        ? numberList(code.items.map((i) => of(i)))
        : list(
            "[",
            code.items.map((i) => of(i)),
            "]",
          );
  }
}

/** A call whose brackets stand beside those of its only argument. */
const isAroundList = ({ args }: Code & { readonly kind: "call" }): boolean =>
  args.length === 1 && args[0]?.kind === "array";

/** As many numbers a line as fit. */
const numberList = (items: readonly Doc[]): Doc => {
  const id = Symbol("numbers");
  const last = items.length - 1;
  // The comma after the last number takes room on its line.
  const parts = items.flatMap((item, i): Doc[] =>
    i === last
      ? [[item, ifBreak(",", "", { groupId: id })]]
      : [[item, ","], line],
  );
  return group(["[", indent([softline, builders.fill(parts)]), softline, "]"], {
    id,
  });
};

/**
 * All on one line, or one item a line.
 *
 * @param space what stands between the brackets and the items
 * @param trailing whether a comma follows the last of several lines
 */
export const list = (
  open: string,
  items: readonly Doc[],
  close: string,
  space: Doc = softline,
  trailing = true,
): Doc =>
  items.length === 0
    ? `${open}${close}`
    : group([
        open,
        indent([space, builders.join([",", line], [...items])]),
        trailing ? ifBreak(",") : "",
        space,
        close,
      ]);

/** A member of an object that has no block. */
export function property(m: Member, dialect: Dialect): Doc {
  if (m.kind === "spread") return ["...", expression(m.value, dialect)];
  if (m.kind !== "value")
    throw new InternalError("a method stands within an expression");
  if (isShort(m, dialect)) return m.key;
  return assignment(m.key, ":", m.value, dialect);
}

/** Operands of a chain of operators that prettier breaks together. */
export function chain(
  code: Code & { readonly kind: "binary" },
  dialect: Dialect,
  nested: boolean,
): Doc[] {
  const { op, left, right } = code;
  const flat = left.kind === "binary" && flattens(op, left.op);
  const head = flat
    ? chain(left, dialect, true)
    : [expression(left, dialect, { in: "left", op })];
  const tail: Doc = [op, line, expression(right, dialect, { in: "right", op })];
  const simple = !nested && left.kind !== "binary" && right.kind !== "binary";
  return [...head, " ", simple ? group(tail) : tail];
}

/** A binary chain whose lines align with its start: after `=`, `return` and in conditions. */
export function unindented(code: Code, dialect: Dialect): Doc {
  return code.kind === "binary"
    ? group(chain(code, dialect, false))
    : expression(code, dialect);
}

/** True where a value that does not fit beside its target goes below it as a whole. */
export const goesBelow = (right: Code, dialect: Dialect): boolean =>
  right.kind === "binary" ||
  (right.kind === "index" && !(right.cast && dialect.types)) ||
  (right.kind === "conditional" && right.test.kind === "binary");

/** Lines of a chain of operators that does not fit on one. */
export function chainBelow(
  code: Code,
  dialect: Dialect,
  indentation: number,
): string[] | undefined {
  if (code.kind !== "binary") return undefined;
  const space = { width, indentation, column: indentation, after: ";" };
  const lines = brokenChain(code, dialect, space, indentation);
  const [first, ...rest] = lines ?? [];
  return first === undefined
    ? undefined
    : [" ".repeat(indentation) + first, ...rest];
}

/** prettier's layouts of `left = right`, and of `key: value`. */
export function assignment(
  left: Doc,
  op: string,
  right: Code,
  dialect: Dialect,
): Doc {
  const value = unindented(right, dialect);
  const head = [group(left), op === ":" ? op : ` ${op}`];
  if (right.kind === "number" || right.kind === "array")
    return group([...head, " ", value]);
  if (goesBelow(right, dialect))
    return group([...head, group(indent([line, value]))]);
  const id = Symbol("assignment");
  return group([
    ...head,
    group(indent(line), { id }),
    lineSuffixBoundary,
    indentIfBreak(value, { groupId: id }),
  ]);
}

const options = (
  printWidth: number,
): Parameters<typeof printer.printDocToString>[1] => ({
  printWidth,
  tabWidth: 2,
});

/** A document laid out in the width that is left. */
export const layOut = (doc: Doc, indentation: number): string =>
  printer.printDocToString(doc, options(width - indentation)).formatted;
