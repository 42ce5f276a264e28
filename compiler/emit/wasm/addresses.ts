import { InternalError } from "../../diagnostics.js";
import type { Code } from "../code.js";
import type { Frame, Variable } from "./frame.js";
import type { Instructions } from "./instructions.js";
import {
  bytesOf,
  type EntryType,
  type Layout,
  type PlacedArray,
} from "./layout.js";
import { linearOf, plusTimes, type Linear } from "./linear.js";

/** Where an array begins: a number, a variable of the engine, or a sum of both. */
interface Base {
  readonly constant: number;
  readonly local: number | undefined;
}

type Entry = Code & { readonly kind: "index" };

/** The number of the global `maxBatch`. */
export const maxBatch = 0;

/** Addresses of entries: what does not change in the innermost loop is computed before it. */
export class Addresses {
  readonly #frame: Frame;
  readonly #layout: Layout;

  constructor(frame: Frame, layout: Layout) {
    this.#frame = frame;
    this.#layout = layout;
  }

  /** What the entries of an array are. */
  type(object: string): EntryType {
    return this.#given(object)?.entries ?? this.#own(object).type;
  }
  #given(object: string): Variable | undefined {
    const variable = this.#frame.variable(object);
    return variable?.isArray === true ? variable : undefined;
  }
  #own(object: string): PlacedArray {
    const array = this.#layout.arrays.get(object);
    if (array === undefined)
      throw new InternalError(`no array ${object} in the memory of the handle`);
    return array;
  }

  /** True for the name of an array. */
  isArray(id: string): boolean {
    const variable = this.#frame.variable(id);
    return variable === undefined
      ? this.#layout.arrays.has(id)
      : variable.isArray;
  }

  /** True where two arrays surely have no entry in common: a value may have the place of one that is read last. */
  areApart(a: string, b: string): boolean {
    if (this.#given(a) !== undefined || this.#given(b) !== undefined)
      return false;
    const [x, y] = [this.#own(a), this.#own(b)];
    return x.offset !== y.offset || x.factor !== y.factor;
  }

  base(object: string): Base {
    const given = this.#given(object);
    if (given !== undefined) return { constant: 0, local: given.local };
    const array = this.#own(object);
    const { offset, factor } = array;
    if (factor === 0) return { constant: offset, local: undefined };
    const local = this.#frame.hoisted(
      `base ${object}`,
      (out) => {
        out.i32(offset).global(maxBatch).i32(factor).op("i32.mul", "i32.add");
      },
      0,
    );
    return { constant: 0, local };
  }

  /** The address of an array itself. */
  start(object: string, out: Instructions): void {
    const { constant, local } = this.base(object);
    if (local === undefined) out.i32(constant);
    else out.get(local);
  }

  /** An index as a sum of variables that are indices. */
  linear(at: Code): Linear | undefined {
    return linearOf(at, (name) => this.#frame.variable(name)?.isIndex === true);
  }

  /** How many entries b lies after a; undefined where that is not known, or not the same at each point. */
  apart(a: Entry, b: Entry): number | undefined {
    const [x, y] = [this.linear(a.at), this.linear(b.at)];
    if (a.object !== b.object || x === undefined || y === undefined)
      return undefined;
    const { constant, terms } = plusTimes(y, x, -1);
    return terms.size === 0 ? constant : undefined;
  }

  /** Puts the address of an entry on the stack; returns the offset that its access adds. */
  entry(object: string, index: Linear, out: Instructions): number {
    const { constant, local } = this.base(object);
    const bytes = bytesOf[this.type(object)];
    const depthOf = (name: string): number =>
      this.#frame.variable(name)?.depth ?? 0;
    const terms = [...index.terms].map(
      ([name, k]) => [name, k * bytes] as const,
    );
    const offset = constant + index.constant * bytes;
    // The engine adds the offset to an address that is not below 0.
    const apart = offset >= 0 && terms.every(([, k]) => k > 0);
    const depth = this.#frame.depth;
    const fixed = terms.filter(([name]) => depthOf(name) < depth);
    const varying = terms.filter(([name]) => depthOf(name) >= depth);
    const parts = (list: typeof terms): Push[] =>
      list.map((term) => (to) => {
        this.#term(term, to);
      });
    const before: Push[] = [
      ...(local === undefined
        ? []
        : [(to: Instructions) => void to.get(local)]),
      ...parts(fixed),
      ...(apart || offset === 0
        ? []
        : [(to: Instructions) => void to.i32(offset)]),
    ];
    const [moving] = varying;
    if (
      moving !== undefined &&
      varying.length === 1 &&
      moving[0] === this.#frame.counter
    ) {
      const key = `pointer ${String(local)} ${apart ? "" : String(offset)} ${terms.flat().join(" ")}`;
      out.get(
        this.#frame.pointer(key, moving[1], (to) => {
          pushSum([...before, ...parts(varying)], to);
        }),
      );
      return apart ? offset : 0;
    }
    const isComputed = before.length > 1 || fixed.length > 0;
    if (depth > 0 && isComputed) {
      const key = `${String(local)} ${apart ? "" : String(offset)} ${fixed.flat().join(" ")}`;
      const sum = this.#frame.hoisted(key, (to) => {
        pushSum(before, to);
      });
      pushSum([(to) => void to.get(sum), ...parts(varying)], out);
    } else pushSum([...before, ...parts(varying)], out);
    return apart ? offset : 0;
  }

  /** factor * variable. */
  #term([name, factor]: readonly [string, number], out: Instructions): void {
    const variable = this.#frame.variable(name);
    if (variable === undefined) throw new InternalError(`no variable ${name}`);
    out.get(variable.local);
    const shift = Math.log2(factor);
    if (Number.isInteger(shift) && shift > 0) out.i32(shift).op("i32.shl");
    else if (factor !== 1) out.i32(factor).op("i32.mul");
  }
}

type Push = (to: Instructions) => void;

/** Puts a sum on the stack. */
function pushSum(parts: readonly Push[], to: Instructions): void {
  if (parts.length === 0) to.i32(0);
  parts.forEach((push, i) => {
    push(to);
    if (i > 0) to.op("i32.add");
  });
}
