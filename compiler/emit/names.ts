import {
  isLeaf,
  sizeOf,
  type Call,
  type Label,
  type Leaf,
  type Node,
} from "../../dsl/graph.js";
import { constantOf } from "../passes/rebuild.js";
import type { Axis } from "../kernels/ir.js";
import { camelCase, freeName, identifierFault } from "../load/identifiers.js";

type Named = Leaf | Label;

/** Letters of loops, but for those that stand for parameters everywhere. */
const letters = Array.from("ijklmoqrtuvwxyz");

/** Names that are not free. */
type Taken = Pick<ReadonlySet<string>, "has">;

/** Names that values have outside of a function: arrays of the handle and of the module, the memory of a plain function. */
export type Outside = (v: Node) => string | undefined;

/**
 * Spelling of values in one function: the name given in the model, a 1-based row-major index, `d` before a cotangent.
 * The model's names come first; a clash is solved by a suffix, in order of appearance.
 */
export class Names {
  /** Shared by many functions: never copied, never changed. */
  readonly #own: Taken;
  readonly #taken = new Set<string>();
  /** The suffix to try first, for names that are taken. */
  readonly #next = new Map<string, number>();
  /** Names in the order in which they were made. */
  readonly #made: string[] = [];
  readonly #tensors = new Map<Named | Node, string>();
  readonly #spoken = new Map<Named | Node, string>();
  readonly #said = new Set<string>();
  readonly #elements = new Map<Named | Node, string[]>();
  /** Constants that stand for whole values at the point of a loop. */
  readonly #constants = new Map<Named | Node, string>();
  readonly #variables = new Map<Axis, string>();
  readonly #titles: ReadonlyMap<Call, string>;
  readonly #outside: Outside;

  /**
   * @param own names that the function itself uses: parameters, loop variables, functions it calls.
   * @param outside names of `own` that are those of values
   */
  constructor(
    own: Taken,
    titles: ReadonlyMap<Call, string>,
    outside: Outside = () => undefined,
  ) {
    this.#own = own;
    this.#titles = titles;
    this.#outside = outside;
  }

  /** Heading of a layer. */
  title(call: Call | undefined): string {
    return call === undefined ? "" : (this.#titles.get(call) ?? call.callee);
  }

  /** Another name of the function's own. */
  fresh(name: string): string {
    let free = name;
    for (let k = this.#next.get(name) ?? 2; !this.#isFree(free); k++) {
      free = `${name}_${String(k)}`;
      this.#next.set(name, k + 1);
    }
    this.#taken.add(free);
    this.#made.push(free);
    return free;
  }
  #isFree(name: string): boolean {
    return (
      !this.#own.has(name) &&
      !this.#taken.has(name) &&
      identifierFault(name) === undefined
    );
  }

