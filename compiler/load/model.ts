/**
 * Runs a model file in this process. tsx compiles it and Node maps stacks back
 * through its source maps, so that the positions of calls are those of the
 * user's text, to the column.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { guarded } from "./guards.js";

/** Frames of a stack: gradc's own between the user's call and a node. */
const stackDepth = 40;

/**
 * Imports the model at an absolute path and returns the namespace of its
 * module. Whatever the model throws passes through.
 */
export async function loadModel(path: string): Promise<unknown> {
  process.setSourceMapsEnabled(true);
  Error.stackTraceLimit = stackDepth;
  const { register } = await import("tsx/esm/api");
  // The user's tsconfig.json is about the application, not about the model.
  const unregister = register({ tsconfig: false });
  const unregisterRequire = isCommonJs(path)
    ? (await import("tsx/cjs/api")).register()
    : undefined;
  try {
    return await guarded(
      () => import(pathToFileURL(path).href) as Promise<unknown>,
    );
  } finally {
    unregisterRequire?.();
    await unregister();
  }
}

/** Whether Node takes a .ts file for CommonJS: a plain `npm init` project. */
function isCommonJs(path: string): boolean {
  if (extname(path) !== ".ts") return extname(path) === ".cts";
  for (
    let folder = dirname(path), above = "";
    folder !== above;
    above = folder, folder = dirname(folder)
  ) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) return typeIn(manifest) !== "module";
  }
  return true;
}

function typeIn(manifest: string): unknown {
  try {
    const parsed: unknown = JSON.parse(readFileSync(manifest, "utf8"));
    return typeof parsed === "object" && parsed !== null && "type" in parsed
      ? parsed.type
      : undefined;
  } catch {
    return undefined;
  }
}
