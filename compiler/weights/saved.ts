/** The bytes that a handle's `save()` writes and its `load()` takes, outside of a module. */
import { savedParts, type Derived } from "../emit/fields.js";
import { dtypes, type Dtype } from "../emit/dtype.js";
import { checksumOf, placesOf } from "../emit/saved.js";
import { savedId } from "../identity.js";
import type { Fault } from "./fault.js";

/** A training state that has made no step: the given parameters, and all else as `create()` has it. */
export function savedBytes(
  derived: Derived,
  params: Float64Array,
  dtype: Dtype = "f64",
): Uint8Array {
  const parts = savedParts(derived);
  const { params: first, state, checksum, length } = placesOf(parts, dtype);
  const { bytes: size, write, savedFormat } = dtypes[dtype];
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, savedId(derived), true);
  view.setUint32(4, savedFormat, true);
  // Rate, steps and seed: the last two start from 0.
  view.setFloat64(8, derived.model.optimizer.lr, true);
  params.forEach((value, i) => {
    view[write](first + size * i, value, true);
  });
  for (const { offset, size: entries, initial } of derived.programs.states)
    for (let i = offset; i < offset + entries; i++)
      view[write](state + size * i, initial, true);
  view.setUint32(checksum, checksumOf(bytes.subarray(0, checksum)), true);
  return bytes;
}

/**
 * The parameters of a training state.
 *
 * @throws CompileError where it is the state of another model, or damaged.
 */
export function savedParams(
  derived: Derived,
  bytes: Uint8Array,
  fault: Fault,
): Float64Array {
  const parts = savedParts(derived);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isFloat32 =
    bytes.length >= 8 && view.getUint32(4, true) === dtypes.f32.savedFormat;
  const dtype: Dtype = isFloat32 ? "f32" : "f64";
  const { params: first, length } = placesOf(parts, dtype);
  const { bytes: size, read, savedFormat } = dtypes[dtype];
  if (bytes.length !== length)
    throw fault({
      code: "GC1520",
      message: `the file has ${String(bytes.length)} bytes, what save() of this model writes has ${String(length)}`,
      remedy:
        "write it with save() of a module that was compiled from this model as it is now",
    });
  if (
    view.getUint32(0, true) !== savedId(derived) ||
    view.getUint32(4, true) !== savedFormat
  )
    throw fault({
      code: "GC1520",
      message: "the file is the state of another model or version",
      remedy:
        "write it with save() of a module that this version compiled from this model",
    });
  if (!isSaved(bytes))
    throw fault({
      code: "GC1520",
      message: "the file is damaged: its checksum differs",
      remedy: "write it once more with save(), as bytes and not as text",
    });
  return Float64Array.from({ length: parts.total }, (_, i) =>
    view[read](first + size * i, true),
  );
}

/** True for what the handle of some model saved: its checksum says so. */
export function isSaved(bytes: Uint8Array): boolean {
  const at = bytes.length - 8;
  if (at < 8) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isFilledUp = view.getUint32(at + 4, true) === 0;
  const checksum = checksumOf(bytes.subarray(0, at));
  return isFilledUp && view.getUint32(at, true) === checksum;
}

/**
 * `[12, 0, 255]`: bytes as JSON, for engines that read no binary files.
 *
 * @throws CompileError for any other text.
 */
export function bytesOfJson(text: Uint8Array, fault: Fault): Uint8Array {
  let list: unknown;
  try {
    list = JSON.parse(new TextDecoder().decode(text));
  } catch {
    list = undefined;
  }
  const isByte = (x: unknown): x is number =>
    Number.isInteger(x) && (x as number) >= 0 && (x as number) <= 255;
  if (!Array.isArray(list) || !list.every(isByte))
    throw fault({
      code: "GC1520",
      message:
        "the file is no list of bytes as JSON, expected what save() returned",
      remedy: "JSON.stringify(Array.from(net.save())) writes such a file",
    });
  return Uint8Array.from(list);
}

export const jsonOfBytes = (bytes: Uint8Array): string =>
  `${JSON.stringify(Array.from(bytes))}\n`;
