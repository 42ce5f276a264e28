/** `npm run bench -- [compile ...] [--json]`: each ends with one summary line. */
import { benchCompile } from "./compile.js";

/** A benchmark: prints its table, returns its numbers and their summary. */
export type Bench = () => Promise<{
  readonly rows: readonly (readonly [string, number])[];
  readonly unit: string;
  readonly summary: string;
}>;

const benches: Readonly<Record<string, Bench>> = { compile: benchCompile };

const args = process.argv.slice(2);
const json = args.includes("--json");
const named = args.filter((arg) => !arg.startsWith("-"));
for (const name of named.length === 0 ? Object.keys(benches) : named) {
  const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (bench === undefined) {
    console.error(
      `bench: no ${name}, expected ${Object.keys(benches).join(", ")}`,
    );
    process.exitCode = 2;
    continue;
  }
  const { rows, unit, summary } = await bench();
  if (json) {
    console.log(
      JSON.stringify({ bench: name, unit, ...Object.fromEntries(rows) }),
    );
    continue;
  }
  for (const [part, value] of rows)
    console.log(`  ${part.padEnd(28)}${value.toFixed(0).padStart(6)} ${unit}`);
  console.log(`bench ${name}: ${summary}`);
}
