/**
 * `npm run bench -- [W1 W3 other compile ...] [--quick] [--alone] [--json | --markdown]
 * [--page FILE.html]`: all of it, or what is named;
 * a name is a part or the beginning of a workload's. Ends with one summary line for each part.
 */
import { parseArgs } from "node:util";
import type { Bench } from "./bench.js";
import { benchCold } from "./cold.js";
import { benchCompile } from "./compile.js";
import { benchMemory } from "./memory.js";
import { markdownOf, textOf } from "./report/table.js";
import { benchScale } from "./scale.js";
import { benchSize } from "./size.js";
import { benchSpeed } from "./speed.js";
import { workloads } from "./workloads/table.js";
import { benchWorst } from "./worst.js";

const parts: Readonly<Record<string, Bench>> = {
  size: benchSize,
  cold: benchCold,
  worst: benchWorst,
  memory: benchMemory,
  compile: benchCompile,
  scale: benchScale,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    alone: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    markdown: { type: "boolean", default: false },
    page: { type: "string" },
  },
});

const startsWith = (id: string) => (name: string) =>
  id.toLowerCase().startsWith(name.toLowerCase());
const everything = positionals.length === 0;
const chosen = everything
  ? workloads
  : workloads.filter(({ id }) => positionals.some(startsWith(id)));
const unknown = positionals.filter(
  (name) =>
    !Object.hasOwn(parts, name) &&
    !workloads.some(({ id }) => startsWith(id)(name)),
);

/** The benches to run, by the name that their summary starts with. */
function selected(): readonly (readonly [string, Bench])[] {
  const named = Object.entries(parts).filter(
    ([name]) => everything || positionals.includes(name),
  );
  return chosen.length === 0
    ? named
    : [["speed", benchSpeed(chosen)], ...named];
}

if (unknown.length > 0) {
  const names = [...Object.keys(parts), ...workloads.map(({ id }) => id)];
  console.error(
    `bench: no ${unknown.join(", ")}, expected ${names.join(", ")}`,
  );
  process.exitCode = 2;
} else {
  for (const [name, bench] of selected()) {
    const { tables, data, summary } = await bench(values);
    if (values.json) {
      console.log(JSON.stringify({ bench: name, data, summary }));
      continue;
    }
    for (const table of tables)
      console.log(`${values.markdown ? markdownOf(table) : textOf(table)}\n`);
    console.log(`bench ${name}: ${summary}`);
  }
}
