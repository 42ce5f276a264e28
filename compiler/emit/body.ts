import { sizeOf, type Call, type Node, type Program } from "../../dsl/graph.js";
import type { Style } from "../kernels/choose.js";
import { mostBytes, preferredBytes, unrolledBytes } from "../kernels/cost.js";
import type { Statement } from "../kernels/ir.js";
import { lower } from "../kernels/lower.js";
import { passes, runPasses, single } from "../passes/index.js";
import { assign, at, num, type Statement as Line } from "./code.js";
import { fuse, memoryOf, printKernel, type Kernel } from "./loops.js";
import { handleStorage, plainStorage } from "./memory.js";
import { Names } from "./names.js";
import { objectsOf } from "./objects.js";
import { unroll } from "./unroll.js";

export type Unrolling = "auto" | "full" | "never";

/** The body of one function, before it has a head. */
export interface Body {
  readonly looped: boolean;
  readonly lines: readonly Line[];
  /** Bodies of the functions that a looped handle function calls, by layer. */
  readonly parts: readonly {
    readonly name: string;
    readonly lines: readonly Line[];
  }[];
  /** Values that live in memory, in the order of their first use. */
  readonly memory: readonly Node[];
  readonly slices: ReadonlySet<string>;
  /** The loss, where a plain function returns it. */
  readonly loss: string | undefined;
  readonly statements: readonly Statement[];
}

export interface BodyOptions {
  readonly form: "plain" | "rows";
  readonly style: Style;
  readonly unrolling: Unrolling;
  readonly titles: ReadonlyMap<Call, string>;
  /** Names that the function uses beside the model's. */
  readonly own: readonly string[];
  /** Names of the arrays of the handle. */
  readonly arrays: Names;
  readonly derives: boolean;
  readonly paramEntry: (place: number) => string | undefined;
  readonly print?: {
    readonly after: string;
    readonly to: (text: string) => void;
  };
  /** What comes before a part's name: `forward`. */
  readonly prefix: string;
}

/** Lowers one program and prints it in the form that its size asks for. */
export function buildBody(program: Program, o: BodyOptions): Body {
  const ready = runPasses(
    program,
    o.form === "plain" ? [single, ...passes] : passes,
    o.print,
  );
  const style: Style = {
    ...o.style,
    slices: o.style.slices && o.form === "rows",
  };
  const statements = lower(ready, style);
  const names = new Names(o.own, o.titles);
  const limit = o.unrolling === "full" ? Infinity : preferredBytes;
  const looped =
    o.unrolling === "never" ||
    unrolledBytes(statements, style.math, mostBytes) > limit;
  return looped
    ? loopedBody(statements, style, names, o)
    : unrolledBody(statements, ready, style, names, o);
}

function unrolledBody(
  statements: readonly Statement[],
  program: Program,
  style: Style,
  names: Names,
  o: BodyOptions,
): Body {
  const storage =
    o.form === "rows" ? handleStorage(o.arrays) : plainStorage(new Map());
  const unrolled = unroll(statements, {
    style,
    names,
    storage,
    form: o.form,
    derives: o.derives,
    paramEntry: o.paramEntry,
  });
  return {
    looped: false,
    lines: unrolled.lines,
    parts: [],
    memory: [...unrolled.memory],
    slices: unrolled.slices,
    loss:
      program.loss === undefined ? undefined : names.element(program.loss, 0),
    statements,
  };
}

function loopedBody(
  statements: readonly Statement[],
  style: Style,
  names: Names,
  o: BodyOptions,
): Body {
  const kernels = fuse(statements, style);
  const memory = memoryOf(kernels, style);
  const inOrder = [
    ...new Set(kernels.flatMap((k) => k.statements.map((s) => s.value))),
  ].filter((v) => memory.has(v));
  const work = new Map<Node, number>();
  let place = 0;
  for (const v of inOrder) {
    work.set(v, place);
    place += sizeOf(v.shape);
  }
  const storage =
    o.form === "rows" ? handleStorage(o.arrays) : plainStorage(work);
  let loss: string | undefined;
  const slices = new Set<string>();
  const print = (k: Kernel, own: Names): Line[] => {
    const lines = printKernel(k, {
      style,
      names: own,
      storage,
      form: o.form,
      memory,
      onLoss: (value) => {
        if (value.kind === "name") loss = value.text;
        return o.form === "plain"
          ? { kind: "blank" }
          : assign(at("meanLoss", num(0)), "=", value);
      },
    });
    for (const name of objectsOf(lines))
      if (name.endsWith("Over")) slices.add(name.slice(0, -"Over".length));
    return lines;
  };
  const common = { looped: true, memory: inOrder, slices, statements };
  if (o.form === "plain") {
    const lines = grouped(kernels).flatMap(({ title, list }): Line[] => [
      { kind: "blank" },
      ...heading(title(names), o.derives),
      ...list.flatMap((k) => print(k, names)),
    ]);
    return {
      ...common,
      lines,
      parts: [],
      get loss() {
        return loss;
      },
    };
  }
  const taken = new Names(o.own, o.titles);
  const parts = grouped(kernels).map(({ title, list }) => {
    const local = new Names(
      [...o.own, ...inOrder.map((v) => o.arrays.tensor(v))],
      o.titles,
    );
    const [phase, layer] = title(local);
    const word = layer.replace(/[^A-Za-z0-9_$]+(.?)/g, (_, c: string) =>
      c.toUpperCase(),
    );
    const lead =
      phase === "update" || phase === "init"
        ? o.prefix
        : `${o.prefix}${o.derives && phase === "forward" ? "Forward" : ""}`;
    return {
      name: taken.fresh(
        `${lead}${word.charAt(0).toUpperCase()}${word.slice(1)}`,
      ),
      lines: list.flatMap((k): Line[] => local.block(() => print(k, local))),
    };
  });
  return { ...common, lines: [], parts, loss: undefined };
}

interface Group {
  readonly title: (names: Names) => readonly [phase: string, layer: string];
  readonly list: Kernel[];
}

/** Neighbouring kernels of one layer and phase. */
function grouped(kernels: readonly Kernel[]): Group[] {
  const groups: Group[] = [];
  let before: Node["place"] | undefined;
  for (const k of kernels) {
    const place = k.statements[0]?.value.place;
    const last = groups.at(-1);
    if (
      last !== undefined &&
      before?.phase === place?.phase &&
      before?.call === place?.call
    )
      last.list.push(k);
    else
      groups.push({
        title: (names) => [place?.phase ?? "", names.title(place?.call)],
        list: [k],
      });
    before = place;
  }
  return groups;
}

function heading(
  [phase, title]: readonly [string, string],
  derives: boolean,
): Line[] {
  if (title === "" || phase === "update" || phase === "init") return [];
  const text = derives
    ? `${phase === "forward" ? "Forward" : "Backward"}: ${title}`
    : title;
  return [{ kind: "comment", text }];
}
