/** Instructions of WebAssembly by their names in the specification, and a list of them. */
import { append, double, signed, single, unsigned } from "./bytes.js";
import type { Dtype } from "../dtype.js";
import type { ValueType } from "./encode.js";
import { fusibleLocals } from "./fused.js";

/** Instructions without operands of their own. */
const plain = {
  unreachable: [0x00],
  else: [0x05],
  end: [0x0b],
  return: [0x0f],
  select: [0x1b],
  "i32.eqz": [0x45],
  "i32.eq": [0x46],
  "i32.ne": [0x47],
  "i32.lt_s": [0x48],
  "i32.lt_u": [0x49],
  "i32.gt_s": [0x4a],
  "i32.le_s": [0x4c],
  "i32.ge_s": [0x4e],
  "f32.eq": [0x5b],
  "f32.ne": [0x5c],
  "f32.lt": [0x5d],
  "f32.gt": [0x5e],
  "f32.le": [0x5f],
  "f32.ge": [0x60],
  "f64.eq": [0x61],
  "f64.ne": [0x62],
  "f64.lt": [0x63],
  "f64.gt": [0x64],
  "f64.le": [0x65],
  "f64.ge": [0x66],
  "i32.add": [0x6a],
  "i32.sub": [0x6b],
  "i32.mul": [0x6c],
  "i32.div_s": [0x6d],
  "i32.rem_s": [0x6f],
  "i32.and": [0x71],
  "i32.or": [0x72],
  "i32.shl": [0x74],
  "i32.shr_s": [0x75],
  "i32.shr_u": [0x76],
  "f32.abs": [0x8b],
  "f32.neg": [0x8c],
  "f32.floor": [0x8e],
  "f32.sqrt": [0x91],
  "f32.add": [0x92],
  "f32.sub": [0x93],
  "f32.mul": [0x94],
  "f32.div": [0x95],
  "f32.min": [0x96],
  "f32.max": [0x97],
  "f64.abs": [0x99],
  "f64.neg": [0x9a],
  "f64.floor": [0x9c],
  "f64.sqrt": [0x9f],
  "f64.add": [0xa0],
  "f64.sub": [0xa1],
  "f64.mul": [0xa2],
  "f64.div": [0xa3],
  "f64.min": [0xa4],
  "f64.max": [0xa5],
  "i32.wrap_i64": [0xa7],
  "f32.convert_i32_s": [0xb2],
  "f32.demote_f64": [0xb6],
  "f64.convert_i32_s": [0xb7],
  "f64.convert_i32_u": [0xb8],
  "f64.promote_f32": [0xbb],
  "i32.reinterpret_f32": [0xbc],
  "f32.reinterpret_i32": [0xbe],
  "i32.trunc_sat_f64_s": [0xfc, 0x02],
  "i64.trunc_sat_f64_s": [0xfc, 0x06],
  "f32x4.splat": [0xfd, 0x13],
  "f64x2.splat": [0xfd, 0x14],
  "f32x4.eq": [0xfd, 0x41],
  "f32x4.ne": [0xfd, 0x42],
  "f32x4.lt": [0xfd, 0x43],
  "f32x4.gt": [0xfd, 0x44],
  "f32x4.le": [0xfd, 0x45],
  "f32x4.ge": [0xfd, 0x46],
  "f64x2.eq": [0xfd, 0x47],
  "f64x2.ne": [0xfd, 0x48],
  "f64x2.lt": [0xfd, 0x49],
  "f64x2.gt": [0xfd, 0x4a],
  "f64x2.le": [0xfd, 0x4b],
  "f64x2.ge": [0xfd, 0x4c],
  "v128.not": [0xfd, 0x4d],
  "v128.and": [0xfd, 0x4e],
  "v128.andnot": [0xfd, 0x4f],
  "v128.or": [0xfd, 0x50],
  "v128.xor": [0xfd, 0x51],
  "v128.bitselect": [0xfd, 0x52],
  "f32x4.floor": [0xfd, 0x68],
  "f64x2.floor": [0xfd, 0x75],
  "i32x4.shl": [0xfd, 0xab, 0x01],
  "i32x4.shr_u": [0xfd, 0xad, 0x01],
  "f32x4.abs": [0xfd, 0xe0, 0x01],
  "f32x4.neg": [0xfd, 0xe1, 0x01],
  "f32x4.sqrt": [0xfd, 0xe3, 0x01],
  "f32x4.add": [0xfd, 0xe4, 0x01],
  "f32x4.sub": [0xfd, 0xe5, 0x01],
  "f32x4.mul": [0xfd, 0xe6, 0x01],
  "f32x4.div": [0xfd, 0xe7, 0x01],
  "f32x4.min": [0xfd, 0xe8, 0x01],
  "f32x4.max": [0xfd, 0xe9, 0x01],
  "f32x4.pmin": [0xfd, 0xea, 0x01],
  "f32x4.pmax": [0xfd, 0xeb, 0x01],
  "f32x4.convert_i32x4_s": [0xfd, 0xfa, 0x01],
  "f64x2.abs": [0xfd, 0xec, 0x01],
  "f64x2.neg": [0xfd, 0xed, 0x01],
  "f64x2.sqrt": [0xfd, 0xef, 0x01],
  "f64x2.add": [0xfd, 0xf0, 0x01],
  "f64x2.sub": [0xfd, 0xf1, 0x01],
  "f64x2.mul": [0xfd, 0xf2, 0x01],
  "f64x2.div": [0xfd, 0xf3, 0x01],
  "f64x2.min": [0xfd, 0xf4, 0x01],
  "f64x2.max": [0xfd, 0xf5, 0x01],
  "f64x2.pmin": [0xfd, 0xf6, 0x01],
  "f64x2.pmax": [0xfd, 0xf7, 0x01],
} as const satisfies Record<string, readonly number[]>;

