/** `npm run engines [-- NAME ...]`: trains the same networks everywhere and compares the bits of what they became. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { allEngines, type Engine } from "./engines.js";
import { compileAll, forms, jobs, steps, type Form } from "./jobs.js";
import { timed, type Outcome } from "./process.js";

const here = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2).map((word) => word.toLowerCase());
const folder = mkdtempSync(join(tmpdir(), "gradc-engines-"));

/** The columns of the table: an engine, its form, one for each network. */
const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** What stands in a cell: seconds where the bits are those of the first engine. */
function cell(outcome: Outcome, reference: string | undefined): string {
  if (outcome.kind === "slow") return "too slow";
  if (outcome.kind === "failed") return "failed";
  return outcome.bits === (reference ?? outcome.bits)
    ? `${outcome.seconds.toFixed(1)} s`
    : "OTHER BITS";
}

const folderOf = (form: Form): string => join(folder, form);

async function main(): Promise<void> {
  for (const form of forms) {
    mkdirSync(folderOf(form));
    compileAll(dirname(here), folderOf(form), form);
  }
  const engines = allEngines().filter(
    (e, i) =>
      i === 0 ||
      wanted.length === 0 ||
      wanted.some((word) => e.name.toLowerCase().includes(word)),
  );
  const truth = new Map<string, string>();
  const counts = { ran: 0, equal: 0, skipped: 0, failed: 0 };
  const absent: string[] = [];
  const complaints: string[] = [];
  console.log(row(["engine", "target", ...jobs.map((j) => j.name)]));
  console.log(row(["---", "---", ...jobs.map(() => "---")]));
  for (const engine of engines) {
    if (engine.program === undefined) {
      counts.skipped++;
      absent.push(`${engine.name} (${engine.from})`);
      continue;
    }
    const outcomes = await trainAll(engine);
    const cells = outcomes.map((outcome, i) => {
      const { name } = jobs[i] ?? { name: "" };
      if (outcome.kind === "bits" && !truth.has(name))
        truth.set(name, outcome.bits);
      if (outcome.kind === "failed")
        complaints.push(`${engine.name}, ${name}: ${outcome.why}`);
      return cell(outcome, truth.get(name));
    });
    const wrong = cells.some((c) => c === "failed" || c === "OTHER BITS");
    counts[wrong ? "failed" : "equal"]++;
    counts.ran++;
    console.log(row([engine.name, engine.form, ...cells]));
  }
  for (const [name, bits] of truth)
    console.log(
      `${name}: ${String(bits.length / 2)} bytes, SHA-256 ${createHash("sha256").update(bits).digest("hex").slice(0, 16)}`,
    );
  for (const why of complaints) console.log(why);
  if (absent.length > 0) console.log(`absent: ${absent.join(", ")}`);
  console.log(
    `${String(counts.ran)} engines ran, ${String(counts.equal)} with the same bits after ${String(steps)} steps of each network, ${String(counts.failed)} failed, ${String(counts.skipped)} absent`,
  );
  process.exitCode = counts.failed === 0 ? 0 : 1;
}

async function trainAll(engine: Engine): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const job of jobs)
    outcomes.push(
      await timed((signal) => engine.run(job, folderOf(engine.form), signal)),
    );
  return outcomes;
}

try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
