/** Entries of an array that are the lanes of a vector: how they are read and written. */
import { name, type Code } from "../code.js";
import type { Addresses } from "./addresses.js";
import type { Frame } from "./frame.js";
import type { Instructions } from "./instructions.js";
import { bytesOf } from "./layout.js";
import type { Values } from "./values.js";
import { firstEntries } from "./vector.js";
import type { Codes, Shape, Vector } from "./vector.js";

type Entry = Code & { readonly kind: "index" };

export class Entries {
  readonly #frame: Frame;
  readonly #addresses: Addresses;
  readonly #values: Values;
  readonly #shape: Shape;
  /** How many entries there are from the first lane on, where the last turn of a loop has fewer than lanes. */
  #left: string | undefined;

  constructor(
    frame: Frame,
    addresses: Addresses,
    values: Values,
    shape: Shape,
  ) {
    this.#frame = frame;
    this.#addresses = addresses;
    this.#values = values;
    this.#shape = shape;
  }

  /** Writes what reads and writes no more entries than a whole number of the code says. */
  upTo(left: string, write: () => void): void {
    this.#left = left;
    write();
    this.#left = undefined;
  }

  /** Stores a vector in neighbours. */
  store(entries: readonly Entry[], vector: Vector, out: Instructions): void {
    const [first] = entries as readonly [Entry];
    const all = (push: (out: Instructions) => void): void => {
      const offset = this.#values.place(first, out);
      push(out);
      out.memory("v128.store", offset);
    };
    if (this.#left === undefined) {
      all(vector.push);
      return;
    }
    const local = this.#frame.take("v128");
    vector.push(out);
    out.set(local);
    this.#isMore(this.#shape.width - 1, out);
    out.open("if");
    all((to) => to.get(local));
    out.op("else");
    this.#eachLeft(entries, out, (lane, offset) => {
      out.get(local).storeLane(this.#shape.type, lane, offset);
    });
    out.op("end");
    this.#frame.release("v128", local);
  }

  /** Stores the first numbers of a vector in entries that lie anywhere. */
  scatter(entries: readonly Entry[], vector: Vector, out: Instructions): void {
    const local = this.#frame.take("v128");
    vector.push(out);
    out.set(local);
    entries.forEach((entry, lane) => {
      const offset = this.#values.place(entry, out);
      out.get(local).storeLane(this.#shape.type, lane, offset);
    });
    this.#frame.release("v128", local);
  }

  /** Neighbours in memory are read at once. */
  loaded(entries: readonly Entry[]): Vector | undefined {
    const { type, first, width } = this.#shape;
    const [a] = entries;
    if (a === undefined) return undefined;
    if (entries.some((e) => this.#addresses.type(e.object) !== type))
      return undefined;
    if (entries.every((e, i) => this.#addresses.apart(a, e) === i))
      return {
        cost: 1,
        push: (out) => {
          if (this.#left === undefined)
            out.memory("v128.load", this.#values.place(a, out));
          else this.#loadLeft(entries, out);
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

  /** Neighbours in the first lanes, zeros in the others; undefined for anything else. */
  first(codes: Codes): Vector | undefined {
    const { type } = this.#shape;
    const entries = firstEntries(codes);
    const [a] = entries ?? [];
    if (type !== "f32" || entries === undefined || a === undefined)
      return undefined;
    const areNeighbours = entries.every(
      (e, i) =>
        this.#addresses.type(e.object) === type &&
        this.#addresses.apart(a, e) === i,
    );
    if (!areNeighbours) return undefined;
    return {
      cost: entries.length > 2 ? 2 : 1,
      push: (out) => {
        // The address of a third one lies under the vector.
        const third = entries[2] && this.#values.place(entries[2], out);
        out.memory(
          entries.length > 1 ? "v128.load64_zero" : "v128.load32_zero",
          this.#values.place(a, out),
        );
        if (third !== undefined) out.loadLane(type, 2, third);
      },
    };
  }

  /** Entries of float32 among a few neighbours are taken out of vectors that have no others. */
  #near(entries: readonly Entry[]): Vector | undefined {
    const { width } = this.#shape;
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
          out.tee(local).get(local).shuffle("f32", places);
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
        out.shuffle(
          "f32",
          places.map((k) => (k < width ? k : k - second + width)),
        );
      },
    };
  }

  /** Reads neighbours, as many as there are: other lanes are the first one too. */
  #loadLeft(entries: readonly Entry[], out: Instructions): void {
    const [first] = entries as readonly [Entry];
    const { type, width, splat } = this.#shape;
    const local = this.#frame.take("v128");
    this.#isMore(width - 1, out);
    out.open("if", "v128");
    out.memory("v128.load", this.#values.place(first, out));
    out.op("else");
    this.#eachLeft(entries, out, (lane, offset) => {
      if (lane === 0) out.memory(splat, offset);
      else out.get(local).loadLane(type, lane, offset);
      out.set(local);
    });
    out.get(local).op("end");
    this.#frame.release("v128", local);
  }

  /** Does something with each entry that is there, its address on the stack; not all are. */
  #eachLeft(
    entries: readonly Entry[],
    out: Instructions,
    write: (lane: number, offset: number) => void,
  ): void {
    const some = entries.slice(0, -1);
    some.forEach((entry, lane) => {
      if (lane > 0) {
        this.#isMore(lane, out);
        out.open("if");
      }
      write(lane, this.#values.place(entry, out));
    });
    for (let lane = 1; lane < some.length; lane++) out.op("end");
  }
  #isMore(than: number, out: Instructions): void {
    this.#values.whole(name(this.#left ?? ""), out);
    out.i32(than).op("i32.gt_s");
  }
}
