import { type Node, type ReduceBy } from "../../dsl/graph.js";
import { isInMemory, type Kernel } from "../kernels/fuse.js";
import { besideZeros } from "../kernels/zeros.js";
import { isSlice, type SliceStatement, type Style } from "../kernels/slice.js";
import { sumOf, tiled, type Tile } from "../kernels/tile.js";
import { collapse } from "../kernels/collapse.js";
import { filledOf, isWrittenOut, type Filled } from "../kernels/writeOut.js";
import {
  loadsOf,
  pointsOf,
  type Axis,
  type Expr,
  type Load,
  type Reduce,
  type Statement,
  type Test,
} from "../kernels/ir.js";
import { InternalError } from "../diagnostics.js";
import { plus, presence } from "./bounds.js";
import {
  added,
  assign,
  binary,
  conditional,
  declare,
  name,
  num,
  read,
  run,
  update,
  type Code,
  type Statement as Line,
} from "./code.js";
import {
  cast,
  type CellOptions,
  Cells,
  uncast,
  type MemoryTarget,
} from "./cells.js";
import { compound } from "./compound.js";
import { Nest } from "./nest.js";
import { printSteps } from "./steps.js";
import type { Names } from "./names.js";
import { sliceRun } from "./slices.js";
import type { Tables } from "./tables.js";
import { neutral, spellStep, spellTerms, startOf } from "./spell.js";
import { spellScalarOf } from "./ties.js";

export interface LoopOptions extends CellOptions {
  readonly style: Style;
  /** Names of a function's own constants and variables. */
  readonly names: Names;
  readonly tables: Tables;
  /** Variables of the loops around the kernel. */
  readonly variables?: ReadonlyMap<Axis, Code>;
}

/** Prints one kernel as loops. */
export function printKernel(k: Kernel, options: LoopOptions): Line[] {
  return new KernelPrinter(k, options).print();
}

class KernelPrinter {
  readonly #k: Kernel;
  readonly #o: LoopOptions;
  readonly #variables: Map<Axis, Code>;
  readonly #cells: Cells;
  readonly #local = new Map<Node, Code>();
  /** Entries that stand in a constant, and sums that are done: of a tile. */
  readonly #loaded = new Map<string, Code>();
  readonly #sums = new Map<Reduce, Code>();
  readonly #nest: Nest;
  /** Values that a statement of the kernel reads. */
  readonly #read: ReadonlySet<Node>;

