import { InternalError } from "../../diagnostics.js";
import { assign, at, binary, declare, name, num } from "../code.js";
import type { Code, FunctionCode, Loop, Statement } from "../code.js";
import type { Dtype } from "../dtype.js";
import { Addresses } from "./addresses.js";
import type { ValueType, WasmFunction } from "./encode.js";
import { Frame } from "./frame.js";
import { Instructions } from "./instructions.js";
import type { InLanes } from "./exampleLoops.js";
import { linesInLanes, type LinesInLanes } from "./examples.js";
import { floatNames } from "./floats.js";
import { Lanes } from "./lanes.js";
import { assigned, groupsOf, type Declaration, type Groups } from "./groups.js";
import type { EntryType, Layout } from "./layout.js";
import { abreast, type Abreast } from "./abreast.js";
import { deeds } from "./deeds.js";
import {
  inNest,
  innermost,
  laneSums,
  summedNames,
  sumOfLane,
} from "./laneSums.js";
import { isOfHandle, parameterKinds } from "./parameters.js";
import { Rows } from "./rows.js";
import { readTogether } from "./runs.js";
import { sliceLines } from "./sliceLines.js";
import { suited } from "./suited.js";
import { hasLoop, lastTurn, wholeTurns, withoutDivision } from "./turns.js";
import { Values, type Callees } from "./values.js";
import { shapes } from "./vector.js";
import type { WideLine } from "./wideLine.js";

/** A function, what the entries of the arrays are that it is given, and what its operations round to. */
export interface Variant {
  readonly f: FunctionCode;
  readonly arrays: readonly EntryType[];
  readonly computes: Dtype;
}

/** A function of the handle, or one that it calls, as one of WebAssembly. */
export function wasmFunction(
  variant: Variant,
  layout: Layout,
  callees: Callees,
  examples: InLanes,
): WasmFunction {
  return new FunctionWriter(variant, layout, callees, examples).write();
}

class FunctionWriter {
  readonly #f: FunctionCode;
  readonly #params: readonly ValueType[];
  readonly #layout: Layout;
  readonly #frame: Frame;
  readonly #addresses: Addresses;
  readonly #values: Values;
  readonly #lanes: Lanes;
  readonly #rows: Rows;
  /** What vectors and sums are of. */
  readonly #computes: Dtype;
  readonly #floats: ReadonlySet<string>;
  /** Loops that are written with quotients. */
  readonly #divided = new Set<Loop>();
  /** What sums in lanes leave: it is done term by term. */
  readonly #rests = new Set<Loop>();
  /** Loops that are all that others run: terms of each of several rows. */
  readonly #ofRows = new Set<Loop>();
  /** Lines of loops that are written in lanes, by their variables. */
  readonly #wide: LinesInLanes["wide"];
  #groups: Groups;
  #out = new Instructions();

