import type { Call, Node, Program } from "../../dsl/graph.js";
import { accessesOf, type Access } from "../kernels/accesses.js";
import { executedBytes, loopedBytes, preferredBytes } from "../kernels/cost.js";
import {
  busyGroupsOf,
  groupsOf,
  isBrief,
  type Group,
} from "../kernels/group.js";
import type { Statement } from "../kernels/ir.js";
import { lower } from "../kernels/lower.js";
import { storedOfNumbers } from "../kernels/ofNumbers.js";
import {
  planMemory,
  type Accessed,
  type Place,
} from "../kernels/memoryPlan.js";
import type { Style } from "../kernels/slice.js";
import { measured } from "../measured.js";
import { passes, runPasses, single } from "../passes/index.js";
import type { Common } from "../passes/share.js";
import { stepCount, unrollSteps } from "../passes/unrollSteps.js";
import {
  assign,
  at,
  name,
  num,
  type Code,
  type Statement as Line,
} from "./code.js";
import {
  kernelsOf,
  localsOf,
  memoryOf,
  touchedBy,
  valuesOf,
  type Kernel,
} from "../kernels/fuse.js";
import { factsOf, type BodyFacts } from "./bodyFacts.js";
import { namesIn } from "./declared.js";
import type { Dtype } from "./dtype.js";
import { formulaComments } from "./indexForm.js";
import { inputName } from "./inputs.js";
import { kernelFacts, straightFacts, type KernelFacts } from "./kernelFacts.js";
import { objectsOf } from "./objects.js";
import { printKernel } from "./loops.js";
import { handleStorage, plainStorage } from "./memory.js";
import { Names, type Outside } from "./names.js";
import { partDoc, partName } from "./partWords.js";
import { sectionHeading, Sections } from "./sections.js";
import type { Tables } from "./tables.js";
import { type Part, type Parts } from "./parts.js";
import { printStatements } from "./statementText.js";
import { checkLength, checkSteps } from "./straightLine.js";
import { mostStraightBytes, straightParts } from "./straightParts.js";
import { KernelTimer, type ReportOptions } from "./timers.js";
import { unroll } from "./unroll.js";
import { withoutUnused } from "./unused.js";

export type Unrolling = "auto" | "full" | "never";

/** The body of one function, before it has a head. */
export interface Body {
  /** True for straight lines in one function: every entry of a parameter that it reads has a name there. */
  readonly isStraight: boolean;
  readonly lines: readonly Line[];
  /** Bodies of the functions that it calls, by layers. */
  readonly parts: readonly Part[];
  /** Arrays, functions and numbers that its lines and its parts refer to. */
  readonly uses: ReadonlySet<string>;
  /** What it does with values in memory. */
  readonly accessed: Accessed;
  /** Numbers that a plain function keeps in `work`. */
  readonly work: number;
  readonly slices: ReadonlySet<string>;
  /** The loss, where a plain function returns it. */
  readonly loss: Code | undefined;
  /** What its statements are, without them: those of a large network are most of the compiler's memory. */
  readonly facts: BodyFacts;
  /** Kernels that stand in no part; none where no report is asked for. */
  readonly kernels: readonly KernelFacts[];
}

/** A body without its code: what is still asked for when its text is made. The code of a large network takes most. */
export const withoutCode = (body: Body): Body => ({
  ...body,
  lines: [],
  parts: [],
});

function usesOf(
  lines: readonly Line[],
  parts: readonly Part[],
): ReadonlySet<string> {
  const used = new Set(objectsOf(lines));
  for (const part of parts)
    for (const id of objectsOf(part.lines)) used.add(id);
  return used;
}

