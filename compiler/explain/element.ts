import type { Node } from "../../dsl/graph.js";
import { name, num, type Code } from "../emit/code.js";
import { spellApply, spellTerms } from "../emit/spell.js";
import {
  countOf,
  indexAt,
  pointsOf,
  type Expr,
  type Point,
  type Statement,
} from "../kernels/ir.js";

/** One entry of a statement as code, its sums written out; `load` spells what it reads. */
export function entryCode(
  e: Expr,
  point: Point,
  load: (value: Node, flat: number) => string,
): Code {
  switch (e.kind) {
    case "number":
      return num(e.value);
    case "batchSize":
      return num(1);
    case "index":
      return num(indexAt(e.index, point));
    case "table":
      return num(e.data[indexAt(e.index, point)] as number);
    case "load":
      return name(load(e.value, indexAt(e.index, point)));
    case "apply":
      return spellApply(
        e.op,
        e.args.map((a) => entryCode(a, point, load)),
        "exact",
      );
    case "reduce":
      return spellTerms(
        e.by,
        pointsOf(e.over, point).map((q) => entryCode(e.body, q, load)),
      );
  }
}

/** Values that one entry is made of, each as often as it stands in the formula. */
function termsOf(e: Expr): number {
  switch (e.kind) {
    case "apply":
      return e.args.reduce((n, a) => n + termsOf(a), 0);
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
