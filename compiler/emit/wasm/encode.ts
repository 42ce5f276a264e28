/** A WebAssembly module as data, and its bytes (WebAssembly Core Specification 2.0, chapter 5). */
import { append, sized, text, unsigned, vector } from "./bytes.js";

export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128";

const typeBytes: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

export interface Signature {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

export interface WasmFunction extends Signature {
  /** Its own variables, after the parameters. */
  readonly locals: readonly ValueType[];
  /** Instructions, without the last `end`. */
  readonly body: readonly number[];
  /** How many products are added in a way that one instruction can do. */
  readonly fusible: number;
}

/** A function that the module is given. */
export interface ImportedFunction extends Signature {
  readonly module: string;
  readonly name: string;
}

export interface WasmModule {
  /** They have the first numbers, in this order. */
  readonly imports: readonly ImportedFunction[];
  /** Numbered after the imported ones. */
  readonly functions: readonly WasmFunction[];
  /** Names of functions, by number. */
  readonly exports: ReadonlyMap<string, number>;
  /** Where the memory and the numbers that are known at run time come from. */
  readonly environment: string;
  /** Immutable 32-bit numbers that the module is given; they are numbered in this order. */
  readonly globals: readonly string[];
}

/** What an engine accepts in one function: its variables, and the bytes of its body. */
export const mostLocals = 50_000;
export const mostFunctionBytes = 7_654_321;

const section = (id: number, bytes: readonly number[]): number[] => [
  id,
  ...unsigned(bytes.length),
  ...bytes,
];

const types = (list: readonly ValueType[]): number[] =>
  vector(list.map((t) => [typeBytes[t]]));

/** Types that several functions have stand once. */
function signatures(all: readonly Signature[]): {
  readonly bytes: readonly (readonly number[])[];
  readonly places: readonly number[];
} {
  const known = new Map<string, number>();
  const bytes: number[][] = [];
  const places = all.map(({ params, results }) => {
    const own = [0x60, ...types(params), ...types(results)];
    const key = own.join();
    const place = known.get(key) ?? bytes.push(own) - 1;
    known.set(key, place);
    return place;
  });
  return { bytes, places };
}

/** Neighbouring variables of one type are one entry. */
function locals(list: readonly ValueType[]): number[] {
  const runs: { readonly type: ValueType; count: number }[] = [];
  for (const type of list) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  return vector(runs.map((r) => [...unsigned(r.count), typeBytes[r.type]]));
}

const end = 0x0b;

function code(f: WasmFunction): number[] {
  const bytes = locals(f.locals);
  append(bytes, f.body);
  bytes.push(end);
  return sized(bytes);
}

/** The bytes of a module. */
export function encode(m: WasmModule): Uint8Array {
  const { bytes, places } = signatures([...m.imports, ...m.functions]);
  const from = text(m.environment);
  const imports = [
    [...from, ...text("memory"), 0x02, 0x00, ...unsigned(0)],
    ...m.globals.map((g) => [...from, ...text(g), 0x03, typeBytes.i32, 0x00]),
    ...m.imports.map((f, i) => [
      ...text(f.module),
      ...text(f.name),
      0x00,
      ...unsigned(places[i] as number),
    ]),
  ];
  const own = places.slice(m.imports.length);
  const all: number[] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  append(all, section(1, vector(bytes)));
  append(all, section(2, vector(imports)));
  append(all, section(3, vector(own.map(unsigned))));
  const exported = [...m.exports].map(([name, place]) => [
    ...text(name),
    0x00,
    ...unsigned(place),
  ]);
  append(all, section(7, vector(exported)));
  const bodies = vector(m.functions.map(code));
  append(all, [10, ...unsigned(bodies.length)]);
  append(all, bodies);
  return Uint8Array.from(all);
}
