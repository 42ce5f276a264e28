/**
 * The scalar language run directly: every node becomes a closure once, variables become places of a frame.
 *
 * No eval and no `new Function`: it runs under any content-security policy. A function is compiled once and keeps one
 * frame, which is safe because the call graph has no cycles and arguments are computed before the frame is written.
 */
import { freeVariables } from "./names.js";
import { functions } from "./registry.js";
import type {
  HostFunction,
  Scalar,
  ScalarFunction,
  ScalarOp,
  Table,
} from "./scalar.js";
import { tables } from "./tables.js";

type Frame = Float64Array;
type Value = (frame: Frame) => number;
type Truth = (frame: Frame) => boolean;

interface Compiled {
  readonly frame: Frame;
  readonly run: Value;
}

/** While a body is compiled: the places of the names in scope, and a counter of places shared by the whole body. */
interface Scope {
  readonly places: ReadonlyMap<string, number>;
  readonly reserve: (count: number) => number;
}

const hosts: Readonly<Record<HostFunction, (a: number, b: number) => number>> =
  {
    exp: Math.exp,
    expm1: Math.expm1,
    log: Math.log,
    log1p: Math.log1p,
    log2: Math.log2,
    tanh: Math.tanh,
    sin: Math.sin,
    cos: Math.cos,
    tan: Math.tan,
    sinh: Math.sinh,
    cosh: Math.cosh,
    atan: Math.atan,
    atan2: Math.atan2,
    pow: Math.pow,
  };

/** 2^k at k + 1074, -1074 <= k <= 1023; made by halving and doubling, which are exact. */
const powersOfTwo: Float64Array = (() => {
  const powers = new Float64Array(2098);
  for (let k = 0, power = 1; k <= 1023; k++, power *= 2)
    powers[1074 + k] = power;
  for (let k = 0, power = 1; k <= 1074; k++, power /= 2)
    powers[1074 - k] = power;
  return powers;
})();

const compiledFunctions = new WeakMap<ScalarFunction, Compiled>();
const compiledBodies = new WeakMap<Scalar, (...args: number[]) => number>();
const builtTables = new WeakMap<Table, Float64Array>();

const bug = (what: string): never => {
  throw new Error(`internal: ${what}`);
};

const place = (scope: Scope, name: string): number =>
  scope.places.get(name) ?? bug(`the scalar "${name}" has no value here`);

/** How many entries a table has. */
export const lengthOfTable = (table: Table): number =>
  table.kind === "list"
    ? table.values.length
    : table.columns.length * table.length;

/** The entries of a table. */
export const buildTable = (table: Table): Float64Array => {
  if (table.kind === "list") return Float64Array.from(table.values);
  const { length, columns } = table;
  const steps = table.next.map((next) => compileScalar(columns, next));
  const entries = new Float64Array(lengthOfTable(table));
  let row = table.start;
  for (let i = 0; i < length; i++) {
    const now = row;
    now.forEach((x, j) => (entries[j * length + i] = x));
    row = steps.map((step) => step(...now));
  }
  return entries;
};

const entriesOf = (name: string): Float64Array => {
  const table =
    tables.find((t) => t.name === name) ?? bug(`no table "${name}"`);
  const known = builtTables.get(table);
  if (known !== undefined) return known;
  const made = buildTable(table);
  builtTables.set(table, made);
  return made;
};

const compileFunction = (name: string): Compiled => {
  const f = functions[name] ?? bug(`no function "${name}"`);
  const known = compiledFunctions.get(f);
  if (known !== undefined) return known;
  const made = compileBody(f.params, f.body);
  compiledFunctions.set(f, made);
  return made;
};

const compileBody = (params: readonly string[], body: Scalar): Compiled => {
  let size = params.length;
  const reserve = (count: number): number => {
    const first = size;
    size += count;
    return first;
  };
  const places = new Map(params.map((name, i) => [name, i]));
  const run = compile(body, { places, reserve });
  return { frame: new Float64Array(size), run };
};

