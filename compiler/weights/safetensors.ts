/**
 * The safetensors format (Hugging Face, 2022): eight bytes with the length of the header, the header as JSON, and the
 * tensors, one after the other, row-major and little-endian.
 */
import { dtypes } from "./dtypes.js";
import { quoted, type Fault } from "./fault.js";
import { parseHeader, type Entry, type Header } from "./header.js";
import type { Source } from "./source.js";

export interface Safetensors extends Header {
  /** The numbers of a tensor, widened exactly; none for a dtype that holds no weights. */
  readonly values: (entry: Entry) => Float64Array;
}

/** The format's own limit. */
const longestHeader = 100_000_000;
const remedy =
  'safetensors.torch.save_file(model.state_dict(), "weights.safetensors") writes such a file';

/**
 * Reads a file, its tensors only when they are asked for. Every file that the format allows is taken, whatever the alignment
 * of its tensors.
 *
 * @throws CompileError of one sentence for any other file.
 */
export function readSafetensors(source: Source, fault: Fault): Safetensors {
  const length = headerLength(source, fault);
  const header = parseHeader(headerText(source, length, fault), fault);
  const data = 8 + length;
  checkPlaces(header.entries, source.size - data, fault);
  return {
    ...header,
    values: ({ dtype, start, end }) => {
      const { bytes = 1, read } = dtypes.get(dtype) ?? {};
      if (read === undefined) return new Float64Array();
      const tensor = source.read(data + start, end - start);
      const view = new DataView(
        tensor.buffer,
        tensor.byteOffset,
        tensor.length,
      );
      const values = new Float64Array(tensor.length / bytes);
      for (let i = 0; i < values.length; i++) values[i] = read(view, i * bytes);
      return values;
    },
  };
}

function headerLength(source: Source, fault: Fault): number {
  if (source.size < 8)
    throw fault({
      code: "GC1502",
      message: `the file is no safetensors: it has ${String(source.size)} bytes, expected 8 with the length of its header and more`,
      remedy,
    });
  const first = source.read(0, 8);
  const length = new DataView(first.buffer, first.byteOffset).getBigUint64(
    0,
    true,
  );
  if (length > source.size - 8)
    throw fault({
      code: "GC1502",
      message: `the file is no safetensors, or cut off: its header is said to have ${String(length)} bytes, the file has ${String(source.size - 8)} after its length`,
      remedy,
    });
  if (length > longestHeader)
    throw fault({
      code: "GC1502",
      message: `the header has ${String(length)} bytes, the format's limit is ${String(longestHeader)}`,
    });
  return Number(length);
}

function headerText(source: Source, length: number, fault: Fault): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text: string;
  try {
    text = decoder.decode(source.read(8, length));
  } catch {
    throw fault({ code: "GC1503", message: "the header is not UTF-8" });
  }
  // The format asks for this first character, so that no file is two things at once.
  if (!text.startsWith("{"))
    throw fault({
      code: "GC1503",
      message: `the header starts with ${JSON.stringify(text.slice(0, 1))}, expected "{"`,
      remedy,
    });
  return text;
}

/** The tensors fill the bytes after the header, one after the other. */
function checkPlaces(
  entries: readonly Entry[],
  length: number,
  fault: Fault,
): void {
  let at = 0;
  const inOrder = [...entries].sort(
    (a, b) => a.start - b.start || a.end - b.end,
  );
  for (const { name, start, end } of inOrder) {
    if (start !== at)
      throw fault({
        code: "GC1505",
        message: `the entry ${quoted(name)} starts at byte ${String(start)}, expected byte ${String(at)}: tensors follow one another, without holes and overlaps`,
      });
    if (end > length)
      throw fault({
        code: "GC1505",
        message: `the entry ${quoted(name)} ends at byte ${String(end)}, the file has ${String(length)} after its header`,
      });
    at = end;
  }
  if (at !== length)
    throw fault({
      code: "GC1505",
      message: `the last entry ends at byte ${String(at)}, the file has ${String(length)} after its header`,
    });
}

/** A tensor to write. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** What gradc says about the files that it writes; other tools want to read that they are PyTorch's. */
const metadata = { format: "pt", producer: "gradc" } as const;

/** True for a file that {@link safetensorsBytes} made. */
export const isOwn = (file: Safetensors): boolean =>
  file.metadata.get("producer") === metadata.producer;

/** A file of doubles. */
export function safetensorsBytes(tensors: readonly Tensor[]): Uint8Array {
  let end = 0;
  const entries = tensors.map(({ name, shape, values }) => {
    const start = end;
    end += 8 * values.length;
    return [name, { dtype: "F64", shape, data_offsets: [start, end] }] as const;
  });
  const header = new TextEncoder().encode(
    objectText([["__metadata__", metadata], ...entries]),
  );
  // Spaces after the header align the numbers.
  const length = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(length), true);
  bytes.fill(0x20, 8, 8 + length);
  bytes.set(header, 8);
  let at = 8 + length;
  for (const { values } of tensors)
    for (const value of values) {
      view.setFloat64(at, value, true);
      at += 8;
    }
  return bytes;
}

/** JSON of an object whose names may be any. */
const objectText = (members: readonly (readonly [string, unknown])[]): string =>
  `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")}}`;
