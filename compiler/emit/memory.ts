import { isFrozen, isLeaf, sizeOf, type Node } from "../../dsl/graph.js";
import { binary, name, num, read, type Code } from "./code.js";
import { inputName } from "./inputs.js";
import type { Names } from "./names.js";
import type { Tables } from "./tables.js";

/** What a function reads and writes beside its own constants. */
export interface Storage {
  /** Element `at` of a leaf or of a value in memory; `row` is the example, where the value has one for each. */
  readonly element: (v: Node, at: Code, row: Code | undefined) => Code;
  /** The array of a value and the offset of its first element. */
  readonly array: (v: Node) => {
    readonly name: string;
    readonly offset: number;
  };
}

/** row * size + offset + at, without what is zero. */
export function offsetCode(
  row: Code | undefined,
  size: number,
  offset: number,
  at: Code,
): Code {
  const terms: Code[] = [];
  if (row !== undefined)
    terms.push(size === 1 ? row : binary("*", row, num(size)));
  const [rest, own] = apart(at);
  if (rest !== undefined) terms.push(rest);
  const constant = offset + own;
  if (terms.length === 0) return num(constant);
  const sum = terms.reduce((s, t) => binary("+", s, t));
  if (constant === 0) return sum;
  return binary(constant < 0 ? "-" : "+", sum, num(Math.abs(constant)));
}

/** An index without the number at its end, and that number: i + 2 is i and 2. */
function apart(at: Code): readonly [rest: Code | undefined, number: number] {
  if (at.kind === "number") return [undefined, at.value];
  if (at.kind !== "binary" || at.right.kind !== "number") return [at, 0];
  if (at.op === "+") return [at.left, at.right.value];
  return at.op === "-" ? [at.left, -at.right.value] : [at, 0];
}

/** The flat vectors of a module, by the space of a leaf. */
export const vectors = { param: "p", gradient: "g", state: "s" } as const;
/** Single numbers of the handle: places in its vector `numbers`. */
export const numbers: readonly string[] = ["lr", "steps", "seed"];

/** Storage of the handle: everything in arrays of `Memory`; values in memory have names of their own. */
export function handleStorage(arrays: Names, tables: Tables): Storage {
  const array = (
    v: Node,
  ): { readonly name: string; readonly offset: number } => {
    if (v.op.kind === "leaf") {
      const { space, offset } = v.op;
      if (space === "input") return { name: inputName(v.op.name), offset: 0 };
      if (space === "number")
        return { name: "numbers", offset: numbers.indexOf(v.op.name) };
      return { name: vectors[space], offset };
    }
    if (isFrozen(v)) return { name: tables.name(v), offset: 0 };
    return { name: arrays.tensor(v), offset: 0 };
  };
  return {
    array,
    element: (v, at, row) => {
      if (v.op.kind === "leaf" && v.op.space === "number")
        return name(v.op.name);
      const place = array(v);
      return read(
        place.name,
        offsetCode(
          v.batched ? row : undefined,
          sizeOf(v.shape),
          place.offset,
          at,
        ),
      );
    },
  };
}

/**
 * Storage of a plain function for one example: leaves are its parameters, values in memory lie in `work`.
 *
 * @param offsetOf where a value begins there
 */
export function plainStorage(
  offsetOf: (v: Node) => number,
  tables: Tables,
): Storage {
  const array = (
    v: Node,
  ): { readonly name: string; readonly offset: number } => {
    if (v.op.kind === "leaf") {
      const { space, offset } = v.op;
      if (space === "input") return { name: inputName(v.op.name), offset: 0 };
      if (space === "number") return { name: v.op.name, offset: 0 };
      return { name: vectors[space], offset };
    }
    if (isFrozen(v)) return { name: tables.name(v), offset: 0 };
    return { name: "work", offset: offsetOf(v) };
  };
  return {
    array,
    element: (v, at) => {
      if (v.op.kind === "leaf" && v.op.space === "number")
        return name(v.op.name);
      const place = array(v);
      return read(place.name, offsetCode(undefined, 0, place.offset, at));
    },
  };
}

/** Place in the order in which a function loads what it reads. */
export const rank = (v: Node): number =>
  !isLeaf(v)
    ? 0
    : ["input", "number", "param", "state", "gradient"].indexOf(v.op.space);
