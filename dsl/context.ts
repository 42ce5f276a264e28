import { CompileTimeError } from "./errors.js";
import { checkFunction } from "./settings.js";
import { showShape } from "./shape/messages.js";
import type { Call, Leaf, Node, Op, Place } from "./graph.js";

/**
 * What the language knows while a model file runs: the one piece of mutable state in dsl/, because a builder made of
 * free functions has no other place to remember in which call and scope it is, and which parameters there are that no
 * model has yet. It holds no values of any graph.
 */
const context = {
  nodes: 0,
  calls: 0,
  scope: "",
  declared: [] as Leaf[],
  place: { phase: "forward", call: undefined } as Place,
};

/** A class for its prototype: an operator of JavaScript would take a node for a text, and go on. */
class MadeNode implements Node {
  readonly id: number;
  readonly op: Op;
  readonly args: readonly Node[];
  readonly shape: readonly number[];
  readonly batched: boolean;
  readonly dtype: Node["dtype"];
  readonly place: Place;

  constructor({ id, op, args, shape, batched, dtype, place }: Node) {
    this.id = id;
    this.op = op;
    this.args = args;
    this.shape = shape;
    this.batched = batched;
    this.dtype = dtype;
    this.place = place;
  }

  [Symbol.toPrimitive](): never {
    throw new CompileTimeError(
      "GC1122",
      `an operator of JavaScript is given a tensor of shape ${showShape(this.shape)}, expected a function of the language`,
      "add, sub, mul, div, neg and pow are + - * / - and **; equal, less and greater compare",
    );
  }
}

/** Whether a mistake's code is that of a JavaScript operator on a tensor, such as `h + 1`. */
export const isOfOperator = (code: string): boolean => code === "GC1122";

/** Makes a node at the current place; the only constructor of nodes. */
export function makeNode(
  op: Op,
  args: readonly Node[],
  shape: readonly number[],
  batched: boolean,
  dtype: Node["dtype"] = "f64",
  place: Place = context.place,
): Node {
  context.nodes += 1;
  const id = context.nodes;
  return Object.freeze(
    new MadeNode({ id, op, args, shape, batched, dtype, place }),
  );
}

/** The same node once more, at a place. */
export const placed = (v: Node, place: Place): Node =>
  makeNode(v.op, v.args, v.shape, v.batched, v.dtype, place);

/** Runs `build`; every node it makes stands at `place`. */
export function within<T>(place: Place, build: () => T): T {
  const outer = context.place;
  context.place = place;
  try {
    return build();
  } finally {
    context.place = outer;
  }
}

export interface CallOptions {
  readonly name?: string | undefined;
  readonly named?: boolean;
  readonly owner?: Call;
}

/**
 * Runs one public function of the language: the outermost one is a layer of the derivation, those it calls are its
 * parts. `build` gets the call, or undefined inside of another.
 */
export function layer<T>(
  callee: string,
  options: CallOptions,
  build: (call: Call | undefined) => T,
): T {
  if (context.place.call !== undefined) return build(undefined);
  const call = makeCall(callee, options);
  return within({ phase: "forward", call }, () => build(call));
}

/** A call of the model's text that holds no nodes by itself: a callable layer, whose uses are calls of their own. */
export function makeCall(callee: string, options: CallOptions): Call {
  context.calls += 1;
  return Object.freeze({
    callee,
    scope: context.scope,
    ...(options.name !== undefined && { explicit: options.name }),
    named: options.named ?? false,
    ...(options.owner !== undefined && { owner: options.owner }),
    order: context.calls,
    site: new Error(callee),
  });
}

/**
 * Prefixes the name of everything declared in `build`: `scope("layers.0", () => linear(x, 4))` has the parameters
 * `layers.0.weight` and `layers.0.bias`. PyTorch: a submodule.
 *
 * @example const h = scope("layers.0", () => linear(x, 4));
 */
export function scope<T>(name: string, build: () => T): T {
  checkFunction("scope", "build", build);
  const outer = context.scope;
  context.scope = outer === "" ? name : `${outer}.${name}`;
  try {
    return build();
  } finally {
    context.scope = outer;
  }
}

/** Where the nodes that are made now stand. */
export const currentPlace = (): Place => context.place;

/** The id of the last node that was made. */
export const lastId = (): number => context.nodes;

export const currentScope = (): string => context.scope;

/** Takes note of a parameter that is declared. */
export function declareParameter(op: Leaf): void {
  context.declared.push(op);
}

/** The parameters that were declared since this was asked before. */
export function takeDeclared(): readonly Leaf[] {
  const { declared } = context;
  context.declared = [];
  return declared;
}
