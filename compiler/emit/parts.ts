import type { Part } from "./body.js";
import {
  call,
  name,
  type FunctionCode,
  type Parameter,
  type Statement as Line,
} from "./code.js";
import { objectsOf } from "./objects.js";

/** Calls in one function: about 12 bytes of bytecode each. */
const mostCalls = 400;

/** A function made of others. */
export interface Sequence {
  readonly functions: readonly FunctionCode[];
  readonly lines: readonly Line[];
}

/**
 * The parts of a function as functions of their own, and the calls that run them in order. Each takes what it uses of
 * `given`; a long list of calls is cut into functions again.
 */
export function sequence(
  id: string,
  parts: readonly Part[],
  given: readonly Parameter[],
): Sequence {
  const functions: FunctionCode[] = [];
  const run = (part: Part): Line => {
    const used = objectsOf(part.lines);
    const params = given.filter((p) => used.has(p.name));
    functions.push({
      name: part.name,
      exported: false,
      doc: [partDoc(part.name)],
      params,
      result: "void",
      body: part.lines,
    });
    return {
      kind: "run",
      code: call(part.name, ...params.map((p) => name(p.name))),
    };
  };
  let lines = parts.map(run);
  while (lines.length > mostCalls) {
    const chunks: Part[] = [];
    for (let i = 0; i < lines.length; i += mostCalls)
      chunks.push({
        name: `${id}Part${String(functions.length + chunks.length)}`,
        lines: lines.slice(i, i + mostCalls),
      });
    lines = chunks.map(run);
  }
  return { functions, lines };
}

/** `forwardHidden` in words: "Forward: hidden." */
export function partDoc(id: string): string {
  const [what = "", ...layer] = id
    .replace(/([A-Z])/g, " $1")
    .trim()
    .split(" ");
  const of = layer.length > 0 ? `: ${layer.join(" ").toLowerCase()}` : "";
  return `${what.charAt(0).toUpperCase()}${what.slice(1)}${of}.`;
}
