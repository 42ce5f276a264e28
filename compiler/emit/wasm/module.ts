import type { HostFunction } from "../../../dsl/math/index.js";
import { CompileError, InternalError } from "../../diagnostics.js";
import type { FunctionCode, Statement } from "../code.js";
import type { Dtype } from "../dtype.js";
import type { ModulePlan } from "../module.js";
import { objectsOf } from "../objects.js";
import { timers } from "../timers.js";
import {
  doubleArrays,
  hiddenArrays,
  tableArrays,
  visibleArrays,
} from "./arrays.js";
import {
  encode,
  mostFunctionBytes,
  mostLocals,
  type ImportedFunction,
  type WasmFunction,
} from "./encode.js";
import { float32Slices } from "./float32Slices.js";
import { fusedPlaces } from "./fused.js";
import {
  loopsInLanes,
  type HandleArray,
  type InLanes,
} from "./exampleLoops.js";
import { laneArrays } from "./exampleArrays.js";
import { wasmFunction, type Variant } from "./functions.js";
import {
  layoutOf,
  type ArraySpec,
  type EntryType,
  type Layout,
  type PlacedArray,
} from "./layout.js";
import { isOfHandle, parameterKinds } from "./parameters.js";
import type { Callee, Callees } from "./values.js";
import { shapes } from "./vector.js";

/** The functions of a handle in WebAssembly. */
export interface WasmCode {
  readonly bytes: Uint8Array;
  /** True where products that are added can be rounded once with their sum. */
  readonly fuses: boolean;
  readonly layout: Layout;
  /** Arrays that applications see. */
  readonly visible: readonly PlacedArray[];
  /** Constants of the module that lie in its memory too. */
  readonly tables: readonly PlacedArray[];
  /** Objects of the host whose functions it calls. */
  readonly hosts: readonly string[];
}

/** What the module is given beside functions of the host. */
export const environment = "network";

/** Functions that applications call. */
export const entryPoints = ["runForward", "runBackward", "runUpdate"] as const;

/**
 * The same functions that the JavaScript of the handle is made of, as a module of WebAssembly: each operation in the same
 * order, so that all bits are the same.
 *
 * @param functions those of the handle, and all that they may call
 * @throws CompileError where a function is larger than engines accept.
 */
export function wasmCode(
  plan: ModulePlan,
  functions: readonly FunctionCode[],
): WasmCode {
  const { dtype } = plan;
  const visible = visibleArrays(plan);
  const all = tableArrays(plan);
  const specs = [...visible, ...all, ...doubleArrays(plan)];
  const types = new Map(specs.map((a) => [a.name, a.type]));
  for (const id of plan.memory.places.keys()) types.set(id, dtype);
  const reached = reachedBy(entryPoints, functions, types, dtype);
  const objects = new Set(reached.flatMap(({ f }) => [...objectsOf(f.body)]));
  const tables = all.filter((t) => objects.has(t.name));
  const examples = examplesInLanes(plan, reached, [...visible, ...all]);
  const layout = layoutOf(
    [
      ...visible,
      ...tables,
      ...doubleArrays(plan),
      ...laneArrays(examples, shapes.f32.width),
    ],
    plan.memory,
    dtype,
  );
  // A model may call a value of its own so.
  const isTimed = objects.has("globalThis") && !types.has("globalThis");
  const imports = [
    ...(plan.math === "host" ? importsOf("Math", hostFunctions, ["f64"]) : []),
    ...(isTimed ? importsOf("globalThis", timers, []) : []),
  ];
  const known = importedCallees(imports);
  const variants = new Map(reached.map((v) => [keyOf(v.f.name, v.arrays), v]));
  // What nothing calls is no function: what is written where it is called, for one.
  const open: (Variant & { readonly at: number })[] = [];
  const callees: Callees = {
    get: (id, arrays) => {
      const key = keyOf(id, arrays);
      const variant = variants.get(key);
      if (variant !== undefined && !known.has(key)) {
        const place = known.size;
        open.push({ ...variant, at: place - imports.length });
        known.set(key, { place, params: parameterKinds(variant.f) });
      }
      return known.get(key);
    },
  };
  const exports = new Map(
    entryPoints.map((name) => [name, callees.get(name, [])?.place ?? 0]),
  );
  const made: WasmFunction[] = [];
  for (let next = open.pop(); next !== undefined; next = open.pop())
    made[next.at] = checked(
      next.f.name,
      wasmFunction(next, layout, callees, examples),
    );
  const placed = (list: readonly { readonly name: string }[]): PlacedArray[] =>
    list.map(({ name }) => layout.arrays.get(name) as PlacedArray);
  const bytes = encode({
    environment,
    globals: ["maxBatch"],
    imports,
    functions: made,
    exports,
  });
  const fusible = made.reduce((n, f) => n + f.fusible, 0);
  return {
    bytes,
    // A number of the module may look like such a product.
    fuses: fusible > 0 && fusedPlaces(bytes) === fusible,
    layout,
    visible: placed(visible),
    tables: placed(tables),
    hosts: [...new Set(imports.map((f) => f.module))],
  };
}