const compile = (body: Scalar, scope: Scope): Value => {
  switch (body.kind) {
    case "number": {
      const { value } = body;
      return () => value;
    }
    case "variable": {
      const at = place(scope, body.name);
      return (frame) => frame[at] as number;
    }
    case "apply":
      return compileApply(body.op, body.args, scope);
    case "select": {
      const when = compileTruth(body.when, scope);
      const then = compile(body.then, scope);
      const otherwise = compile(body.otherwise, scope);
      return (frame) => (when(frame) ? then(frame) : otherwise(frame));
    }
    case "let":
      return compileLets(body, scope);
    case "scale": {
      const x = compile(body.x, scope);
      const k = compile(body.k, scope);
      return (frame) => x(frame) * (powersOfTwo[k(frame) + 1074] as number);
    }
    case "table": {
      const entries = entriesOf(body.name);
      const index = compile(body.index, scope);
      return (frame) => entries[index(frame)] as number;
    }
    case "call":
      return compileCall(compileFunction(body.name), body.args, scope);
    case "host": {
      const f = hosts[body.name];
      const [a, b] = body.args.map((arg) => compile(arg, scope));
      if (a === undefined) return bug(`${body.name} without an argument`);
      return b === undefined
        ? (frame) => f(a(frame), 0)
        : (frame) => f(a(frame), b(frame));
    }
  }
};

/** A chain of lets fills consecutive places, then its body runs. */
const compileLets = (body: Scalar, scope: Scope): Value => {
  const chain: { readonly name: string; readonly value: Scalar }[] = [];
  let rest = body;
  for (; rest.kind === "let"; rest = rest.body) chain.push(rest);
  const first = scope.reserve(chain.length);
  const places = new Map(scope.places);
  const values = chain.map(({ name, value }, i) => {
    const compiled = compile(value, { ...scope, places: new Map(places) });
    places.set(name, first + i);
    return compiled;
  });
  const last = compile(rest, { ...scope, places });
  return (frame) => {
    let at = first;
    for (const value of values) frame[at++] = value(frame);
    return last(frame);
  };
};

const compileCall = (
  target: Compiled,
  args: readonly Scalar[],
  scope: Scope,
): Value => {
  const { frame: inner, run } = target;
  const values = args.map((arg) => compile(arg, scope));
  const [a, b] = values;
  if (a !== undefined && values.length === 1) {
    return (frame) => {
      inner[0] = a(frame);
      return run(inner);
    };
  }
  if (a !== undefined && b !== undefined && values.length === 2) {
    return (frame) => {
      const first = a(frame);
      inner[1] = b(frame);
      inner[0] = first;
      return run(inner);
    };
  }
  return (frame) => {
    inner.set(values.map((value) => value(frame)));
    return run(inner);
  };
};

const compileApply = (
  op: ScalarOp,
  args: readonly Scalar[],
  scope: Scope,
): Value => {
  const direct = compileDirect(op, args, scope);
  if (direct !== undefined) return direct;
  const [a, b] = args.map((arg) => compile(arg, scope));
  if (a === undefined) return bug(`${op} without an operand`);
  switch (op) {
    case "neg":
      return (frame) => -a(frame);
    case "abs":
      return (frame) => Math.abs(a(frame));
    case "sqrt":
      return (frame) => Math.sqrt(a(frame));
    case "floor":
      return (frame) => Math.floor(a(frame));
    case "toInt":
      return (frame) => a(frame) | 0;
    case "less":
    case "lessEqual":
    case "equal":
    case "and":
    case "or":
    case "not":
      return bug(`the truth value "${op}" stands for a number`);
    default:
      return b === undefined
        ? bug(`${op} with one operand`)
        : compileBinary(op, a, b);
  }
};

