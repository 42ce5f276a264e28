import type { HostFunction } from "../../../dsl/math/index.js";
import { CompileError, InternalError } from "../../diagnostics.js";
import type { FunctionCode } from "../code.js";
import type { ModulePlan } from "../module.js";
import { objectsOf } from "../objects.js";
import { tableArrays, visibleArrays } from "./arrays.js";
import {
  encode,
  mostFunctionBytes,
  mostLocals,
  type ImportedFunction,
  type WasmFunction,
} from "./encode.js";
import { parameterKinds, wasmFunction } from "./functions.js";
import { layoutOf, type Layout, type PlacedArray } from "./layout.js";
import type { Callee } from "./values.js";

/** The functions of a handle in WebAssembly. */
export interface WasmCode {
  readonly bytes: Uint8Array;
  readonly layout: Layout;
  /** Arrays that applications see. */
  readonly visible: readonly PlacedArray[];
  /** Constants of the module that lie in its memory too. */
  readonly tables: readonly PlacedArray[];
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
  const reached = reachedBy(entryPoints, functions);
  const objects = new Set(reached.flatMap((f) => [...objectsOf(f.body)]));
  const visible = visibleArrays(plan);
  const tables = tableArrays(plan).filter((t) => objects.has(t.name));
  const layout = layoutOf([...visible, ...tables], plan.memory);
  const imports = plan.math === "host" ? hostImports() : [];
  const callees = new Map<string, Callee>();
  imports.forEach((f, place) => {
    callees.set(`${f.module}.${f.name}`, {
      place,
      params: f.params.map(() => "f64"),
    });
  });
  reached.forEach((f, i) => {
    callees.set(f.name, {
      place: imports.length + i,
      params: parameterKinds(f),
    });
  });
  const made = reached.map((f) =>
    checked(f.name, wasmFunction(f, layout, callees)),
  );
  const placed = (list: readonly { readonly name: string }[]): PlacedArray[] =>
    list.map(({ name }) => layout.arrays.get(name) as PlacedArray);
  return {
    bytes: encode({
      environment,
      globals: ["maxBatch"],
      imports,
      functions: made,
      exports: new Map(
        entryPoints.map((name) => [name, callees.get(name)?.place ?? 0]),
      ),
    }),
    layout,
    visible: placed(visible),
    tables: placed(tables),
  };
}

/** Functions and what they call, each once. */
function reachedBy(
  names: readonly string[],
  functions: readonly FunctionCode[],
): FunctionCode[] {
  const byName = new Map(functions.map((f) => [f.name, f]));
  const found = new Set<FunctionCode>();
  const open = [...names];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const f = byName.get(id);
    if (f === undefined || found.has(f)) continue;
    found.add(f);
    open.push(...objectsOf(f.body));
  }
  for (const id of names)
    if (!byName.has(id)) throw new InternalError(`no function ${id}`);
  return [...found];
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

const hostImports = (): ImportedFunction[] =>
  Object.entries(hostFunctions).map(([name, count]) => ({
    module: "Math",
    name,
    params: Array.from({ length: count }, () => "f64" as const),
    results: ["f64"],
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
