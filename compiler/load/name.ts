import { makeNode, within } from "../../dsl/context.js";
import {
  isLeaf,
  mapLoop,
  sizeOf,
  topological,
  withSteps,
  type Call,
  type Label,
  type Leaf,
  type Node,
  type Op,
} from "../../dsl/graph.js";
import { declaredFor, type Model } from "../../dsl/model.js";
import type { Optimizer } from "../../dsl/optimizers/optimizer.js";
import { labelNode } from "../../dsl/primitives/leaf.js";
import { asNode } from "../../dsl/tensor.js";
import { CompileError, type Diagnostic } from "../diagnostics.js";
import type { LeafNode } from "../programs.js";
import {
  freeName,
  dottedFault,
  faultText,
  identifierFault,
  shown,
} from "./identifiers.js";
import { positionOf, type FindSite, type Position, type Site } from "./site.js";
import { ownRule } from "./ownRule.js";
import { trainedOf, type NamedLeaf } from "./trainable.js";
import { unused, untrained } from "./unused.js";
import { zeroDivisors } from "./zeros.js";

/** A model whose names and offsets are settled. */
export interface NamedModel {
  readonly inputs: readonly LeafNode[];
  readonly outputs: ReadonlyMap<string, Node>;
  readonly loss: Node;
  /** Trainable ones first; `op.offset` is their place in the flat vector. */
  readonly params: readonly LeafNode[];
  readonly optimizer: Optimizer;
  /** True where the model says which parameters are trained. */
  readonly isPart: boolean;
  /** Heading of each call. */
  readonly titles: ReadonlyMap<Call, string>;
  /** Where an input or a parameter is declared. */
  readonly positionOf: (leaf: Node) => Position;
  /** What the model's author holds -> the node that stands for it here. */
  readonly originals: ReadonlyMap<Node, Node>;
  readonly warnings: readonly Diagnostic[];
}

/** Settles every name of a model: explicit, scoped, or read from its text; then offsets, trainable parameters first. */
export function nameModel(model: Model, findSite: FindSite): NamedModel {
  const sites = new Map<Call, Site>();
  const siteOf = (call: Call): Site => {
    const known = sites.get(call) ?? findSite(call.site) ?? {};
    sites.set(call, known);
    return known;
  };
  const declaredOutputs = Object.entries(model.outputs).map(
    ([k, t]) => [k, asNode(t)] as const,
  );
  const loss = asNode(model.loss);
  const roots = [...declaredOutputs.map(([, v]) => v), loss];
  const order = withSteps(topological(roots));
  const calls = callsOf(order);
  const names = new CallNames(calls, siteOf);

  const declared = Object.entries(model.inputs).map(
    ([k, t]) => [k, asNode(t)] as const,
  );
  const leafAt = (v: Node): Position => {
    const { site, call } = v.op as Partial<Leaf>;
    if (call !== undefined) return positionOf(siteOf(call));
    return site === undefined ? {} : positionOf(findSite(site) ?? {});
  };
  checkLoops(topological(roots), siteOf);
  const modelAt = positionOf(findSite(model.site) ?? {});
  checkInputs(declared, order, leafAt, modelAt);
  const rootNames = new Map<Node, string>([
    [loss, "loss"],
    ...declaredOutputs.map(([k, v]) => [v, k] as const),
  ]);
  const { ops, params, warnings } = settle(
    model,
    order,
    names,
    siteOf,
    rootNames,
    leafAt,
  );
  const now = replace(order, ops, names, new Set(roots));
  const to = (v: Node): Node => now.get(v) ?? v;

  for (const [key] of declaredOutputs) checkIdentifier("output", key, modelAt);
  return {
    inputs: declared.map(([, v]) => to(v) as LeafNode),
    // What has no name of its own has the output's: an input or a parameter may be given out too.
    outputs: new Map(
      declaredOutputs.map(([k, v]) => {
        const value = to(v);
        return [
          k,
          value.op.kind === "label"
            ? value
            : within(value.place, () => labelNode(value, k)),
        ];
      }),
    ),
    loss: to(loss),
    params: params.map((p) => to(p) as LeafNode),
    optimizer: ownRule(model.optimizer, now, findSite),
    isPart: model.trainable !== undefined,
    titles: new Map(calls.map((c) => [c, names.title(c)])),
    originals: now,
    positionOf: leafAt,
    warnings: [
      ...warnings,
      ...zeroDivisors(order, siteOf),
      ...unused(declaredFor(model), order, siteOf, findSite),
      ...untrained(params, loss, siteOf),
    ],
  };
}

