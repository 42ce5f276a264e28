import type { BinaryOp, Code } from "./code.js";

const levels: readonly (readonly BinaryOp[])[] = [
  ["||"],
  ["&&"],
  ["|"],
  ["&"],
  ["===", "!=="],
  ["<", "<=", ">", ">="],
  [">>", ">>>"],
  ["+", "-"],
  ["*", "/", "%"],
  ["**"],
];
const levelOf = new Map(
  levels.flatMap((ops, i) => ops.map((op) => [op, i] as const)),
);
const level = (op: BinaryOp): number => levelOf.get(op) as number;
const isShift = (op: BinaryOp): boolean => op === ">>" || op === ">>>";
const isBitwise = (op: BinaryOp): boolean =>
  isShift(op) || op === "|" || op === "&";

/** Where an operand stands: what decides its parentheses. */
export type Role =
  | { readonly in: "none" }
  | { readonly in: "left" | "right"; readonly op: BinaryOp }
  | { readonly in: "unary" }
  | { readonly in: "test" }
  /** What a choice takes where its test holds, on one line with it: prettier marks a choice there. */
  | { readonly in: "then" }
  /** What a choice takes else; or either of them, where each has a line of its own. */
  | { readonly in: "branch" }
  /** What is assigned to. */
  | { readonly in: "target" }
  /** Of a call, or of return. */
  | { readonly in: "argument" };
export const alone: Role = { in: "none" };

/** Where the operands of an operator stand. */
export const beside = (
  op: BinaryOp,
): Readonly<Record<"left" | "right", Role>> =>
  operands.get(op) as Readonly<Record<"left" | "right", Role>>;
const operands = new Map(
  levels
    .flat()
    .map((op): [BinaryOp, Readonly<Record<"left" | "right", Role>>] => [
      op,
      { left: { in: "left", op }, right: { in: "right", op } },
    ]),
);

/** True where prettier writes a chain of two operators without parentheses, one operand a line when it breaks. */
export function flattens(outer: BinaryOp, inner: BinaryOp): boolean {
  if (level(outer) !== level(inner)) return false;
  if (level(outer) === level("===") || isShift(outer)) return false;
  return (
    level(outer) < level("*") ||
    (outer === inner && outer !== "%" && outer !== "**")
  );
}

export function needsParentheses(code: Code, role: Role): boolean {
  const isCast = code.kind === "index" && code.cast;
  if (role.in === "then") return isCast || code.kind === "conditional";
  if (role.in === "branch" || role.in === "target") return isCast;
  if (role.in === "none" || role.in === "argument") return false;
  if (code.kind === "conditional") return true;
  if (role.in === "test") return false;
  if (role.in === "unary")
    return (
      code.kind === "binary" ||
      code.kind === "unary" ||
      (code.kind === "number" &&
        (code.value < 0 || Object.is(code.value, -0))) ||
      isCast
    );
  if (isCast) return true;
  if (code.kind !== "binary") return false;
  const [outer, inner] = [level(role.op), level(code.op)];
  if (outer > inner) return true;
  if (role.op === "||" && code.op === "&&") return true;
  if (outer === inner && role.in === "right") return true;
  if (outer === inner && !flattens(role.op, code.op)) return true;
  if (outer < inner && code.op === "%")
    return role.op === "+" || role.op === "-";
  return isBitwise(role.op);
}
