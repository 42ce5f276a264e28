/** Runs a model whose calls say what they should be called. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./cliHarness.js";

/** The package that the model imports: `probe(...expected)` records a call. */
const probe = `
export const seen = [];
const record = (expected) => { seen.push({ expected, error: new Error() }); };
export function probe(...expected) {
  record(expected.filter((name) => typeof name === "string"));
  return { call: (...inner) => probe(...inner) };
}
class Probe { constructor(expected) { record([expected]); } }
export const made = {
  probe,
  Probe,
  deep: { again: (...expected) => probe(...expected) },
  curry: (a) => { record([a]); return (b) => { record([b]); }; },
  later: async (a) => { record([a]); },
};
`;

export interface Seen {
  /** What the call says. */
  readonly expected: readonly string[];
  /** The names of the calls that led to it, innermost first. */
  readonly calls: readonly string[];
  /** What gradc calls it. */
  readonly name?: string;
}

/** Runs a model that imports "probe", as gradc runs it; dist/ is built. */
export function probed(model: string): readonly Seen[] {
  const folder = mkdtempSync(join(tmpdir(), "gradc-load-"));
  // In a package, as gradc is: its own calls are not the user's.
  const helper = join(folder, "node_modules", "probe");
  try {
    mkdirSync(helper, { recursive: true });
    writeFileSync(join(helper, "index.mjs"), probe);
    writeFileSync(join(helper, "package.json"), '{ "main": "index.mjs" }');
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, "model.ts"), model);
    const load = join(root, "dist", "compiler", "load");
    const script = `
      import { siteFinder } from ${url(load, "findSite.js")};
      import { loadModel } from ${url(load, "model.js")};
      import { readSources } from ${url(load, "sources.js")};
      import { seen } from ${url(helper, "index.mjs")};
      const path = ${JSON.stringify(join(folder, "model.ts"))};
      await loadModel(path);
      const sources = readSources(path);
      const findSite = siteFinder(sources);
      console.log(JSON.stringify(seen.map(({ expected, error }) => ({
        expected,
        calls: sources.sites(error).map((site) => site.name),
        name: findSite(error)[0]?.name,
      }))));
      process.exit();`;
    const args = ["--input-type=module", "-e", script];
    const output = execFileSync(process.execPath, args, { encoding: "utf8" });
    return JSON.parse(output) as Seen[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A module's URL as a string literal. */
function url(...path: readonly [string, ...string[]]): string {
  return JSON.stringify(pathToFileURL(join(...path)).href);
}
