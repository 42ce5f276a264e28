import type { Node } from "../../dsl/graph.js";
import { name, num, type Code } from "../emit/code.js";
import { applied, isAbsent } from "../emit/entries.js";
import { neutral, spellTerms } from "../emit/spell.js";
import {
  countOf,
  indexAt,
  inside,
  pointsOf,
  type Expr,
  type Load,
  type Point,
  type Statement,
} from "../kernels/ir.js";

/** What an entry of a value is called, and what it is. */
export interface Reader {
  readonly name: (value: Node, flat: number) => string;
  readonly number: (value: Node, flat: number) => number;
  /** True for an entry that is -0 and no term of a sum. */
  readonly isAbsent?: (value: Node, flat: number) => boolean;
}

/** One entry of a statement as code, its sums written out; `reader` spells what it reads. */
export function entryCode(e: Expr, point: Point, reader: Reader): Code {
  switch (e.kind) {
    case "number":
      return num(e.value);
    case "batchSize":
      return num(1);
    case "index":
      return num(indexAt(e.index, point));
    case "table":
      return num(e.data[indexAt(e.index, point)] as number);
    case "load": {
      const at = entryOf(e, point, reader);
      return reader.isAbsent?.(e.value, at) === true
        ? num(-0)
        : name(reader.name(e.value, at));
    }
    case "scan":
      return name(`scan over ${String(e.loop.step.extent)} steps`);
    case "guard": {
      const q = inside(e.tests, point);
      return q === undefined ? num(e.otherwise) : entryCode(e.body, q, reader);
    }
    case "apply":
      return applied(
        e.op,
        e.args.map((a) => entryCode(a, point, reader)),
        "exact",
      );
    case "reduce":
      return spellTerms(e.by, [
        ...(e.from === undefined ? [] : [num(e.from)]),
        ...pointsOf(e.over, point).flatMap((q) => {
          const { body } = e;
          const absent =
            body.kind === "guard" &&
            Object.is(body.otherwise, neutral[e.by]) &&
            inside(body.tests, q) === undefined;
          if (absent) return [];
          const term = entryCode(body, q, reader);
          return e.by === "sum" && isAbsent(term) ? [] : [term];
        }),
      ]);
  }
}

/** The entry that a load reads: an index may be a value, which is a number in this example. */
function entryOf(e: Load, point: Point, reader: Reader): number {
  const at = indexAt(e.index, point);
  if (e.picked === undefined) return at;
  const { by, stride } = e.picked;
  const chosen =
    by.kind === "load"
      ? reader.number(by.value, entryOf(by, point, reader))
      : entryCode(by, point, reader);
  const number =
    typeof chosen === "number"
      ? chosen
      : chosen.kind === "number"
        ? chosen.value
        : 0;
  return at + stride * number;
}

/** Values that one entry is made of, each as often as it stands in the formula. */
function termsOf(e: Expr): number {
  switch (e.kind) {
    case "apply":
      return e.args.reduce((n, a) => n + termsOf(a), 0);
    case "guard":
      return termsOf(e.body);
    case "reduce":
      return countOf(e.over) * termsOf(e.body);
    default:
      return 1;
  }
}

const mostEntries = 64;
const mostTerms = 40;

/** True where a layer is written entry by entry: no more than a reader follows. */
export const isSmall = (layer: readonly Statement[]): boolean =>
  layer.reduce((n, s) => n + countOf(s.axes), 0) <= mostEntries &&
  layer.every((s) => termsOf(s.expr) <= mostTerms);

/** Entries of derivatives that are -0, the neutral element of addition: the module writes no term for them. */
export function absentIn(
  statements: readonly Statement[],
): (v: Node, flat: number) => boolean {
  const found = new Map<Node, Set<number>>();
  const absent = (v: Node, flat: number): boolean =>
    found.get(v)?.has(flat) === true;
  const reader: Reader = {
    name: () => "",
    number: () => 0,
    isAbsent: absent,
  };
  for (const s of statements) {
    if (s.value.place.phase !== "backward") continue;
    for (const p of pointsOf(s.axes)) {
      if (!isAbsent(entryCode(s.expr, p, reader))) continue;
      const entries = found.get(s.value) ?? new Set<number>();
      found.set(s.value, entries.add(indexAt(s.at, p)));
    }
  }
  return absent;
}