/** Loops that take four examples at a time; in float64 sums keep the order of their terms. */
function examplesInLanes(
  plan: ModulePlan,
  reached: readonly Variant[],
  lasting: readonly ArraySpec[],
): InLanes {
  const of = (specs: readonly ArraySpec[], isHidden: boolean): HandleArray[] =>
    specs.map((spec) => ({ ...spec, isHidden }));
  const arrays = [...of(lasting, false), ...of(hiddenArrays(plan), true)];
  return loopsInLanes(
    plan.dtype === "f64" ? [] : reached.map(({ f }) => f),
    new Map(arrays.map((a) => [a.name, a])),
  );
}

/** Functions of the host, by their keys. */
const importedCallees = (
  imports: readonly ImportedFunction[],
): Map<string, Callee> =>
  new Map(
    imports.map((f, place) => [
      keyOf(`${f.module}.${f.name}`, []),
      { place, params: f.params.map(() => "f64") },
    ]),
  );

const keyOf = (id: string, arrays: readonly EntryType[]): string =>
  `${id}(${arrays.join()})`;

/**
 * Functions and what they call, each once for every combination of the arrays that it is given: elementary functions
 * compute in doubles, but for those that have a form in float32, where all arrays are.
 */
function reachedBy(
  names: readonly string[],
  functions: readonly FunctionCode[],
  types: ReadonlyMap<string, EntryType>,
  dtype: Dtype,
): Variant[] {
  const byName = new Map(functions.map((f) => [f.name, f]));
  const found = new Map<string, Variant>();
  const open: (readonly [string, readonly EntryType[]])[] = names.map((id) => [
    id,
    [],
  ]);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [id, arrays] = next;
    const key = keyOf(id, arrays);
    const single = arrays.every((type) => type === "f32")
      ? float32Slices.get(id)
      : undefined;
    const f = single ?? byName.get(id);
    if (f === undefined || found.has(key)) continue;
    const computes =
      single !== undefined ? "f32" : isOfHandle(f) ? dtype : "f64";
    found.set(key, { f, arrays, computes });
    const given = f.params.filter(
      (p) => p.type !== "Memory" && p.type !== "number",
    );
    const own = new Map(given.map((p, i) => [p.name, arrays[i]]));
    const typeOf = (array: string) => own.get(array) ?? types.get(array);
    for (const object of objectsOf(f.body)) {
      const calls = callsOf(f.body, object, typeOf);
      if (calls.length === 0) open.push([object, []]);
      for (const list of calls) open.push([object, list]);
    }
  }
  for (const id of names)
    if (!byName.has(id)) throw new InternalError(`no function ${id}`);
  return [...found.values()];
}

/** What the arrays hold that a function is given, for each statement that runs it. */
function callsOf(
  lines: readonly Statement[],
  callee: string,
  typeOf: (array: string) => EntryType | undefined,
): (readonly EntryType[])[] {
  return lines.flatMap((s) => {
    if (s.kind === "for") return callsOf(s.body, callee, typeOf);
    if (s.kind === "if")
      return [
        ...callsOf(s.then, callee, typeOf),
        ...callsOf(s.otherwise ?? [], callee, typeOf),
      ];
    if (s.kind !== "run" || s.code.kind !== "call") return [];
    if (s.code.callee !== callee) return [];
    return [
      s.code.args.flatMap((arg) => {
        const type = arg.kind === "name" ? typeOf(arg.text) : undefined;
        return type === undefined ? [] : [type];
      }),
    ];
  });
}

/** Functions of Math that `--math host` calls, and how many arguments they take. */
const hostFunctions: Readonly<Record<HostFunction, number>> = {
  exp: 1,
  expm1: 1,
  log: 1,
  log1p: 1,
  log2: 1,
  tanh: 1,
  sin: 1,
  cos: 1,
  tan: 1,
  sinh: 1,
  cosh: 1,
  atan: 1,
  atan2: 2,
  pow: 2,
};

/** Functions of an object of the host, which are given so many numbers. */
const importsOf = (
  module: string,
  functions: Readonly<Record<string, number>>,
  results: ImportedFunction["results"],
): ImportedFunction[] =>
  Object.entries(functions).map(([name, count]) => ({
    module,
    name,
    params: Array.from({ length: count }, () => "f64" as const),
    results,
  }));

/** @throws CompileError where no engine would take the function. */
function checked(name: string, f: WasmFunction): WasmFunction {
  const [what, found, most] =
    f.locals.length > mostLocals
      ? ["variables", f.locals.length, mostLocals]
      : ["bytes", f.body.length, mostFunctionBytes];
  if (found <= most) return f;
  throw new CompileError({
    code: "GC1320",
    message: `--target wasm: the function ${name} has ${String(found)} ${what}, engines take ${String(most)}`,
    remedy: "leave --unroll at auto: large networks are loops then",
  });
}