/** Every call that a graph refers to, in declaration order. */
function callsOf(order: readonly Node[]): Call[] {
  const calls = new Set<Call>();
  for (const v of order) {
    const at = [
      v.place.call,
      v.op.kind === "leaf" || v.op.kind === "label" ? v.op.call : undefined,
    ];
    for (const c of at) if (c !== undefined) calls.add(c).add(c.owner ?? c);
  }
  return [...calls].sort((a, b) => a.order - b.order);
}

/** One name a call: explicit or read from the text, the scope before it, a suffix where two are the same. */
class CallNames {
  readonly #names = new Map<Call, string>();
  /** Calls that neither their author nor the text names: a callee, or a suffix that depends on order. */
  readonly unstable = new Set<Call>();
  readonly #anonymous = new Set<Call>();

  constructor(calls: readonly Call[], siteOf: (call: Call) => Site) {
    const taken = new Set<string>();
    const uses = new Set<string>();
    for (const call of calls) {
      const own = call.explicit ?? siteOf(call).name;
      const base = own ?? (call.scope === "" ? call.callee : undefined);
      const name = [call.scope, base]
        .filter((part) => part !== undefined && part !== "")
        .join(".");
      if (own === undefined) this.#anonymous.add(call);
      if (own === undefined && call.scope === "") this.unstable.add(call);
      // Only what is shown as a name has to be unlike the others.
      if (!call.named) {
        // What a callable layer makes of each thing it is given is another value.
        const isUse = own === undefined && call.owner !== undefined;
        this.#names.set(call, isUse ? takenFrom(uses, name) : name);
        continue;
      }
      if (taken.has(name) && call.explicit !== undefined)
        throw new CompileError({
          code: "GC1302",
          message: `two layers are called ${shown(name)}, expected a name for each`,
          ...positionOf(siteOf(call)),
          remedy: "give one of them another name",
        });
      const free = takenFrom(taken, name);
      if (free !== name) this.unstable.add(call);
      this.#names.set(call, free);
    }
  }
  of(call: Call): string {
    return this.#names.get(call) ?? call.callee;
  }
  /** True where a value is only a step inside a larger expression. */
  isAnonymous(call: Call): boolean {
    return this.#anonymous.has(call) && !call.named && call.owner === undefined;
  }
  title(call: Call): string {
    if (call.owner !== undefined) return this.of(call.owner);
    return call.named ? this.of(call) : call.callee;
  }
}

/** A name that none has, which it takes. */
function takenFrom(taken: Set<string>, name: string): string {
  const free = freeName(name, (id) => taken.has(id));
  taken.add(free);
  return free;
}

interface Settled {
  /** New ops of leaves and labels. */
  readonly ops: ReadonlyMap<Op, Op>;
  readonly params: readonly Node[];
  readonly warnings: readonly Diagnostic[];
}

