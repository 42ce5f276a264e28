/** Two numbers at once: vectors whose halves are what two pieces of code say, each computed as by itself. */
import type { BinaryOp, Code } from "../code.js";
import type { Addresses } from "./addresses.js";
import type { Frame } from "./frame.js";
import type { Instructions, Plain } from "./instructions.js";
import { comparisons, type Values } from "./values.js";

/** How a vector is made. */
interface Vector {
  /** Instructions, where those that make both halves one by one have 2 for each operation. */
  readonly cost: number;
  readonly push: (out: Instructions) => void;
}

const operations: Partial<Record<BinaryOp, Plain>> = {
  "+": "f64x2.add",
  "-": "f64x2.sub",
  "*": "f64x2.mul",
  "/": "f64x2.div",
  "===": "f64x2.eq",
  "!==": "f64x2.ne",
  "<": "f64x2.lt",
  "<=": "f64x2.le",
  ">": "f64x2.gt",
  ">=": "f64x2.ge",
};
const functions: Readonly<Record<string, Plain>> = {
  "Math.abs": "f64x2.abs",
  "Math.sqrt": "f64x2.sqrt",
  "Math.floor": "f64x2.floor",
  "Math.min": "f64x2.min",
  "Math.max": "f64x2.max",
};

/** Equal code has equal values at one point; 0 and -0 are two numbers. */
const isSame = (a: Code, b: Code): boolean => a === b || keyOf(a) === keyOf(b);
const keyOf = (code: Code): string =>
  JSON.stringify(code, (_, x: unknown) =>
    Object.is(x, -0) ? "-0" : typeof x === "number" ? String(x) : x,
  );

export class Lanes {
  readonly #frame: Frame;
  readonly #addresses: Addresses;
  readonly #values: Values;

  constructor(frame: Frame, addresses: Addresses, values: Values) {
    this.#frame = frame;
    this.#addresses = addresses;
    this.#values = values;
  }

  /** A vector of two pieces of code, where that is less work than both of them. */
  better(a: Code, b: Code): Vector | undefined {
    const vector = this.vector(a, b);
    return vector.cost < work(a) + work(b) ? vector : undefined;
  }

  /** A vector of two pieces of code. */
  vector(a: Code, b: Code): Vector {
    return this.#alike(a, b) ?? this.#packed(a, b);
  }

  /** Both halves by one operation. */
  #alike(a: Code, b: Code): Vector | undefined {
    if (isSame(a, b)) return this.#both(a);
    if (a.kind === "number" && b.kind === "number")
      return { cost: 0, push: (out) => void out.pair(a.value, b.value) };
    if (a.kind === "name" && b.kind === "name") return this.#halves(a, b);
    if (a.kind === "index" && b.kind === "index") return this.#loaded(a, b);
    if (
      a.kind === "unary" &&
      b.kind === "unary" &&
      a.op === "-" &&
      b.op === "-"
    )
      return made("f64x2.neg", this.vector(a.x, b.x));
    if (a.kind === "binary" && b.kind === "binary" && a.op === b.op) {
      const operation = operations[a.op];
      if (operation === undefined || comparisons.has(a.op)) return undefined;
      return made(
        operation,
        this.vector(a.left, b.left),
        this.vector(a.right, b.right),
      );
    }
    if (a.kind === "call" && b.kind === "call") {
      const operation = functions[a.callee];
      const isAlike = a.callee === b.callee && a.args.length === b.args.length;
      if (operation === undefined || !isAlike || a.args.length > 2)
        return undefined;
      return made(
        operation,
        ...a.args.map((x, i) => this.vector(x, b.args[i] as Code)),
      );
    }
    if (a.kind === "conditional" && b.kind === "conditional") {
      if (!this.#values.isSelect(a) || !this.#values.isSelect(b))
        return undefined;
      const mask = this.#mask(a.test, b.test);
      return (
        mask &&
        made(
          "v128.bitselect",
          this.vector(a.then, b.then),
          this.vector(a.otherwise, b.otherwise),
          mask,
        )
      );
    }
    return undefined;
  }

