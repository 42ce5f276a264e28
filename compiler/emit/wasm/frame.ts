import { InternalError } from "../../diagnostics.js";
import type { Dtype } from "../dtype.js";
import type { ValueType } from "./encode.js";
import type { EntryType } from "./layout.js";
import { Instructions } from "./instructions.js";
import { textOf } from "./vector.js";

/** What a name of the function's code stands for. */
export interface Variable {
  readonly local: number;
  readonly type: "i32" | Dtype;
  /**
   * A whole number that is small, as indices and counts are: sums and products of them are whole numbers of 32 bits too.
   */
  readonly isIndex: boolean;
  /** An array that the function is given: the variable is its address. */
  readonly isArray: boolean;
  /** What the entries of such an array are. */
  readonly entries?: EntryType;
  /** Which number of a vector it is, or each of them; absent where it is no part of one. */
  readonly lane?: number | "all";
  /** How many loops are around its declaration. */
  readonly depth: number;
}

/** A loop that is being written, or the function around all of them. */
interface Loop {
  /** Done once before it. */
  readonly before: Instructions;
  /** Sums that are computed there, by what they are. */
  readonly hoisted: Map<string, number>;
  /** Its counter, where addresses move with it: it has no loop inside. */
  readonly counter: string | undefined;
  readonly pointers: Pointer[];
}

/** An address that moves on with each turn of a loop. */
interface Pointer {
  readonly local: number;
  /** Bytes, for each number that the counter moves on. */
  readonly factor: number;
}

const newLoop = (counter?: string): Loop => ({
  before: new Instructions(),
  hoisted: new Map(),
  counter,
  pointers: [],
});

/** The variables of one function, and the loops that are being written. */
export class Frame {
  readonly #params: number;
  readonly #types: ValueType[] = [];
  readonly #free = new Map<ValueType, number[]>();
  readonly #names = new Map<string, Variable>();
  readonly #constants = new Map<string, number>();
  readonly #loops: Loop[] = [newLoop()];
  /** What the block that is being written declared: a name, and what it stood for outside. */
  #block: [name: string, outside: Variable | undefined][] = [];

  /** @param params number of parameters, which are the first variables. */
  constructor(params: number) {
    this.#params = params;
  }

  /** Types of the variables after the parameters. */
  get locals(): readonly ValueType[] {
    return this.#types;
  }
  /** What is done at the head of the function. */
  get head(): Instructions {
    return (this.#loops[0] as Loop).before;
  }
  get depth(): number {
    return this.#loops.length - 1;
  }

  variable(name: string): Variable | undefined {
    return this.#names.get(name);
  }

  /** A variable of the engine for a time; `release` gives it back. */
  take(type: ValueType): number {
    return this.#free.get(type)?.pop() ?? this.#fresh(type);
  }
  release(type: ValueType, local: number): void {
    const free = this.#free.get(type) ?? [];
    free.push(local);
    this.#free.set(type, free);
  }
  #fresh(type: ValueType): number {
    return this.#params + this.#types.push(type) - 1;
  }

  /** Gives a name to a variable, to the end of the block. */
  declare(name: string, of: Omit<Variable, "depth">): Variable {
    const variable = { ...of, depth: this.depth };
    this.#block.push([name, this.#names.get(name)]);
    this.#names.set(name, variable);
    return variable;
  }

  /** Writes a block: what it declares is known to its end. */
  block(write: () => void): void {
    const outer = this.#block;
    this.#block = [];
    write();
    for (const [name, outside] of this.#block.reverse()) {
      const own = this.#names.get(name);
      // The numbers of a vector are one variable.
      const isFirst =
        own?.lane === undefined || own.lane === "all" || own.lane === 0;
      if (own !== undefined && own.local >= this.#params && isFirst)
        this.release(own.lane === undefined ? own.type : "v128", own.local);
      if (outside === undefined) this.#names.delete(name);
      else this.#names.set(name, outside);
    }
    this.#block = outer;
  }

  /** Writes the body of a loop; returns what has to be done before it, and the addresses that move with it. */
  loop(write: () => void, counter?: string): Pick<Loop, "before" | "pointers"> {
    this.#loops.push(newLoop(counter));
    this.block(write);
    const loop = this.#loops.pop();
    if (loop === undefined) throw new InternalError("no loop to leave");
    for (const local of loop.hoisted.values()) this.release("i32", local);
    return loop;
  }

  /** A vector of numbers that has a variable from the head of the function on. */
  constant(type: Dtype, numbers: readonly number[]): number {
    const key = numbers.map(textOf).join();
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const local = this.#fresh("v128");
    this.head.vector(type, numbers).set(local);
    this.#constants.set(key, local);
    return local;
  }

  /** The counter of the innermost loop, where addresses move with it. */
  get counter(): string | undefined {
    return this.#loops.at(-1)?.counter;
  }

  /** An address that starts as computed, and moves on by so many bytes for each number that the counter does. */
  pointer(
    key: string,
    factor: number,
    compute: (out: Instructions) => void,
  ): number {
    const { hoisted, pointers } = this.#loops.at(-1) as Loop;
    const isNew = !hoisted.has(key);
    const local = this.hoisted(key, compute);
    if (isNew) pointers.push({ local, factor });
    return local;
  }

  /**
   * An i32 that is computed once before the innermost loop, or at the head of the function.
   *
   * Its variable is a new one: one that the loop has used and given back would be written to again in the next turn.
   */
  hoisted(
    key: string,
    compute: (out: Instructions) => void,
    depth = this.depth,
  ): number {
    const { before, hoisted } = this.#loops[depth] as Loop;
    const known = hoisted.get(key);
    if (known !== undefined) return known;
    const local = this.#fresh("i32");
    compute(before);
    before.set(local);
    hoisted.set(key, local);
    return local;
  }
}
