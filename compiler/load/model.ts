/**
 * Runs a model file in this process. tsx compiles it and Node maps stacks back
 * through its source maps, so that the positions of calls are those of the
 * user's text, to the column.
 */
import { register as registerHook } from "node:module";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import { takeDeclared } from "../../dsl/context.js";
import { guarded } from "./guards.js";

/** Frames of a stack: gradc's own between the user's call and a node. */
const stackDepth = 40;

/** The hook is there for the rest of the process. */
let areModules = false;

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
  // Those of a model that threw are none of this one's.
  takeDeclared();
  if (!areModules) registerHook("./asModule.js", import.meta.url);
  areModules = true;
  const unregisterRequire =
    extname(path) === ".cts"
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
