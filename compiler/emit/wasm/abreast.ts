/** Loops whose points are independent, several points a turn. */
import {
  binary,
  name,
  num,
  type Code,
  type Loop,
  type Statement,
} from "../code.js";
import { linearOf, plusTimes, type Linear } from "./linear.js";
import { deedAt, deeds, ownNames, type Deed } from "./deeds.js";
import { exponentOf, twoTo } from "./twoTo.js";

/** A place in memory that a loop reads or writes. */
interface Access {
  readonly object: string;
  readonly index: Linear;
  readonly writes: boolean;
}

/** Several points of a loop at a time. */
export interface Abreast {
  /** Statements that do a point and the next ones, each statement beside its twins. */
  readonly body: readonly Statement[];
  /** Arrays that they read, and those that they write. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/**
 * Statements that do a point and the next ones, each statement beside its twins; undefined where the points depend on each
 * other, or where what they read does not lie side by side, or in every second place.
 *
 * @param width how many points
 * @param isIndex whether a name outside of the loop is an index
 */
export function abreast(
  { variable, step, body }: Loop,
  width: number,
  isIndex: (name: string) => boolean,
): Abreast | undefined {
  if (step !== 1) return undefined;
  const list = deeds(body);
  if (!list.every(isDeed)) return undefined;
  const own = ownNames(list);
  const accesses: Access[] = [];
  const isVariable = (id: string): boolean =>
    id === variable || (!own.has(id) && isIndex(id));
  /** False where code is more than operations on numbers that lie side by side, or on one. */
  const see = (code: Code, writes = false): boolean => {
    switch (code.kind) {
      case "number":
        return true;
      case "name":
        // The index as a number has no vector.
        return code.text !== variable;
      case "unary":
        return see(code.x);
      case "binary":
        return see(code.left) && see(code.right);
      case "conditional":
        return see(code.test) && see(code.then) && see(code.otherwise);
      case "call":
        return (
          (code.callee.startsWith("Math.") || isOfBits(code.callee)) &&
          code.args.every((x) => see(x))
        );
      case "index": {
        const index = linearOf(code.at, isVariable);
        const factor = index?.terms.get(variable) ?? 0;
        const isNear =
          factor === 1 || (!writes && (factor === 0 || factor === 2));
        if (index === undefined || !isNear) return false;
        accesses.push({ object: code.object, index, writes });
        return true;
      }
      default:
        return false;
    }
  };
  const isPlain = list.every((s) =>
    s.kind === "declare"
      ? s.value !== undefined && see(s.value)
      : see(s.target, true) && see(s.value),
  );
  if (!isPlain || !accesses.some((a) => a.writes)) return undefined;
  if (accesses.some((a) => a.writes && meetsNext(a, accesses, width)))
    return undefined;
  const twins = Array.from({ length: width - 1 }, (_, i) => i + 1);
  const objects = (isAmong: (a: Access) => boolean): string[] =>
    accesses.filter(isAmong).map((a) => a.object);
  return {
    body: list.flatMap((s) => [
      s,
      ...twins.map((apart) => twin(s, variable, apart, own)),
    ]),
    reads: [...objects((a) => !a.writes), ...list.flatMap(addedTo)],
    writes: objects((a) => a.writes),
  };
}

/** What `a[i] += x` reads beside x. */
const addedTo = (s: Deed): string[] =>
  s.kind === "assign" && s.op !== "=" && s.target.kind === "index"
    ? [s.target.object]
    : [];

const isOfBits = (callee: string): boolean =>
  callee === twoTo || callee === exponentOf;

const isDeed = (s: Statement): s is Deed =>
  (s.kind === "declare" && s.keyword === "const") ||
  (s.kind === "assign" && s.target.kind === "index");

/** True where one point may write what a neighbour reads or writes. */
const meetsNext = (
  written: Access,
  all: readonly Access[],
  width: number,
): boolean =>
  all.some((other) => {
    if (other.object !== written.object) return false;
    const { constant, terms } = plusTimes(other.index, written.index, -1);
    const isNear = constant !== 0 && Math.abs(constant) < width;
    return terms.size > 0 || isNear;
  });

/** What a name is so many points further: no model gives such a name. */
export const nameApart = (id: string, apart: number): string =>
  `${id} +${String(apart)}`;

/** The statement so many points further. */
export const twin = (
  s: Deed,
  variable: string,
  apart: number,
  own: ReadonlySet<string>,
): Deed =>
  deedAt(s, variable, binary("+", name(variable), num(apart)), (id) =>
    own.has(id) ? nameApart(id, apart) : id,
  );
