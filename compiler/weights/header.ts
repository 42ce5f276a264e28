import { dtypes } from "./dtypes.js";
import { quoted, type Fault } from "./fault.js";
import { Scanner } from "./scanner.js";

/** One tensor of a safetensors file. */
export interface Entry {
  readonly name: string;
  /** A key of {@link dtypes}. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Where its bytes are, counted from the end of the header. */
  readonly start: number;
  readonly end: number;
}

export interface Header {
  readonly entries: readonly Entry[];
  /** Texts about the file as a whole. */
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads the header of a safetensors file: an object of `{ dtype, shape, data_offsets }` by name, and `__metadata__`, an
 * object of strings.
 *
 * @throws CompileError for text that is no such object, and for a name that occurs twice.
 */
export function parseHeader(text: string, fault: Fault): Header {
  const scanner = new Scanner(text, fault);
  const entries: Entry[] = [];
  const metadata = new Map<string, string>();
  object(scanner, fault, (name) => {
    if (name !== "__metadata__") entries.push(entryOf(name, scanner, fault));
    else
      object(scanner, fault, (key) => {
        metadata.set(key, scanner.string("a text of __metadata__"));
      });
  });
  scanner.end();
  return { entries, metadata };
}

/** Reads an object, whose values `member` reads by their names. */
function object(
  scanner: Scanner,
  fault: Fault,
  member: (name: string) => void,
): void {
  const names = new Set<string>();
  scanner.expect("{");
  if (scanner.takes("}")) return;
  do {
    const name = scanner.string("a name");
    if (names.has(name))
      throw fault({
        code: "GC1503",
        message: `the header has ${quoted(name)} twice, expected each name once`,
      });
    names.add(name);
    scanner.expect(":");
    member(name);
  } while (scanner.takes(","));
  scanner.expect("}");
}

function entryOf(name: string, scanner: Scanner, fault: Fault): Entry {
  let dtype: string | undefined;
  let shape: readonly number[] | undefined;
  let offsets: readonly number[] | undefined;
  object(scanner, fault, (key) => {
    if (key === "dtype") dtype = scanner.string("a dtype");
    else if (key === "shape") shape = naturals(scanner, "a dimension");
    else if (key === "data_offsets") offsets = naturals(scanner, "an offset");
    else
      throw fault({
        code: "GC1504",
        message: `the entry ${quoted(name)} has ${quoted(key)}, expected only dtype, shape and data_offsets`,
      });
  });
  const [start, end, more] = offsets ?? [];
  if (
    dtype === undefined ||
    shape === undefined ||
    start === undefined ||
    end === undefined ||
    more !== undefined
  )
    throw fault({
      code: "GC1504",
      message: `the entry ${quoted(name)} is incomplete, expected dtype, shape and two data_offsets`,
    });
  const bytes = dtypes.get(dtype)?.bytes;
  if (bytes === undefined)
    throw fault({
      code: "GC1504",
      message: `the entry ${quoted(name)} has the dtype ${quoted(dtype)}, expected one of ${[...dtypes.keys()].join(", ")}`,
    });
  const size = shape.reduce((product, d) => product * d, bytes);
  if (end - start !== size)
    throw fault({
      code: "GC1504",
      message: `the entry ${quoted(name)} lies from byte ${String(start)} to ${String(end)}, expected the ${String(size)} bytes of its shape and dtype`,
    });
  return { name, dtype, shape, start, end };
}

function naturals(scanner: Scanner, what: string): number[] {
  const list: number[] = [];
  scanner.expect("[");
  if (scanner.takes("]")) return list;
  do list.push(scanner.natural(what));
  while (scanner.takes(","));
  scanner.expect("]");
  return list;
}
