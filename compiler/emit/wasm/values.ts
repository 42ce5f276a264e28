import { InternalError } from "../../diagnostics.js";
import type { BinaryOp, Code } from "../code.js";
import type { Addresses } from "./addresses.js";
import type { Frame } from "./frame.js";
import type { Instructions, Plain } from "./instructions.js";
import { bytesOf } from "./layout.js";
import { kindOf, type Kind } from "./kinds.js";

type Call = Code & { readonly kind: "call" };
type Index = Code & { readonly kind: "index" };
type Binary = Code & { readonly kind: "binary" };
type Conditional = Code & { readonly kind: "conditional" };

/** What functions take: an address, a whole number or a double; the object `Memory` is known at compile time. */
export type ParameterKind = "memory" | "array" | "i32" | "f64";

/** A function of the module, or of the host. */
export interface Callee {
  readonly place: number;
  readonly params: readonly ParameterKind[];
}

export type Callees = ReadonlyMap<string, Callee>;

const doubles: Partial<Record<BinaryOp, Plain>> = {
  "+": "f64.add",
  "-": "f64.sub",
  "*": "f64.mul",
  "/": "f64.div",
  "===": "f64.eq",
  "!==": "f64.ne",
  "<": "f64.lt",
  "<=": "f64.le",
  ">": "f64.gt",
  ">=": "f64.ge",
};
const wholes: Partial<Record<BinaryOp, Plain>> = {
  "+": "i32.add",
  "-": "i32.sub",
  "*": "i32.mul",
  // An index is divided where the quotient is whole.
  "/": "i32.div_s",
  "%": "i32.rem_s",
  "|": "i32.or",
  "&": "i32.and",
  ">>": "i32.shr_s",
  ">>>": "i32.shr_u",
  "===": "i32.eq",
  "!==": "i32.ne",
  "<": "i32.lt_s",
  "<=": "i32.le_s",
  ">": "i32.gt_s",
  ">=": "i32.ge_s",
};
export const comparisons: ReadonlySet<BinaryOp> = new Set([
  "===",
  "!==",
  "<",
  "<=",
  ">",
  ">=",
]);
/** Functions of Math that are single instructions, with the same results for NaN, infinities and -0. */
const functions: Readonly<Record<string, Plain>> = {
  "Math.abs": "f64.abs",
  "Math.sqrt": "f64.sqrt",
  "Math.floor": "f64.floor",
  "Math.min": "f64.min",
  "Math.max": "f64.max",
};

/** Operations up to which both sides of a choice are computed: that is faster than a branch that is guessed wrong. */
const mostChosen = 6;

/** Puts values of code on the stack. */
export class Values {
  readonly #frame: Frame;
  readonly #addresses: Addresses;
  readonly #callees: Callees;

  constructor(frame: Frame, addresses: Addresses, callees: Callees) {
    this.#frame = frame;
    this.#addresses = addresses;
    this.#callees = callees;
  }

  kind(code: Code): Kind {
    return kindOf(
      code,
      this.#frame,
      (object) => this.#addresses.type(object) === "i32",
    );
  }

