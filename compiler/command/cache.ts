/**
 * What the last compile of a model was made of. When nothing of it changed,
 * gradc says so without loading TypeScript or the model.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Diagnostic } from "../diagnostics.js";
import type { Sources } from "../load/sources.js";
import { outputsOf, type Files } from "./files.js";
import type { Summary } from "./summary.js";
import { readIfThere, writeWhole } from "./write.js";

/** A compile that succeeded. */
export interface Remembered {
  readonly summary: Summary;
  readonly warnings: readonly Diagnostic[];
}

interface Entry extends Remembered {
  /** The build of gradc and the Node that ran it. */
  readonly stamp: string;
  /** Hashes of the user's files by absolute path. */
  readonly files: Readonly<Record<string, string>>;
  /** Absolute paths where an import would find another file than it did, were there one. */
  readonly absent: readonly string[];
  /** Hashes of the outputs, in the order in which a compile writes them. */
  readonly outputs: readonly string[];
}

/**
 * The last compile with the same options, if neither the model's files nor
 * gradc nor the output changed since.
 */
export function recall(
  files: Files,
  options: readonly string[],
): Remembered | undefined {
  const stamp = buildStamp();
  const text = readIfThere(entryPath(files, options));
  if (stamp === undefined || text === undefined) return undefined;
  const entry = parseEntry(text);
  if (entry?.stamp !== stamp) return undefined;
  const same = ([path, hash]: readonly [string, string | undefined]) => {
    const now = readIfThere(path);
    return now !== undefined && sha256(now) === hash;
  };
  const hashes = [
    ...Object.entries(entry.files),
    ...outputsOf(files).map((path, i) => [path, entry.outputs[i]] as const),
  ];
  const isNone = (path: string) => readIfThere(path) === undefined;
  return hashes.every(same) && entry.absent.every(isNone) ? entry : undefined;
}

/** Remembers a compile; where there is no place for that, it does not. */
export function remember(
  files: Files,
  options: readonly string[],
  { texts, absent }: Pick<Sources, "texts" | "absent">,
  outputs: readonly string[],
  { summary, warnings }: Remembered,
): void {
  const stamp = buildStamp();
  if (stamp === undefined) return;
  const hashes = [...texts].map(
    ([path, text]) => [path, sha256(text)] as const,
  );
  const entry: Entry = {
    stamp,
    files: Object.fromEntries(hashes),
    absent: [...absent],
    outputs: outputs.map(sha256),
    summary,
    warnings,
  };
  try {
    writeWhole(entryPath(files, options), JSON.stringify(entry));
  } catch {
    // Nowhere to remember it: the next compile takes its time again.
  }
}

function entryPath(
  { model, output, project }: Files,
  options: readonly string[],
): string {
  const modules = join(project, "node_modules");
  const folder = existsSync(modules)
    ? join(modules, ".cache", "gradc")
    : join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "gradc");
  const key = sha256(JSON.stringify([model, output, options])).slice(0, 20);
  return join(folder, `${key}.json`);
}

/** Changes with every build of gradc; undefined when it runs from its sources. */
function buildStamp(): string | undefined {
  const path = fileURLToPath(new URL("../../.stamp", import.meta.url));
  const text = readIfThere(path);
  return text === undefined ? undefined : `${text.trim()} ${process.version}`;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** An entry is gradc's own, but a file in a cache may be cut or older. */
function parseEntry(text: string): Entry | undefined {
  try {
    const entry = JSON.parse(text) as Partial<Entry> | null;
    return entry?.files !== undefined &&
      entry.absent !== undefined &&
      entry.outputs !== undefined &&
      entry.stamp !== undefined &&
      entry.summary !== undefined &&
      entry.warnings !== undefined
      ? (entry as Entry)
      : undefined;
  } catch {
    return undefined;
  }
}
