/** `gradc explain model.ts --set x=2,2 y=1,0`: a page of formulas and numbers. */
import { existsSync } from "node:fs";
import type { Model } from "../../dsl/model.js";
import { CompileError } from "../diagnostics.js";
import { siteFinder } from "../load/findSite.js";
import { findFiles } from "./files.js";
import type { Reporter } from "./reporter.js";

/**
 * @param set the values of inputs, as `x=2,2`
 * @throws CompileError for a mistake of the user.
 */
export async function explainCommand(
  model: string,
  set: readonly string[],
  base: string,
  reporter: Reporter,
): Promise<0> {
  const values = parseValues(set);
  const files = findFiles(base, model, "generated", "ts");
  const { loadSources, translated } = await import("./pipeline.js");
  const loaded = await loadSources(files);
  const explainModel = await loadExplainer();
  const options = {
    sourceName: files.sourceName,
    set: values,
    sites: siteFinder(loaded.sources),
  };
  reporter.output(
    await translated(
      () => explainModel(loaded.model, options),
      files,
      loaded.sources,
    ),
  );
  return 0;
}

type Explain = (
  model: Model,
  options: {
    readonly sourceName: string;
    readonly set: Readonly<Record<string, readonly number[]>>;
    readonly sites: ReturnType<typeof siteFinder>;
  },
) => string | Promise<string>;

/** @throws CompileError in a build of gradc without the page. */
async function loadExplainer(): Promise<Explain> {
  const url = new URL("../explain.js", import.meta.url);
  if (!existsSync(url))
    throw new CompileError({
      code: "GC1007",
      message: "gradc explain is not part of this build",
    });
  const module = (await import(url.href)) as { explainModel: Explain };
  return module.explainModel;
}

/**
 * `["x=2,2", "y=1"]` is `{ x: [2, 2], y: [1] }`.
 *
 * @throws CompileError for text that is not a name and its numbers.
 */
export function parseValues(set: readonly string[]): Record<string, number[]> {
  const values = new Map<string, number[]>();
  for (const text of set) {
    const [name = "", list, ...more] = text.split("=");
    const numbers = list?.split(",").map((part) => toNumber(part));
    if (
      name === "" ||
      more.length > 0 ||
      numbers === undefined ||
      numbers.some(Number.isNaN)
    )
      throw new CompileError({
        code: "GC1006",
        message: `--set ${text} is not a name and its numbers`,
        remedy: "write it as --set x=2,2 y=1,0",
      });
    values.set(name, numbers);
  }
  return Object.fromEntries(values);
}

function toNumber(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}
