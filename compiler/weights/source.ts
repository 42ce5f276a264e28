import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { CompileError, shortPath } from "../diagnostics.js";
import { faultOf, type Fault } from "./fault.js";

/** Bytes that are read where they are needed: a file says how long it is before anything of it is in memory. */
export interface Source {
  readonly size: number;
  /** @throws CompileError where the file has become shorter. */
  readonly read: (at: number, length: number) => Uint8Array;
}

/** Bytes in memory. */
export const sourceOf = (bytes: Uint8Array): Source => ({
  size: bytes.length,
  read: (at, length) => bytes.subarray(at, at + length),
});

/**
 * Gives a file to `use`.
 *
 * @param path absolute
 * @param base the folder that a message shows it in
 * @throws CompileError where there is no such file, or it cannot be read.
 */
export async function withFile<T>(
  path: string,
  base: string,
  use: (source: Source, fault: Fault) => T | Promise<T>,
): Promise<T> {
  const shown = shortPath(path, base);
  const fault = faultOf(path);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new CompileError({
      code: "GC1501",
      message: `there is no file ${shown}`,
      remedy: "paths start from the folder that gradc is run in",
    });
  if (!stat.isFile())
    throw new CompileError({
      code: "GC1501",
      message: `${shown} is not a regular file, expected weights`,
      remedy: "name a .safetensors file, or what save() wrote",
    });
  const file = opened(path, fault);
  try {
    const { size } = fstatSync(file);
    return await use({ size, read: readerOf(file, fault) }, fault);
  } finally {
    closeSync(file);
  }
}

function opened(path: string, fault: Fault): number {
  try {
    return openSync(path, "r");
  } catch {
    throw fault({
      code: "GC1501",
      message: "the file cannot be read",
      remedy: "change its permissions, or copy it",
    });
  }
}

const readerOf =
  (file: number, fault: Fault): Source["read"] =>
  (at, length) => {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const count = readSync(file, bytes, done, length - done, at + done);
      if (count === 0)
        throw fault({
          code: "GC1501",
          message: "the file became shorter while it was read",
          remedy: "run the command again when nothing writes to it",
        });
      done += count;
    }
    return bytes;
  };