export interface BodyOptions {
  readonly form: "plain" | "rows";
  readonly dtype: Dtype;
  readonly style: Style;
  readonly unrolling: Unrolling;
  /** True where text counts for more than time. */
  readonly isShort: boolean;
  /** Names that straight-line code may declare, but for `full`. */
  readonly mostNames: number;
  readonly titles: ReadonlyMap<Call, string>;
  /** Names that the function uses beside the model's. */
  readonly own: ReadonlySet<string>;
  /** Names of the arrays of the handle. */
  readonly arrays: Names;
  /** What the programs of the handle compute alike. */
  readonly common: Common;
  readonly tables: Tables;
  readonly derives: boolean;
  readonly paramEntry: (place: number) => string | undefined;
  readonly print?: {
    readonly after: string;
    readonly to: (text: string) => void;
  };
  /** Functions of the handle so far. */
  readonly parts: Parts;
  /** Name of what belongs to no layer. */
  readonly prefix: string;
  /** What is done last. */
  readonly end?: readonly Line[];
  /** What a report needs; absent where none is asked for. */
  readonly report: ReportOptions | undefined;
}

/** Lowers one program and prints it in the form that its size asks for. */
export function buildBody(program: Program, o: BodyOptions): Body {
  const print = titled(o);
  const style: Style =
    o.form === "rows"
      ? o.style
      : {
          math: o.style.math,
          slices: false,
          rounds: o.style.rounds === true,
        };
  const isFull = o.unrolling === "full";
  if (isFull) checkSteps(o.prefix, program);
  const isWritable =
    isFull || (o.unrolling === "auto" && stepCount(program) <= mostSteps);
  // A loop over steps is written out where that is straight-line code.
  const whole = isWritable ? unrollSteps(program) : program;
  const first = lowered(whole, style, print, o);
  const { unrolledBytes: bytes } = first.facts;
  if (isFull) checkLength(o.prefix, bytes);
  if (isWritable && (isFull || bytes <= preferredBytes)) {
    const body = unrolledBody(first, style, o);
    if (isFull || namesIn(body.lines).length <= o.mostNames) return body;
  }
  const mayBeParts = isWritable && !o.isShort && o.form === "rows";
  if (mayBeParts && bytes <= mostStraightBytes) {
    const body = straightBody(first, style, o);
    if (body !== undefined) return body;
  }
  const loops = whole === program ? first : lowered(program, style, print, o);
  return loopedBody(loops, style, o);
}

/** Values of all steps up to which it is worth trying to write them out. */
const mostSteps = 1000;

interface Lowered {
  readonly ready: Program;
  readonly statements: readonly Statement[];
  readonly facts: BodyFacts;
}

function lowered(
  program: Program,
  style: Style,
  print: BodyOptions["print"],
  o: BodyOptions,
): Lowered {
  const list = o.form === "plain" ? [single, ...passes] : passes;
  const own = measured("passes", () => runPasses(program, list, print));
  const ready = o.form === "rows" ? o.common.merge(own) : own;
  const statements = lower(ready, style);
  if (print?.after === "lower")
    print.to(
      printStatements(statements, new Names(o.own, o.titles), style.math),
    );
  return { ready, statements, facts: factsOf(statements, style) };
}

/** `--print-after` says which program it prints. */
function titled({ print, prefix, form }: BodyOptions): BodyOptions["print"] {
  if (print === undefined) return undefined;
  const title = `; ${prefix}, ${form === "plain" ? "one example" : "n examples"}`;
  return {
    after: print.after,
    to: (text) => {
      print.to(`${title}\n${text}`);
    },
  };
}

function unrolledBody(
  { ready: program, statements, facts }: Lowered,
  style: Style,
  o: BodyOptions,
): Body {
  const names = new Names(o.own, o.titles);
  const storage =
    o.form === "rows"
      ? handleStorage(o.arrays, o.tables)
      : plainStorage(() => 0, o.tables);
  const unrolled = unroll(statements, {
    style,
    names,
    storage,
    form: o.form,
    derives: o.derives,
    paramEntry: o.paramEntry,
    places: o.common.places.get(program),
  });
  const loss =
    program.loss === undefined ? undefined : names.element(program.loss, 0);
  const timer = new KernelTimer(o.report, o.prefix);
  const lines = [
    ...timer.around(
      withoutUnused(unrolled.lines, loss === undefined ? [] : [loss]),
    ),
    ...(o.end ?? []),
  ];
  return {
    isStraight: true,
    lines,
    parts: [],
    uses: usesOf(lines, []),
    accessed: {
      ...unrolled.accessed,
      doubles: doublesOf(program, unrolled.accessed.accesses, o),
    },
    work: 0,
    slices: unrolled.slices,
    loss: loss === undefined ? undefined : name(loss),
    facts,
    kernels:
      o.report === undefined
        ? []
        : [straightFacts(statements, names, style, o.dtype)],
  };
}

