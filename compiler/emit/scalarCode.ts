/** Bodies of the scalar language as readable TypeScript: names become constants, choices become ifs or ternaries. */
import type { HostFunction, Scalar, ScalarOp } from "../../dsl/math/index.js";
import { partsOf } from "../../dsl/math/index.js";
import { freeName } from "../load/identifiers.js";
import type { BinaryOp, Code, Statement } from "./code.js";
import {
  assign,
  binary,
  call,
  conditional,
  declare,
  name as nameCode,
  neg,
  num,
  read,
} from "./code.js";

/** How names of the registry and free variables are spelled; both default to themselves. */
export interface Spelling {
  /** Functions and tables: a module renames those that clash with the model's own names. */
  readonly global?: (name: string) => string;
  /** Free variables of a body, for example `a[i]`. */
  readonly variable?: (name: string) => Code;
  /** Names that locals may not take. */
  readonly taken?: Iterable<string>;
  /** 2^k, where it is no entry of a table. */
  readonly power?: (k: Code) => Code;
  /** How a call whose value `target` would get stores it there itself, where it does. */
  readonly stored?: {
    readonly target: Code;
    readonly by: (call: ScalarCall) => Statement | undefined;
  };
}

type ScalarCall = Scalar & { readonly kind: "call" };
type Select = Scalar & { readonly kind: "select" };

/** Name of the table of powers of two, 2^k at k + 1074. */
export const powersOfTwo = "pow2";
/** The least exponent of that table. */
export const least = -1074;

const binaryOps: Partial<Record<ScalarOp, BinaryOp>> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  bitAnd: "&",
  shiftRight: ">>",
  shiftRightZero: ">>>",
  less: "<",
  lessEqual: "<=",
  equal: "===",
};
const calls: Partial<Record<ScalarOp, string>> = {
  abs: "Math.abs",
  sqrt: "Math.sqrt",
  min: "Math.min",
  max: "Math.max",
  floor: "Math.floor",
};

/** Words that no local may be, and globals that a module reads. */
const reserved: readonly string[] = (
  "arguments await break case catch class const continue debugger default delete do else enum eval export extends " +
  "false finally for function if implements import in instanceof interface let new null package private protected " +
  "public return static super switch this throw true try typeof undefined var void while with yield " +
  "Infinity Math NaN"
).split(" ");

/** Gives every local a name of its own: `text`, or text_2, text_3 ... */
const localNames = (taken: Iterable<string>): ((text: string) => string) => {
  const used = new Set([...reserved, ...taken]);
  return (text) => {
    const free = freeName(text, (other) => used.has(other));
    used.add(free);
    return free;
  };
};

/** Variables in scope by their name in the body. */
export type Names = ReadonlyMap<string, Code>;
const none: Names = new Map();

/** Writes bodies; statements that an expression needs first go to `out`. */
export class Writer {
  readonly #global: (name: string) => string;
  readonly #variable: (name: string) => Code;
  readonly #fresh: (name: string) => string;
  readonly #power: Spelling["power"];
  readonly #stored: Spelling["stored"];

