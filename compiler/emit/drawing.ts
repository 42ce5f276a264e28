/** The network in words: one line a value. */
import { isLeaf, topological, type Call, type Node } from "../../dsl/graph.js";
import type { ScalarName } from "../../dsl/primitives/scalarName.js";
import type { NamedModel } from "../load/name.js";
import type { ModulePlan } from "./module.js";
import { binary, name, neg, num, type BinaryOp, type Code } from "./code.js";
import { predicted } from "../modes.js";
import { formula, symbolic } from "./headings.js";
import { Names } from "./names.js";

export const shapeText = (shape: readonly number[]): string =>
  shape.length === 0 ? "" : `[${shape.join(", ")}]`;

/** Values up to which a network is drawn in a dozen lines. */
const mostValues = 1500;

/** Calls inside of calls that are written out. */
const mostDepth = 4;

const infix: Partial<Record<ScalarName, BinaryOp>> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
};

/** What each value is called and what it is made of, calls inside of calls written out; what is trained ends in its loss. */
export function drawing({
  model,
  frozen,
}: Pick<ModulePlan, "model" | "frozen">): string[] {
  const { loss } = model;
  const trains = frozen === undefined;
  const outputs = trains ? model.outputs : predicted(model.outputs);
  const order = topological([...outputs.values(), ...(trains ? [loss] : [])]);
  if (order.length > mostValues) return [`${String(order.length)} values`];
  const words = new Words(model);
  const given = new Set(outputs.values());
  const drawn = order
    .filter((v) => isNamed(v) || (given.has(v) && !isLeaf(v.args[0] as Node)))
    .filter((v) => v !== loss)
    .sort((a, b) => (a.place.call?.order ?? 0) - (b.place.call?.order ?? 0));
  const lines = together(drawn).map(
    (all) =>
      `${all.map((v) => `${words.nameOf(v)}${shapeText(v.shape)}`).join(", ")} = ${words.madeOf(all[0] as Node)}`,
  );
  const shown =
    lines.length > 12
      ? [
          ...lines.slice(0, 6),
          `... ${String(lines.length - 11)} more ...`,
          ...lines.slice(-5),
        ]
      : lines;
  return trains ? [...shown, `L = ${words.madeOf(loss)}`] : shown;
}

/** Results of one call side by side: `r[5, 3], h[1, 3] = cell(s)`. */
function together(drawn: readonly Node[]): Node[][] {
  const lists: Node[][] = [];
  for (const v of drawn) {
    const last = lists.at(-1);
    const { call } = v.place;
    if (call !== undefined && last?.[0]?.place.call === call) last.push(v);
    else lists.push([v]);
  }
  return lists;
}

/** What a loss is, in a few words: `mse`, `misfit + surprise`. */
export function lossWords(model: NamedModel): string {
  const words = new Words(model);
  const text = words.inShort(model.loss);
  return text.length <= 40 ? text : "its loss";
}

const isNamed = (v: Node): boolean =>
  v.op.kind === "label" && v.op.call !== undefined;

/** Spells values as calls and formulas of the values that they read. */
class Words {
  readonly #names: Names;
  readonly #model: NamedModel;
  readonly #targets: ReadonlySet<string>;
  readonly #classes: ReadonlySet<string>;