/** Final names of leaves and labels, offsets of parameters. */
function settle(
  model: Model,
  order: readonly Node[],
  names: CallNames,
  siteOf: (call: Call) => Site,
  rootNames: ReadonlyMap<Node, string>,
  leafAt: (v: Node) => Position,
): Settled {
  const ops = new Map<Op, Op>();
  const warnings: Diagnostic[] = [];
  const leaves = order
    .filter((v): v is LeafNode => isLeaf(v) && v.op.space === "param")
    .sort((a, b) => a.id - b.id);
  const declared = trainableFirst(leaves, (p) => p.op.trainable !== false);
  const taken = new Set<string>();
  const warned = new Set<Call>();
  const known: NamedLeaf[] = [];
  for (const p of declared) {
    const { call } = p.op;
    const name =
      call === undefined ? p.op.name : `${names.of(call)}.${p.op.name}`;
    const at = leafAt(p);
    const fault = dottedFault(name);
    if (fault !== undefined)
      throw new CompileError({
        code: "GC1301",
        message: `parameter ${shown(name)} ${faultText(fault)}, expected a name such as hidden.weight`,
        ...at,
        remedy: 'pass another one: { name: "hidden" }',
      });
    if (taken.has(name))
      throw new CompileError({
        code: "GC1302",
        message: `two parameters are called ${shown(name)}, expected a name for each`,
        ...at,
        remedy:
          'give one another name, or declare them inside scope("...", () => ...)',
      });
    taken.add(name);
    checkSymbols(name, p.op.symbols, at);
    if (call !== undefined && names.unstable.has(call) && !warned.has(call)) {
      warned.add(call);
      warnings.push({
        severity: "warning",
        code: "GC1310",
        message: `parameter ${shown(name)} has no stable name: saved weights go by it`,
        ...at,
        remedy: `declare the layer as a const, or pass { name: "..." }`,
      });
    }
    known.push({ op: p.op, name });
  }
  const trained = trainedOf(model, known);
  const params = trainableFirst(declared, (p) => trained.has(p.op));
  const offsets = offsetsOf(params);
  const draws = offsetsOf(declared);
  for (const { op, name } of known) {
    const offset = offsets.get(op) ?? 0;
    const draw = draws.get(op) ?? 0;
    ops.set(op, {
      ...op,
      ...{ name, offset, trainable: trained.has(op) },
      // A parameter starts with the same numbers, whichever of them are trained.
      ...(draw !== offset && { draw }),
    });
  }
  for (const v of order) {
    const { op } = v;
    if (op.kind !== "label") continue;
    // A result that the text does not name has the name of its role.
    const role =
      op.call !== undefined && names.isAnonymous(op.call)
        ? rootNames.get(v)
        : undefined;
    const named = role ?? (op.call === undefined ? op.name : names.of(op.call));
    checkSymbols(
      named,
      op.symbols,
      op.call === undefined ? {} : positionOf(siteOf(op.call)),
    );
    const fault = op.call === undefined ? undefined : dottedFault(named);
    if (fault === "characters" || fault === "empty")
      throw new CompileError({
        code: "GC1301",
        message: `value ${shown(named)} ${faultText(fault)}, expected a name such as hidden`,
        ...(op.call !== undefined && positionOf(siteOf(op.call))),
        remedy: 'pass another one: { name: "hidden" }',
      });
    ops.set(op, { ...op, name: named });
  }
  for (const [, op] of ops) if (op.kind === "label") relink(op, ops);
  return { ops, params, warnings };
}

/** Parameters in the order in which they lie in the flat vector. */
const trainableFirst = (
  params: readonly LeafNode[],
  isTrainable: (p: LeafNode) => boolean,
): readonly LeafNode[] => [
  ...params.filter(isTrainable),
  ...params.filter((p) => !isTrainable(p)),
];

function offsetsOf(params: readonly LeafNode[]): ReadonlyMap<Leaf, number> {
  const offsets = new Map<Leaf, number>();
  let offset = 0;
  for (const { op, shape } of params) {
    offsets.set(op, offset);
    offset += sizeOf(shape);
  }
  return offsets;
}

/** A cotangent refers to the new op of what it belongs to. */
function relink(op: Label, ops: ReadonlyMap<Op, Op>): void {
  const own = op as { -readonly [K in keyof Label]: Label[K] };
  if (op.cotangentOf !== undefined)
    own.cotangentOf = (ops.get(op.cotangentOf) ?? op.cotangentOf) as
      Leaf | Label;
  if (op.factorOf !== undefined)
    own.factorOf = (ops.get(op.factorOf) ?? op.factorOf) as Label;
}

function checkSymbols(
  owner: string,
  symbols: readonly string[] | undefined,
  at: Partial<Diagnostic>,
): void {
  const seen = new Set<string>();
  for (const s of symbols ?? []) {
    const fault = identifierFault(s);
    if (fault !== undefined)
      throw new CompileError({
        code: "GC1303",
        message: `symbol ${shown(s)} of ${shown(owner)} ${faultText(fault)}, expected an identifier`,
        ...at,
      });
    if (seen.has(s))
      throw new CompileError({
        code: "GC1304",
        message: `symbols of ${shown(owner)} name ${shown(s)} twice, expected a name for each entry`,
        ...at,
      });
    seen.add(s);
  }
}

