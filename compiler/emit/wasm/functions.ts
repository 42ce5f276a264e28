import { InternalError } from "../../diagnostics.js";
import { assign, at, binary, name, num } from "../code.js";
import type { Code, FunctionCode, Statement } from "../code.js";
import { Addresses } from "./addresses.js";
import type { ValueType, WasmFunction } from "./encode.js";
import { Frame } from "./frame.js";
import { Instructions } from "./instructions.js";
import { Lanes } from "./lanes.js";
import type { Layout } from "./layout.js";
import { assigned, deeds, pairsOf, type Pairs } from "./pairs.js";
import { twice } from "./twice.js";
import { Values, type Callees, type ParameterKind } from "./values.js";

/** What the parameters of a function are: a number that it counts or looks up with is a whole one. */
export function parameterKinds({
  params,
  body,
}: FunctionCode): ParameterKind[] {
  const isOfHandle = params.some((p) => p.type === "Memory");
  const counting = isOfHandle ? undefined : countingNames(body);
  return params.map((p): ParameterKind => {
    if (p.type === "Memory") return "memory";
    if (p.type !== "number") return "array";
    return counting?.has(p.name) === false ? "f64" : "i32";
  });
}

/** Names in indices and in the bounds of loops. */
function countingNames(
  lines: readonly Statement[],
  into = new Set<string>(),
): Set<string> {
  const indices = (c: Code, inside: boolean): void => {
    switch (c.kind) {
      case "name":
        if (inside) into.add(c.text);
        break;
      case "unary":
        indices(c.x, inside);
        break;
      case "binary":
        indices(c.left, inside);
        indices(c.right, inside);
        break;
      case "conditional":
        for (const part of [c.test, c.then, c.otherwise]) indices(part, inside);
        break;
      case "call":
        for (const arg of c.args) indices(arg, inside);
        break;
      case "index":
        indices(c.at, true);
        break;
      default:
        break;
    }
  };
  for (const s of lines) {
    if (s.kind === "for") {
      indices(s.from, true);
      indices(s.to, true);
      countingNames(s.body, into);
    } else if (s.kind === "if") {
      indices(s.test, false);
      countingNames(s.then, into);
      countingNames(s.otherwise ?? [], into);
    } else if (s.kind === "declare" && s.value !== undefined)
      indices(s.value, false);
    else if (s.kind === "assign") {
      indices(s.target, false);
      indices(s.value, false);
    }
  }
  return into;
}

/** A function of the handle, or one that it calls, as one of WebAssembly. */
export function wasmFunction(
  f: FunctionCode,
  layout: Layout,
  callees: Callees,
): WasmFunction {
  return new FunctionWriter(f, layout, callees).write();
}

class FunctionWriter {
  readonly #f: FunctionCode;
  readonly #params: readonly ValueType[];
  readonly #layout: Layout;
  readonly #frame: Frame;
  readonly #addresses: Addresses;
  readonly #values: Values;
  readonly #lanes: Lanes;
  #pairs: Pairs;
  #out = new Instructions();

