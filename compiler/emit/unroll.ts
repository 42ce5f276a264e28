import { isLeaf, sizeOf, type Node, type Place } from "../../dsl/graph.js";
import { InternalError } from "../diagnostics.js";
import {
  countOf,
  indexAt,
  isAccumulation,
  isBatched,
  pointsOf,
  staticAxes,
  type Reduce,
  type Point,
  type Statement,
} from "../kernels/ir.js";
import { isSlice, type SliceStatement, type Style } from "../kernels/slice.js";
import { plus } from "./bounds.js";
import {
  assign,
  at,
  binary,
  declare,
  loop,
  name,
  num,
  read,
  update,
  type Code,
  type Statement as Line,
} from "./code.js";
import { ChainRules } from "./chainRules.js";
import { accumulate, compound } from "./compound.js";
import { Entries, isAbsent, isZero } from "./entries.js";
import type { Accessed } from "../kernels/memoryPlan.js";
import { accessesIn, flowOf, type Flow } from "./flow.js";
import { formula, slopeHeading } from "./headings.js";
import { knownForm } from "./indexForm.js";
import { offsetCode, type Storage } from "./memory.js";
import type { Names } from "./names.js";
import { numberText } from "./oneLine.js";
import { sectionHeading, Sections } from "./sections.js";
import { sliceCall } from "./slices.js";
import { startOf } from "./spell.js";

export interface UnrollOptions {
  readonly style: Style;
  readonly names: Names;
  readonly storage: Storage;
  /** "plain": one example, `g` is added to. "rows": n examples of the handle, `g` is replaced. */
  readonly form: "plain" | "rows";
  /** True for the function that derives: its headings say Forward and Backward. */
  readonly derives: boolean;
  /** Entries of the parameters by their place in the flat vector, for comments. */
  readonly paramEntry: (place: number) => string | undefined;
  /** Of values that stand elsewhere in this function than in the one that had them first. */
  readonly places?: ReadonlyMap<Node, Place> | undefined;
  /** Values that other functions make or read too: they lie in memory. */
  readonly shared?: ReadonlySet<Node>;
  /** The body that the statements are a part of: what derivatives are made of, and for which layers. */
  readonly whole?: readonly Statement[];
}

export interface Unrolled {
  readonly lines: readonly Line[];
  /** Values that have to live in memory: they cross loops or functions, or are read by loops over slices. */
  readonly memory: ReadonlySet<Node>;
  readonly accessed: Omit<Accessed, "doubles">;
  /** Elementary functions that run over slices. */
  readonly slices: ReadonlySet<string>;
}

/**
 * Every loop but the one over the examples unrolled, every element a named constant. A sum over the examples is
 * interchanged outwards: it becomes an accumulation, which visits the same terms in the same order. Statements that
 * need a finished sum over the examples start another loop.
 */
export function unroll(
  statements: readonly Statement[],
  options: UnrollOptions,
): Unrolled {
  return new Unroller(statements, options).run();
}

class Unroller {
  readonly #all: readonly Statement[];
  readonly #o: UnrollOptions;
  readonly #flow: Flow;
  readonly #entries: Entries;
  readonly #isOverSlice: (s: Statement) => boolean;
  readonly #chains: ChainRules;
  readonly #sections: Sections;
  readonly #slices = new Set<string>();
  readonly #lines: Line[] = [];

