/** Straight-line code that is too long for one function, as a function for each few layers. */
import { sizeOf, type Call, type Node, type Place } from "../../dsl/graph.js";
import type { Access } from "../kernels/accesses.js";
import {
  accessBytes,
  executedBytes,
  preferredBytes,
  statementBytes,
  unrolledBytes,
} from "../kernels/cost.js";
import { isBatched, loadsOf, type Statement } from "../kernels/ir.js";
import type { Style } from "../kernels/slice.js";
import type { MathMode } from "../interpret.js";
import type { Statement as Line } from "./code.js";
import { namesIn } from "./declared.js";
import type { Dtype } from "./dtype.js";
import { straightFacts } from "./kernelFacts.js";
import type { Storage } from "./memory.js";
import { Names } from "./names.js";
import type { Part, Parts } from "./parts.js";
import { layersDoc, layersName } from "./partWords.js";
import { Sections } from "./sections.js";
import type { KernelTimer, ReportOptions } from "./timers.js";
import { unroll } from "./unroll.js";
import { withoutUnused } from "./unused.js";

export interface StraightOptions {
  readonly style: Style;
  readonly dtype: Dtype;
  readonly storage: Storage;
  readonly arrays: Names;
  /** Names that the functions use beside the model's. */
  readonly own: ReadonlySet<string>;
  readonly titles: ReadonlyMap<Call, string>;
  readonly places: ReadonlyMap<Node, Place> | undefined;
  readonly paramEntry: (place: number) => string | undefined;
  readonly derives: boolean;
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
 * Bytecode of all of them: about a thousand multiply-adds. Loops over tiles are as fast from there on, and shorter; below,
 * a loop over four terms takes longer for its turns than for its products.
 */
export const mostStraightBytes = 4 * preferredBytes;

/**
 * Functions of the handle that do a body in straight lines, each as long as V8 likes one to be. What one of them makes and
 * another one reads lies in memory, for each example. Undefined where a single statement is too long for a function, or
 * where nothing is done for each example: loops over vectors lose nothing.
 */
export function straightParts(
  statements: readonly Statement[],
  o: StraightOptions,
): StraightParts | undefined {
  if (!statements.some(isBatched)) return undefined;
  const groups = cut(statements, o.style.math);
  const shared = groups && sharedBy(groups);
  if (groups === undefined || shared === undefined) return undefined;
  const accesses: Access[] = [];
  const local = new Set<Node>();
  const slices = new Set<string>();
  const made = groups.map((group, i): Omit<Part, "name"> => {
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
    return {
      doc: layersDoc(group, sections),
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
  const parts = made.map((part, i) =>
    o.parts.part(
      layersName(groups[i] ?? [], new Names(o.own, o.titles), o.prefix),
      "rows",
      part.doc,
      part,
    ),
  );
  return { parts, accesses, local, slices };
}

/** Neighbouring statements of one phase, as many as V8 likes in a function; undefined where one alone is too long. */
function cut(
  statements: readonly Statement[],
  math: MathMode,
): Statement[][] | undefined {
  const lastReader = new Map<Node, number>();
  for (const [i, s] of statements.entries())
    for (const { value } of loadsOf(s.expr)) lastReader.set(value, i);
  /** Own statements, what they read of others and what others read of them. */
  const bytesOf = (from: number, to: number, own: number): number => {
    const here = statements.slice(from, to);
    const mine = new Set(here.map((s) => s.value));
    const read = here.flatMap((s) => loadsOf(s.expr).map((l) => l.value));
    const given = read.filter((v) => !mine.has(v) && isDeclared(v));
    const left = [...mine].filter((v) => (lastReader.get(v) ?? 0) >= to);
    const entries = [...new Set([...given, ...left])].map((v) =>
      sizeOf(v.shape),
    );
    return own + accessBytes(entries.reduce((a, b) => a + b, 0));
  };
  const groups: Statement[][] = [];
  let from = 0;
  let own = 0;
  for (const [i, s] of statements.entries()) {
    const bytes = statementBytes(s, math);
    const last = groups.at(-1);
    const isNear = last?.[0]?.value.place.phase === s.value.place.phase;
    if (isNear && bytesOf(from, i + 1, own + bytes) <= preferredBytes) {
      last.push(s);
      own += bytes;
      continue;
    }
    if (bytesOf(i, i + 1, bytes) > preferredBytes) return undefined;
    groups.push([s]);
    [from, own] = [i, bytes];
  }
  return groups;
}

/** What a function reads into constants, an entry each: not numbers, which stand where they are used. */
const isDeclared = ({ op }: Node): boolean => op.kind !== "constant";

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
