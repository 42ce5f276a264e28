/** Whether what a model file exports is a model. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Model } from "../../dsl/model.js";
import { CompileError, type Problem } from "../diagnostics.js";

/**
 * The default export of a model's module.
 *
 * @param namespace what importing the model gave
 * @param path its absolute path
 * @throws CompileError when there is none, or when `model()` did not make it.
 */
export function defaultModel(namespace: unknown, path: string): Model {
  const exports = entries(namespace);
  const exported = exports.get("default");
  if (isModel(exported)) return exported;
  // A CommonJS file: its exports are the default export of the namespace.
  const inner = entries(exported);
  if (inner.get("__esModule") === true) {
    return defaultModel(exported, path);
  }
  const name = basename(path);
  const example =
    "export default model({ inputs: { x, y }, outputs: { output }, loss: mse(output, y), optimizer: sgd(0.1) });";
  if (!exports.has("default") || exported === undefined) {
    const other = [...exports].find(([, value]) => isModel(value))?.[0];
    throw new CompileError({
      code: "GC1220",
      message: `${name} has no default export, expected a model`,
      ...lastLine(path),
      remedy: other === undefined ? example : `export default ${other};`,
    });
  }
  throw new CompileError({
    code: "GC1221",
    message: `the default export of ${name} is ${describe(exported)}, expected a model`,
    ...defaultLine(path),
    remedy: example,
  });
}

/** What `model()` makes, of this copy of gradc or another. */
function isModel(value: unknown): value is Model {
  return (
    typeof value === "object" &&
    value !== null &&
    "kind" in value &&
    value.kind === "gradc model"
  );
}

function entries(value: unknown): ReadonlyMap<string, unknown> {
  if (typeof value !== "object" || value === null) return new Map();
  const names = Object.getOwnPropertyNames(value);
  return new Map(
    names.map((name) => [name, (value as Record<string, unknown>)[name]]),
  );
}

function describe(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (value === null) return "null";
  if (value instanceof Promise) return "a promise (await it)";
  if (Array.isArray(value)) return "an array";
  if (typeof value !== "object") return `a ${typeof value}`;
  return "op" in value && "shape" in value ? "a tensor" : "an object";
}

/** Where the default export is written. */
function defaultLine(path: string): Pick<Problem, "file" | "line" | "column"> {
  const rows = readFileSync(path, "utf8").split("\n");
  const index = rows.findIndex((row) => /\bexport\s+default\b/.test(row));
  if (index === -1) return lastLine(path);
  const column = (rows[index] ?? "").search(/\bexport\s+default\b/) + 1;
  return { file: path, line: index + 1, column };
}

/** Where a default export would be added. */
function lastLine(path: string): Pick<Problem, "file" | "line" | "column"> {
  const rows = readFileSync(path, "utf8").trimEnd().split("\n");
  return { file: path, line: rows.length, column: 1 };
}