  /** The number as a double. */
  value(code: Code, out: Instructions): void {
    switch (code.kind) {
      case "number":
        out.f64(code.value);
        return;
      case "name": {
        // The name of an entry that is a number is that number.
        if (isNumber(code.text)) {
          out.f64(Number(code.text));
          return;
        }
        const { local, type, lane } = this.#variable(code.text);
        out.get(local);
        if (lane !== undefined) out.lane(lane === 1 ? 1 : 0);
        if (type === "i32") out.op("f64.convert_i32_s");
        return;
      }
      case "unary":
        this.value(code.x, out);
        if (code.op !== "-") throw notNumber(code);
        out.op("f64.neg");
        return;
      case "binary":
        this.#operation(code, out);
        return;
      case "conditional":
        this.#choice(code, out);
        return;
      case "call":
        this.#called(code, out);
        return;
      case "index":
        this.#entry(code, out, "f64");
        return;
      default:
        throw notNumber(code);
    }
  }
  #variable(name: string) {
    const variable = this.#frame.variable(name);
    if (variable === undefined || variable.isArray)
      throw new InternalError(`no number ${name} in a function of the handle`);
    return variable;
  }
  #operation(code: Binary, out: Instructions): void {
    const { op, left, right } = code;
    switch (op) {
      case "%":
      case "|":
      case "&":
      case ">>":
        this.whole(code, out);
        out.op("f64.convert_i32_s");
        return;
      case ">>>":
        this.whole(code, out);
        out.op("f64.convert_i32_u");
        return;
      default: {
        const instruction = doubles[op];
        if (instruction === undefined || comparisons.has(op))
          throw notNumber(code);
        this.value(left, out);
        this.value(right, out);
        out.op(instruction);
      }
    }
  }

  /** The number as a whole number of 32 bits. */
  whole(code: Code, out: Instructions): void {
    switch (code.kind) {
      case "number":
        out.i32(code.value);
        return;
      case "name": {
        const { local, type, lane } = this.#variable(code.text);
        out.get(local);
        if (lane !== undefined) out.lane(lane === 1 ? 1 : 0);
        if (type === "f64") out.op("i32.trunc_sat_f64_s");
        return;
      }
      case "unary":
        out.i32(0);
        this.whole(code.x, out);
        out.op("i32.sub");
        return;
      case "binary": {
        const instruction = wholes[code.op];
        if (instruction === undefined || comparisons.has(code.op))
          throw notNumber(code);
        if (code.op === ">>>") this.#modulo(code.left, out);
        else this.whole(code.left, out);
        this.whole(code.right, out);
        out.op(instruction);
        return;
      }
      case "call":
        if (code.callee === "Math.min" || code.callee === "Math.max") {
          this.#extreme(code, out);
          return;
        }
        break;
      case "index":
        if (this.kind(code) === "word") {
          this.#entry(code, out, "i32");
          return;
        }
        break;
      default:
        break;
    }
    this.value(code, out);
    out.op("i32.trunc_sat_f64_s");
  }
  /** A whole number modulo 2^32. */
  #modulo(code: Code, out: Instructions): void {
    if (this.kind(code) !== "double") {
      this.whole(code, out);
      return;
    }
    this.value(code, out);
    out.op("i64.trunc_sat_f64_s", "i32.wrap_i64");
  }
  #extreme({ callee, args }: Call, out: Instructions): void {
    const [first, ...rest] = args;
    if (first === undefined) throw new InternalError(`${callee} of nothing`);
    const [a, b] = [this.#frame.take("i32"), this.#frame.take("i32")];
    this.whole(first, out);
    for (const arg of rest) {
      out.set(a);
      this.whole(arg, out);
      out.set(b).get(a).get(b).get(a).get(b);
      out.op(callee === "Math.min" ? "i32.lt_s" : "i32.gt_s", "select");
    }
    this.#frame.release("i32", a);
    this.#frame.release("i32", b);
  }

  /** A truth value: 1 or 0. */
  test(code: Code, out: Instructions): void {
    if (code.kind === "unary" && code.op === "!") {
      this.test(code.x, out);
      out.op("i32.eqz");
      return;
    }
    if (code.kind !== "binary") throw notTruth(code);
    const { op, left, right } = code;
    if (op === "&&" || op === "||") {
      this.test(left, out);
      out.open("if", "i32");
      if (op === "||") out.i32(1).op("else");
      this.test(right, out);
      if (op === "&&") out.op("else").i32(0);
      out.op("end");
      return;
    }
    if (!comparisons.has(op)) throw notTruth(code);
    const areWhole = this.comparesWhole(code);
    for (const side of [left, right]) {
      if (areWhole) this.whole(side, out);
      else this.value(side, out);
    }
    out.op((areWhole ? wholes : doubles)[op] as Plain);
  }
  /** True where whole numbers are compared. */
  comparesWhole({ left, right }: Binary): boolean {
    const kinds = [this.kind(left), this.kind(right)];
    return !kinds.includes("double");
  }

  #choice(code: Conditional, out: Instructions): void {
    const { test, then, otherwise } = code;
    if (this.isSelect(code)) {
      this.value(then, out);
      this.value(otherwise, out);
      this.test(test, out);
      out.op("select");
      return;
    }
    this.test(test, out);
    out.open("if", "f64");
    this.value(then, out);
    out.op("else");
    this.value(otherwise, out);
    out.op("end");
  }
  /** Both sides can be computed, and are short: a test of indices may say whether an entry is there at all. */
  isSelect({ test, then, otherwise }: Conditional): boolean {
    if (this.#testsWhole(test)) return false;
    const count = this.#work(then) + this.#work(otherwise);
    return count <= mostChosen;
  }
  #testsWhole(test: Code): boolean {
    if (test.kind === "unary") return this.#testsWhole(test.x);
    if (test.kind !== "binary") return true;
    if (test.op === "&&" || test.op === "||")
      return this.#testsWhole(test.left) || this.#testsWhole(test.right);
    return this.comparesWhole(test);
  }
  /** Operations of code that can always be computed; Infinity for other code. */
  #work(code: Code): number {
    const of = (c: Code): number => this.#work(c);
    switch (code.kind) {
      case "number":
      case "name":
        return 0;
      case "unary":
        return 1 + of(code.x);
      case "binary":
        return comparisons.has(code.op)
          ? Infinity
          : 1 + of(code.left) + of(code.right);
      case "conditional":
        return this.isSelect(code)
          ? 2 + of(code.then) + of(code.otherwise)
          : Infinity;
      case "call":
        return code.callee in functions
          ? code.args.reduce((n, a) => n + of(a), 1)
          : Infinity;
      case "index":
        return this.#addresses.linear(code.at) === undefined ? Infinity : 1;
      default:
        return Infinity;
    }
  }

  #called(code: Call, out: Instructions): void {
    const instruction = functions[code.callee];
    if (instruction === undefined) {
      this.call(code, out);
      return;
    }
    code.args.forEach((arg, i) => {
      this.value(arg, out);
      // min and max of several are those of two, again and again.
      if (i > 0) out.op(instruction);
    });
    if (code.args.length === 1 && !isExtreme(code.callee)) out.op(instruction);
  }
  /** Calls a function of the module or of the host. */
  call({ callee, args }: Call, out: Instructions): void {
    const known = this.#callees.get(callee);
    if (known === undefined)
      throw new InternalError(`no function ${callee} in the module`);
    known.params.forEach((kind, i) => {
      const arg = args[i] as Code;
      if (kind === "array" && arg.kind === "name")
        this.#addresses.start(arg.text, out);
      else if (kind === "i32") this.whole(arg, out);
      else if (kind === "f64") this.value(arg, out);
    });
    out.call(known.place);
  }

  /** An entry of an array. */
  #entry(code: Index, out: Instructions, as: "i32" | "f64"): void {
    const type = this.#addresses.type(code.object);
    out.memory(`${type}.load`, this.place(code, out));
    if (type === "i32" && as === "f64") out.op("f64.convert_i32_s");
  }

  /**
   * Puts the address of an entry on the stack; returns the offset that its access adds.
   *
   * Indices are in range: those that are values are constants, places that were found, or inputs that the handle has
   * checked.
   */
  place({ object, at }: Index, out: Instructions): number {
    const linear = this.#addresses.linear(at);
    if (linear !== undefined) return this.#addresses.entry(object, linear, out);
    this.#addresses.start(object, out);
    this.whole(at, out);
    out.i32(Math.log2(bytesOf[this.#addresses.type(object)]));
    out.op("i32.shl", "i32.add");
    return 0;
  }
}

const isNumber = (name: string): boolean => /^\d/.test(name);

const isExtreme = (callee: string): boolean =>
  callee === "Math.min" || callee === "Math.max";

const notNumber = (code: Code): InternalError =>
  new InternalError(`no number in WebAssembly: ${JSON.stringify(code)}`);
const notTruth = (code: Code): InternalError =>
  new InternalError(`no truth value in WebAssembly: ${JSON.stringify(code)}`);
