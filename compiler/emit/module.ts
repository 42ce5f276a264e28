import {
  isLeaf,
  rootsOf,
  sizeOf,
  topological,
  withSteps,
  type Node,
  type Program,
  orderOf,
} from "../../dsl/graph.js";
import { functions } from "../../dsl/math/index.js";
import type { ScalarName } from "../../dsl/primitives/scalarName.js";
import type { MathMode } from "../interpret.js";
import { elementary } from "../kernels/bodies.js";
import {
  apart,
  planMemory,
  type MemoryPlan,
  type ValueKind,
} from "../kernels/memoryPlan.js";
import type { Precision } from "../freeze/quantize.js";
import type { NamedModel } from "../load/name.js";
import { Common } from "../passes/share.js";
import { padded } from "../passes/padded.js";
import type { Programs } from "../programs.js";
import { buildBody, withoutCode, type Body, type Unrolling } from "./body.js";
import type { Dtype } from "./dtype.js";
import { printMath } from "./functions.js";
import { numbers } from "./memory.js";
import { Names } from "./names.js";
import { checkNames } from "./outside.js";
import { at, num, update } from "./code.js";
import { commonNames, inputName, tableNames } from "./inputs.js";
import { unpackNames, type Pack } from "./packed.js";
import { joinLoops } from "./joinLoops.js";
import { joinParts, type JoinOptions } from "./joinParts.js";
import { Parts } from "./parts.js";
import type { ReportOptions } from "./timers.js";
import { ruleTexts, type RuleText } from "./ruleText.js";
import { sliceBodies, sliceName } from "./slices.js";
import { Tables } from "./tables.js";
import { tierNames } from "./wasm/tiers.js";

/** Everything that is printed, decided but not yet text. */
export interface ModulePlan {
  readonly model: NamedModel;
  readonly programs: Programs;
  readonly math: MathMode;
  readonly dtype: Dtype;
  /** True where the handle is in WebAssembly too. */
  readonly tiers: boolean;
  readonly init: Body;
  /** Absent where parameters are vectors that training changes. */
  readonly frozen: Frozen | undefined;
  /** True where parameters start at random: `init` then has a seed. */
  readonly drawsNumbers: boolean;
  /** Inputs that some output depends on. */
  readonly forwardInputs: ReadonlySet<Node>;
  /** Plain functions; absent where a value crosses examples. */
  readonly plain:
    | {
        readonly forward: Body;
        readonly backward: Body | undefined;
        readonly step: Body;
      }
    | undefined;
  readonly handle: {
    readonly forward: Body;
    readonly backward: Body;
    readonly average: Body | undefined;
    readonly update: Body;
  };
  /** Names of the arrays of the handle. */
  readonly arrays: Names;
  /** Where its values lie, by the names of their arrays. */
  readonly memory: MemoryPlan<string>;
  /** Values that have float64 in a module of another type, by the names of their arrays. */
  readonly doubles: ReadonlyMap<string, ValueKind>;
  readonly outputArrays: ReadonlyMap<string, string>;
  /** Elementary functions that run over slices of memory. */
  readonly slices: readonly string[];
  readonly mathCode: ReturnType<typeof printMath>;
  readonly tables: Tables;
  readonly paramEntry: (place: number) => string | undefined;
  readonly lists: Lists;
  /** What a step of the optimizer does, in formulas. */
  readonly rules: readonly RuleText[];
}

/** Of a module that predicts and nothing else: its parameters are constants. */
export interface Frozen {
  /** Numbers that the parameters were. */
  readonly count: number;
  /** The file that they are from, for the header. */
  readonly weightsName: string;
  readonly pack: Pack;
  readonly precision: Precision;
}

/** What holds numbers: typed arrays, or what an engine has, where lists have no views and hold numbers of any kind. */
export type Lists = "typed" | "plain";

export interface PlanOptions {
  readonly unrolling: Unrolling;
  readonly math: MathMode;
  /** float64 where it is not said. */
  readonly dtype?: Dtype;
  readonly lists?: Lists;
  /** Names that straight-line code of one function may declare. */
  readonly mostNames?: number;
  /** Names that the module uses beside those of every module. */
  readonly taken?: readonly string[];
  /** True for a handle in WebAssembly, with one in JavaScript beside it. */
  readonly tiers?: boolean;
  readonly frozen?: Frozen;
  /** Where the kernels of the handle are reported on. */
  readonly report?: ReportOptions;
  readonly print?: {
    readonly after: string;
    readonly to: (text: string) => void;
  };
}

/** Names that a module's functions use beside the model's. */
export function ownNames(
  programs: Programs,
  math: MathMode,
  nodes = nodesOf(programs),
): string[] {
  const called = elementaryOf(nodes, math);
  return [...commonNames, ...called, ...called.map(sliceName)];
}