  /** What `tensor` would call a value if nothing else had that name. */
  proposal(v: Node): string {
    return camelCase(this.#base(v));
  }

  /** A variable of a loop over an axis: where its letter is taken, the next one that is free. */
  variable(axis: Axis): string {
    const { name } = axis;
    const own = letters.indexOf(name);
    const letter =
      own === -1
        ? undefined
        : letters.find((l, i) => i >= own && this.#isFree(l));
    const made = this.fresh(letter ?? name);
    this.#variables.set(axis, made);
    return made;
  }

  /** The letter of an axis in comments: that of its loop, where it has one. */
  axis(axis: Axis): string {
    return this.#variables.get(axis) ?? axis.name;
  }

  /** What the code calls a value: a constant of the function, or what the value is outside of it. */
  inCode(v: Node): string | undefined {
    return this.#constants.get(keyOf(v)) ?? this.#outside(v);
  }

  /** The code's own name for the value at one point of a loop: comments call it so. The first of several stands for all. */
  constant(v: Node, name: string): void {
    const key = keyOf(v);
    if (!this.#constants.has(key)) this.#constants.set(key, name);
  }

  /** Name in comments of a tensor that has none in the code: no two have the same. */
  spoken(v: Node, base = this.proposal(v)): string {
    const key = keyOf(v);
    const known = this.#spoken.get(key);
    if (known !== undefined) return known;
    const isTaken = (text: string): boolean =>
      this.#said.has(text) || (!isLeaf(v) && this.#own.has(text));
    const text = freeName(base, isTaken);
    this.#said.add(text);
    this.#spoken.set(key, text);
    return text;
  }

  /** Keeps a name for the function's own use. */
  reserve(name: string): void {
    this.#taken.add(name);
  }

  /** A name may be used again: its block has ended. */
  release(name: string): void {
    this.#taken.delete(name);
    this.#next.delete(name.replace(/_\d+$/, ""));
  }

  /** Names made by `build` may be used again after it. */
  block<T>(build: () => T): T {
    const before = this.#made.length;
    const result = build();
    for (const name of this.#made.splice(before)) this.release(name);
    return result;
  }

  /** The name of a whole tensor, if it has been made. */
  known(v: Node): string | undefined {
    return this.#tensors.get(keyOf(v));
  }

  /** Name of a whole tensor. */
  tensor(v: Node): string {
    const key = keyOf(v);
    const known = this.#tensors.get(key);
    if (known !== undefined) return known;
    const made = this.fresh(camelCase(this.#base(v)));
    this.#tensors.set(key, made);
    return made;
  }

  /** Name of one entry; for a scalar the name of the tensor. */
  element(v: Node, flat: number): string {
    const { op } = v;
    return op.kind === "label" || op.kind === "leaf"
      ? this.#entry(op, op, flat, v.shape)
      : this.#entry(v, { name: this.#base(v) }, flat, v.shape);
  }

  /** Entries of a value without a name are called after the array that holds them. */
  stored(v: Node, array: string): void {
    if (v.op.kind === "label" || v.op.kind === "leaf") return;
    for (let i = 0; i < sizeOf(v.shape); i++)
      this.#entry(v, { name: array }, i, v.shape);
  }

  /** An entry that is another one under no name of its own. */
  alias(v: Node, flat: number, name: string): void {
    const key = keyOf(v);
    const list = this.#elements.get(key) ?? [];
    this.#elements.set(key, list);
    list[flat] = name;
  }

  /** Name of an entry of what a cotangent belongs to. */
  ofCotangent(label: Label, flat: number, shape: readonly number[]): string {
    const of = label.cotangentOf as Named;
    return this.#entry(of, of, flat, shape);
  }

  /** Name of the entry that a factor comment speaks of. */
  entryOf(op: Label, flat: number, shape: readonly number[]): string {
    return this.#entry(op, op, flat, shape);
  }

  #entry(
    key: Named | Node,
    of: Pick<Label, "name" | "symbols" | "cotangentOf">,
    flat: number,
    shape: readonly number[],
  ): string {
    const list = this.#elements.get(key) ?? [];
    this.#elements.set(key, list);
    const known = list[flat];
    if (known !== undefined) return known;
    const made = this.fresh(this.#spelled(of, flat, shape));
    list[flat] = made;
    return made;
  }

  #spelled(
    of: Pick<Label, "name" | "symbols" | "cotangentOf">,
    flat: number,
    shape: readonly number[],
  ): string {
    const symbol = of.symbols?.[flat];
    if (symbol !== undefined) return symbol;
    if (of.cotangentOf !== undefined)
      return `d${this.#entry(of.cotangentOf, of.cotangentOf, flat, shape)}`;
    const base = camelCase(of.name);
    // The array of an input has the plain name; its only entry is told apart from it.
    if (shape.length === 0 && !isInput(of)) return base;
    return `${base}${/\d$/.test(base) ? "_" : ""}${String(flat + 1)}`;
  }

  #base(v: Node): string {
    const { op } = v;
    if (op.kind === "label" && op.cotangentOf !== undefined)
      return `d${camelCase(op.cotangentOf.name)}`;
    if (op.kind === "leaf" || op.kind === "label" || op.kind === "bound")
      return op.name;
    if (op.kind === "result") return resultName(op, v.args[0] as Node);
    const { call, called } = v.place;
    const [x, ...others] = v.args.filter((a) => constantOf(a) === undefined);
    if (called?.of !== undefined)
      return called.cotangent === true
        ? `d${camelCase(called.of.name)}`
        : `${called.of.name}.${called.word}`;
    if (
      called === undefined &&
      others.length === 0 &&
      op.kind !== "contract" &&
      x !== undefined &&
      x.op.kind === "label" &&
      x.op.cotangentOf === undefined
    )
      return `${x.op.name}.${wordOf(v)}`;
    const title = this.title(call).replace(
      /[^A-Za-z0-9_$]+(.?)/g,
      (_, c: string) => c.toUpperCase(),
    );
    const word = called?.word ?? wordOf(v);
    // A call of the function alone: mul(a, b) is a product, not a mul of one.
    if (op.kind === "scalar" && title === op.name) return word;
    return title === "" || /^\d/.test(title)
      ? word
      : `${camelCase(title)}${word.charAt(0).toUpperCase()}${word.slice(1)}`;
  }
}

const isInput = (of: Partial<Leaf>): boolean => of.space === "input";

const keyOf = (v: Node): Named | Node =>
  v.op.kind === "label" || v.op.kind === "leaf" ? v.op : v;

/** A result of a scan by what a step calls it. */
function resultName(
  op: Extract<Node["op"], { kind: "result" }>,
  scan: Node,
): string {
  if (scan.op.kind !== "scan") return "result";
  const { carries, outputs, sums } = scan.op.loop;
  const of = {
    carry: carries[op.index],
    output: outputs[op.index],
    sum: sums[op.index]?.node,
  }[op.of];
  const named = of?.op;
  const base =
    named?.kind === "label" || named?.kind === "bound" ? named.name : op.of;
  return { carry: `last.${base}`, output: `${base}.steps`, sum: `${base}.sum` }[
    op.of
  ];
}

/** What functions make, where that is not what they are called. */
const nouns: Readonly<Record<string, string>> = {
  add: "sum",
  sub: "difference",
  mul: "product",
  div: "quotient",
  neg: "negative",
  pow: "power",
  sqrt: "root",
  where: "choice",
  contract: "product",
  expand: "copies",
};

/** What a value without a name is: what the function that made it makes. */
function wordOf({ op }: Node): string {
  const made =
    op.kind === "scalar" ? op.name : op.kind === "reduce" ? op.by : op.kind;
  return nouns[made] ?? made;
}
