/** Which loops over examples take four of them at a time: those that run straight lines, in float32. */
import {
  operandsOf,
  type AssignOp,
  type Code,
  type FunctionCode,
  type Loop,
  type Statement,
} from "../code.js";
import { objectsOf } from "../objects.js";
import { deeds, ownNames } from "./deeds.js";
import { floatNames } from "./floats.js";
import type { ArraySpec } from "./layout.js";
import { linearOf } from "./linear.js";
import { isOfHandle, parameterKinds } from "./parameters.js";
import { isFunctionOp } from "./values.js";
import { literalOf } from "./vector.js";

/** An array of a handle. */
export interface HandleArray extends ArraySpec {
  /** True where only the functions of the handle see it. */
  readonly isHidden: boolean;
}

type Entry = Code & { readonly kind: "index" };

/** An entry that all examples share. */
export interface Place {
  readonly object: string;
  readonly at: number;
}

/** A loop over examples whose numbers can be vectors of four examples. */
export interface ExampleLoop {
  /** Entries that all examples are added to, in the order in which they lie. */
  readonly sums: readonly Place[];
  /** Hidden arrays that it reads and writes: those of each example, and those that each turn writes anew. */
  readonly values: ReadonlySet<string>;
}

/** What a handle computes with four examples in the lanes of its vectors. */
export interface InLanes {
  readonly loops: ReadonlyMap<Loop, ExampleLoop>;
  /** Arrays whose entries lie four examples side by side, where four are taken at a time. */
  readonly arrays: ReadonlyMap<string, HandleArray>;
  /** Arrays that have their memory for themselves: an entry that is not written is the same at any time. */
  readonly lasting: ReadonlySet<string>;
}

/**
 * The loops that are taken so. Values that only such loops read and write lie entry by entry, four examples of each, so
 * that they are read and written as vectors; a loop that meets another value is none of them.
 */
export function loopsInLanes(
  functions: readonly FunctionCode[],
  arrays: ReadonlyMap<string, HandleArray>,
): InLanes {
  const byName = new Map(functions.map((f) => [f.name, f]));
  const own = functions.filter(isOfHandle);
  const loops = new Map<Loop, ExampleLoop>();
  for (const { body } of own)
    for (const s of body) {
      const found =
        s.kind === "for" ? asked(s, body, arrays, byName) : undefined;
      if (found !== undefined) loops.set(s as Loop, found);
    }
  // A loop less may make others meet values that lie in another way.
  for (let size = -1; size !== loops.size;) {
    size = loops.size;
    const outside = new Set(
      own.flatMap(({ body }) => [
        ...objectsOf(body.filter((s) => s.kind !== "for" || !loops.has(s))),
      ]),
    );
    for (const [s, { values }] of loops)
      if ([...values].some((id) => outside.has(id))) loops.delete(s);
  }
  const values = new Set([...loops.values()].flatMap((l) => [...l.values]));
  return {
    loops,
    arrays: new Map([...arrays].filter(([id]) => values.has(id))),
    lasting: new Set(
      [...arrays.values()].filter((a) => !a.isHidden).map((a) => a.name),
    ),
  };
}

/** What a loop is in lanes, as far as its own lines say; undefined where it is no loop over examples of straight lines. */
function asked(
  s: Loop,
  around: readonly Statement[],
  arrays: ReadonlyMap<string, HandleArray>,
  functions: ReadonlyMap<string, FunctionCode>,
): ExampleLoop | undefined {
  const { variable, from, to, step, body } = s;
  const isOverAll = from.kind === "number" && from.value === 0 && step === 1;
  if (!isOverAll || to.kind !== "name") return undefined;
  return new Asked(variable, body, around, arrays, functions).answer();
}

const isAdded = (op: AssignOp): boolean => op === "+=" || op === "-=";

class Asked {
  readonly #variable: string;
  readonly #lines: readonly Statement[];
  readonly #arrays: ReadonlyMap<string, HandleArray>;
  readonly #functions: ReadonlyMap<string, FunctionCode>;
  readonly #own: ReadonlySet<string>;
  readonly #floats: ReadonlySet<string>;
  readonly #read = new Set<string>();
  readonly #written = new Set<string>();
  readonly #sums = new Map<string, Place>();
  readonly #values = new Set<string>();
  /** Numbers that all examples are added to, and names that are read. */
  readonly #added = new Set<string>();
  readonly #names = new Set<string>();