/** Functions that every module has. */
const moduleFunctions = [
  "zeros",
  "init",
  "workspace",
  "forward",
  "backward",
  "step",
  "create",
  ...checkNames,
  "checkIndices",
  "checkGiven",
  "checksum",
  "layout",
  "runForward",
  "runBackward",
  "averageGradients",
  "runUpdate",
];

/** Multiply-adds from which on the handle does points side by side: its functions are there to be fast. */
const tilesFrom = 64;

const withPadding = (programs: Programs): Programs => ({
  ...programs,
  forward: padded(programs.forward),
  backward: padded(programs.backward),
});

/** Decides the form of every function of a module. */
export function planModule(
  model: NamedModel,
  given: Programs,
  o: PlanOptions,
): ModulePlan {
  const dtype = o.dtype ?? "f64";
  const isOfVectors = o.tiers === true && dtype === "f32";
  const programs = isOfVectors ? withPadding(given) : given;
  const inputs = model.inputs.map((x) => x.op.name);
  const nodes = nodesOf(programs);
  const own = [
    ...ownNames(programs, o.math, nodes),
    ...inputs.map(inputName),
    ...(o.taken ?? []),
    ...(o.frozen?.pack === "base64" ? unpackNames : []),
  ];
  const arrays = new Names(
    new Set([
      ...own,
      ...numbers,
      ...moduleFunctions,
      ...(o.tiers === true ? [...tierNames, ...tableNames] : []),
    ]),
    model.titles,
  );
  const outputArrays = new Map(
    [...programs.forward.outputs.keys()].map((key) => [
      key,
      arrays.fresh(inputs.includes(key) ? `${key}Out` : key),
    ]),
  );
  const tables = new Tables(arrays, nodes);
  const reserved = new Set([...own, ...tables.names]);
  const entries = new Names(reserved, model.titles);
  const total = model.params.reduce((n, p) => n + sizeOf(p.shape), 0);
  const paramEntry = (place: number): string | undefined => {
    if (total > 4096) return undefined;
    const p = model.params.find(
      (q) => place >= q.op.offset && place < q.op.offset + sizeOf(q.shape),
    );
    return p === undefined
      ? undefined
      : entries.element(p, place - p.op.offset);
  };
  // What is to be short has neither tiles of little nor straight lines in several functions.
  const isShort = o.unrolling === "never" || o.frozen !== undefined;
  const base = {
    dtype,
    style: {
      math: o.math,
      slices: o.math === "exact",
      ...(!isShort && { tilesFrom }),
      ...(isOfVectors && { lanes: 4 }),
      rounds: dtype === "f32",
    },
    unrolling: o.unrolling,
    isShort,
    mostNames: o.mostNames ?? Infinity,
    titles: model.titles,
    own: reserved,
    arrays,
    common: new Common(),
    tables,
    parts: new Parts(arrays),
    paramEntry,
    ...(o.print !== undefined && { print: o.print }),
  };
  const plain = { ...base, form: "plain", report: undefined } as const;
  const rows = {
    ...base,
    form: "rows",
    report: o.report,
  } as const;
  const forwardRows = renameOutputs(programs.forward, outputArrays);
  const crosses = crossesExamples([
    ...programs.forward.outputs.values(),
    ...(o.frozen === undefined ? [model.loss] : []),
  ]);
  const handle = {
    forward: buildBody(forwardRows, {
      ...rows,
      own: new Set([...reserved, ...outputArrays.values()]),
      derives: false,
      prefix: "forward",
    }),
    backward: buildBody(programs.backward, {
      ...rows,
      derives: true,
      prefix: "backward",
    }),
    average:
      programs.average.updates.size === 0
        ? undefined
        : buildBody(programs.average, {
            ...rows,
            unrolling: "never",
            derives: false,
            prefix: "average",
          }),
    update: buildBody(programs.update, {
      ...rows,
      derives: false,
      prefix: "update",
      end: o.frozen === undefined ? [stepMade] : [],
    }),
  };
  const plan = {
    init: withJoinedLoops(
      buildBody(programs.init, {
        ...plain,
        unrolling: "never",
        derives: false,
        prefix: "init",
      }),
    ),
    plain: crosses
      ? undefined
      : {
          forward: buildBody(programs.forward, {
            ...plain,
            derives: false,
            prefix: "forward",
          }),
          backward:
            o.frozen === undefined
              ? buildBody(programs.backward, {
                  ...plain,
                  derives: true,
                  prefix: "backward",
                })
              : undefined,
          step: buildBody(programs.update, {
            ...plain,
            derives: false,
            prefix: "step",
          }),
        },
    handle: joined(handle, o.frozen !== undefined, {
      names: arrays,
      mostNames: o.mostNames ?? Infinity,
    }),
  };
  const slices = [
    ...new Set(
      [handle.forward, handle.backward, handle.update].flatMap((b) => [
        ...b.slices,
      ]),
    ),
  ].sort();
  const used = new Map(
    [
      plan.init,
      plan.plain?.forward,
      plan.plain?.backward,
      plan.plain?.step,
      handle.forward,
      handle.backward,
      handle.update,
    ].flatMap((b) => [...(b?.facts.calls ?? [])]),
  );
  const bodies = [
    handle.forward,
    handle.backward,
    handle.average,
    handle.update,
  ].flatMap((b) => (b === undefined ? [] : [b.accessed]));
  const keyOf = (v: Node): string => arrays.tensor(v);
  const { shared, doubles } = apart(bodies, keyOf);
  return {
    model,
    programs,
    math: o.math,
    dtype,
    tiers: o.tiers ?? false,
    frozen: o.frozen,
    ...plan,
    drawsNumbers: plan.init.uses.has("seed"),
    forwardInputs: new Set(
      orderOf(programs.forward).filter(
        (v) => isLeaf(v) && v.op.space === "input",
      ),
    ),
    arrays,
    memory: planMemory(shared, keyOf),
    doubles,
    outputArrays,
    slices,
    mathCode: printMath([...used.values(), ...sliceBodies(slices)]),
    paramEntry,
    tables,
    lists: o.lists ?? "typed",
    rules: ruleTexts(model),
  };
}