  constructor(f: FunctionCode, layout: Layout, callees: Callees) {
    this.#f = f;
    this.#layout = layout;
    const kinds = parameterKinds(f);
    this.#params = kinds.flatMap((kind): ValueType[] =>
      kind === "memory" ? [] : [kind === "f64" ? "f64" : "i32"],
    );
    this.#frame = new Frame(this.#params.length);
    this.#addresses = new Addresses(this.#frame, layout);
    this.#values = new Values(this.#frame, this.#addresses, callees);
    this.#lanes = new Lanes(this.#frame, this.#addresses, this.#values);
    this.#pairs = pairsOf(f.body);
    let local = 0;
    f.params.forEach((p, i) => {
      const kind = kinds[i];
      if (kind === "memory") return;
      this.#frame.declare(p.name, {
        local: local++,
        type: kind === "f64" ? "f64" : "i32",
        isIndex: kind === "i32",
        isArray: kind === "array",
      });
    });
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
    };
  }

  #statements(lines: readonly Statement[]): void {
    const list = deeds(lines);
    for (let i = 0; i < list.length; i++) {
      const [s, next] = [list[i] as Statement, list[i + 1]];
      if (next !== undefined && this.#together(s, next)) i++;
      else this.#statement(s);
    }
  }

  /** Does two statements at once, where they are halves of one; false where they are not. */
  #together(s: Statement, t: Statement): boolean {
    if (s.kind === "declare" && t.kind === "declare")
      return this.#declareBoth(s, t);
    if (s.kind !== "assign" || t.kind !== "assign") return false;
    const [a, b] = [assigned(s), assigned(t)];
    if (s.target.kind === "name" && t.target.kind === "name") {
      const [x, y] = [s.target, t.target].map(({ text }) =>
        this.#frame.variable(text),
      );
      if (x?.lane !== 0 || y?.lane !== 1 || x.local !== y.local) return false;
      if (namesIn(b).has(s.target.text)) return false;
      this.#lanes.vector(a, b).push(this.#out);
      this.#out.set(x.local);
      return true;
    }
    return (
      s.target.kind === "index" &&
      t.target.kind === "index" &&
      this.#storeBoth(s.target, t.target, a, b)
    );
  }
  #declareBoth(s: Declaration, t: Declaration): boolean {
    if (s.value === undefined || t.value === undefined) return false;
    if (this.#pairs.halves.get(s.name) !== t.name) return false;
    if (s.keyword !== t.keyword || namesIn(t.value).has(s.name)) return false;
    const areNumbers = [s.value, t.value].every((c) => c.kind === "number");
    const areDoubles =
      s.keyword === "let" ||
      [s.value, t.value].every((c) => this.#values.kind(c) === "double");
    if (!areDoubles) return false;
    const vector = areNumbers
      ? this.#lanes.vector(s.value, t.value)
      : this.#lanes.better(s.value, t.value);
    if (vector === undefined) return false;
    const local = this.#frame.take("v128");
    vector.push(this.#out);
    this.#out.set(local);
    [s, t].forEach(({ name: id }, i) => {
      const lane = i === 0 ? 0 : 1;
      this.#frame.declare(id, {
        local,
        type: "f64",
        isIndex: false,
        isArray: false,
        lane,
      });
    });
    return true;
  }
  #storeBoth(first: Entry, second: Entry, a: Code, b: Code): boolean {
    const { object } = first;
    // A slice that is given may be another one too.
    if (this.#frame.variable(object)?.isArray === true) return false;
    if (this.#addresses.apart(first, second) !== 1) return false;
    const reads = entriesIn(b).filter((e) => e.object === object);
    if (reads.some((e) => (this.#addresses.apart(first, e) ?? 0) === 0))
      return false;
    const vector = this.#lanes.better(a, b);
    if (vector === undefined) return false;
    const offset = this.#values.place(first, this.#out);
    vector.push(this.#out);
    this.#out.memory("v128.store", offset);
    return true;
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

  /** A number that vectors are made of alone is a vector. */
  #declareTwice({ name: id, keyword, value }: Declaration): boolean {
    if (keyword !== "const" || value?.kind !== "index") return false;
    const { halves, both } = this.#pairs;
    if (!both.has(id) || halves.has(id) || this.#frame.depth === 0)
      return false;
    if (this.#addresses.type(value.object) !== "f64") return false;
    const local = this.#frame.take("v128");
    this.#lanes.vector(value, value).push(this.#out);
    this.#out.set(local);
    this.#frame.declare(id, {
      local,
      type: "f64",
      isIndex: false,
      isArray: false,
      lane: "both",
    });
    return true;
  }

  #declare(s: Declaration): void {
    if (this.#declareTwice(s)) return;
    const kind =
      s.value === undefined || s.keyword === "let"
        ? "double"
        : this.#values.kind(s.value);
    const isWhole = kind === "index" || kind === "word";
    const type = isWhole ? "i32" : "f64";
    if (s.value !== undefined) {
      if (isWhole) this.#values.whole(s.value, this.#out);
      else this.#values.value(s.value, this.#out);
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
      if (variable?.type !== "f64")
        throw new InternalError(`${target.text} is no number to assign to`);
      const { lane, local } = variable;
      if (lane !== undefined) this.#out.get(local);
      this.#values.value(value, this.#out);
      if (lane !== undefined) this.#out.replaceLane(lane === 1 ? 1 : 0);
      this.#out.set(local);
      return;
    }
    if (target.kind !== "index")
      throw new InternalError("only names and entries are assigned to");
    const offset = this.#values.place(target, this.#out);
    this.#values.value(value, this.#out);
    this.#out.memory("f64.store", offset);
  }

  #run(code: Code): void {
    if (code.kind !== "call")
      throw new InternalError("only calls are statements");
    const [object, method] = code.callee.split(".");
    if (method === "fill") this.#fill(object ?? "", code.args);
    else this.#values.call(code, this.#out);
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
    const both = twice(s, (id) => this.#frame.variable(id)?.isIndex === true);
    const isKnown = (c: Code): boolean =>
      c.kind === "number" || c.kind === "name";
    if (both === undefined || !isKnown(s.from) || !isKnown(s.to)) {
      this.#turns(s);
      return;
    }
    const outer = this.#pairs;
    this.#pairs = pairsOf(both);
    const count = binary("-", s.to, s.from);
    const even = folded(binary("-", s.to, folded(binary("%", count, num(2)))));
    this.#turns({ ...s, to: even, step: 2, body: both });
    this.#pairs = outer;
    this.#turns({ ...s, from: even });
  }
  #turns(s: Loop): void {
    const { variable, from, step, body } = s;
    this.#frame.block(() => {
      const counter = this.#frame.take("i32");
      this.#values.whole(from, this.#out);
      this.#out.set(counter);
      const to = this.#bound(s.to);
      const outer = this.#out;
      const inner = new Instructions();
      this.#out = inner;
      const before = this.#frame.loop(() => {
        this.#frame.declare(variable, {
          local: counter,
          type: "i32",
          isIndex: true,
          isArray: false,
        });
        this.#statements(body);
      });
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
      outer.get(counter).i32(step).op("i32.add").set(counter);
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

type Declaration = Statement & { readonly kind: "declare" };
type Loop = Statement & { readonly kind: "for" };
type Entry = Code & { readonly kind: "index" };

/** The number that an operation on numbers is. */
function folded(code: Code): Code {
  if (code.kind !== "binary") return code;
  const [a, b] = [folded(code.left), folded(code.right)];
  if (a.kind !== "number" || b.kind !== "number")
    return { ...code, left: a, right: b };
  return num(code.op === "%" ? a.value % b.value : a.value - b.value);
}

/** Every piece of code in code. */
function* within(code: Code): Generator<Code> {
  yield code;
  const parts: readonly Code[] =
    code.kind === "unary"
      ? [code.x]
      : code.kind === "binary"
        ? [code.left, code.right]
        : code.kind === "conditional"
          ? [code.test, code.then, code.otherwise]
          : code.kind === "call"
            ? code.args
            : code.kind === "index"
              ? [code.at]
              : [];
  for (const part of parts) yield* within(part);
}
const namesIn = (code: Code): Set<string> =>
  new Set(
    [...within(code)].flatMap((c) => (c.kind === "name" ? [c.text] : [])),
  );
const entriesIn = (code: Code): Entry[] =>
  [...within(code)].filter((c) => c.kind === "index");