/** Sums and products of which an operand is a name or a number: the same values with fewer calls. */
const compileDirect = (
  op: ScalarOp,
  [x, y]: readonly Scalar[],
  scope: Scope,
): Value | undefined => {
  if (op !== "add" && op !== "sub" && op !== "mul") return undefined;
  if (x === undefined || y === undefined) return undefined;
  if (x.kind === "variable" && y.kind === "variable") {
    const [i, j] = [place(scope, x.name), place(scope, y.name)];
    if (op === "add") return (f) => (f[i] as number) + (f[j] as number);
    if (op === "sub") return (f) => (f[i] as number) - (f[j] as number);
    return (f) => (f[i] as number) * (f[j] as number);
  }
  if (x.kind === "variable") {
    const i = place(scope, x.name);
    const b = compile(y, scope);
    if (op === "add") return (f) => (f[i] as number) + b(f);
    if (op === "sub") return (f) => (f[i] as number) - b(f);
    return (f) => (f[i] as number) * b(f);
  }
  if (y.kind === "variable") {
    const a = compile(x, scope);
    const j = place(scope, y.name);
    if (op === "add") return (f) => a(f) + (f[j] as number);
    if (op === "sub") return (f) => a(f) - (f[j] as number);
    return (f) => a(f) * (f[j] as number);
  }
  if (x.kind === "number") {
    const c = x.value;
    const b = compile(y, scope);
    if (op === "add") return (f) => c + b(f);
    if (op === "sub") return (f) => c - b(f);
    return (f) => c * b(f);
  }
  if (y.kind === "number") {
    const a = compile(x, scope);
    const c = y.value;
    if (op === "add") return (f) => a(f) + c;
    if (op === "sub") return (f) => a(f) - c;
    return (f) => a(f) * c;
  }
  return undefined;
};

const compileBinary = (
  op:
    | "add"
    | "sub"
    | "mul"
    | "div"
    | "min"
    | "max"
    | "bitAnd"
    | "shiftRight"
    | "shiftRightZero",
  a: Value,
  b: Value,
): Value => {
  switch (op) {
    case "add":
      return (frame) => a(frame) + b(frame);
    case "sub":
      return (frame) => a(frame) - b(frame);
    case "mul":
      return (frame) => a(frame) * b(frame);
    case "div":
      return (frame) => a(frame) / b(frame);
    case "min":
      return (frame) => Math.min(a(frame), b(frame));
    case "max":
      return (frame) => Math.max(a(frame), b(frame));
    case "bitAnd":
      return (frame) => a(frame) & b(frame);
    case "shiftRight":
      return (frame) => a(frame) >> b(frame);
    case "shiftRightZero":
      return (frame) => a(frame) >>> b(frame);
  }
};

const compileTruth = (body: Scalar, scope: Scope): Truth => {
  if (body.kind !== "apply") return bug("a number stands for a truth value");
  const [x, y] = body.args;
  if (x === undefined) return bug(`${body.op} without an operand`);
  if (body.op === "not") {
    const a = compileTruth(x, scope);
    return (frame) => !a(frame);
  }
  if (y === undefined) return bug(`${body.op} with one operand`);
  if (body.op === "and" || body.op === "or") {
    const a = compileTruth(x, scope);
    const b = compileTruth(y, scope);
    return body.op === "and"
      ? (frame) => a(frame) && b(frame)
      : (frame) => a(frame) || b(frame);
  }
  const a = compile(x, scope);
  const b = compile(y, scope);
  switch (body.op) {
    case "less":
      return (frame) => a(frame) < b(frame);
    case "lessEqual":
      return (frame) => a(frame) <= b(frame);
    case "equal":
      return (frame) => a(frame) === b(frame);
    default:
      return bug(`the number "${body.op}" stands for a truth value`);
  }
};

/** Turns a scalar into a function of `params`, once; calling it allocates nothing for one or two parameters. */
export const compileScalar = (
  params: readonly string[],
  body: Scalar,
): ((...args: number[]) => number) => {
  const { frame, run } = compileBody(params, body);
  switch (params.length) {
    case 1:
      return (a: number) => {
        frame[0] = a;
        return run(frame);
      };
    case 2:
      return (a: number, b: number) => {
        frame[0] = a;
        frame[1] = b;
        return run(frame);
      };
    default:
      return (...args) => {
        frame.set(args);
        return run(frame);
      };
  }
};

/** The value of `body` where its free variables are `variables`; compiled on first use. @throws {Error} a variable without a value. */
export const evaluate = (
  body: Scalar,
  variables: ReadonlyMap<string, number> | Readonly<Record<string, number>>,
): number => {
  const names = freeVariables(body);
  let run = compiledBodies.get(body);
  if (run === undefined) {
    run = compileScalar(names, body);
    compiledBodies.set(body, run);
  }
  const values: ReadonlyMap<string, number> =
    variables instanceof Map
      ? (variables as ReadonlyMap<string, number>)
      : new Map(Object.entries(variables));
  return run(
    ...names.map(
      (name) =>
        values.get(name) ?? bug(`the scalar "${name}" has no value here`),
    ),
  );
};