  constructor(statements: readonly Statement[], options: UnrollOptions) {
    this.#all = statements;
    this.#o = options;
    this.#isOverSlice = (s) => isSlice(s, options.style);
    this.#flow = flowOf(
      statements,
      this.#isOverSlice,
      options.form,
      options.shared ?? new Set(),
    );
    this.#entries = new Entries(options, this.#flow, this.#isOverSlice);
    const { names, places, whole = statements } = options;
    this.#sections = new Sections(whole, names, places);
    this.#chains = new ChainRules(whole, names, (v, i) =>
      this.#entries.isLeftOut(v, i),
    );
  }

  run(): Unrolled {
    const { names, storage } = this.#o;
    const arrays = [...this.#flow.memory].map(
      (v) => [v, storage.array(v).name] as const,
    );
    for (const [, array] of arrays) names.reserve(array);
    for (const [v, array] of arrays) names.stored(v, array);
    const last = Math.max(0, ...this.#flow.stage.values());
    const outside = (v: Node): boolean =>
      isLeaf(v) && v.op.space !== "input" && this.#entries.isLoaded(v);
    // Outside of the loop over the examples: what there is once, and all of it where there is no loop.
    const given = (v: Node): boolean =>
      (!v.batched || !this.#flow.looped) &&
      (this.#flow.given.has(v) || (isLeaf(v) && v.op.space === "input"));
    this.#entries.load(this.#all, given, this.#lines);
    this.#entries.load(this.#all, outside, this.#lines);
    for (let stage = 0; stage <= last; stage++) {
      const here = this.#all.filter(
        (s) => this.#flow.stage.get(s.value) === stage,
      );
      const inLoop = this.#flow.looped ? here.filter(isBatched) : [];
      this.#emit(
        here.filter((s) => !inLoop.includes(s)),
        this.#lines,
      );
      if (inLoop.length === 0) continue;
      for (const s of inLoop) if (isAccumulation(s.expr)) this.#clear(s);
      const body: Line[] = [];
      this.#entries.load(
        inLoop,
        (v) =>
          v.batched &&
          (isLeaf(v) ||
            this.#flow.given.has(v) ||
            (this.#flow.made.has(v) &&
              (this.#flow.stage.get(v) as number) < stage)),
        body,
      );
      this.#emit(inLoop, body);
      this.#lines.push({ kind: "blank" }, loop("row", name("n"), body), {
        kind: "blank",
      });
      for (const s of inLoop) if (isAccumulation(s.expr)) this.#finish(s);
    }
    return {
      lines: this.#lines,
      memory: this.#flow.memory,
      accessed: {
        accesses: accessesIn(this.#all, this.#flow, this.#isOverSlice),
        local: new Set(
          [...this.#flow.memory].filter((v) => !this.#flow.crossing.has(v)),
        ),
      },
      slices: this.#slices,
    };
  }

  /** A gradient that one accumulation makes is accumulated in `g` itself; other sums in variables. */
  #accumulator(s: Statement, flat: number): Code {
    const target = s.targets.find((t) => "leaf" in t && t.space === "gradient");
    if (
      target !== undefined &&
      "offset" in target &&
      !this.#flow.read.has(s.value)
    )
      return at("g", num(target.offset + flat));
    return name(this.#o.names.element(s.value, flat));
  }
  #clear(s: Statement): void {
    if (s.expr.kind !== "reduce") return;
    const size = sizeOf(s.value.shape);
    for (let i = 0; i < size; i++) {
      const acc = this.#accumulator(s, i);
      if (acc.kind === "name")
        this.#lines.push({
          kind: "declare",
          keyword: "let",
          name: acc.text,
          value: num(startOf(s.expr)),
        });
    }
  }

  /** A finished sum over the examples goes where it belongs, unless it was accumulated there. */
  #finish(s: Statement): void {
    for (const p of pointsOf(s.axes)) {
      const flat = indexAt(s.at, p);
      const sum = this.#accumulator(s, flat);
      const targets = s.targets.filter(
        (t) => t.space !== "gradient" || sum.kind === "name",
      );
      // A loop over a slice reads it there.
      if (this.#flow.memory.has(s.value))
        this.#lines.push(assign(this.#cell(s.value, flat), "=", sum));
      this.#toTargets({ ...s, targets }, flat, sum, this.#lines);
    }
  }

  #emit(list: readonly Statement[], into: Line[]): void {
    let heading = "";
    for (const s of list) {
      const { phase } = this.#sections.placeOf(s.value);
      const titles = this.#sections.title(s);
      const title = sectionHeading(phase, titles, this.#o.derives);
      if (title !== heading && title !== "") {
        const text = title + this.#headingNote(s, title);
        into.push({ kind: "blank" }, { kind: "comment", text });
      }
      heading = title;
      if (isSlice(s, this.#o.style)) this.#slice(s, into);
      else if (isScattered(s) && !this.#isRead(s.value))
        this.#scatter(s, s.expr, into);
      else for (const p of pointsOf(s.axes)) this.#element(s, p, into);
    }
  }
  #isRead(v: Node): boolean {
    return this.#flow.read.has(v) || this.#flow.memory.has(v);
  }
  /** What a heading adds: the loss as a formula, the slope of an elementwise layer. */
  #headingNote(s: Statement, title: string): string {
    const { phase, call: layer } = this.#sections.placeOf(s.value);
    const { whole = this.#all } = this.#o;
    const own = whole.filter((t) => {
      const place = this.#sections.placeOf(t.value);
      return place.call === layer && place.phase === "forward";
    });
    if (phase === "backward") return slopeHeading(own, this.#o.names);
    const loss = this.#o.derives
      ? own.find((t) => t.targets.some((g) => g.space === "loss"))
      : undefined;
    if (loss === undefined || countOf(loss.axes) !== 1) return "";
    const terms: Line[] = [];
    const note = `, L = ${formula(this.#entries.spell(loss.expr, new Map(), terms, "loss"))}`;
    return terms.length === 0 && title.length + note.length < 74 ? note : "";
  }

  /** An elementary function over memory; its result is read back into constants. */
  #slice(s: SliceStatement, into: Line[]): void {
    const { names, storage } = this.#o;
    const place = (v: Node): Code[] => {
      const { name: array, offset } = storage.array(v);
      const inArray =
        isLeaf(v) && v.batched ? this.#entries.row() : this.#rowOf(v);
      const size = sizeOf(v.shape);
      const start: Code =
        inArray === undefined
          ? num(offset)
          : size === 1
            ? inArray
            : { kind: "binary", op: "*", left: inArray, right: num(size) };
      return [name(array), start];
    };
    const { calls } = s.expr;
    this.#slices.add(calls.name);
    into.push({
      kind: "run",
      code: sliceCall(s.expr, place, place(s.value), num(countOf(s.axes))),
    });
    if (!this.#flow.read.has(s.value) && s.targets.length === 0) return;
    const size = sizeOf(s.value.shape);
    for (let i = 0; i < size; i++) {
      into.push(
        declare(
          names.element(s.value, i),
          storage.element(s.value, num(i), this.#rowOf(s.value)),
        ),
      );
      this.#toTargets(s, i, name(names.element(s.value, i)), into);
    }
  }
  /** Each term is added to the entry of the gradient that its index chooses. */
  #scatter(s: Statement, e: Scattered, into: Line[]): void {
    const [target] = s.targets;
    const { along, by, term } = e.scatter;
    const stride = s.at.terms.get(along) ?? 0;
    const own = s.axes.filter((a) => a !== along);
    const offset =
      target !== undefined && "offset" in target ? target.offset : 0;
    for (const p of pointsOf([...staticAxes(e.over), ...own])) {
      const before: Line[] = [];
      const chosen = this.#entries.spell(by, p, before, "entry");
      const value = this.#entries.spell(term, p, before, "term");
      // Adding -0 changes nothing.
      if (isAbsent(value)) continue;
      const scaled = stride === 1 ? chosen : binary("*", chosen, num(stride));
      const at = plus(scaled, num(offset + indexAt(s.at, p)));
      for (const l of before) into.push(l);
      into.push(update(read("g", at), "+", value));
    }
  }
  /** A value that crosses loops has its own place for each example; others share one. */
  #rowOf(v: Node): Code | undefined {
    return this.#flow.crossing.has(v) ? this.#entries.row() : undefined;
  }

  #element(s: Statement, p: Point, into: Line[]): void {
    const { names } = this.#o;
    const flat = indexAt(s.at, p);
    const chain = this.#chains.of(s, flat, p);
    const before: Line[] = [];
    if (isAccumulation(s.expr) && this.#flow.looped) {
      const { by, over } = s.expr;
      const points = pointsOf(staticAxes(over), p);
      const terms = this.#entries.terms(s.expr, points, before, "sum");
      const sums = accumulate(this.#accumulator(s, flat), by, terms, chain);
      for (const l of [...before, ...sums]) into.push(l);
      return;
    }
    const value = this.#entries.spell(
      s.expr,
      p,
      before,
      names.proposal(s.value),
    );
    const known = knownForm(s, names, this.#o.style.math);
    if (known !== undefined)
      into.push({ kind: "comment", text: known, isFormula: true });
    for (const l of before) into.push(l);
    const stored = this.#flow.memory.has(s.value);
    // What is put together or chosen has no names of its own: its entries keep theirs.
    const own = movers.has(s.value.op.kind) ? entryText(value) : undefined;
    if (own !== undefined && !stored) {
      names.alias(s.value, flat, own);
      this.#toTargets(s, flat, value, into);
      return;
    }
    const adds = s.targets.length > 0 && s.targets.every(this.#isAddedTo);
    const changesNothing =
      (adds && isZero(value)) || (s.targets.length === 0 && isAbsent(value));
    if (changesNothing && !stored) {
      this.#entries.leaveOut(s.value, flat, value);
      return;
    }
    const id = names.element(s.value, flat);
    const loss =
      this.#o.form === "plain" && s.targets.some((t) => t.space === "loss");
    const single =
      s.targets.length === 1 &&
      !loss &&
      !this.#flow.read.has(s.value) &&
      !this.#flow.memory.has(s.value);
    if (single) {
      into.push(this.#write(s, 0, flat, value, chain));
      return;
    }
    if (stored && !this.#flow.read.has(s.value) && s.targets.length === 0) {
      into.push(assign(this.#cell(s.value, flat), "=", value, chain));
      return;
    }
    // `dz3` says by itself that it is dL/dz3.
    into.push(declare(id, value, chain?.includes(" = ") ? chain : undefined));
    if (stored) into.push(assign(this.#cell(s.value, flat), "=", name(id)));
    this.#toTargets(s, flat, name(id), into);
  }
  /** `g` starts at +0 and is then a sum, which is never -0: adding a zero to it changes no bit. */
  readonly #isAddedTo = (t: Statement["targets"][number]): boolean =>
    t.space === "gradient" && this.#o.form === "plain";
  #cell(v: Node, flat: number): Code {
    return this.#o.storage.element(v, num(flat), this.#rowOf(v));
  }
  #toTargets(s: Statement, flat: number, value: Code, into: Line[]): void {
    s.targets.forEach((_, i) => {
      if (s.targets[i]?.space !== "loss" || this.#o.form === "rows")
        into.push(this.#write(s, i, flat, value, undefined));
    });
  }
  /** Writes one entry to memory of the caller. */
  #write(
    s: Statement,
    target: number,
    flat: number,
    value: Code,
    chain: string | undefined,
  ): Line {
    const t = s.targets[target];
    const { names, form } = this.#o;
    if (t?.space === "memory")
      throw new InternalError("straight lines have no loop over steps");
    if (t === undefined || t.space === "loss")
      return assign(at("meanLoss", num(0)), "=", value);
    if (t.space === "output") {
      const plain = form === "plain";
      const to = plain
        ? at("out", num(t.offset + flat))
        : at(
            t.name,
            offsetCode(
              s.value.batched ? this.#entries.row() : undefined,
              sizeOf(s.value.shape),
              0,
              num(flat),
            ),
          );
      return assign(
        to,
        "=",
        value,
        value.kind === "name" ? undefined : names.element(s.value, flat),
      );
    }
    const place = t.offset + flat;
    const to = at(
      { param: "p", gradient: "g", state: "s" }[t.space],
      num(place),
    );
    const comment =
      chain ?? (t.space === "param" ? this.#o.paramEntry(place) : undefined);
    if (t.space === "gradient" && form === "plain")
      return assign(to, "+=", value, comment);
    return compound(to, value, comment);
  }
}

/** Functions whose entries are those of their arguments. */
const movers: ReadonlySet<string> = new Set(["concat", "gather"]);

/** A name, or a number that is as short as one. */
function entryText(code: Code): string | undefined {
  if (code.kind === "name") return code.text;
  const isShort = code.kind === "number" && code.value >= 0;
  return isShort && !Object.is(code.value, -0)
    ? numberText(code.value)
    : undefined;
}

type Scattered = Reduce & {
  readonly scatter: NonNullable<Reduce["scatter"]>;
};

/** True where a sum goes to entries of the gradient that indices choose, and nowhere else. */
function isScattered(
  s: Statement,
): s is Statement & { readonly expr: Scattered } {
  const [only] = s.targets;
  return (
    s.expr.kind === "reduce" &&
    s.expr.scatter !== undefined &&
    s.targets.length === 1 &&
    only?.space === "gradient"
  );
}