function checkIdentifier(what: string, name: string, at: Position): void {
  const fault = identifierFault(name);
  if (fault !== undefined)
    throw new CompileError({
      code: "GC1301",
      message: `${what} ${shown(name)} ${faultText(fault)}, expected another identifier`,
      ...at,
      remedy: "rename it: it is an identifier of the generated module",
    });
}

/** What a step of a loop is given and computes has a value inside of the step only. */
function checkLoops(
  order: readonly Node[],
  siteOf: (call: Call) => Site,
): void {
  const bound = order.find((v) => v.op.kind === "bound");
  if (bound === undefined) return;
  const { call } = bound.place;
  throw new CompileError({
    code: "GC1134",
    message:
      "a value of one step of scan() is used outside of the step, expected a result of scan()",
    ...(call !== undefined && positionOf(siteOf(call))),
    remedy:
      "return it as the output of the step: outputs has that of every step",
  });
}

/** The inputs that a model lists and those its graph uses must be the same. */
function checkInputs(
  declared: readonly (readonly [string, Node])[],
  used: readonly Node[],
  leafAt: (v: Node) => Position,
  modelAt: Position,
): void {
  const seen = new Map<string, Node>();
  for (const [key, v] of declared) {
    if (!isLeaf(v) || v.op.space !== "input")
      throw new CompileError({
        code: "GC1104",
        message: `model: inputs.${key} is not an input, expected what input() or indices() returns`,
        ...modelAt,
      });
    const at = leafAt(v);
    checkIdentifier("input", v.op.name, at);
    checkSymbols(v.op.name, v.op.symbols, at);
    if (v.op.name !== key)
      throw new CompileError({
        code: "GC1105",
        message: `model: inputs.${key} is called ${shown(v.op.name)}, expected the same name in both places`,
        ...at,
        remedy: `inputs: { ${v.op.name}: ... }`,
      });
    if (seen.has(v.op.name))
      throw new CompileError({
        code: "GC1302",
        message: `two inputs are called ${shown(v.op.name)}, expected a name for each`,
        ...at,
      });
    seen.set(v.op.name, v);
  }
  const listed = new Set(declared.map(([, v]) => v));
  for (const v of used)
    if (isLeaf(v) && v.op.space === "input" && !listed.has(v))
      throw new CompileError({
        code: "GC1106",
        message: `model: input ${shown(v.op.name)} is used but not listed, expected it among inputs`,
        ...leafAt(v),
        remedy: `inputs: { ..., ${v.op.name} }`,
      });
  const read = new Set(used);
  for (const [, v] of declared)
    if (isLeaf(v) && !read.has(v))
      throw new CompileError({
        code: "GC1107",
        message: `model: input ${shown(v.op.name)} is listed but not used, expected the loss or an output to depend on it`,
        ...leafAt(v),
        remedy: `take ${v.op.name} out of the inputs, or use it`,
      });
}

/** Rebuilds a graph with the settled ops; values that have no name of their own lose their label. */
function replace(
  order: readonly Node[],
  ops: ReadonlyMap<Op, Op>,
  names: CallNames,
  roots: ReadonlySet<Node>,
): Map<Node, Node> {
  const now = new Map<Node, Node>();
  for (const v of order) {
    const args = v.args.map((a) => now.get(a) ?? a);
    const anonymous =
      v.op.kind === "label" &&
      v.op.call !== undefined &&
      names.isAnonymous(v.op.call) &&
      !roots.has(v);
    now.set(
      v,
      anonymous
        ? (args[0] as Node)
        : makeNode(
            v.op.kind === "scan"
              ? { ...v.op, loop: mapLoop(v.op.loop, (x) => now.get(x) ?? x) }
              : (ops.get(v.op) ?? v.op),
            args,
            v.shape,
            v.batched,
            v.dtype,
            v.place,
          ),
    );
  }
  return now;
}
