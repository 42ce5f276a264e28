/** Several numbers at once: vectors whose lanes are what so many pieces of code say, each computed as by itself. */
import { num, type Code } from "../code.js";
import type { Addresses } from "./addresses.js";
import type { Frame } from "./frame.js";
import { chosen } from "./choices.js";
import { Entries } from "./entries.js";
import type { Instructions } from "./instructions.js";
import { allWork, work } from "./work.js";
import { isSame, literalOf, made, only } from "./vector.js";
import type { Codes, Shape, Vector } from "./vector.js";
import { rounding } from "../ties.js";
import {
  exponentBias,
  exponentBits,
  exponentOf,
  exponentPlace,
  twoTo,
} from "./twoTo.js";
import {
  comparisons,
  functionOps,
  isFunctionOp,
  isNumberOp,
  numberOps,
  type Values,
} from "./values.js";

export class Lanes {
  readonly #frame: Frame;
  readonly #addresses: Addresses;
  readonly #values: Values;
  readonly shape: Shape;
  readonly entries: Entries;

  constructor(
    frame: Frame,
    addresses: Addresses,
    values: Values,
    shape: Shape,
  ) {
    this.#frame = frame;
    this.#addresses = addresses;
    this.#values = values;
    this.shape = shape;
    this.entries = new Entries(frame, addresses, values, shape);
  }

  /** A vector of pieces of code, where that is less work than all of them. */
  better(codes: Codes): Vector | undefined {
    const vector = this.vector(codes);
    return vector.cost < allWork(codes) ? vector : undefined;
  }

  /** The same of what is stored: one store in place of several is less work too, of more than a pair. */
  stored(codes: Codes): Vector | undefined {
    const vector = this.vector(codes);
    const saved = this.shape.width - 2;
    return vector.cost < allWork(codes) + saved ? vector : undefined;
  }

  /** A vector of pieces of code. */
  vector(codes: Codes): Vector {
    return this.#alike(codes) ?? this.#shuffled(codes) ?? this.#packed(codes);
  }