  constructor(spelling: Spelling, bodies: readonly Scalar[]) {
    this.#global = spelling.global ?? ((text) => text);
    this.#variable = spelling.variable ?? nameCode;
    this.#power = spelling.power;
    this.#stored = spelling.stored;
    const globals = bodies.flatMap(globalsOf).map((text) => this.#global(text));
    this.#fresh = localNames([
      ...globals,
      this.#global(powersOfTwo),
      ...(spelling.taken ?? []),
    ]);
  }

  /** A local name of its own. */
  local(text: string): string {
    return this.#fresh(text);
  }

  /** Statements that return the value of `body`. */
  returned(body: Scalar, names: Names): Statement[] {
    const out: Statement[] = [];
    let rest = body;
    let scope = names;
    for (;;) {
      if (rest.kind === "let") {
        scope = this.#named(rest, scope, out);
        rest = rest.body;
      } else if (rest.kind === "select" && !isTernary(rest)) {
        const test = this.value(rest.when, scope, out);
        out.push({ kind: "if", test, then: this.returned(rest.then, scope) });
        rest = rest.otherwise;
      } else {
        out.push({ kind: "return", value: this.value(rest, scope, out) });
        return out;
      }
    }
  }

  /** The expression of `body`. */
  value(body: Scalar, names: Names, out: Statement[]): Code {
    switch (body.kind) {
      case "number":
        return num(body.value);
      case "variable":
        return names.get(body.name) ?? this.#variable(body.name);
      case "apply":
        return this.#applied(body.op, body.args, names, out);
      case "host":
        return call(
          hostName(body.name),
          ...this.#values(body.args, names, out),
        );
      case "call":
        return call(
          this.#global(body.name),
          ...this.#values(body.args, names, out),
        );
      case "table":
        return read(
          this.#global(body.name),
          this.value(body.index, names, out),
        );
      case "scale":
        return this.#scaled(body.x, body.k, names, out);
      case "let":
        return this.value(body.body, this.#named(body, names, out), out);
      case "select":
        return isTernary(body)
          ? conditional(
              this.value(body.when, names, out),
              this.value(body.then, names, out),
              this.value(body.otherwise, names, out),
            )
          : nameCode(this.#chosen("chosen", body, names, out));
    }
  }

  /** The expressions of several bodies; names with which all of them begin are written once. */
  together(bodies: readonly Scalar[], names: Names, out: Statement[]): Code[] {
    const [first, ...others] = bodies;
    if (
      first?.kind === "let" &&
      others.every(
        (other) =>
          other.kind === "let" &&
          other.name === first.name &&
          JSON.stringify(other.value) === JSON.stringify(first.value),
      )
    ) {
      const scope = this.#named(first, names, out);
      const rest = bodies.map((b) => (b.kind === "let" ? b.body : b));
      return this.together(rest, scope, out);
    }
    return this.#values(bodies, names, out);
  }

  /** Statements that give `target` the value of `body`. */
  assigned(target: Code, body: Scalar, names: Names): Statement[] {
    const out: Statement[] = [];
    let rest = body;
    let scope = names;
    for (; rest.kind === "let"; rest = rest.body) {
      scope = this.#named(rest, scope, out);
    }
    if (rest.kind === "select" && this.#branches(target, rest)) {
      out.push(this.#choice(target, rest, scope, out));
      return out;
    }
    const stored =
      rest.kind === "call" && target === this.#stored?.target
        ? this.#stored.by(rest)
        : undefined;
    if (stored !== undefined) out.push(stored);
    else {
      const value = this.value(rest, scope, out);
      out.push(assign(target, "=", literal(value)));
    }
    return out;
  }

  /** Whether the sides of a choice assign: all that do not fit on a line, but one by one only beside a call that stores. */
  #branches(target: Code, body: Select): boolean {
    return target === this.#stored?.target
      ? endsInCall(body)
      : !isTernary(body);
  }

  #choice(
    target: Code,
    body: Select,
    names: Names,
    out: Statement[],
  ): Statement {
    return {
      kind: "if",
      test: this.value(body.when, names, out),
      then: this.assigned(target, body.then, names),
      otherwise: this.assigned(target, body.otherwise, names),
    };
  }

  /** Declares the variable that a select fills; returns its name. */
  #chosen(text: string, body: Select, names: Names, out: Statement[]): string {
    const target = this.#fresh(text);
    out.push({ kind: "declare", keyword: "let", name: target, type: "number" });
    out.push(this.#choice(nameCode(target), body, names, out));
    return target;
  }

  /** Writes one let; returns the names in its body. */
  #named(
    body: Scalar & { readonly kind: "let" },
    names: Names,
    out: Statement[],
  ): Names {
    let { value } = body;
    let scope = names;
    for (; value.kind === "let"; value = value.body) {
      scope = this.#named(value, scope, out);
    }
    let target: string;
    if (value.kind === "select" && !isTernary(value)) {
      target = this.#chosen(body.name, value, scope, out);
    } else {
      const code = this.value(value, scope, out);
      target = this.#fresh(body.name);
      out.push(declare(target, code));
    }
    return new Map(names).set(body.name, nameCode(target));
  }

  #values(bodies: readonly Scalar[], names: Names, out: Statement[]): Code[] {
    return bodies.map((body) => this.value(body, names, out));
  }

  #applied(
    op: ScalarOp,
    args: readonly Scalar[],
    names: Names,
    out: Statement[],
  ): Code {
    const [x] = args;
    if (op === "not" && x?.kind === "apply" && x.op === "equal") {
      const [a, b] = this.#values(x.args, names, out);
      return binary("!==", a as Code, b as Code);
    }
    if (op === "and" || op === "or") {
      const operator = op === "and" ? "&&" : "||";
      return this.#values(operandsOf(op, args), names, out).reduce((s, t) =>
        binary(operator, s, t),
      );
    }
    const [a, b] = this.#values(args, names, out);
    if (a === undefined) throw new Error(`internal: ${op} without an operand`);
    if (op === "neg") return neg(a);
    if (op === "not") return { kind: "unary", op: "!", x: a };
    if (op === "toInt") return binary("|", a, num(0));
    const callee = calls[op];
    if (callee !== undefined) {
      return b === undefined ? call(callee, a) : call(callee, a, b);
    }
    const operator = binaryOps[op];
    if (operator === undefined || b === undefined) {
      throw new Error(`internal: no spelling of ${op}`);
    }
    return binary(operator, a, b);
  }

  #scaled(x: Scalar, k: Scalar, names: Names, out: Statement[]): Code {
    const value = this.value(x, names, out);
    if (k.kind === "number") return binary("*", value, num(2 ** k.value));
    if (this.#power !== undefined)
      return binary("*", value, this.#power(this.value(k, names, out)));
    const place = this.#shifted(k, -least, names, out);
    const power = read(this.#global(powersOfTwo), place);
    const isOne = value.kind === "number" && value.value === 1;
    return isOne ? power : binary("*", value, power);
  }

  /** k + offset, with constants of k added to the offset: exact, because all are small integers. */
  #shifted(k: Scalar, offset: number, names: Names, out: Statement[]): Code {
    if (k.kind === "apply") {
      const [a, b] = k.args;
      if (k.op === "neg" && a !== undefined) {
        return binary("-", num(offset), this.value(a, names, out));
      }
      if (a !== undefined && b?.kind === "number") {
        if (k.op === "add")
          return this.#shifted(a, offset + b.value, names, out);
        if (k.op === "sub")
          return this.#shifted(a, offset - b.value, names, out);
      }
    }
    return binary("+", this.value(k, names, out), num(offset));
  }
}

