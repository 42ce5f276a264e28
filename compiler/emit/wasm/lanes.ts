/** Several numbers at once: vectors whose lanes are what so many pieces of code say, each computed as by itself. */
import type { Code } from "../code.js";
import type { Dtype } from "../dtype.js";
import type { Addresses } from "./addresses.js";
import type { Frame } from "./frame.js";
import type { Instructions, Plain } from "./instructions.js";
import { bytesOf } from "./layout.js";
import { allWork, work } from "./work.js";
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

/** How a vector is made. */
interface Vector {
  /** Instructions, where those that make the lanes one by one have one for each operation of each. */
  readonly cost: number;
  readonly push: (out: Instructions) => void;
}

/** What the numbers of a vector are, how many it has, and how its instructions are called. */
interface Shape {
  readonly type: Dtype;
  readonly width: number;
  readonly name: "f64x2" | "f32x4";
  readonly splat: "v128.load64_splat" | "v128.load32_splat";
  /** Reads one number; the others are 0. */
  readonly first: "v128.load64_zero" | "v128.load32_zero";
}

export const shapes: Readonly<Record<Dtype, Shape>> = {
  f64: {
    type: "f64",
    width: 2,
    name: "f64x2",
    splat: "v128.load64_splat",
    first: "v128.load64_zero",
  },
  f32: {
    type: "f32",
    width: 4,
    name: "f32x4",
    splat: "v128.load32_splat",
    first: "v128.load32_zero",
  },
};

/** One piece of code for each lane. */
export type Codes = readonly Code[];

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
  readonly shape: Shape;

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
    return this.#alike(codes) ?? this.#packed(codes);
  }

  /** All lanes by one operation. */
  #alike(codes: Codes): Vector | undefined {
    const [a] = codes;
    if (a === undefined) return undefined;
    if (codes.every((c) => isSame(a, c))) return this.#all(a);
    switch (a.kind) {
      case "number": {
        const list = only(codes, "number")?.map((c) => c.value);
        return list && { cost: 0, push: this.#constant(list) };
      }
      case "name": {
        const list = only(codes, "name");
        return list && this.#parts(list);
      }
      case "index": {
        const list = only(codes, "index");
        return list && this.#loaded(list);
      }
      default:
        return codes.every((c) => this.#values.natural(c) === this.shape.type)
          ? this.#operation(a, codes)
          : undefined;
    }
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
        const mask = this.#mask(list.map((c) => c.test));
        return (
          mask &&
          made("v128.bitselect", [
            this.vector(list.map((c) => c.then)),
            this.vector(list.map((c) => c.otherwise)),
            mask,
          ])
        );
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
      out.get(x).get(y).shuffle([0, 2, 4, 6]);
      out.get(x).get(y).shuffle([1, 3, 5, 7]).op("f32x4.add");
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
    const names = only(
      sums.map((c) => c.left),
      "name",
    );
    const products = only(
      sums.map((c) => c.right),
      "binary",
    );
    if (this.shape.type !== "f32" || sums[0]?.op !== "+") return undefined;
    if (products?.every((c) => c.op === "*") !== true) return undefined;
    const sum = names && this.#parts(names);
    const areFloats = products.every((c) => this.#values.natural(c) === "f32");
    if (sum === undefined || !areFloats) return undefined;
    const [left, right] = [
      this.vector(products.map((c) => c.left)),
      this.vector(products.map((c) => c.right)),
    ];
    return {
      cost: left.cost + right.cost + 2,
      push: (out) => {
        left.push(out);
        right.push(out);
        out.addProduct(sum.local);
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

  /** Neighbours in memory are read at once. */
  #loaded(entries: readonly Entry[]): Vector | undefined {
    const { type, first, width } = this.shape;
    const [a] = entries;
    if (a === undefined) return undefined;
    if (entries.some((e) => this.#addresses.type(e.object) !== type))
      return undefined;
    if (entries.every((e, i) => this.#addresses.apart(a, e) === i))
      return {
        cost: 1,
        push: (out) => {
          out.memory("v128.load", this.#values.place(a, out));
        },
      };
    const near = type === "f32" ? this.#near(entries) : undefined;
    if (near !== undefined) return near;
    return {
      cost: width,
      push: (out) => {
        // The addresses of the other lanes lie under the vector, the next one on top.
        const offsets = entries
          .map((e, i) => [e, i] as const)
          .reverse()
          .map(([e, i]) => [i, this.#values.place(e, out)] as const)
          .reverse();
        for (const [lane, offset] of offsets)
          if (lane === 0) out.memory(first, offset);
          else out.loadLane(type, lane, offset);
      },
    };
  }

  /** Entries of float32 among a few neighbours are taken out of vectors that have no others. */
  #near(entries: readonly Entry[]): Vector | undefined {
    const { width } = this.shape;
    const [a] = entries;
    const apart = entries.flatMap((e) =>
      a === undefined ? [] : (this.#addresses.apart(a, e) ?? []),
    );
    if (apart.length < entries.length) return undefined;
    const least = Math.min(...apart);
    const lowest = entries[apart.indexOf(least)] as Entry;
    const places = apart.map((k) => k - least);
    const span = Math.max(...places) + 1;
    const read = (
      access: "v128.load" | "v128.load64_zero",
      from: number,
      out: Instructions,
    ): void => {
      const offset = this.#values.place(lowest, out);
      out.memory(access, offset + from * bytesOf.f32);
    };
    if (span === 2 || span === width)
      return {
        cost: 3,
        push: (out) => {
          const local = this.#frame.take("v128");
          read(span === 2 ? "v128.load64_zero" : "v128.load", 0, out);
          out.tee(local).get(local).shuffle(places);
          this.#frame.release("v128", local);
        },
      };
    if (span < width || span > 2 * width) return undefined;
    const second = span - width;
    return {
      cost: 3,
      push: (out) => {
        read("v128.load", 0, out);
        read("v128.load", second, out);
        out.shuffle(places.map((k) => (k < width ? k : k - second + width)));
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

type Entry = Code & { readonly kind: "index" };

type LaneOp =
  | (typeof numberOps)[keyof typeof numberOps]
  | (typeof functionOps)[keyof typeof functionOps]
  | "neg";

const made = (operation: Plain, parts: readonly Vector[]): Vector => ({
  cost: parts.reduce((n, p) => n + p.cost, 1),
  push: (out) => {
    for (const part of parts) part.push(out);
    out.op(operation);
  },
});

/** Pieces of code that are all of one kind. */
function only<K extends Code["kind"]>(
  codes: Codes,
  kind: K,
): readonly (Code & { readonly kind: K })[] | undefined {
  const list = codes.filter(
    (c): c is Code & { readonly kind: K } => c.kind === kind,
  );
  return list.length === codes.length ? list : undefined;
}