/** A plan whose functions are text by now: without their code. */
export function printedPlan(plan: ModulePlan): ModulePlan {
  const { init, plain, handle } = plan;
  const of = (body: Body | undefined): Body | undefined =>
    body && withoutCode(body);
  return {
    ...plan,
    init: withoutCode(init),
    plain: plain && {
      forward: withoutCode(plain.forward),
      backward: of(plain.backward),
      step: withoutCode(plain.step),
    },
    handle: {
      forward: withoutCode(handle.forward),
      backward: withoutCode(handle.backward),
      average: of(handle.average),
      update: withoutCode(handle.update),
    },
  };
}

/** Bodies of the handle of fewer functions: what only predicts has one body alone. */
function joined(
  handle: ModulePlan["handle"],
  isFrozen: boolean,
  options: JoinOptions,
): ModulePlan["handle"] {
  const { forward, backward, average, update } = handle;
  const [first = forward, second = backward, third = update] = joinParts(
    isFrozen ? [forward] : [forward, backward, update],
    options,
  );
  return { forward: first, backward: second, average, update: third };
}

/** Draws of neighbouring parameters from one range are one loop. */
const withJoinedLoops = (body: Body): Body => ({
  ...body,
  lines: joinLoops(body.lines),
  parts: body.parts.map((part) => ({ ...part, lines: joinLoops(part.lines) })),
});

/** Counted where the update is done: a function that does nothing else would stay in the interpreter, which allocates. */
const stepMade = update(
  at("numbers", num(numbers.indexOf("steps"))),
  "+",
  num(1),
);

const renameOutputs = (
  p: Program,
  names: ReadonlyMap<string, string>,
): Program => ({
  ...p,
  outputs: new Map([...p.outputs].map(([k, v]) => [names.get(k) ?? k, v])),
});

/** Every node of the programs that have elementary functions and tables. */
const nodesOf = ({ init, forward, backward, update }: Programs): Node[] =>
  withSteps(topological([init, forward, backward, update].flatMap(rootsOf)));

/** Elementary functions that some node may call. */
function elementaryOf(nodes: readonly Node[], math: MathMode): string[] {
  const found = new Set<string>();
  const apply = (f: ScalarName): void => {
    const made = elementary(f, math);
    if (made !== undefined) found.add(made.name);
  };
  for (const { op } of nodes) {
    if (op.kind === "scalar") apply(op.name);
    // What decompose makes of them.
    if (op.kind === "softmax" || op.kind === "logsumexp")
      (["exp", "log"] as const).forEach(apply);
  }
  // What a function is instead where arguments are known.
  if (found.size > 0)
    for (const f of Object.values(functions))
      if (f.constants !== undefined) found.add(f.name);
  return [...found].sort();
}

/**
 * True where some value of the network is made from several examples: there is no backward pass of one example. Told by
 * what it is, the same for all and made from what each has, not by a list of the nodes that can do so.
 */
export const crossesExamples = (roots: readonly Node[]): boolean =>
  topological(roots).some(
    (v) =>
      v.place.phase === "forward" &&
      !v.batched &&
      v.args.some((a) => a.batched),
  );