  constructor(model: NamedModel) {
    this.#model = model;
    this.#names = new Names(new Set(), model.titles);
    this.#targets = new Set(model.inputs.map((x) => x.op.name));
    this.#classes = new Set(
      model.inputs.filter((x) => x.dtype === "i32").map((x) => x.op.name),
    );
  }

  nameOf(v: Node): string {
    return isLeaf(v) ? v.op.name : this.#names.proposal(v);
  }

  /** `linear(x)`, `0.5 * h + x` */
  madeOf(v: Node): string {
    return spelled(this.#code(v, 0));
  }

  /** The same, but for the arguments of calls. */
  inShort(v: Node): string {
    return spelled(this.#code(v, 0, true));
  }

  #code(v: Node, depth: number, short = false): Code {
    const { call } = v.place;
    const callee = call === undefined ? this.nameOf(v) : this.#callee(v, call);
    const args = depth < mostDepth ? this.#args(v, depth, short) : undefined;
    const op = call?.callee as ScalarName;
    const [a, b] = args ?? [];
    const sign = infix[op];
    if (sign !== undefined && a !== undefined && b !== undefined)
      return binary(sign, a, b);
    if (op === "neg" && a !== undefined) return neg(a);
    if (short) return name(callee);
    const read =
      args ?? (depth < mostDepth ? this.#operands(v, depth) : [name("...")]);
    // pow(h, 2) is the product of h and h.
    const isPower =
      args === undefined && op === "pow" && read.length === 1 && call;
    const list = isPower ? [...read, num(exponentOf(v, call))] : read;
    return list.length === 0
      ? name(callee)
      : { kind: "call", callee, args: list };
  }

  /** `linear` of `linear(x)`; a callable layer by its own name, where that is not its result's. */
  #callee(v: Node, call: Call): string {
    if (call.owner === undefined) return call.callee;
    const own = this.#model.titles.get(call.owner);
    return own === undefined || own === this.nameOf(v)
      ? call.owner.callee
      : own;
  }

  /** Arguments of a call that is one scalar function and nothing else, as they stand in it, numbers too. */
  #args(root: Node, depth: number, short: boolean): Code[] | undefined {
    const { call } = root.place;
    const v = root.op.kind === "label" ? root.args[0] : root;
    if (v?.op.kind !== "scalar" || v.op.name !== call?.callee) return undefined;
    const args = v.args.map((x): Code | undefined => {
      const of = shown(x, call);
      const { op } = of;
      if (op.kind === "constant" && op.data.length === 1)
        return num(op.data[0] as number);
      if (isLeaf(of) || isNamed(of)) return name(this.nameOf(of));
      return of.place.call === undefined || of.place.call === call
        ? undefined
        : this.#code(of, depth + 1, short);
    });
    return args.every((x) => x !== undefined) ? args : undefined;
  }

  /** What the call of `root` reads, whatever it makes of it: names, and calls that have none; what is given by the user last. */
  #operands(root: Node, depth: number): Code[] {
    const found = new Map<string, Code>();
    const seen = new Set<Node>();
    const add = (code: Code): void => {
      found.set(spelled(code), code);
    };
    const visit = (v: Node): void => {
      if (seen.has(v)) return;
      seen.add(v);
      const own = v === root || v.place.call === root.place.call;
      if (isLeaf(v)) {
        if (v.op.space === "input" || v.op.call === undefined)
          add(name(this.nameOf(v)));
      } else if (v !== root && isNamed(v)) add(name(this.nameOf(v)));
      else if (own || v.place.call === undefined) readBy(v).forEach(visit);
      else add(this.#code(v, depth + 1));
    };
    visit(root);
    const list = [...found];
    const isTarget = ([text]: readonly [string, Code]): boolean =>
      this.#classes.has(text) ||
      (root === this.#model.loss && this.#targets.has(text));
    // What is predicted, then what it is compared with; tables, then what looks up in them.
    return [...list.filter((o) => !isTarget(o)), ...list.filter(isTarget)].map(
      ([, code]) => code,
    );
  }
}

/** What a value is made of: a function with a derivative of its author's of its arguments, one that is computed again of what is in it. */
const readBy = ({ op, args }: Node): readonly Node[] =>
  op.kind !== "custom" ? args : op.exact ? args.slice(0, 1) : args.slice(1);

/** Which power of what it reads a call has made of products, quotients and roots. */
function exponentOf({ op, args, place }: Node, call: Call): number {
  if (op.kind === "constant") return 0;
  if (op.kind === "leaf" || place.call !== call) return 1;
  const [a = 0, b = 0] = args.map((x) => exponentOf(x, call));
  switch (op.kind === "scalar" ? op.name : op.kind) {
    case "square":
      return 2 * a;
    case "sqrt":
      return a / 2;
    case "mul":
      return a + b;
    case "div":
      return a - b;
    default:
      return a;
  }
}

/** What a call was given, without the copies that broadcasting makes. */
const shown = (v: Node, call: Call | undefined): Node => {
  const [x] = v.args;
  const isCopy = v.op.kind === "expand" || v.op.kind === "reshape";
  return isCopy && x !== undefined && v.place.call === call
    ? shown(x, call)
    : v;
};

const spelled = (code: Code): string =>
  formula(code, 0, { ...symbolic, times: " * " });