/** The same of several functions; undefined where `straightParts` has none. */
function straightBody(
  { ready, statements, facts }: Lowered,
  style: Style,
  o: BodyOptions,
): Body | undefined {
  const made = straightParts(statements, {
    ...o,
    style,
    storage: handleStorage(o.arrays, o.tables),
    places: o.common.places.get(ready),
    timer: new KernelTimer(o.report, o.prefix),
    end: o.end ?? [],
  });
  if (made === undefined) return undefined;
  const { parts, accesses, local, slices } = made;
  return {
    isStraight: false,
    lines: [],
    parts,
    uses: usesOf([], parts),
    accessed: { accesses, local, doubles: doublesOf(ready, accesses, o) },
    work: 0,
    slices,
    loss: undefined,
    facts,
    kernels: [],
  };
}

function loopedBody(
  { ready, statements, facts }: Lowered,
  style: Style,
  o: BodyOptions,
): Body {
  const result = ready.loss;
  const kernels = briefKernels(statements, style, o);
  const memory = memoryOf(kernels, style);
  const whole =
    o.form === "plain" && loopedBytes(kernels, style.math) <= preferredBytes;
  // A loss that crosses from one function to another does so in memory.
  if (o.form === "plain" && !whole && result !== undefined) memory.add(result);
  const inOrder = [...new Set(valuesOf(kernels))].filter((v) => memory.has(v));
  const accesses = accessesOf(kernels, { memory, style, form: o.form });
  // A plain function returns its loss at the end.
  if (o.form === "plain" && result !== undefined && memory.has(result))
    accesses.push(readAtEnd(result));
  const accessed = {
    accesses,
    local: o.form === "plain" ? memory : localsOf(kernels),
    doubles: doublesOf(ready, accesses, o),
  };
  const work =
    o.form === "plain" ? planMemory([accessed], (v) => v) : undefined;
  const storage =
    work === undefined
      ? handleStorage(o.arrays, o.tables)
      : plainStorage((v) => (work.places.get(v) as Place).fixed, o.tables);
  // The memory of a plain function is one array: its values have names in comments alone.
  const arrays = o.form === "rows" ? o.arrays : new Names(o.own, o.titles);
  for (const v of inOrder) arrays.tensor(v);
  const outside = outsideOf(ready, arrays, o);
  let loss: Code | undefined;
  const slices = new Set<string>();
  const timer = new KernelTimer(o.report, o.prefix);
  const print = (k: Kernel, names: Names): readonly Line[] => {
    const lines = printKernel(k, {
      style,
      names,
      storage,
      form: o.form,
      memory,
      tables: o.tables,
      onLoss: (value) => {
        loss = value;
        return o.form === "plain"
          ? { kind: "blank" }
          : assign(at("meanLoss", num(0)), "=", value);
      },
    });
    addSlices(lines, slices);
    // Formulas speak of the constants that the loops have.
    return timer.around([
      ...formulaComments(k.statements, names, style.math),
      ...lines,
    ]);
  };
  // The variable of the loop over examples is made where it is needed.
  const own = new Set(o.own);
  own.delete("row");
  // Constants and variables of a function are called unlike the arrays that it reads or writes.
  const namesFor = (list: readonly Kernel[]): Names => {
    const touched = new Set<string>();
    for (const v of touchedBy(list))
      if (memory.has(v)) touched.add(arrays.tensor(v));
    const taken = { has: (id: string) => touched.has(id) || own.has(id) };
    return new Names(taken, o.titles, outside);
  };
  const factsOn = (list: readonly Kernel[], names: Names): KernelFacts[] =>
    o.report === undefined
      ? []
      : list.map((k) => kernelFacts(k, names, memory, style, o.dtype));
  const sections = new Sections(statements, arrays, o.common.places.get(ready));
  const headingLines = ({ place, list }: Group): Line[] => {
    const own = list.flatMap((k) => k.statements);
    const title = sections.title(...own);
    const text = sectionHeading(place?.phase ?? "", title, o.derives);
    return text === "" ? [] : [{ kind: "comment", text }];
  };
  const common = {
    isStraight: false,
    accessed,
    work: work?.fixed ?? 0,
    slices,
    facts,
  };
  if (whole) {
    const names = namesFor(kernels);
    const lines = groupsOf(kernels, style).flatMap((group): Line[] => [
      { kind: "blank" },
      ...headingLines(group),
      ...group.list.flatMap((k) => print(k, names)),
    ]);
    const read = loss?.kind === "name" ? [loss.text] : [];
    const kept = withoutUnused(lines, read);
    return {
      ...common,
      lines: kept,
      parts: [],
      uses: usesOf(kept, []),
      loss,
      kernels: factsOn(kernels, names),
    };
  }
  const groups = o.form === "rows" ? busyGroupsOf : groupsOf;
  const parts = groups(kernels, style).map((group, i, all) => {
    const names = namesFor(group.list);
    const printed = group.list.flatMap((k) => print(k, names));
    const own = withoutUnused(printed, []);
    const isLast = i === all.length - 1 && o.end !== undefined;
    const lines = isLast ? [...own, ...o.end] : own;
    const made = {
      place: group.place,
      statements: group.list.flatMap((k) => k.statements),
    };
    return o.parts.part(
      partName(made, names, o.prefix),
      o.form,
      partDoc(made, sections, names, o.prefix),
      {
        lines,
        kernels: factsOn(group.list, names),
        bytes: group.bytes,
        executed: group.executed,
      },
    );
  });
  const stored =
    result === undefined || o.form === "rows"
      ? undefined
      : storage.element(result, num(0), undefined);
  const lines = parts.length === 0 ? (o.end ?? []) : [];
  return {
    ...common,
    lines,
    parts,
    uses: usesOf(lines, parts),
    loss: stored,
    kernels: [],
  };
}

