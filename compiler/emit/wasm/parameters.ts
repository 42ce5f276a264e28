import {
  operandsOf,
  type Code,
  type FunctionCode,
  type Statement,
} from "../code.js";
import type { ParameterKind } from "./values.js";

/** True for a function of the handle: it works in the memory. */
export const isOfHandle = ({ params }: FunctionCode): boolean =>
  params.some((p) => p.type === "Memory");

/** What the parameters of a function are: a number that it counts or looks up with is a whole one. */
export function parameterKinds({
  params,
  body,
}: FunctionCode): ParameterKind[] {
  const isWhole = params.some((p) => p.type === "Memory");
  const counting = isWhole ? undefined : countingNames(body);
  return params.map((p): ParameterKind => {
    if (p.type === "Memory") return "memory";
    if (p.type !== "number") return "array";
    return counting?.has(p.name) === false ? "f64" : "i32";
  });
}

/** Names in indices and in the bounds of loops. */
function countingNames(
  lines: readonly Statement[],
  into = new Set<string>(),
): Set<string> {
  const indices = (c: Code, inside: boolean): void => {
    if (c.kind === "name" && inside) into.add(c.text);
    for (const operand of operandsOf(c))
      indices(operand, inside || c.kind === "index");
  };
  for (const s of lines) {
    if (s.kind === "for") {
      indices(s.from, true);
      indices(s.to, true);
      countingNames(s.body, into);
    } else if (s.kind === "if") {
      indices(s.test, false);
      countingNames(s.then, into);
      countingNames(s.otherwise ?? [], into);
    } else if (s.kind === "declare" && s.value !== undefined)
      indices(s.value, false);
    else if (s.kind === "assign") {
      indices(s.target, false);
      indices(s.value, false);
    }
  }
  return into;
}
