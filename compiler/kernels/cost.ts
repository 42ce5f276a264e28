import type { ScalarName } from "../../dsl/primitives/scalarName.js";
import type { Scalar } from "../../dsl/math/scalar.js";
import type { MathMode } from "../interpret.js";
import { bodyOf } from "./bodies.js";
import {
  countOf,
  innerStatements,
  type Axis,
  type Expr,
  type Reduce,
  type Statement,
} from "./ir.js";
import { pointsIn, type Tile } from "./tile.js";

/**
 * Bytes of V8 bytecode. Measured on Node 20: an arithmetic operation on locals takes 4 to 9 bytes (wide operands once
 * a function has more than 127 registers or 255 feedback slots), an array read or write 10 to 17.
 */
const bytes = {
  operation: 8,
  load: 4,
  write: 16,
  number: 3,
  loop: 24,
  prologue: 90,
};

/** Few registers and feedback slots have operands of one byte. */
const narrow = { below: 2400, factor: 0.55 };

/** V8 never optimises a function above 61,440 bytes of bytecode, and is slow to optimise one above 8,192. */
export const preferredBytes = 8192;

function bodyBytes(s: Scalar): number {
  switch (s.kind) {
    case "variable":
      return 0;
    case "number":
      return bytes.number;
    case "apply":
      return bytes.operation + s.args.reduce((n, a) => n + bodyBytes(a), 0);
    case "select":
      return (
        bytes.operation +
        bodyBytes(s.when) +
        bodyBytes(s.then) +
        bodyBytes(s.otherwise)
      );
    case "call":
    case "host":
      return 3 * bytes.operation + s.args.reduce((n, a) => n + bodyBytes(a), 0);
    default:
      return 3 * bytes.operation;
  }
}

const known: Readonly<Record<MathMode, Map<ScalarName, number>>> = {
  exact: new Map(),
  host: new Map(),
};

/** Bytecode of a scalar function on locals. */
function functionBytes(name: ScalarName, math: MathMode): number {
  const before = known[math].get(name);
  if (before !== undefined) return before;
  const made = bodyBytes(bodyOf(name, math));
  known[math].set(name, made);
  return made;
}

/** Bytecode of straight-line code for all points of all statements. */
export function unrolledBytes(
  statements: readonly Statement[],
  math: MathMode,
): number {
  const all = statements.reduce(
    (total, s) => total + statementBytes(s, math),
    bytes.prologue,
  );
  return all < narrow.below ? all * narrow.factor : all;
}

/** Bytecode of straight-line code for all points of a statement, in a function that is not short. */
export function statementBytes(s: Statement, math: MathMode): number {
  const of = (e: Expr): number => {
    switch (e.kind) {
      case "load": {
        const { op } = e.value;
        // Parameters and inputs are read into constants once; these vectors where they are used.
        const inPlace =
          op.kind === "leaf" &&
          (op.space === "gradient" || op.space === "state");
        return inPlace ? bytes.write : bytes.load;
      }
      case "apply":
        return (
          functionBytes(e.op, math) + e.args.reduce((n, a) => n + of(a), 0)
        );
      case "reduce":
        return countOf(e.over) * (bytes.operation + of(e.body));
      case "guard":
        return of(e.body);
      default:
        return bytes.number;
    }
  };
  const along =
    s.expr.kind === "reduce" ? s.expr.scatter?.along.extent : undefined;
  // Where indices choose, every term is added once.
  const points = countOf(s.axes) / (typeof along === "number" ? along : 1);
  return points * (bytes.write + of(s.expr));
}

/** Bytecode that reads so many entries of arrays, or writes them. */
export const accessBytes = (entries: number): number => entries * bytes.write;

/** What loops over terms take, and their tests. */
interface LoopBytes {
  readonly math: MathMode;
  readonly sum: (e: Reduce, term: number) => number;
  readonly test: (e: Guard) => number;
}

type Guard = Extract<Expr, { kind: "guard" }>;

/** Bytecode of an expression that reads memory. */
function inMemoryBytes(e: Expr, loop: LoopBytes): number {
  switch (e.kind) {
    case "load":
      return bytes.write;
    case "apply": {
      let total = functionBytes(e.op, loop.math);
      for (const a of e.args) total += inMemoryBytes(a, loop);
      return total;
    }
    case "reduce":
      return loop.sum(e, inMemoryBytes(e.body, loop));
    case "guard":
      return loop.test(e) + inMemoryBytes(e.body, loop);
    default:
      return bytes.number;
  }
}

/** Bytecode of loops over kernels: each statement once, each axis and each sum a loop. */
export function loopedBytes(
  kernels: readonly {
    readonly axes: readonly unknown[];
    readonly statements: readonly Statement[];
    readonly tile?: Tile;
  }[],
  math: MathMode,
): number {
  const loop: LoopBytes = {
    math,
    sum: ({ over }, term) => over.length * bytes.loop + bytes.operation + term,
    test: ({ tests }) => tests.length * 2 * bytes.operation,
  };
  const alone = (s: Statement): number =>
    s.axes.length * bytes.loop + ofStatement(s);
  const ofStatement = (s: Statement): number =>
    bytes.write +
    inMemoryBytes(s.expr, loop) +
    innerStatements(s).reduce((n, inner) => n + alone(inner), 0);
  return kernels.reduce(
    (total, k) =>
      total +
      k.axes.length * bytes.loop +
      (k.tile === undefined ? 1 : pointsIn(k.tile)) *
        k.statements.reduce((n, s) => n + ofStatement(s), 0),
    0,
  );
}

/** Bytecode that loops over kernels run through, for one example. */
export function executedBytes(
  kernels: readonly {
    readonly axes: readonly Axis[];
    readonly statements: readonly Statement[];
  }[],
  math: MathMode,
): number {
  const loop: LoopBytes = {
    math,
    sum: ({ over }, term) => countOf(over) * (bytes.operation + term),
    test: () => 0,
  };
  const ofStatement = (s: Statement): number => {
    if (s.expr.kind !== "scan")
      return bytes.write + inMemoryBytes(s.expr, loop);
    const { step, start, body, end, last } = s.expr.loop;
    const alone = (list: readonly Statement[]): number =>
      executedBytes(
        list.map((inner) => ({ axes: inner.axes, statements: [inner] })),
        math,
      );
    return (
      alone([...start, ...last]) + countOf([step]) * alone([...body, ...end])
    );
  };
  return kernels.reduce(
    (total, k) =>
      total +
      countOf(k.axes) * k.statements.reduce((n, s) => n + ofStatement(s), 0),
    0,
  );
}

/** Multiply-adds of one example: products inside of sums. */
export function multiplyAdds(statements: readonly Statement[]): number {
  const of = (e: Expr, times: number): number => {
    if (e.kind === "reduce") {
      const points = times * countOf(e.over);
      const term = e.body.kind === "guard" ? e.body.body : e.body;
      const product = term.kind === "apply" && term.op === "mul";
      return (e.by === "sum" && product ? points : 0) + of(e.body, points);
    }
    if (e.kind === "guard") return of(e.body, times);
    return e.kind === "apply"
      ? e.args.reduce((n, a) => n + of(a, times), 0)
      : 0;
  };
  const ofStatement = (s: Statement): number => {
    const steps = s.expr.kind === "scan" ? countOf([s.expr.loop.step]) : 0;
    const inner = multiplyAdds(innerStatements(s));
    return of(s.expr, countOf(s.axes)) + steps * inner;
  };
  return statements.reduce((n, s) => n + ofStatement(s), 0);
}