  /** All lanes by one operation. */
  #alike(codes: Codes): Vector | undefined {
    const [a] = codes;
    if (a === undefined) return undefined;
    const numbers = codes.flatMap((c) => literalOf(c) ?? []);
    if (numbers.length === codes.length)
      return { cost: 0, push: this.#constant(numbers) };
    if (codes.every((c) => isSame(a, c))) return this.#all(a);
    switch (a.kind) {
      case "name": {
        const list = only(codes, "name");
        return list && this.#parts(list);
      }
      case "index": {
        const list = only(codes, "index");
        return list ? this.entries.loaded(list) : this.entries.first(codes);
      }
      default:
        return codes.every((c) => this.#isOfType(c))
          ? this.#operation(a, codes)
          : undefined;
    }
  }
  /** Numbers of another type are none of a lane's, but for those that float32 has. */
  #isOfType(code: Code): boolean {
    if (code.kind === "conditional" && this.shape.type === "f32") {
      const sides = [code.then, code.otherwise].map(literalOf);
      if (sides.every((x) => x !== undefined && Math.fround(x) === x))
        return true;
    }
    return this.#values.natural(code) === this.shape.type;
  }
  #operation(a: Code, codes: Codes): Vector | undefined {
    const totals = this.#totals(codes);
    if (totals !== undefined) return totals;
    switch (a.kind) {
      case "unary": {
        const list = only(codes, "unary");
        if (list?.every((c) => c.op === "-") !== true) return undefined;
        return this.#made("neg", [list.map((c) => c.x)]);
      }
      case "binary": {
        const list = only(codes, "binary");
        if (list?.every((c) => c.op === a.op) !== true) return undefined;
        if (!isNumberOp(a.op) || comparisons.has(a.op)) return undefined;
        const sum = this.#addedProduct(list);
        if (sum !== undefined) return sum;
        return this.#made(numberOps[a.op], [
          list.map((c) => c.left),
          list.map((c) => c.right),
        ]);
      }
      case "call": {
        const { callee, args } = a;
        const list = only(codes, "call");
        const areAlike = list?.every(
          (c) => c.callee === callee && c.args.length === args.length,
        );
        if (list === undefined || areAlike !== true) return undefined;
        if (callee === twoTo) return this.#powers(list.flatMap((c) => c.args));
        if (callee === exponentOf)
          return this.#exponents(list.flatMap((c) => c.args));
        // Its lanes are float32.
        if (callee === rounding)
          return this.vector(list.flatMap((c) => c.args));
        if (!isFunctionOp(callee)) return undefined;
        const parts = args.map((_, i) =>
          this.vector(list.map((c) => c.args[i] as Code)),
        );
        const operation = `${this.shape.name}.${functionOps[callee]}` as const;
        const [first, second, ...more] = parts;
        if (first === undefined || second === undefined)
          return made(operation, parts);
        // min and max of several are those of two, again and again.
        return more.reduce(
          (x, part) => made(operation, [x, part]),
          made(operation, [first, second]),
        );
      }
      case "conditional": {
        const list = only(codes, "conditional");
        if (list?.every((c) => this.#values.isSelect(c)) !== true)
          return undefined;
        return chosen(list, {
          name: this.shape.name,
          vector: (parts) => this.vector(parts),
          mask: (tests) => this.#mask(tests),
          all: (x) => this.#all(num(x)),
        });
      }
      default:
        return undefined;
    }
  }
  /** Four vectors, the lanes of each added up in pairs: (a + b) + (c + d). */
  #totals(codes: Codes): Vector | undefined {
    if (this.shape.type !== "f32") return undefined;
    const all = codes.flatMap((c) => this.#added(c) ?? []);
    if (all.length < codes.length) return undefined;
    const [a, b, c, d] = all as [number, number, number, number];
    const pairs = (x: number, y: number, out: Instructions): void => {
      out.get(x).get(y).shuffle("f32", [0, 2, 4, 6]);
      out.get(x).get(y).shuffle("f32", [1, 3, 5, 7]).op("f32x4.add");
    };
    return {
      cost: 9,
      push: (out) => {
        const [x, y] = [this.#frame.take("v128"), this.#frame.take("v128")];
        pairs(a, b, out);
        out.set(x);
        pairs(c, d, out);
        out.set(y);
        pairs(x, y, out);
        this.#frame.release("v128", x);
        this.#frame.release("v128", y);
      },
    };
  }
  /** The vector whose lanes are added up so. */
  #added(code: Code): number | undefined {
    if (code.kind !== "binary" || code.op !== "+") return undefined;
    const parts = [code.left, code.right].flatMap((c) =>
      c.kind === "binary" && c.op === "+" ? [c.left, c.right] : [],
    );
    const lanes = parts.map((c) =>
      c.kind === "name" ? this.#frame.variable(c.text) : undefined,
    );
    const [first] = lanes;
    const areLanes =
      lanes.length === this.shape.width &&
      lanes.every((v, k) => v?.lane === k && v.local === first?.local);
    return areLanes ? first?.local : undefined;
  }
  /** A product that is added to a vector: in float32 an order of instructions in which both can be one. */
  #addedProduct(
    sums: readonly (Code & { readonly kind: "binary" })[],
  ): Vector | undefined {
    if (this.shape.type !== "f32" || sums[0]?.op !== "+") return undefined;
    const [lefts, rights] = [sums.map((c) => c.left), sums.map((c) => c.right)];
    const own = this.#products(rights);
    const products = own ?? this.#products(lefts);
    if (products === undefined) return undefined;
    const sum = this.#kept(own === undefined ? rights : lefts);
    const [left, right] = [
      this.vector(products.map((c) => c.left)),
      this.vector(products.map((c) => c.right)),
    ];
    return {
      cost: left.cost + right.cost + sum.cost + 2,
      push: (out) => {
        const local = sum.local(out);
        left.push(out);
        right.push(out);
        out.addProduct(local);
        sum.release(local);
      },
    };
  }
  #products(codes: Codes) {
    const list = only(codes, "binary");
    const areProducts = list?.every(
      (c) => c.op === "*" && this.#values.natural(c) === "f32",
    );
    return areProducts === true ? list : undefined;
  }
  /** A vector in a variable: that in which it is, where it is in one. */
  #kept(codes: Codes): {
    readonly cost: number;
    readonly local: (out: Instructions) => number;
    readonly release: (local: number) => void;
  } {
    const none = (): void => undefined;
    const names = only(codes, "name");
    const parts = names && this.#parts(names);
    if (parts !== undefined)
      return { cost: 0, local: () => parts.local, release: none };
    const { cost, push } = this.vector(codes);
    const numbers = codes.flatMap((c) => literalOf(c) ?? []);
    if (numbers.length === codes.length)
      return {
        cost,
        local: () => this.#frame.constant(this.shape.type, numbers),
        release: none,
      };
    return {
      cost,
      local: (out) => {
        push(out);
        const local = this.#frame.take("v128");
        out.set(local);
        return local;
      },
      release: (local) => {
        this.#frame.release("v128", local);
      },
    };
  }
  #made(operation: LaneOp, parts: readonly Codes[]): Vector {
    return made(
      `${this.shape.name}.${operation}`,
      parts.map((p) => this.vector(p)),
    );
  }

  /** 2^k of each number of float32. */
  #powers(ks: Codes): Vector {
    const k = this.vector(ks);
    const { type, width } = this.shape;
    const bits = Array.from({ length: width }, () => exponentBits);
    return {
      cost: k.cost + 2,
      push: (out) => {
        k.push(out);
        out.vector(type, bits).op("f32x4.add");
        out.i32(exponentPlace).op("i32x4.shl");
      },
    };
  }

  /** floor(log2 x) of each number of float32. */
  #exponents(xs: Codes): Vector {
    const x = this.vector(xs);
    const { type, width } = this.shape;
    const bias = Array.from({ length: width }, () => exponentBias);
    return {
      cost: x.cost + 3,
      push: (out) => {
        x.push(out);
        out.i32(exponentPlace).op("i32x4.shr_u", "f32x4.convert_i32x4_s");
        out.vector(type, bias).op("f32x4.sub");
      },
    };
  }

  /** All bits of a lane, or none: whether its test holds. */
  #mask(codes: Codes): Vector | undefined {
    const [a] = codes;
    const unary = only(codes, "unary");
    if (unary !== undefined) {
      const x = this.#mask(unary.map((c) => c.x));
      return x && made("v128.not", [x]);
    }
    const list = only(codes, "binary");
    if (list === undefined || a?.kind !== "binary") return undefined;
    if (list.some((c) => c.op !== a.op)) return undefined;
    const [lefts, rights] = [list.map((c) => c.left), list.map((c) => c.right)];
    if (a.op === "&&" || a.op === "||") {
      const left = this.#mask(lefts);
      const right = this.#mask(rights);
      const operation = a.op === "&&" ? "v128.and" : "v128.or";
      return left && right && made(operation, [left, right]);
    }
    if (!isNumberOp(a.op) || !comparisons.has(a.op)) return undefined;
    if (list.some((c) => this.#values.comparesWhole(c))) return undefined;
    if (list.some((c) => this.#values.compared(c) !== this.shape.type))
      return undefined;
    return this.#made(numberOps[a.op], [lefts, rights]);
  }

  #constant(numbers: readonly number[]): Vector["push"] {
    return (out) => void out.vector(this.shape.type, numbers);
  }

  /** One number in all lanes. */
  #all(code: Code): Vector {
    const { type, width, splat, name } = this.shape;
    if (code.kind === "number") {
      const numbers = Array.from({ length: width }, () => code.value);
      return { cost: 0, push: this.#constant(numbers) };
    }
    if (code.kind === "name") {
      const variable = this.#frame.variable(code.text);
      if (variable?.lane === "all")
        return { cost: 0, push: (out) => void out.get(variable.local) };
    }
    if (code.kind === "index" && this.#addresses.type(code.object) === type)
      return {
        cost: 1,
        push: (out) => {
          out.memory(splat, this.#values.place(code, out));
        },
      };
    return {
      cost: work(code) + 1,
      push: (out) => {
        this.#values.value(code, out, type);
        out.op(`${name}.splat`);
      },
    };
  }

  /** Names that are the lanes of a vector already. */
  #parts(names: readonly (Code & { readonly kind: "name" })[]) {
    const variables = names.map(({ text }) => this.#frame.variable(text));
    const [first] = variables;
    if (first === undefined) return undefined;
    const areLanes = variables.every(
      (v, i) => v?.lane === i && v.local === first.local,
    );
    if (!areLanes || first.type !== this.shape.type) return undefined;
    const { local } = first;
    return { cost: 0, local, push: (out: Instructions) => void out.get(local) };
  }

  /** Lanes of one or two vectors. */
  #shuffled(codes: Codes): Vector | undefined {
    const { type, width } = this.shape;
    const variables = codes.flatMap((c) =>
      c.kind === "name" ? (this.#frame.variable(c.text) ?? []) : [],
    );
    const locals = [...new Set(variables.map((v) => v.local))];
    const [first = 0, second = first] = locals;
    const places = variables.flatMap(({ local, lane, type: own }) =>
      lane === undefined || own !== type
        ? []
        : (lane === "all" ? 0 : lane) + (local === first ? 0 : width),
    );
    if (places.length < codes.length || locals.length > 2) return undefined;
    return {
      cost: 1,
      push: (out) => {
        out.get(first).get(second).shuffle(type, places);
      },
    };
  }

  /** All lanes one after the other. */
  #packed(codes: Codes): Vector {
    const { type, name, width } = this.shape;
    return {
      cost: allWork(codes) + width,
      push: (out) => {
        codes.forEach((code, lane) => {
          this.#values.value(code, out, type);
          if (lane === 0) out.op(`${name}.splat`);
          else out.replaceLane(type, lane);
        });
      },
    };
  }
}
type LaneOp =
  | (typeof numberOps)[keyof typeof numberOps]
  | (typeof functionOps)[keyof typeof functionOps]
  | "neg";