export type Plain = keyof typeof plain;

/** Instructions that name a place in memory. */
const memory = {
  "i32.load": [[0x28], 2],
  "f32.load": [[0x2a], 2],
  "f64.load": [[0x2b], 3],
  "i32.store": [[0x36], 2],
  "f32.store": [[0x38], 2],
  "f64.store": [[0x39], 3],
  "v128.load": [[0xfd, 0x00], 3],
  "v128.load32_splat": [[0xfd, 0x09], 2],
  "v128.load32_zero": [[0xfd, 0x5c], 2],
  "v128.load64_splat": [[0xfd, 0x0a], 3],
  "v128.load64_zero": [[0xfd, 0x5d], 3],
  "v128.store": [[0xfd, 0x0b], 3],
} as const satisfies Record<
  string,
  readonly [bytes: readonly number[], alignment: number]
>;

export type MemoryAccess = keyof typeof memory;

const types = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
} as const;
const nothing = 0x40;

/** A list of instructions that grows. */
export class Instructions {
  readonly #bytes: number[] = [];
  #fusible = 0;

  get bytes(): readonly number[] {
    return this.#bytes;
  }
  /** How many products are added in a way that `fused` finds. */
  get fusible(): number {
    return this.#fusible;
  }

  /** Instructions of another list. */
  add(other: Instructions): this {
    append(this.#bytes, other.#bytes);
    this.#fusible += other.#fusible;
    return this;
  }
  op(...names: readonly Plain[]): this {
    for (const name of names) append(this.#bytes, plain[name]);
    return this;
  }
  i32(value: number): this {
    this.#bytes.push(0x41, ...signed(value));
    return this;
  }
  f32(value: number): this {
    this.#bytes.push(0x43, ...single(value));
    return this;
  }
  f64(value: number): this {
    this.#bytes.push(0x44, ...double(value));
    return this;
  }
  get(local: number): this {
    this.#bytes.push(0x20, ...unsigned(local));
    return this;
  }
  set(local: number): this {
    this.#bytes.push(0x21, ...unsigned(local));
    return this;
  }
  tee(local: number): this {
    this.#bytes.push(0x22, ...unsigned(local));
    return this;
  }
  global(place: number): this {
    this.#bytes.push(0x23, ...unsigned(place));
    return this;
  }
  call(place: number): this {
    this.#bytes.push(0x10, ...unsigned(place));
    return this;
  }
  /** Adds the product of the two vectors on the stack to that of a local. */
  addProduct(local: number): this {
    if (local < fusibleLocals) this.#fusible++;
    return this.op("f32x4.mul").get(local).op("f32x4.add");
  }
  /** Reads or writes memory, `offset` bytes after the address. */
  memory(access: MemoryAccess, offset: number): this {
    const [bytes, alignment] = memory[access];
    append(this.#bytes, bytes);
    this.#bytes.push(alignment, ...unsigned(offset));
    return this;
  }
  /** Reads a number of the vector on the stack, whose others stay. */
  loadLane(type: Dtype, lane: number, offset: number): this {
    const [code, alignment] = type === "f32" ? [0x56, 2] : [0x57, 3];
    this.#bytes.push(0xfd, code, alignment, ...unsigned(offset), lane);
    return this;
  }
  /** Writes a number of the vector on the stack. */
  storeLane(type: Dtype, lane: number, offset: number): this {
    const [code, alignment] = type === "f32" ? [0x5a, 2] : [0x5b, 3];
    this.#bytes.push(0xfd, code, alignment, ...unsigned(offset), lane);
    return this;
  }
  /** Takes a number out of a vector. */
  lane(type: Dtype, lane: number): this {
    this.#bytes.push(0xfd, type === "f32" ? 0x1f : 0x21, lane);
    return this;
  }
  /** Puts a number in the place of one of a vector. */
  replaceLane(type: Dtype, lane: number): this {
    this.#bytes.push(0xfd, type === "f32" ? 0x20 : 0x22, lane);
    return this;
  }
  /** Numbers of the two vectors on the stack, by their places in both. */
  shuffle(type: Dtype, places: readonly number[]): this {
    const size = type === "f32" ? 4 : 8;
    const bytes = places.flatMap((p) =>
      Array.from({ length: size }, (_, k) => size * p + k),
    );
    this.#bytes.push(0xfd, 0x0d, ...bytes);
    return this;
  }
  /** A vector of numbers. */
  vector(type: Dtype, numbers: readonly number[]): this {
    const bytes = numbers.flatMap(type === "f32" ? single : double);
    this.#bytes.push(0xfd, 0x0c, ...bytes);
    return this;
  }
  /** A block that ends with `end`. */
  open(kind: "block" | "loop" | "if", result?: ValueType): this {
    const byte = { block: 0x02, loop: 0x03, if: 0x04 }[kind];
    this.#bytes.push(byte, result === undefined ? nothing : types[result]);
    return this;
  }
  /** Leaves the nth block around, or goes back to its start where it is a loop; only if the number on the stack is not 0. */
  branchIf(depth: number): this {
    this.#bytes.push(0x0d, ...unsigned(depth));
    return this;
  }
}
