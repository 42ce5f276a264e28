import { isLeaf, sizeOf, type Node } from "../../dsl/graph.js";
import { tileOf } from "./chooseTile.js";
import { collapse } from "./collapse.js";
import { loopedBytes, preferredBytes } from "./cost.js";
import {
  countOf,
  innerStatements,
  isAccumulation,
  loadsOf,
  type Axis,
  type Expr,
  type Load,
  type Reduce,
  type Statement,
  type StepLoop,
  type Target,
  madeBy,
  renameAxis,
  staticAxes,
} from "./ir.js";
import { largestOutermost } from "./laneTile.js";
import { isSlice, type Style } from "./slice.js";
import { ofOneExample, sumOf, type Tile } from "./tile.js";
import { pointTile } from "./writeOut.js";

/** Statements over the same axes, done one after the other at each point. */
export interface Kernel {
  readonly axes: readonly Axis[];
  readonly statements: readonly Statement[];
  /** Points that are done side by side. */
  readonly tile: Tile;
  /** The same of one example, where a tile is of several. */
  readonly tileOfOne: Tile;
}

/** Tells whether a load reads the very element that a point of the statement stands for. */
export function pointwise(s: Statement): (load: Load) => boolean {
  const example = s.axes.find((a) => a.extent === "batch");
  const count = s.axes.length - (example === undefined ? 0 : 1);
  return (load) => {
    const { constant, terms } = load.index;
    if (load.picked !== undefined) return false;
    if (load.example !== example || constant !== 0) return false;
    if (terms.size !== count) return false;
    // Row-major: the last axis has stride 1.
    let stride = 1;
    for (let i = s.axes.length - 1; i >= 0; i--) {
      const axis = s.axes[i] as Axis;
      if (axis.extent === "batch") continue;
      if (terms.get(axis) !== stride) return false;
      stride *= axis.extent;
    }
    return true;
  };
}

/** A sum that is accumulated in memory: of many entries over the examples, or where indices say. */
export const isInMemory = (e: Expr, axes: readonly Axis[]): e is Reduce =>
  e.kind === "reduce" &&
  ((isAccumulation(e) && countOf(axes) > 1) || e.scatter !== undefined);

/** A loop over a slice of memory is a kernel of its own; so is a sum that is accumulated there, and a loop over steps. */
export const standsAlone = (s: Statement, style: Style): boolean =>
  isSlice(s, style) ||
  isInMemory(s.expr, s.axes) ||
  s.expr.kind === "scan" ||
  s.targets.some(addsTo);

const addsTo = (t: Target): boolean => t.space === "memory" && t.adds;

const partsOf = (l: StepLoop): (readonly Statement[])[] => [
  l.start,
  l.body,
  l.end,
  l.last,
];

/** Every value that kernels make, those inside of loops over steps too. */
export const valuesOf = (kernels: readonly Kernel[]): Node[] =>
  kernels.flatMap((k) => k.statements.flatMap(ownValues));

const ownValues = (s: Statement): Node[] => [
  s.value,
  ...madeBy(s),
  ...innerStatements(s).flatMap(ownValues),
];

/** Values that kernels make or read, those of their steps too. */
export function touchedBy(kernels: readonly Kernel[]): Set<Node> {
  const touched = new Set<Node>();
  const visit = (s: Statement): void => {
    touched.add(s.value);
    for (const v of madeBy(s)) touched.add(v);
    for (const l of loadsOf(s.expr)) touched.add(l.value);
    innerStatements(s).forEach(visit);
  };
  for (const k of kernels) k.statements.forEach(visit);
  return touched;
}

/** Values of steps: they have a place for one example alone. */
export function localsOf(kernels: readonly Kernel[]): Set<Node> {
  const local = new Set<Node>();
  const visit = (s: Statement): void => {
    if (s.expr.kind !== "scan") return;
    for (const v of innerStatements(s).flatMap(ownValues)) local.add(v);
    for (const v of s.expr.loop.makes) local.delete(v);
    innerStatements(s).forEach(visit);
  };
  for (const k of kernels) k.statements.forEach(visit);
  return local;
}

/** Not a part of a concatenation. */
export const isWhole = (s: Statement): boolean =>
  countOf(s.axes) === sizeOf(s.value.shape);

const overwrites = (s: Statement): Node[] =>
  s.targets.flatMap((t) =>
    "leaf" in t && isLeaf(t.leaf) && t.leaf.op.space === t.space
      ? [t.leaf]
      : [],
  );

/** A kernel that may grow, and what decides whether the next statement joins it. */
interface Open {
  readonly axes: readonly Axis[];
  readonly statements: Statement[];
  readonly place: Node["place"];
  readonly closed: boolean;
  readonly made: Set<Node>;
  /** Values that some statement reads at another point than its own. */
  readonly scattered: Set<Node>;
  sums: Sums;
  bytes: number;
}

/** Whether something adds up terms, and whether points of it are done side by side for that. */
type Sums = "none" | "some" | "tiled";

/** Points are done side by side for the sake of one sum: with another one beside it they would not be. */
const areApart = (a: Sums, b: Sums): boolean =>
  (a === "tiled" && b !== "none") || (b === "tiled" && a !== "none");

const mostSums = (a: Sums, b: Sums): Sums => (a === "none" ? b : a);

/** Where vectors are no matter of it, sums share their loops. */
function sumsOf(s: Statement, style: Style, room: number): Sums {
  if (style.lanes === undefined || !hasSum(s.expr)) return "none";
  return tileOf(s.axes, [s], room, style).size > 0 ? "tiled" : "some";
}

