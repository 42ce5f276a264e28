/** What a test program may call: the language's own functions, and those of surface.ts it does not export yet. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compileFunction } from "node:vm";
import { root } from "./project.js";
import * as surface from "./surface.js";

type Names = Readonly<Record<string, unknown>>;

const entry = join(root, "dist", "dsl", "index.js");
if (!existsSync(entry))
  throw new Error("dist/ is missing: run `npm run build` first");
const gradc = (await import(pathToFileURL(entry).href)) as Names;

/** Every callable name and its value. */
export const language: Names = { ...surface, ...gradc };
/** The names that "gradc" exports. */
export const exported: readonly string[] = Object.keys(gradc);

const types = ["Tensor", "IndexTensor"] as const;

/** Import lines for the names that `source` uses. */
export function importsFor(source: string): string {
  const used = (name: string): boolean =>
    new RegExp(`\\b${name}\\b`).test(source);
  const list = (names: readonly string[]): string => names.join(", ");
  const typeNames = types.filter(used).map((name) => `type ${name}`);
  const own = exported.filter(used);
  const rest = Object.keys(surface).filter(
    (name) => used(name) && !exported.includes(name),
  );
  return [
    `import { ${list([...own, ...typeNames])} } from "gradc";`,
    ...(rest.length > 0
      ? [`import { ${list(rest)} } from "./surface.js";`]
      : []),
  ].join("\n");
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