/**
 * Kernels of a body. Where V8 would look at no part of it during a call for one example, the handle in float64 has one loop
 * for derivatives of several layers at one point, rather than one for each.
 */
function briefKernels(
  statements: readonly Statement[],
  style: Style,
  o: BodyOptions,
): Kernel[] {
  const kernels = kernelsOf(statements, style);
  return o.form === "rows" &&
    o.dtype === "f64" &&
    isBrief(executedBytes(kernels, style.math))
    ? kernelsOf(statements, style, { acrossLayers: true })
    : kernels;
}

/** Values of the handle that keep float64 where other numbers have another type. */
const doublesOf = (
  program: Program,
  accesses: readonly Access[],
  { dtype, form }: BodyOptions,
): ReadonlySet<Node> =>
  dtype === "f64" || form === "plain"
    ? new Set()
    : storedOfNumbers(program, accesses);

/** What comments call a value that has a name outside of the function. */
function outsideOf(
  ready: Program,
  arrays: Names,
  { form, tables }: BodyOptions,
): Outside {
  // An output that no other kernel reads is written where it is left.
  const outputs = new Map(
    form === "rows" ? [...ready.outputs].map(([name, v]) => [v, name]) : [],
  );
  return (v) => {
    // The mean over the examples is part of no layer.
    if (form === "rows" && v === ready.loss && v.place.call === undefined)
      return "meanLoss";
    if (v.op.kind === "leaf")
      return v.op.space === "input" ? inputName(v.op.name) : undefined;
    if (v.op.kind === "constant" && v.op.data.length > 1) return tables.name(v);
    return arrays.known(v) ?? outputs.get(v);
  };
}

/** A kernel that applies a function to a slice of memory calls nothing else. */
function addSlices(lines: readonly Line[], slices: Set<string>): void {
  for (const l of lines) {
    if (l.kind === "run" && l.code.kind === "call")
      slices.add(l.code.callee.slice(0, -"Over".length));
    if (l.kind === "for") addSlices(l.body, slices);
  }
}

const readAtEnd = (v: Node): Access => ({
  kind: "kernel",
  reads: [v],
  writes: [],
  inPlace: [],
});
