/** Sums whose terms lie side by side in memory, added up in lanes. */
import {
  assign,
  binary,
  name,
  num,
  type Code,
  type Loop,
  type Statement,
} from "../code.js";
import { areEnough } from "../../kernels/laneTile.js";
import { twin } from "./abreast.js";
import { deeds, ownNames, type Deed } from "./deeds.js";
import { linearOf, plusTimes, type Linear } from "./linear.js";

/** A loop that adds to sums, and nothing else, alone in others or not: how it goes on in lanes. */
export interface LaneSums {
  /** The loop itself. */
  readonly inner: Loop;
  /** Sums of one lane each, at the neutral element. */
  readonly before: readonly Statement[];
  /** So many terms, each added to the sum of its lane. */
  readonly body: readonly Statement[];
  /** The lanes are added up in pairs, then to the sum. */
  readonly after: readonly Statement[];
}

/** The sums of `summedNames` in lanes: term t goes to lane t mod width. */
export function laneSums(
  s: Loop,
  sums: readonly string[],
  width: number,
): LaneSums {
  const inner = innermost(s);
  const list = deeds(inner.body) as Deed[];
  const own = ownNames(list);
  const lanes = Array.from({ length: width }, (_, i) => i);
  return {
    inner,
    before: sums.flatMap((id) =>
      lanes.map((lane): Statement => ({
        kind: "declare",
        keyword: "let",
        name: laneOf(id, lane),
        value: num(-0),
      })),
    ),
    body: list.flatMap((d) =>
      lanes.map((lane): Statement => {
        const moved = lane === 0 ? d : twin(d, inner.variable, lane, own);
        return moved.kind === "assign" && moved.target.kind === "name"
          ? { ...moved, target: name(laneOf(moved.target.text, lane)) }
          : moved;
      }),
    ),
    after: sums.map((id) =>
      assign(
        name(id),
        "=",
        binary(
          "+",
          name(id),
          paired(lanes.map((lane) => name(laneOf(id, lane)))),
        ),
      ),
    ),
  };
}

/** The loop that is all that a loop runs, and all that one runs. */
export function innermost(s: Loop): Loop {
  const [only, ...others] = deeds(s.body);
  return only?.kind === "for" && others.length === 0 ? innermost(only) : s;
}

/** Loops with other lines in place of the innermost one. */
export function inNest(s: Loop, lines: readonly Statement[]): Statement[] {
  const inner = innermost(s);
  const of = (loop: Loop): Statement[] =>
    loop === inner
      ? [...lines]
      : [{ ...loop, body: deeds(loop.body).flatMap((b) => of(b as Loop)) }];
  return of(s);
}

/**
 * The sums that a loop adds to, where the terms of all are made of entries that lie side by side, or of one entry for all;
 * undefined where it does anything else, or where lanes do not pay.
 *
 * @param inRows whether the terms are those of each of several rows
 */
export function summedNames(
  { variable, step, from, to, body }: Loop,
  inRows: boolean,
): readonly string[] | undefined {
  const isKnown = (c: Code): boolean =>
    c.kind === "number" || c.kind === "name";
  if (step !== 1 || !isKnown(from) || !isKnown(to)) return undefined;
  const list = deeds(body);
  const own = ownNames(list);
  const neighbours: Entry[] = [];
  const see = (code: Code): boolean => {
    switch (code.kind) {
      case "number":
        return true;
      case "name":
        return code.text !== variable;
      case "unary":
        return see(code.x);
      case "binary":
        return see(code.left) && see(code.right);
      case "index": {
        const index = linearOf(code.at, (id) => !own.has(id));
        const factor = index?.terms.get(variable) ?? 0;
        if (index === undefined || factor > 1 || factor < 0) return false;
        if (factor === 1) neighbours.push({ object: code.object, index });
        return true;
      }
      default:
        return false;
    }
  };
  const sums: string[] = [];
  for (const d of list) {
    if (d.kind === "declare" && d.keyword === "const") {
      if (d.value === undefined || !see(d.value)) return undefined;
    } else if (
      d.kind === "assign" &&
      d.op === "+=" &&
      d.target.kind === "name"
    ) {
      if (own.has(d.target.text) || !see(d.value)) return undefined;
      sums.push(d.target.text);
    } else return undefined;
  }
  if (sums.length === 0 || new Set(sums).size < sums.length) return undefined;
  if (neighbours.length === 0) return undefined;
  if (from.kind === "number" && to.kind === "number") {
    const terms = to.value - from.value;
    const areApart = neighbours.every(
      (a) => !neighbours.some((b) => isNext(a, b)),
    );
    if (!areEnough(terms, { inRows, areApart })) return undefined;
  }
  return sums;
}

interface Entry {
  readonly object: string;
  readonly index: Linear;
}

const isNext = (a: Entry, b: Entry): boolean => {
  if (a.object !== b.object) return false;
  const { constant, terms } = plusTimes(b.index, a.index, -1);
  return constant === 1 && terms.size === 0;
};

/** The name of a lane's sum: no model gives it. */
const laneOf = (sum: string, lane: number): string =>
  `${sum} lane ${String(lane)}`;

/** The sum that a lane belongs to, or the name itself. */
export const sumOfLane = (id: string): string => id.split(" lane ")[0] ?? id;

/** (a + b) + (c + d) */
export function paired(list: readonly Code[]): Code {
  const [first = num(-0), second] = list;
  if (second === undefined) return first;
  const half = list.length / 2;
  return binary("+", paired(list.slice(0, half)), paired(list.slice(half)));
}
