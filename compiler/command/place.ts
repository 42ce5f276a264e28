/** Where a command writes, and one sentence where it cannot. */
import {
  accessSync,
  constants,
  existsSync,
  readlinkSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { CompileError, shortPath } from "../diagnostics.js";
import { writeWhole } from "./write.js";

/**
 * Refuses a folder in which no file can be made, before any work.
 *
 * @throws CompileError with the reason.
 */
export function checkFolder(folder: string, base: string): void {
  let nearest = folder;
  // existsSync is false below a file too, and of a link to nothing.
  while (!existsSync(nearest) && !isLink(nearest)) nearest = dirname(nearest);
  const shown = shortPath(nearest, base);
  if (!existsSync(nearest))
    throw new CompileError({
      code: "GC1403",
      message: `${shown} is a link to nothing, gradc cannot write there`,
      remedy:
        "choose another place: gradc compile -o FOLDER, gradc weights -o FILE, or gradc init FOLDER",
    });
  if (!statSync(nearest).isDirectory())
    throw new CompileError({
      code: "GC1403",
      message: `${shown} is not a folder, gradc cannot write there`,
      remedy:
        "choose another place: gradc compile -o FOLDER, gradc weights -o FILE, or gradc init FOLDER",
    });
  try {
    accessSync(nearest, constants.W_OK | constants.X_OK);
  } catch {
    throw new CompileError({
      code: "GC1403",
      message: `the folder ${shown} is not writable`,
      remedy:
        "choose another place: gradc compile -o FOLDER, gradc weights -o FILE, or gradc init FOLDER",
    });
  }
}

function isLink(path: string): boolean {
  try {
    readlinkSync(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Writes a file whole, as {@link writeWhole} does.
 *
 * @throws CompileError where the system does not.
 */
export function writeFile(
  path: string,
  contents: string | Uint8Array,
  base: string,
): void {
  try {
    writeWhole(path, contents);
  } catch (error) {
    throw new CompileError({
      code: "GC1406",
      message: `cannot write ${shortPath(path, base)}: ${reasonOf(error)}`,
      remedy:
        "choose another place: gradc compile -o FOLDER, gradc weights -o FILE, or gradc init FOLDER",
    });
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : "";
  switch (code) {
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "EROFS":
      return "the file system is read-only";
    case "ENOSPC":
      return "no space left";
    case "ENOENT":
      return "no folder can be made there";
    case "EISDIR":
      return "a folder is in its place";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