/**
 * Infinity and NaN by arithmetic. They are globals: where its branch has not run yet, V8 takes what it assigns for any
 * value, and every double that another branch assigns to the variable is allocated.
 */
const literal = (value: Code): Code => {
  if (value.kind !== "number" || Number.isFinite(value.value)) return value;
  const top = Number.isNaN(value.value) ? 0 : Math.sign(value.value);
  return binary("/", num(top), num(0));
};

/** Both branches stand in one expression: no names inside, no choice inside a choice. */
const isTernary = (body: Select): boolean =>
  [body.then, body.otherwise].every(isPlain);
const isPlain = (body: Scalar): boolean =>
  body.kind !== "let" && body.kind !== "select" && partsOf(body).every(isPlain);

/** Whether the value of a body is, in some case, that of a call. */
const endsInCall = (body: Scalar): boolean =>
  body.kind === "call" ||
  (body.kind === "let" && endsInCall(body.body)) ||
  (body.kind === "select" && [body.then, body.otherwise].some(endsInCall));

/** Operands of nested ands, or of nested ors, in order. */
const operandsOf = (
  op: "and" | "or",
  args: readonly Scalar[],
): readonly Scalar[] =>
  args.flatMap((arg) =>
    arg.kind === "apply" && arg.op === op ? operandsOf(op, arg.args) : [arg],
  );

const hostName = (name: HostFunction): string => `Math.${name}`;

/** Functions and tables that `body` names itself. */
const globalsOf = (body: Scalar): readonly string[] => [
  ...(body.kind === "call" || body.kind === "table" ? [body.name] : []),
  ...partsOf(body).flatMap(globalsOf),
];

/** One expression, and the statements that stand before it. */
export interface Written {
  readonly before: readonly Statement[];
  readonly value: Code;
}

/** Writes a body in place, for example inside a loop over a slice; `inlined` bodies need no calls of hot functions. */
export const printScalar = (body: Scalar, spelling: Spelling = {}): Written => {
  const before: Statement[] = [];
  const value = new Writer(spelling, [body]).value(body, none, before);
  return { before, value };
};

/** Statements that give `target` the value of a body, for example `h[i]` in a loop over a slice. */
export const printAssignment = (
  target: Code,
  body: Scalar,
  spelling: Spelling = {},
): readonly Statement[] =>
  new Writer(spelling, [body]).assigned(target, body, none);
