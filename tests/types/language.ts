/** What a test program may call: the functions of the language. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compileFunction } from "node:vm";
import { root } from "./project.js";

type Names = Readonly<Record<string, unknown>>;

const entry = join(root, "dist", "dsl", "index.js");
if (!existsSync(entry))
  throw new Error("dist/ is missing: run `npm run build` first");
/** Every callable name and its value. */
export const language = (await import(pathToFileURL(entry).href)) as Names;
/** The names that "gradc" exports. */
export const exported: readonly string[] = Object.keys(language);

const types = ["Tensor", "IndexTensor"] as const;

/** Import lines for the names that `source` uses. */
export function importsFor(source: string): string {
  const used = (name: string): boolean =>
    new RegExp(`\\b${name}\\b`).test(source);
  const list = (names: readonly string[]): string => names.join(", ");
  const typeNames = types.filter(used).map((name) => `type ${name}`);
  const own = exported.filter(used);
  return `import { ${list([...own, ...typeNames])} } from "gradc";`;
}

/** Runs `expression` after `declarations`, with every name of the language in scope. */
export function evaluate(declarations: string, expression: string): unknown {
  const names = Object.keys(language);
  const body = `"use strict"; ${declarations}; return (${expression});`;
  const run = compileFunction(body, names) as (...v: unknown[]) => unknown;
  return run(...names.map((name) => language[name]));
}

/** What happens when a program runs: the sentence that is thrown, or the shape of its value. */
export function outcome(declarations: string, expression: string): string {
  try {
    const value = evaluate(declarations, expression);
    const shapes = (Array.isArray(value) ? value : [value]) as {
      readonly shape: readonly number[];
    }[];
    return shapes.map(({ shape }) => `[${shape.join(", ")}]`).join(" ");
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
}
