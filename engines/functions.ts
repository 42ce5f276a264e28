/**
 * `npm run engines:functions [-- COUNT]`: every elementary function, as modules have it, on 1e6 arguments in each Node, Deno and
 * Bun: the bits of the results are compared.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { functionNames, functionsText } from "../tests/accuracy/functions.js";
import { allEngines, type Engine } from "./engines.js";
import { output } from "./process.js";

const count = Number(process.argv[2] ?? 1e6);
const folder = mkdtempSync(join(tmpdir(), "gradc-functions-"));

async function bundle(): Promise<void> {
  await build({
    stdin: {
      contents: `import { printBits } from "./functionBits.js"; import * as functions from "functions"; printBits(functions, ${String(count)});`,
      resolveDir: dirname(fileURLToPath(import.meta.url)),
      loader: "ts",
    },
    plugins: [
      {
        name: "functions",
        setup: (bundler) => {
          bundler.onResolve({ filter: /^functions$/ }, ({ path }) => ({
            path,
            namespace: "printed",
          }));
          bundler.onLoad({ filter: /./, namespace: "printed" }, () => ({
            contents: functionsText(),
          }));
        },
      },
    ],
    outfile: join(folder, "main.mjs"),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2022",
  });
}

/** What an engine prints, function by function. */
async function bitsIn({ command }: Engine): Promise<readonly string[]> {
  if (command === undefined) return [];
  const signal = AbortSignal.timeout(1_200_000);
  const text = await output([...command, "main.mjs"], folder, signal);
  return text.trim().split("\n");
}

try {
  await bundle();
  const engines = allEngines().filter(
    ({ command, program }) => command !== undefined && program !== undefined,
  );
  const [first, ...others] = engines;
  const truth = first === undefined ? [] : await bitsIn(first);
  for (const line of truth) console.log(line);
  let failed = truth.length === functionNames.length ? 0 : 1;
  for (const engine of others) {
    const lines = await bitsIn(engine);
    const other = truth.filter((line, i) => line !== lines[i]);
    if (lines.length !== truth.length || other.length > 0) failed++;
    console.log(
      other.length === 0
        ? `${engine.name}: the same bits`
        : `${engine.name}: OTHER BITS of ${other.map((line) => line.split(" ")[0]).join(", ")}`,
    );
  }
  console.log(
    `${String(functionNames.length)} functions, ${String(count)} arguments each and edges: ${String(engines.length)} engines (${engines.map(({ name }) => name).join(", ")}), ${String(failed)} with other bits`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
