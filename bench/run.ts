/**
 * `npm run bench -- [W1 W3 other compile ...] [--quick] [--alone] [--json | --markdown]
 * [--page FILE.html]`: all of it, or what is named;
 * a name is a part or the beginning of a workload's. Ends with one summary line for each part.
 */
import type { Bench } from "./bench.js";
import { benchCold } from "./cold.js";
import { requestOf, type Request } from "./commandLine.js";
import { benchCompile } from "./compile.js";
import { benchMemory } from "./memory.js";
import { markdownOf, textOf } from "./report/table.js";
import { benchScale } from "./scale.js";
import { benchSize } from "./size.js";
import { benchSpeed } from "./speed.js";
import { benchWorst } from "./worst.js";

const parts: Readonly<Record<string, Bench>> = {
  size: benchSize,
  cold: benchCold,
  worst: benchWorst,
  memory: benchMemory,
  compile: benchCompile,
  scale: benchScale,
};

/** What the command line asks for; undefined where that is told already. */
function asked(): Request | undefined {
  try {
    const request = requestOf(process.argv.slice(2), Object.keys(parts));
    if (typeof request !== "string") return request;
    console.log(request);
  } catch (error) {
    console.error(`bench: ${(error as Error).message}`);
    process.exitCode = 2;
  }
  return undefined;
}

/** The benches to run, by the name that their summary starts with. */
function selected({
  parts: names,
  workloads,
}: Request): readonly (readonly [string, Bench])[] {
  const named = Object.entries(parts).filter(([name]) => names.includes(name));
  return workloads.length === 0
    ? named
    : [["speed", benchSpeed(workloads)], ...named];
}

const request = asked();
if (request !== undefined) {
  const { form, options } = request;
  for (const [name, bench] of selected(request)) {
    const { tables, data, summary } = await bench(options);
    if (form === "json") {
      console.log(JSON.stringify({ bench: name, data, summary }));
      continue;
    }
    for (const table of tables)
      console.log(
        `${form === "markdown" ? markdownOf(table) : textOf(table)}\n`,
      );
    console.log(`bench ${name}: ${summary}`);
  }
}
