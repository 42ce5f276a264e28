import { InternalError } from "../../diagnostics.js";
import type { BinaryOp, Code } from "../code.js";
import type { Addresses } from "./addresses.js";
import type { Frame } from "./frame.js";
import type { Instructions, Plain } from "./instructions.js";
import type { Dtype } from "../dtype.js";
import { bytesOf, type EntryType } from "./layout.js";
import { kindOf, type Kind } from "./kinds.js";
import { rounding } from "../ties.js";
import { literalOf } from "./vector.js";
import {
  exponentBias,
  exponentBits,
  exponentOf,
  exponentPlace,
  twoTo,
} from "./twoTo.js";

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

/** Functions by their names and by what the arrays hold that they are given. */
export interface Callees {
  get(name: string, arrays: readonly EntryType[]): Callee | undefined;
}

/** Operations on numbers, by what follows the type in the name of their instruction. */
export const numberOps = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
  "===": "eq",
  "!==": "ne",
  "<": "lt",
  "<=": "le",
  ">": "gt",
  ">=": "ge",
} as const satisfies Partial<Record<BinaryOp, string>>;

export const isNumberOp = (op: BinaryOp): op is keyof typeof numberOps =>
  op in numberOps;

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
export const functionOps = {
  "Math.abs": "abs",
  "Math.sqrt": "sqrt",
  "Math.floor": "floor",
  "Math.min": "min",
  "Math.max": "max",
} as const;

export const isFunctionOp = (
  callee: string,
): callee is keyof typeof functionOps => callee in functionOps;

/** Operations up to which both sides of a choice are computed: that is faster than a branch that is guessed wrong. */
const mostChosen = 6;

/** Puts values of code on the stack. */
export class Values {
  readonly #frame: Frame;
  readonly #addresses: Addresses;
  readonly #callees: Callees;
  readonly #computes: Dtype;

  /** @param computes what a function's operations round to, where a number of float32 is in them */
  constructor(
    frame: Frame,
    addresses: Addresses,
    callees: Callees,
    computes: Dtype,
  ) {
    this.#frame = frame;
    this.#addresses = addresses;
    this.#callees = callees;
    this.#computes = computes;
  }

