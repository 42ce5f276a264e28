/** What is small enough to be written out, so that points side by side become the lanes of vectors. */
import {
  countOf,
  loadsOf,
  type Axis,
  type Expr,
  type Reduce,
  type Statement,
  type Test,
} from "./ir.js";
import { isRepeatable } from "./laneTile.js";
import type { Style } from "./slice.js";
import { pointsIn, untiled, type Tile } from "./tile.js";

/** Terms of a window up to which its loop is written out: those of 4 x 4. */
const mostTerms = 16;

/** Entries up to which an axis is written out: more are the lanes of a vector themselves. */
const mostEntries = 3;

/** How far apart entries may lie that are taken out of two vectors of neighbours. */
const farthest = 2;

/**
 * True for a sum or an extreme of a small window whose points lie side by side: term after term, the same operations are
 * done for each of them.
 */
export function isWrittenOut(
  e: Reduce,
  axes: readonly Axis[],
  { lanes }: Style,
): boolean {
  const beside = axes.at(-1);
  if (lanes === undefined || beside === undefined) return false;
  if (beside.extent === "batch" || beside.extent < lanes) return false;
  if (e.scatter !== undefined || e.from !== undefined) return false;
  if (e.over.some((a) => a.extent === "batch") || countOf(e.over) > mostTerms)
    return false;
  const steps = loadsOf(e.body).map((l) => l.index.terms.get(beside) ?? 0);
  return (
    hasLanes(e.body) &&
    steps.some((k) => k > 0) &&
    steps.every((k) => k >= 0 && k <= farthest)
  );
}

/** True where vectors can hold every part of an expression. */
function hasLanes(e: Expr): boolean {
  switch (e.kind) {
    case "number":
    case "index":
      return true;
    case "load":
      return e.picked === undefined && e.value.dtype !== "i32";
    case "apply":
      return e.calls === undefined && e.args.every(hasLanes);
    default:
      return false;
  }
}

/**
 * Points of a kernel that repeats its entries along a short last axis, as a window gets what its result got: so many that
 * they fill vectors. Short axes that are numbers of the text are written out as well.
 *
 * @param room how many points a function has room for
 */
export function pointTile(
  axes: readonly Axis[],
  statements: readonly Statement[],
  room: number,
  lanes: number,
): Tile {
  const [last, before] = axes.slice(-2).reverse();
  if (!isShort(last) || before === undefined || before.extent === "batch")
    return untiled;
  const isFit = statements.every(
    (s) =>
      hasLanes(s.expr) &&
      s.at.terms.get(last) === 1 &&
      loadsOf(s.expr).every((l) => !l.index.terms.has(last)),
  );
  if (!isFit) return untiled;
  let size = lanes;
  while (
    (size / 2) * last.extent >= lanes &&
    (size * last.extent) % (2 * lanes) === 0
  )
    size /= 2;
  const mayRepeat = statements.every(isRepeatable);
  if (before.extent < size || (before.extent % size > 0 && !mayRepeat))
    return untiled;
  const numbers = axes
    .filter(isShort)
    .filter(
      (a) =>
        a !== last &&
        a !== before &&
        statements.some((s) => isNumberIn(a, s.expr)),
    );
  const tile = new Map<Axis, number>([
    ...numbers.map((a) => [a, a.extent] as const),
    [before, size],
    [last, last.extent],
  ]);
  return pointsIn(tile) <= room ? tile : untiled;
}

const isShort = (
  a: Axis | undefined,
): a is Axis & { readonly extent: number } =>
  a !== undefined &&
  a.extent !== "batch" &&
  a.extent > 1 &&
  a.extent <= mostEntries;

/** True where the index along an axis is a number that is computed with. */
function isNumberIn(axis: Axis, e: Expr): boolean {
  if (e.kind === "index") return e.index.terms.has(axis);
  return e.kind === "apply" && e.args.some((a) => isNumberIn(axis, a));
}

/** Entries that are copied where they are there, and one number around them. */
export interface Filled {
  readonly tests: readonly Test[];
  readonly body: Expr;
  readonly around: number;
}

/** A statement that puts a number around entries: a test of each of them leaves no vectors. */
export function filledOf(
  statements: readonly Statement[],
  { lanes }: Style,
): Filled | undefined {
  const [only] = statements;
  if (lanes === undefined || only?.expr.kind !== "guard") return undefined;
  if (statements.length > 1 || only.targets.length > 0) return undefined;
  const around = only.expr.otherwise;
  const tests: Test[] = [];
  let body: Expr = only.expr;
  while (body.kind === "guard") {
    if (!Object.is(body.otherwise, around)) return undefined;
    tests.push(...body.tests);
    body = body.body;
  }
  const isWalked = tests.every((t) => t.divisor === 1 && t.entry === undefined);
  return isWalked && hasLanes(body) ? { tests, body, around } : undefined;
}