  constructor(k: Kernel, options: LoopOptions) {
    this.#k = k;
    this.#o = options;
    this.#variables = new Map(options.variables);
    this.#cells = new Cells(options, this.#variables);
    this.#nest = new Nest(options, this.#cells, this.#variables);
    // No statement reads its own value.
    const others = k.statements.length === 1 ? [] : k.statements;
    this.#read = new Set(
      others.flatMap((s) => loadsOf(s.expr).map((l) => l.value)),
    );
  }

  print(): Line[] {
    const [only] = this.#k.statements;
    if (only !== undefined && this.#k.statements.length === 1) {
      if (isSlice(only, this.#o.style)) return this.#slice(only);
      if (only.expr.kind === "scan") return printSteps(only.expr.loop, this.#o);
      const [target] = only.targets;
      if (
        only.expr.kind === "reduce" &&
        target?.space === "memory" &&
        target.merged
      )
        return this.#continued(only, only.expr, target);
      if (isInMemory(only.expr, only.axes) && this.#k.tile.size === 0)
        return this.#accumulation(only, only.expr);
    }
    const filled = filledOf(this.#k.statements, this.#o.style);
    if (only !== undefined && filled !== undefined)
      return this.#filled(only, filled);
    const { tile, statements } = this.#k;
    const sum = tile.size > 0 ? sumOf(statements) : undefined;
    if (sum !== undefined) return this.#tiles(sum);
    this.#nest.steps = tile;
    const points = tile.size > 0 ? tiled(statements, tile) : [{ statements }];
    return this.#nest.over(this.#k.axes, () =>
      points.flatMap((p) => {
        this.#local.clear();
        return p.statements.flatMap((s) => this.#point(s));
      }),
    );
  }

  /** The number everywhere, then the entries where they are there: loops from one end of them to the other. */
  #filled(s: Statement, { tests, body, around }: Filled): Line[] {
    const empty = collapse({ ...s, expr: { kind: "number", value: around } });
    return [
      ...this.#nest.over(empty.axes, () => this.#point(empty)),
      ...this.#nest.over(
        s.axes,
        (left) => {
          const then = this.#point({ ...s, expr: body });
          return left.length === 0
            ? then
            : [{ kind: "if", test: this.#present(left), then }];
        },
        tests,
      ),
    ];
  }

  /** @param sumName what a sum is called that is the whole expression */
  #spell(e: Expr, before: Line[], sumName?: string): Code {
    switch (e.kind) {
      case "number":
        return num(e.value);
      case "batchSize":
        return name("n");
      case "index":
        return this.#cells.affine(e.index);
      case "table":
        return read(this.#o.tables.name(e.value), this.#cells.affine(e.index));
      case "load": {
        const local = this.#local.get(e.value);
        if (local !== undefined) return local;
        const element = this.#element(e, before);
        return this.#loaded.size === 0
          ? element
          : (this.#loaded.get(keyOf(element)) ?? element);
      }
      case "guard": {
        const test = this.#present(e.tests);
        return conditional(test, this.#spell(e.body, before), num(e.otherwise));
      }
      case "apply": {
        const args = e.args.map((a) => this.#spell(a, before));
        return spellScalarOf(e, args, this.#o.style);
      }
      case "reduce": {
        const done = this.#sums.get(e);
        if (done !== undefined) return done;
        if (this.#isOneTerm(e)) {
          for (const axis of e.over) this.#variables.set(axis, num(0));
          return this.#spell(e.body, before);
        }
        if (this.#isWrittenOut(e)) return this.#writtenOut(e, before);
        const sum = sumName ?? this.#o.names.fresh(e.by);
        before.push({
          kind: "declare",
          keyword: "let",
          name: sum,
          value: num(startOf(e)),
        });
        for (const l of this.#reduction(e.over, e, () => name(sum)))
          before.push(l);
        return name(sum);
      }
      case "scan":
        throw new InternalError(
          "a loop over steps is no part of an expression",
        );
    }
  }
  /** -0 + x is x. */
  #isOneTerm({ by, over, body, from }: Reduce): boolean {
    return (
      by === "sum" &&
      from === undefined &&
      body.kind !== "guard" &&
      over.every(({ extent }) => extent === 1)
    );
  }
  #isWrittenOut(e: Reduce): boolean {
    const { axes, tile } = this.#k;
    return tile.size === 0 && isWrittenOut(e, axes, this.#o.style);
  }
  /** The terms of a small window, one after the other. */
  #writtenOut({ over, by, body }: Reduce, before: Line[]): Code {
    const terms = pointsOf(over).map((point) => {
      for (const [axis, at] of point) this.#variables.set(axis, num(at));
      return this.#spell(body, before);
    });
    return spellTerms(by, terms);
  }
  #element(e: Load, before: Line[]): Code {
    return this.#o.storage.element(
      e.value,
      this.#picked(e, before),
      this.#cells.row(e.example),
    );
  }
  #picked({ index, picked }: Load, before: Line[]): Code {
    const own = this.#cells.affine(index);
    if (picked === undefined) return own;
    const by = this.#spell(picked.by, before);
    return plus(
      picked.stride === 1 ? by : binary("*", by, num(picked.stride)),
      own,
    );
  }
  /** True where every entry is there; entries between others are whole quotients. */
  #present(tests: readonly Test[]): Code {
    return tests
      .flatMap((t) => {
        const { tests: needed, entry } = presence(
          t,
          this.#cells.affine(t.index),
        );
        if (t.entry !== undefined) this.#variables.set(t.entry, entry);
        return needed;
      })
      .reduce((a, b) => binary("&&", a, b));
  }

  /** Loops that add the terms of a reduction to `sum`; terms that are absent are left out. */
  #reduction(axes: readonly Axis[], e: Reduce, sum: () => Code): Line[] {
    return this.#terms(axes, e, (body) => this.#term(e.by, body, sum()));
  }
  /** @param beside tests that need not hold: loops start and end where they do */
  #terms(
    axes: readonly Axis[],
    { body, by }: Reduce,
    term: (body: Expr) => Line[],
    beside: readonly Test[] = [],
  ): Line[] {
    if (body.kind !== "guard" || !Object.is(body.otherwise, neutral[by]))
      return this.#nest.over(axes, () => term(body), beside);
    return this.#nest.over(
      axes,
      (left) => {
        const test = left.length === 0 ? undefined : this.#present(left);
        const then = term(body.body);
        return test === undefined ? then : [{ kind: "if", test, then }];
      },
      body.tests,
    );
  }

  /** Loops over tiles. The examples that are left where their number is odd have tiles of their own. */
  #tiles(sum: Reduce): Line[] {
    const nest = (tile: Tile): Line[] => {
      this.#nest.steps = tile;
      return this.#nest.over(this.#k.axes, () => this.#tile(sum, tile));
    };
    const { tile, tileOfOne } = this.#k;
    const size = [...tile].find(([axis]) => axis.extent === "batch")?.[1];
    if (size === undefined || this.#o.form === "plain") return nest(tileOfOne);
    const even = this.#o.names.fresh("even");
    const rest = binary("%", name("n"), num(size));
    this.#nest.examples = { from: num(0), to: name(even) };
    const most = nest(tile);
    this.#nest.examples = { from: name(even), to: name("n") };
    return [
      declare(even, binary("-", name("n"), rest)),
      ...most,
      ...nest(tileOfOne),
    ];
  }
  /** Neighbouring points: their sums grow in one loop, which loads once what several of them read. */
  #tile(sum: Reduce, tile: Tile): Line[] {
    const points = tiled(this.#k.statements, tile).map((p, i) => ({
      ...p,
      sum: sumOf(p.statements) as Reduce,
      name: this.#o.names.fresh(`sum${String(i + 1)}`),
    }));
    const start = points.map((p): Line => ({
      kind: "declare",
      keyword: "let",
      name: p.name,
      value: num(startOf(sum)),
    }));
    const add = (body: Expr): Line[] => {
      const terms = points.map((p) => ({
        ...p,
        body: body === sum.body ? p.sum.body : inner(p.sum),
      }));
      return [
        ...this.#loads(terms),
        ...terms.flatMap((t) =>
          this.#atExample(t.example, () =>
            this.#term(sum.by, t.body, name(t.name)),
          ),
        ),
      ];
    };
    const isInLanes = this.#o.style.lanes !== undefined;
    const beside = isInLanes ? besideZeros(sum, tile) : [];
    const loops = this.#terms(sum.over, sum, add, beside);
    this.#loaded.clear();
    const ends = points.flatMap((p) => {
      this.#sums.set(p.sum, name(p.name));
      this.#local.clear();
      return this.#atExample(p.example, () =>
        p.statements.flatMap((s) => this.#point(s)),
      );
    });
    return [...start, ...loops, ...ends];
  }
  /** What is printed for one of the examples after that of the loop. */
  #atExample(further: number, print: () => Line[]): Line[] {
    const axis = this.#k.axes.find((a) => a.extent === "batch");
    const row = axis === undefined ? undefined : this.#variables.get(axis);
    if (axis === undefined || row === undefined || further === 0)
      return print();
    this.#variables.set(axis, binary("+", row, num(further)));
    const lines = print();
    this.#variables.set(axis, row);
    return lines;
  }
  /** Constants for the entries that several of a tile's terms read, value by value. */
  #loads(
    terms: readonly { readonly body: Expr; readonly example: number }[],
  ): Line[] {
    const lines = new Map<Node, Line[]>();
    const seen = new Set<string>();
    const see = (load: Load): void => {
      const element = this.#element(load, []);
      const key = keyOf(element);
      if (seen.has(key) && !this.#loaded.has(key)) {
        const own = lines.get(load.value) ?? [];
        const id = this.#o.names.fresh(
          `${this.#o.names.proposal(load.value)}${String(own.length + 1)}`,
        );
        lines.set(load.value, [...own, declare(id, element)]);
        this.#loaded.set(key, name(id));
      }
      seen.add(key);
    };
    for (const { body, example } of terms)
      this.#atExample(example, () => {
        loadsOf(body).forEach(see);
        return [];
      });
    return [...lines.values()].flat();
  }

  #term(by: ReduceBy, body: Expr, sum: Code): Line[] {
    const before: Line[] = [];
    const term = this.#spell(body, before);
    return [
      ...before,
      by === "sum"
        ? update(sum, ...added(term))
        : assign(uncast(sum), "=", spellStep(by, sum, term)),
    ];
  }

  /** Sums over the examples in memory: the same terms in the same order as one sum after the other, along rows of memory. */
  #accumulation(s: Statement, e: Reduce): Line[] {
    const cell = (): Code => this.#cells.destination(s);
    const examples = e.over.filter((a) => a.extent === "batch");
    const inner = e.over.filter((a) => a.extent !== "batch");
    // `g` as a whole is cleared before, or is added to.
    const cleared = !this.#o.memory.has(s.value);
    const clear = cleared
      ? []
      : this.#nest.over(s.axes, () => [
          assign(uncast(cell()), "=", num(startOf(e))),
        ]);
    const add =
      e.scatter === undefined
        ? this.#reduction([...examples, ...s.axes, ...inner], e, () =>
            cast(cell()),
          )
        : this.#scatter(s, [...examples, ...inner], e.scatter);
    const stored = this.#o.memory.has(s.value) && s.targets.length > 0;
    const copy = stored
      ? this.#nest.over(s.axes, () => this.#cells.write(s, cell()))
      : [];
    return [...clear, ...add, ...copy];
  }
  /** A sum over the steps of a scan: its terms are added where it lies. */
  #continued(s: Statement, e: Reduce, to: MemoryTarget): Line[] {
    const cell = (): Code => cast(this.#cells.inMemory(s, to));
    return e.scatter === undefined
      ? this.#reduction([...s.axes, ...e.over], e, cell)
      : this.#scatter(s, e.over, e.scatter, cell);
  }
  /** Each term is added to the entry that its index chooses. */
  #scatter(
    s: Statement,
    over: readonly Axis[],
    { along, by, term }: NonNullable<Reduce["scatter"]>,
    cell = (): Code => cast(this.#cells.destination(s)),
  ): Line[] {
    const lead = s.axes.filter((a) => a.extent === "batch");
    const rest = s.axes.filter((a) => a.extent !== "batch" && a !== along);
    return this.#nest.over([...lead, ...over, ...rest], () => {
      const before: Line[] = [];
      this.#variables.set(along, this.#spell(by, before));
      return [...before, ...this.#term("sum", term, cell())];
    });
  }
  #slice(s: SliceStatement): Line[] {
    const line = run(sliceRun(s, this.#o));
    const isLeft = !this.#o.memory.has(s.value);
    if (s.targets.length === 0 || isLeft) return [line];
    const copy = this.#nest.over(s.axes, () =>
      this.#cells.write(s, this.#cells.own(s)),
    );
    return [line, ...copy];
  }

  #point(s: Statement): Line[] {
    const before: Line[] = [];
    const again = this.#read.has(s.value);
    const inMemory = this.#o.memory.has(s.value);
    const writes = s.targets.length + (inMemory ? 1 : 0);
    const returned =
      this.#o.form === "plain" && s.targets.some((t) => t.space === "loss");
    if (!again && writes === 1 && !returned) {
      const value = this.#spell(s.expr, before);
      if (inMemory)
        return [...before, compound(uncast(this.#cells.destination(s)), value)];
      return [...before, ...this.#cells.write(s, value)];
    }
    // A new state has the name of the state.
    const [target] = s.targets;
    const state =
      target !== undefined &&
      "leaf" in target &&
      target.space === "state" &&
      s.value.op.kind !== "label"
        ? target.leaf
        : s.value;
    const base = this.#o.names.proposal(state);
    const local = this.#o.names.fresh(inMemory ? `${base}Value` : base);
    const value = this.#spell(s.expr, before, local);
    this.#local.set(s.value, name(local));
    if (!inMemory) this.#o.names.constant(s.value, local);
    // A sum has grown in it.
    const isThere = value.kind === "name" && value.text === local;
    return [
      ...before,
      ...(isThere ? [] : [declare(local, value)]),
      ...(inMemory
        ? [assign(uncast(this.#cells.own(s)), "=", name(local))]
        : []),
      ...this.#cells.write(s, name(local)),
    ];
  }
}

/** Equal for the same entry at the same point. */
const keyOf = (element: Code): string => JSON.stringify(element);

/** What is added where a term is there. */
const inner = ({ body }: Reduce): Expr =>
  body.kind === "guard" ? body.body : body;