  /** All bits of a half, or none: whether its test holds. */
  #mask(a: Code, b: Code): Vector | undefined {
    if (a.kind === "unary" && b.kind === "unary" && a.op === b.op) {
      const x = this.#mask(a.x, b.x);
      return x && made("v128.not", x);
    }
    if (a.kind !== "binary" || b.kind !== "binary" || a.op !== b.op)
      return undefined;
    if (a.op === "&&" || a.op === "||") {
      const left = this.#mask(a.left, b.left);
      const right = this.#mask(a.right, b.right);
      return (
        left &&
        right &&
        made(a.op === "&&" ? "v128.and" : "v128.or", left, right)
      );
    }
    const operation = operations[a.op];
    if (operation === undefined || !comparisons.has(a.op)) return undefined;
    if (this.#values.comparesWhole(a) || this.#values.comparesWhole(b))
      return undefined;
    return made(
      operation,
      this.vector(a.left, b.left),
      this.vector(a.right, b.right),
    );
  }

  /** One number in both halves. */
  #both(code: Code): Vector {
    if (code.kind === "number")
      return { cost: 0, push: (out) => void out.pair(code.value, code.value) };
    if (code.kind === "name") {
      const variable = this.#frame.variable(code.text);
      if (variable?.lane === "both")
        return { cost: 0, push: (out) => void out.get(variable.local) };
    }
    if (code.kind === "index" && this.#addresses.type(code.object) === "f64")
      return {
        cost: 1,
        push: (out) => {
          out.memory("v128.load64_splat", this.#values.place(code, out));
        },
      };
    return {
      cost: work(code) + 1,
      push: (out) => {
        this.#values.value(code, out);
        out.op("f64x2.splat");
      },
    };
  }

  /** Two names that are the halves of a vector already. */
  #halves(
    a: Code & { readonly kind: "name" },
    b: Code & { readonly kind: "name" },
  ): Vector | undefined {
    const [x, y] = [this.#frame.variable(a.text), this.#frame.variable(b.text)];
    if (x?.lane !== 0 || y?.lane !== 1 || x.local !== y.local) return undefined;
    return { cost: 0, push: (out) => void out.get(x.local) };
  }

  /** Neighbours in memory are read at once. */
  #loaded(
    a: Code & { readonly kind: "index" },
    b: Code & { readonly kind: "index" },
  ): Vector | undefined {
    if (this.#addresses.type(a.object) !== "f64") return undefined;
    if (this.#addresses.type(b.object) !== "f64") return undefined;
    if (this.#addresses.apart(a, b) === 1)
      return {
        cost: 1,
        push: (out) => {
          out.memory("v128.load", this.#values.place(a, out));
        },
      };
    return {
      cost: 2,
      push: (out) => {
        // The address of the second half lies under the vector.
        const second = this.#values.place(b, out);
        const first = this.#values.place(a, out);
        out.memory("v128.load64_zero", first).secondLane(second);
      },
    };
  }

  /** Both halves one after the other. */
  #packed(a: Code, b: Code): Vector {
    return {
      cost: work(a) + work(b) + 2,
      push: (out) => {
        this.#values.value(a, out);
        out.op("f64x2.splat");
        this.#values.value(b, out);
        out.replaceLane(1);
      },
    };
  }
}

const made = (operation: Plain, ...parts: readonly Vector[]): Vector => ({
  cost: parts.reduce((n, p) => n + p.cost, 1),
  push: (out) => {
    for (const part of parts) part.push(out);
    out.op(operation);
  },
});

/** Operations and reads of code. */
function work(code: Code): number {
  switch (code.kind) {
    case "unary":
      return 1 + work(code.x);
    case "binary":
      return 1 + work(code.left) + work(code.right);
    case "conditional":
      return 1 + work(code.test) + work(code.then) + work(code.otherwise);
    case "call":
      return code.args.reduce((n, arg) => n + work(arg), 1);
    case "index":
      return 1;
    default:
      return 0;
  }
}