  constructor(
    variable: string,
    body: readonly Statement[],
    around: readonly Statement[],
    arrays: ReadonlyMap<string, HandleArray>,
    functions: ReadonlyMap<string, FunctionCode>,
  ) {
    this.#variable = variable;
    this.#lines = deeds(body);
    this.#arrays = arrays;
    this.#functions = functions;
    this.#own = ownNames(this.#lines);
    this.#floats = floatNames(
      around,
      (object) => arrays.get(object)?.type === "f32",
    );
  }

  answer(): ExampleLoop | undefined {
    if (!this.#lines.every((s) => this.#takes(s))) return undefined;
    const sums = [...this.#sums.values()];
    const objects = new Set(sums.map((e) => e.object));
    // What is added up is known at the end alone, and what all examples share is not written.
    const isShared = (id: string): boolean =>
      this.#arrays.get(id)?.perExample === false && !this.#values.has(id);
    if ([...this.#read].some((id) => objects.has(id))) return undefined;
    if ([...this.#written].some((id) => objects.has(id) || isShared(id)))
      return undefined;
    if ([...this.#added].some((id) => this.#names.has(id))) return undefined;
    const order = [...objects];
    sums.sort(
      (a, b) =>
        order.indexOf(a.object) - order.indexOf(b.object) || a.at - b.at,
    );
    return { sums, values: this.#values };
  }

  #takes(s: Statement): boolean {
    switch (s.kind) {
      case "declare":
        return (
          s.keyword === "const" &&
          s.value !== undefined &&
          this.#sees(s.value) &&
          (this.#floats.has(s.name) || this.#isExact(s.value))
        );
      case "assign":
        if (!this.#sees(s.value)) return false;
        if (s.target.kind === "name") {
          this.#added.add(s.target.text);
          return isAdded(s.op) && !this.#own.has(s.target.text);
        }
        return s.target.kind === "index" && this.#writes(s.target, s.op);
      case "run":
        return this.#calls(s.code);
      default:
        return false;
    }
  }

  /** A number that float32 has, or the class of an example, which is compared alone. */
  #isExact(code: Code): boolean {
    const number = literalOf(code);
    return number === undefined
      ? code.kind === "index" && this.#arrays.get(code.object)?.type === "i32"
      : Math.fround(number) === number;
  }

  #sees(code: Code): boolean {
    switch (code.kind) {
      case "number":
        return true;
      case "name":
        this.#names.add(code.text);
        return code.text !== this.#variable;
      case "unary":
      case "binary":
      case "conditional":
        return operandsOf(code).every((c) => this.#sees(c));
      case "call":
        return (
          isFunctionOp(code.callee) && code.args.every((c) => this.#sees(c))
        );
      case "index":
        this.#read.add(code.object);
        return this.#isPlaced(code.object, code.at) !== undefined;
      default:
        return false;
    }
  }

  /** The entry of an array that each example has, or that all share; undefined where it is another one. */
  #isPlaced(object: string, at: Code): number | undefined {
    const array = this.#arrays.get(object);
    const index = linearOf(at, (id) => id === this.#variable);
    if (array === undefined || array.type === "f64" || index === undefined)
      return undefined;
    const factor = index.terms.get(this.#variable) ?? 0;
    // What a turn alone needs may lie where the first example has it.
    const isFirst = array.isHidden && factor === 0;
    if (factor !== (array.perExample ? array.size : 0) && !isFirst)
      return undefined;
    if (array.perExample && array.isHidden) this.#values.add(object);
    return index.constant;
  }

  #writes(target: Entry, op: AssignOp): boolean {
    const { object, at } = target;
    const place = this.#isPlaced(object, at);
    const array = this.#arrays.get(object);
    if (place === undefined || array?.type !== "f32") return false;
    if (array.perExample || op === "=") {
      this.#written.add(object);
      if (op !== "=") this.#read.add(object);
      // Each turn writes it anew.
      if (!array.perExample && array.isHidden) this.#values.add(object);
      return array.perExample || array.isHidden;
    }
    this.#sums.set(`${object} ${String(place)}`, { object, at: place });
    return isAdded(op);
  }

  /** An elementary function over a slice: of values, or of one number of each example. */
  #calls(code: Code): boolean {
    const f =
      code.kind === "call" ? this.#functions.get(code.callee) : undefined;
    if (code.kind !== "call" || f === undefined || isOfHandle(f)) return false;
    const kinds = parameterKinds(f);
    const count = code.args.at(-1);
    if (f.result !== "void" || count?.kind !== "number") return false;
    return code.args.every((arg, i) => {
      if (kinds[i] !== "array")
        return kinds[i - 1] === "array" || arg.kind === "number";
      const at = code.args[i + 1];
      if (arg.kind !== "name" || at === undefined) return false;
      const array = this.#arrays.get(arg.text);
      if (this.#isPlaced(arg.text, at) === undefined) return false;
      if (array?.type !== "f32") return false;
      if (array.isHidden) this.#values.add(arg.text);
      this.#written.add(arg.text);
      return array.isHidden || (array.perExample && array.size === 1);
    });
  }
}