  kind(code: Code): Kind {
    return kindOf(code, this.#frame, (object) => {
      const type = this.#addresses.type(object);
      if (type === "i32") return "word";
      return type === "f32" && this.#computes === "f32" ? "float" : "double";
    });
  }

  /** What an operation is computed in. */
  natural(code: Code): Dtype {
    return this.#computes === "f32" && this.kind(code) === "float"
      ? "f32"
      : "f64";
  }

  /** The number, rounded to float32 where that is asked for. */
  value(code: Code, out: Instructions, as: Dtype = "f64"): void {
    const number = literalOf(code);
    if (number !== undefined) {
      literal(number, as, out);
      return;
    }
    switch (code.kind) {
      case "name": {
        // The name of an entry that is a number is that number.
        if (isNumber(code.text)) {
          literal(Number(code.text), as, out);
          return;
        }
        const { local, type, lane } = this.#variable(code.text);
        out.get(local);
        if (lane !== undefined)
          out.lane(type === "f32" ? "f32" : "f64", lane === "all" ? 0 : lane);
        converted(type, as, out);
        return;
      }
      case "index":
        this.#entry(code, out, as);
        return;
      default: {
        const type = this.natural(code);
        this.#computed(code, out, type);
        converted(type, as, out);
      }
    }
  }
  #computed(code: Code, out: Instructions, type: Dtype): void {
    switch (code.kind) {
      case "unary":
        this.value(code.x, out, type);
        if (code.op !== "-") throw notNumber(code);
        out.op(`${type}.neg`);
        return;
      case "binary":
        this.#operation(code, out, type);
        return;
      case "conditional":
        this.#choice(code, out, type);
        return;
      case "call":
        this.#called(code, out, type);
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
  #operation(code: Binary, out: Instructions, type: Dtype): void {
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
        if (!isNumberOp(op) || comparisons.has(op)) throw notNumber(code);
        this.value(left, out, type);
        this.value(right, out, type);
        out.op(`${type}.${numberOps[op]}`);
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
        if (lane !== undefined)
          out.lane(type === "f32" ? "f32" : "f64", lane === "all" ? 0 : lane);
        if (type === "f32") out.op("f64.promote_f32");
        if (type !== "i32") out.op("i32.trunc_sat_f64_s");
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
        if (code.op === ">>>" || code.op === "&") this.#modulo(code.left, out);
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
    const kind = this.kind(code);
    if (kind !== "double" && kind !== "float") {
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
    if (!isNumberOp(op)) throw notTruth(code);
    const areWhole = this.comparesWhole(code);
    const type = this.compared(code);
    for (const side of [left, right]) {
      if (areWhole) this.whole(side, out);
      else this.value(side, out, type);
    }
    out.op(
      areWhole ? (wholes[op] as Plain) : (`${type}.${numberOps[op]}` as Plain),
    );
  }
  /** What numbers are compared as: a double and a number of float32 as doubles, but for one that float32 has. */
  compared({ left, right }: Binary): Dtype {
    const kinds = [left, right].map((c) =>
      c.kind === "number" && Math.fround(c.value) === c.value
        ? "literal"
        : this.kind(c),
    );
    return kinds.includes("float") && !kinds.includes("double") ? "f32" : "f64";
  }
  /** True where whole numbers are compared. */
  comparesWhole({ left, right }: Binary): boolean {
    const kinds = [this.kind(left), this.kind(right)];
    return !kinds.includes("double") && !kinds.includes("float");
  }

  #choice(code: Conditional, out: Instructions, type: Dtype): void {
    const { test, then, otherwise } = code;
    if (this.isSelect(code)) {
      this.value(then, out, type);
      this.value(otherwise, out, type);
      this.test(test, out);
      out.op("select");
      return;
    }
    this.test(test, out);
    out.open("if", type);
    this.value(then, out, type);
    out.op("else");
    this.value(otherwise, out, type);
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
        return isFunctionOp(code.callee) || code.callee === rounding
          ? code.args.reduce((n, a) => n + of(a), 1)
          : Infinity;
      case "index":
        return this.#addresses.linear(code.at) === undefined ? Infinity : 1;
      default:
        return Infinity;
    }
  }

  #called(code: Call, out: Instructions, type: Dtype): void {
    if (code.callee === twoTo) {
      for (const k of code.args) this.value(k, out, "f32");
      out.f32(exponentBits).op("f32.add", "i32.reinterpret_f32");
      out.i32(exponentPlace).op("i32.shl", "f32.reinterpret_i32");
      return;
    }
    if (code.callee === exponentOf) {
      for (const x of code.args) this.value(x, out, "f32");
      out.op("i32.reinterpret_f32").i32(exponentPlace).op("i32.shr_u");
      out.op("f32.convert_i32_s").f32(exponentBias).op("f32.sub");
      return;
    }
    if (code.callee === rounding) {
      for (const x of code.args) this.value(x, out, "f32");
      return;
    }
    if (!isFunctionOp(code.callee)) {
      this.call(code, out);
      return;
    }
    const instruction = `${type}.${functionOps[code.callee]}` as const;
    code.args.forEach((arg, i) => {
      this.value(arg, out, type);
      // min and max of several are those of two, again and again.
      if (i > 0) out.op(instruction);
    });
    if (code.args.length === 1 && !isExtreme(code.callee)) out.op(instruction);
  }
  /** Calls a function of the module or of the host. */
  call({ callee, args }: Call, out: Instructions): void {
    const known = this.#callees.get(
      callee,
      args.flatMap((arg) => this.#given(arg)),
    );
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

  /** What the entries of an argument are that is an array. */
  #given(arg: Code): EntryType[] {
    const isArray = arg.kind === "name" && this.#addresses.isArray(arg.text);
    return isArray ? [this.#addresses.type(arg.text)] : [];
  }

  /** An entry of an array. */
  #entry(code: Index, out: Instructions, as: "i32" | Dtype): void {
    const type = this.#addresses.type(code.object);
    out.memory(`${type}.load`, this.place(code, out));
    if (as !== "i32") converted(type, as, out);
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

function literal(value: number, as: Dtype, out: Instructions): void {
  if (as === "f32") out.f32(value);
  else out.f64(value);
}

/** A number of one type as one of another. */
export function converted(from: EntryType, to: Dtype, out: Instructions): void {
  if (from === "i32") out.op(`${to}.convert_i32_s`);
  else if (from === "f32" && to === "f64") out.op("f64.promote_f32");
  else if (from === "f64" && to === "f32") out.op("f32.demote_f64");
}

const isNumber = (name: string): boolean => /^\d/.test(name);

const isExtreme = (callee: string): boolean =>
  callee === "Math.min" || callee === "Math.max";

const notNumber = (code: Code): InternalError =>
  new InternalError(`no number in WebAssembly: ${JSON.stringify(code)}`);
const notTruth = (code: Code): InternalError =>
  new InternalError(`no truth value in WebAssembly: ${JSON.stringify(code)}`);
