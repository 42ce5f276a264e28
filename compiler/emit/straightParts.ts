/** Straight-line code that is too long for one function, as a function for each few layers. */
import { isLeaf, sizeOf, type Call, type Node } from "../../dsl/graph.js";
import type { Access } from "../kernels/accesses.js";
import {
  accessBytes,
  executedBytes,
  preferredBytes,
  statementBytes,
  unrolledBytes,
} from "../kernels/cost.js";
import {
  countOf,
  isBatched,
  loadsOf,
  staticAxes,
  type Load,
  type Statement,
} from "../kernels/ir.js";
import type { Style } from "../kernels/slice.js";
import type { Statement as Line } from "./code.js";
import { namesIn } from "./declared.js";
import type { Dtype } from "./dtype.js";
import { straightFacts } from "./kernelFacts.js";
import { Names } from "./names.js";
import type { Part, Parts } from "./parts.js";
import { layersName, partDoc } from "./partWords.js";
import { Sections } from "./sections.js";
import type { KernelTimer, ReportOptions } from "./timers.js";
import { unroll, type UnrollOptions } from "./unroll.js";
import { withoutUnused } from "./unused.js";

export interface StraightOptions extends Pick<
  UnrollOptions,
  "style" | "storage" | "derives" | "paramEntry" | "places"
> {
  readonly dtype: Dtype;
  /** Names that the functions use beside the model's. */
  readonly own: ReadonlySet<string>;
  readonly titles: ReadonlyMap<Call, string>;
  readonly prefix: string;
  readonly mostNames: number;
  readonly parts: Parts;
  readonly timer: KernelTimer;
  readonly report: ReportOptions | undefined;
  /** What is done last. */
  readonly end: readonly Line[];
}

export interface StraightParts {
  readonly parts: readonly Part[];
  readonly accesses: readonly Access[];
  /** Values that have a place for one example alone. */
  readonly local: ReadonlySet<Node>;
  readonly slices: ReadonlySet<string>;
}

/**
 * Bytecode of all of them: some 300 multiply-adds. Loops over tiles are as fast for one example from there on, and half as
 * long; below, a loop over four terms takes longer for its turns than for its products.
 */
export const mostStraightBytes = 2 * preferredBytes;

/** Bytecode of a single statement: a layer that V8 takes a little longer to optimise is twice as fast as loops from then on. */
const mostAlone = 1.5 * preferredBytes;

/**
 * Functions of the handle that do a body in straight lines, each as long as V8 likes one to be. What one of them makes and
 * another one reads lies in memory, for each example. Undefined where a single statement is too long for a function, where
 * functions would declare too many names or make parts of one value, and where nothing is done for each example: loops over
 * vectors lose nothing.
 */
export function straightParts(
  statements: readonly Statement[],
  o: StraightOptions,
): StraightParts | undefined {
  if (!statements.some(isBatched)) return undefined;
  const groups = cut(statements, o.style);
  const shared = groups && sharedBy(groups);
  if (groups === undefined || shared === undefined) return undefined;
  const accesses: Access[] = [];
  const local = new Set<Node>();
  const slices = new Set<string>();
  const made = groups.map((group, i): Part => {
    const names = new Names(o.own, o.titles);
    const unrolled = unroll(group, {
      ...o,
      form: "rows",
      names,
      shared,
      whole: statements,
    });
    accesses.push(...unrolled.accessed.accesses);
    for (const v of unrolled.accessed.local) local.add(v);
    for (const id of unrolled.slices) slices.add(id);
    const isLast = i === groups.length - 1;
    const sections = new Sections(statements, names, o.places);
    const place = group[0]?.value.place;
    const part = { place, statements: group };
    return {
      name: layersName(part, names, o.prefix),
      doc: partDoc(part, sections, names, o.prefix),
      lines: [
        ...o.timer.around(withoutUnused(unrolled.lines, [])),
        ...(isLast ? o.end : []),
      ],
      kernels:
        o.report === undefined
          ? []
          : [straightFacts(group, names, o.style, o.dtype)],
      bytes: unrolledBytes(group, o.style.math),
      executed: executedBytes(
        group.map((s) => ({ axes: s.axes, statements: [s] })),
        o.style.math,
      ),
    };
  });
  if (made.some(({ lines }) => namesIn(lines).length > o.mostNames))
    return undefined;
  const parts = made.map((part) =>
    o.parts.part(part.name, "rows", part.doc, part),
  );
  return { parts, accesses, local, slices };
}

/** Neighbouring statements of one phase, as many as V8 likes in a function; undefined where one alone is too long. */
function cut(
  statements: readonly Statement[],
  style: Style,
): Statement[][] | undefined {
  // Vectors of float32 are as fast in loops.
  const most = style.lanes === undefined ? mostAlone : preferredBytes;
  const lastReader = new Map<Node, number>();
  for (const [i, s] of statements.entries())
    for (const { value } of loadsOf(s.expr)) lastReader.set(value, i);
  /** Own statements, what they read of others and what others read of them. */
  const bytesOf = (from: number, to: number, own: number): number => {
    const here = statements.slice(from, to);
    const entries = new Map<Node, number>();
    for (const load of here.flatMap((s) => loadsOf(s.expr))) {
      const { value } = load;
      entries.set(
        value,
        Math.max(entries.get(value) ?? 0, declaredEntries(load)),
      );
    }
    for (const { value } of here)
      entries.set(
        value,
        (lastReader.get(value) ?? 0) >= to ? sizeOf(value.shape) : 0,
      );
    return own + accessBytes([...entries.values()].reduce((a, b) => a + b, 0));
  };
  const groups: Statement[][] = [];
  let from = 0;
  let own = 0;
  for (const [i, s] of statements.entries()) {
    const bytes = statementBytes(s, style.math);
    const last = groups.at(-1);
    const isNear = last?.[0]?.value.place.phase === s.value.place.phase;
    if (isNear && bytesOf(from, i + 1, own + bytes) <= preferredBytes) {
      last.push(s);
      own += bytes;
      continue;
    }
    if (bytesOf(i, i + 1, bytes) > most) return undefined;
    groups.push([s]);
    [from, own] = [i, bytes];
  }
  return groups;
}

/** Entries that are read into constants: no numbers, nor those of a leaf that an index chooses, which are read where they are used. */
function declaredEntries({ value, index, picked }: Load): number {
  if (value.op.kind === "constant") return 0;
  const size = sizeOf(value.shape);
  if (picked !== undefined) return isLeaf(value) ? 0 : size;
  const points = countOf(staticAxes([...index.terms.keys()]));
  return Math.min(size, points);
}

/** Values that one group makes and another one reads; undefined where several groups make parts of one. */
function sharedBy(
  groups: readonly (readonly Statement[])[],
): Set<Node> | undefined {
  const home = new Map<Node, number>();
  for (const [i, group] of groups.entries())
    for (const { value } of group) {
      if ((home.get(value) ?? i) !== i) return undefined;
      home.set(value, i);
    }
  const shared = new Set<Node>();
  for (const [i, group] of groups.entries())
    for (const { expr } of group)
      for (const { value } of loadsOf(expr))
        if ((home.get(value) ?? i) !== i) shared.add(value);
  return shared;
}