const hasSum = (e: Expr): boolean =>
  e.kind === "reduce" ||
  (e.kind === "guard" && hasSum(e.body)) ||
  (e.kind === "apply" && e.args.some(hasSum));

export interface FuseOptions {
  /** True where derivatives of several layers may share a loop. What is computed forward, other functions do as well. */
  readonly acrossLayers: boolean;
}

/**
 * Groups neighbouring statements over equal axes where each reads the others only at its own point. A fused value that
 * nobody else reads never reaches memory. A kernel is never longer than V8 likes a function to be.
 */
function fuse(
  statements: readonly Statement[],
  style: Style,
  { acrossLayers }: FuseOptions,
): Kernel[] {
  const kernels: Open[] = [];
  for (const s of statements) {
    const { place } = s.value;
    const loads = loadsOf(s.expr);
    const bytes = loopedBytes([{ axes: [], statements: [s] }], style.math);
    const isPointwise = pointwise(s);
    const closed = standsAlone(s, style) || !isWhole(s);
    const last = kernels.at(-1);
    const sums = closed ? "none" : sumsOf(s, style, roomFor(bytes));
    const fits =
      last !== undefined &&
      !closed &&
      !areApart(last.sums, sums) &&
      !last.closed &&
      last.bytes + bytes <= preferredBytes &&
      last.place.phase === place.phase &&
      (last.place.call === place.call ||
        (acrossLayers && place.phase === "backward")) &&
      last.axes.length === s.axes.length &&
      last.axes.every((a, i) => a === s.axes[i]) &&
      loads.every((l) => !last.made.has(l.value) || isPointwise(l)) &&
      overwrites(s).every((leaf) => !last.scattered.has(leaf));
    const home: Open = fits
      ? last
      : {
          axes: s.axes,
          statements: [],
          place,
          closed,
          made: new Set(),
          scattered: new Set(),
          sums: "none",
          bytes: 0,
        };
    if (!fits) kernels.push(home);
    home.statements.push(s);
    home.made.add(s.value);
    home.bytes += bytes;
    home.sums = mostSums(home.sums, sums);
    if (!closed)
      for (const l of loads) if (!isPointwise(l)) home.scattered.add(l.value);
  }
  return kernels.map(({ axes, statements: own, bytes }) => {
    const { lanes } = style;
    const room = roomFor(bytes);
    const tile = tileIn(axes, own, room, style);
    const sum = lanes === undefined ? undefined : sumOf(own);
    const isTiled = tile.size > 0 && sum !== undefined;
    return {
      axes: isTiled ? largestOutermost(axes, sum) : axes,
      statements: own,
      tile,
      tileOfOne:
        lanes === undefined
          ? ofOneExample(tile)
          : tileIn(staticAxes(axes), own, room, style),
    };
  });
}

/** A tile of sums, or of entries that are repeated. */
function tileIn(
  axes: readonly Axis[],
  statements: readonly Statement[],
  room: number,
  style: Style,
): Tile {
  const tile = tileOf(axes, statements, room, style);
  return tile.size > 0 || style.lanes === undefined
    ? tile
    : pointTile(axes, statements, room, style.lanes);
}

/** Points of a tile that a function has room for. */
const roomFor = (bytes: number): number => Math.floor(preferredBytes / bytes);

/** The kernels of arranged statements. */
export const kernelsOf = (
  statements: readonly Statement[],
  style: Style,
  options: FuseOptions = { acrossLayers: false },
): Kernel[] => fuse(sharedAxes(statements.map(collapse)), style, options);

/** Collapsed axes of one extent are one axis, so that loops over them can be joined. */
function sharedAxes(statements: readonly Statement[]): Statement[] {
  const known = new Map<number, Axis>();
  return statements.map((s) => {
    const own = s.axes.filter((a) => a.extent !== "batch");
    const [axis] = own;
    if (own.length !== 1 || axis === undefined || axis.extent === "batch")
      return s;
    const same = known.get(axis.extent);
    known.set(axis.extent, same ?? axis);
    return same === undefined || same === axis ? s : renameAxis(s, axis, same);
  });
}

/** True for an output as a whole: what nobody else reads is written there alone. */
const isOutput = (s: Statement): boolean =>
  s.targets.length === 1 && s.targets[0]?.space === "output" && isWhole(s);

/** Values that a later kernel reads, or that a loop over a slice reads or writes. */
export function memoryOf(kernels: readonly Kernel[], style: Style): Set<Node> {
  const home = new Map<Node, Kernel>();
  for (const k of kernels)
    for (const s of k.statements)
      for (const v of [s.value, ...madeBy(s)]) if (!home.has(v)) home.set(v, k);
  const memory = new Set<Node>();
  for (const k of kernels)
    for (const s of k.statements) {
      // A gradient is accumulated where it belongs, and so is a sum over steps.
      const inPlace = s.targets.some(
        (t) => t.space === "gradient" || addsTo(t),
      );
      if (s.expr.kind === "scan") {
        for (const v of [...madeBy(s), ...s.expr.loop.carries]) memory.add(v);
        for (const list of partsOf(s.expr.loop))
          for (const v of memoryOf(kernelsOf(list, style), style))
            memory.add(v);
        // What a step leaves is read after it.
        for (const inner of [...s.expr.loop.end, ...s.expr.loop.last])
          for (const l of loadsOf(inner.expr)) memory.add(l.value);
      }
      if (!isWhole(s) || (isInMemory(s.expr, s.axes) && !inPlace))
        memory.add(s.value);
      if (isSlice(s, style) && !isOutput(s)) memory.add(s.value);
      for (const l of loadsOf(s.expr))
        if (home.has(l.value) && home.get(l.value) !== k) memory.add(l.value);
    }
  return memory;
}