  constructor(
    { f, arrays, computes }: Variant,
    layout: Layout,
    callees: Callees,
    examples: InLanes,
  ) {
    this.#layout = layout;
    this.#computes = computes;
    const { body: lines, wide } = linesInLanes(f.body, examples, this.#width);
    this.#wide = wide;
    const isFloat = (id: string): boolean =>
      layout.arrays.get(id)?.type === "f32";
    const body = suited(lines, computes, isFloat, (s) => wide.has(s.variable));
    this.#f = { ...f, body };
    const kinds = parameterKinds(f);
    this.#params = kinds.flatMap((kind): ValueType[] =>
      kind === "memory" ? [] : [kind === "f64" ? "f64" : "i32"],
    );
    this.#frame = new Frame(this.#params.length);
    this.#addresses = new Addresses(this.#frame, layout);
    this.#values = new Values(
      this.#frame,
      this.#addresses,
      callees,
      this.#computes,
    );
    this.#lanes = new Lanes(
      this.#frame,
      this.#addresses,
      this.#values,
      shapes[this.#computes],
    );
    this.#rows = new Rows(
      this.#frame,
      this.#addresses,
      this.#values,
      this.#lanes,
      (id) => this.#sumType(id),
    );
    this.#floats =
      this.#computes === "f64" ? new Set() : floatNames(body, isFloat);
    this.#groups = this.#grouped(body);
    const given = arrays[Symbol.iterator]();
    let local = 0;
    f.params.forEach((p, i) => {
      const kind = kinds[i];
      if (kind === "memory") return;
      this.#frame.declare(p.name, {
        local: local++,
        type: kind === "f64" ? "f64" : "i32",
        isIndex: kind === "i32",
        isArray: kind === "array",
        ...(kind === "array" && { entries: given.next().value as EntryType }),
      });
    });
  }

  get #width(): number {
    return shapes[this.#computes].width;
  }

  write(): WasmFunction {
    this.#statements(this.#f.body);
    const results: ValueType[] = this.#f.result === "void" ? [] : ["f64"];
    // Every way through the code of such a function returns.
    if (results.length > 0) this.#out.op("unreachable");
    const body = new Instructions().add(this.#frame.head).add(this.#out);
    return {
      params: this.#params,
      results,
      locals: this.#frame.locals,
      body: body.bytes,
      fusible: body.fusible,
    };
  }

  #statements(lines: readonly Statement[]): void {
    const list = readTogether(deeds(lines), this.#groups);
    const width = this.#width;
    for (let i = 0; i < list.length; i++) {
      const group = list.slice(i, i + width);
      const isRow =
        group.length === width &&
        this.#rows.together(group, this.#groups, this.#out);
      if (isRow) i += width - 1;
      else this.#statement(list[i] as Statement);
    }
  }

  /** What a number that is assigned to is. */
  #sumType(id: string): Dtype {
    return this.#floats.has(sumOfLane(id)) ? "f32" : "f64";
  }
  #block(lines: readonly Statement[]): void {
    this.#frame.block(() => {
      this.#statements(lines);
    });
  }

  #statement(s: Statement): void {
    switch (s.kind) {
      case "declare":
        this.#declare(s);
        break;
      case "assign":
        this.#assign(s.target, assigned(s));
        break;
      case "run":
        this.#run(s.code);
        break;
      case "return":
        if (s.value !== undefined) this.#values.value(s.value, this.#out);
        this.#out.op("return");
        break;
      case "for":
        this.#loop(s);
        break;
      case "if":
        this.#values.test(s.test, this.#out);
        this.#out.open("if");
        this.#block(s.then);
        if (s.otherwise !== undefined) {
          this.#out.op("else");
          this.#block(s.otherwise);
        }
        this.#out.op("end");
        break;
      case "each":
      case "throw":
        throw new InternalError(`no "${s.kind}" in a function of the handle`);
      case "destructure":
      case "comment":
      case "blank":
        break;
    }
  }

  #declare(s: Declaration): void {
    if (this.#rows.declareInAll(s, this.#groups, this.#out)) return;
    const isSum = s.value === undefined || s.keyword === "let";
    const kind = isSum ? "double" : this.#values.kind(s.value);
    const isWhole = kind === "index" || kind === "word";
    const number = isSum
      ? this.#sumType(s.name)
      : kind === "float"
        ? "f32"
        : "f64";
    const type = isWhole ? "i32" : number;
    if (s.value !== undefined) {
      if (isWhole) this.#values.whole(s.value, this.#out);
      else this.#values.value(s.value, this.#out, number);
    }
    const local = this.#frame.take(type);
    if (s.value !== undefined) this.#out.set(local);
    this.#frame.declare(s.name, {
      local,
      type,
      isIndex: kind === "index",
      isArray: false,
    });
  }

  #assign(target: Code, value: Code): void {
    if (target.kind === "name") {
      const variable = this.#frame.variable(target.text);
      if (variable === undefined || variable.type === "i32")
        throw new InternalError(`${target.text} is no number to assign to`);
      const { lane, local, type } = variable;
      if (lane !== undefined) this.#out.get(local);
      this.#values.value(value, this.#out, type);
      if (lane !== undefined)
        this.#out.replaceLane(type, lane === "all" ? 0 : lane);
      this.#out.set(local);
      return;
    }
    if (target.kind !== "index")
      throw new InternalError("only names and entries are assigned to");
    const offset = this.#values.place(target, this.#out);
    const type = this.#addresses.type(target.object);
    if (type === "i32")
      throw new InternalError(`${target.object} has indices, which are read`);
    this.#values.value(value, this.#out, type);
    this.#out.memory(`${type}.store`, offset);
  }

  #run(code: Code): void {
    if (code.kind !== "call")
      throw new InternalError("only calls are statements");
    const [object, method] = code.callee.split(".");
    if (method === "fill") this.#fill(object ?? "", code.args);
    else if (!this.#inPlace(code)) this.#values.call(code, this.#out);
  }
  /** Writes a function of few numbers where it is called; false where it is another one. */
  #inPlace(code: Code & { readonly kind: "call" }): boolean {
    if (this.#computes !== "f32") return false;
    const areFloats = code.args.every(
      (c) =>
        c.kind !== "name" ||
        !this.#addresses.isArray(c.text) ||
        this.#addresses.type(c.text) === "f32",
    );
    const lines = areFloats ? sliceLines(code, this.#width) : undefined;
    if (lines === undefined) return false;
    this.#frame.block(() => {
      for (const line of lines) this.#wideLine(line);
    });
    return true;
  }
  /** object.fill(value, from, to). */
  #fill(object: string, [value, from, to]: readonly Code[]): void {
    const size = this.#layout.arrays.get(object)?.size ?? 0;
    const cell = at(object, name("entry"));
    this.#loop({
      kind: "for",
      variable: "entry",
      from: from ?? num(0),
      to: to ?? num(size),
      step: 1,
      body: [assign(cell, "=", value ?? num(0))],
    });
  }

  #loop(s: Loop): void {
    const wide = this.#wide.get(s.variable);
    if (wide !== undefined) {
      this.#turns(s, () => {
        for (const line of wide) this.#wideLine(line);
      });
      return;
    }
    if (this.#rests.has(s)) {
      this.#turns(s);
      return;
    }
    if (this.#sumInLanes(s)) return;
    if (this.#byProducts(s)) return;
    const width = this.#width;
    const several = abreast(s, width, (id) => this.#isIndex(id));
    const isKnown = (c: Code): boolean =>
      c.kind === "number" || c.kind === "name";
    if (several === undefined || !isKnown(s.from) || !isKnown(s.to)) {
      this.#turns(s);
      return;
    }
    const { body } = several;
    const outer = this.#groups;
    this.#groups = this.#grouped(body);
    if (this.#isSlice) {
      this.#turnsOfSlice({ ...s, step: width, body });
      this.#groups = outer;
      return;
    }
    const whole = wholeTurns(s, width);
    this.#turns({ ...s, to: whole, step: width, body });
    const last = this.#mayRepeat(several) ? lastTurn(s, width) : undefined;
    if (last !== undefined)
      this.#turns({ ...s, from: last, step: width, body });
    this.#groups = outer;
    if (last === undefined) this.#turns({ ...s, from: whole });
  }
  /** True for an elementary function in float32: all that it does is done in vectors. */
  get #isSlice(): boolean {
    return this.#computes === "f32" && !isOfHandle(this.#f);
  }
  /** Turns of so many points each, the last one of fewer: most slices of small networks are short. */
  #turnsOfSlice(s: Loop): void {
    const left = "left of the slice";
    const rest = declare(left, binary("-", s.to, name(s.variable)));
    this.#lanes.entries.upTo(left, () => {
      this.#turns({ ...s, body: [rest, ...s.body] });
    });
  }
  /** True where a point may be done again: nothing that it writes is read. */
  #mayRepeat({ reads, writes }: Abreast): boolean {
    return writes.every((w) =>
      reads.every((r) => this.#addresses.areApart(w, r)),
    );
  }
  #isIndex(id: string): boolean {
    return this.#frame.variable(id)?.isIndex === true;
  }
  /** In float32, quotients by a power of two are products; false where nothing is divided so. */
  #byProducts(s: Loop): boolean {
    if (this.#computes !== "f32" || this.#divided.has(s)) return false;
    const either = withoutDivision(s, (id) => this.#isIndex(id));
    if (either === undefined) return false;
    this.#divided.add(s);
    this.#statement(either);
    return true;
  }
  /** In float32, terms that lie side by side are added up in lanes; false where they are not. */
  #sumInLanes(s: Loop): boolean {
    const names = this.#namesInLanes(s);
    if (names === undefined) return false;
    const width = this.#width;
    const sums = laneSums(s, names, width);
    const { inner } = sums;
    const whole = wholeTurns(inner, width);
    const rest: Loop = { ...inner, from: whole };
    this.#rests.add(rest);
    const turns = [{ ...inner, to: whole, step: width, body: sums.body }, rest];
    const outer = this.#groups;
    const lines = [...sums.before, ...inNest(s, turns), ...sums.after];
    this.#groups = this.#grouped(lines);
    this.#block(lines);
    this.#groups = outer;
    return true;
  }
  /** Sums of float64 keep the order of their terms. A loop that stands alone in others is known from them: they are asked first. */
  #namesInLanes(s: Loop): readonly string[] | undefined {
    if (this.#computes !== "f32") return undefined;
    const inner = innermost(s);
    if (inner !== s) this.#ofRows.add(inner);
    const names = summedNames(inner, this.#ofRows.has(inner));
    return names?.every((id) => this.#floats.has(id)) === true
      ? names
      : undefined;
  }
  #grouped(lines: readonly Statement[]): Groups {
    return groupsOf(
      lines,
      this.#width,
      (s) => this.#rests.has(s) || this.#namesInLanes(s) !== undefined,
      this.#computes === "f32",
    );
  }
  #wideLine(w: WideLine): void {
    if (w.kind === "line") this.#statement(w.line);
    else if (w.kind === "declare")
      this.#rows.declare(w.names, w.values, this.#out);
    else this.#rows.store(w.entries, w.values, this.#out);
  }
  #turns(
    s: Loop,
    write = (): void => {
      this.#statements(s.body);
    },
  ): void {
    const { variable, from, step, body } = s;
    this.#frame.block(() => {
      const counter = this.#frame.take("i32");
      this.#values.whole(from, this.#out);
      this.#out.set(counter);
      const to = this.#bound(s.to);
      const outer = this.#out;
      const inner = new Instructions();
      this.#out = inner;
      const { before, pointers } = this.#frame.loop(
        () => {
          this.#frame.declare(variable, {
            local: counter,
            type: "i32",
            isIndex: true,
            isArray: false,
          });
          write();
        },
        this.#computes === "f32" && !hasLoop(body) ? variable : undefined,
      );
      this.#out = outer;
      const once = from.kind === "number" && s.to.kind === "number";
      if (once && from.value >= (s.to as { value: number }).value) return;
      outer.add(before);
      const isLess = (): void => {
        outer.get(counter);
        this.#values.whole(to, outer);
        outer.op("i32.lt_s");
      };
      if (!once) {
        isLess();
        outer.open("if");
      }
      outer.open("loop").add(inner);
      const moveOn = (local: number, by: number): void => {
        outer.get(local).i32(by).op("i32.add").set(local);
      };
      for (const { local, factor } of pointers) moveOn(local, step * factor);
      moveOn(counter, step);
      isLess();
      outer.branchIf(0).op("end");
      if (!once) outer.op("end");
    });
  }
  /** The end of a loop: what has to be computed is computed once. */
  #bound(to: Code): Code {
    if (to.kind === "number") return to;
    const isSmall = to.kind === "name" && this.#values.kind(to) === "index";
    if (isSmall) return to;
    const id = "bound of the loop";
    const local = this.#frame.take("i32");
    this.#values.whole(to, this.#out);
    this.#out.set(local);
    this.#frame.declare(id, {
      local,
      type: "i32",
      isIndex: true,
      isArray: false,
    });
    return name(id);
  }
}
