/** `npm run golden -- PATH... [--json]`: replays case files through compiled modules. */
import { isAbsolute, join } from "node:path";
import { caseFiles, readCase } from "./caseFile.js";
import { replay, type Replayed } from "./replay.js";

const given = process.argv.slice(2);
const json =
  given.includes("--json") || process.env["npm_config_json"] === "true";
const paths = given
  .filter((argument) => !argument.startsWith("--"))
  .map((path) =>
    isAbsolute(path)
      ? path
      : join(process.env["INIT_CWD"] ?? process.cwd(), path),
  );
if (paths.length === 0) {
  console.error("golden: no path, expected npm run golden -- PATH... [--json]");
  process.exit(2);
}

const results: Replayed[] = [];
for (const file of paths.flatMap(caseFiles)) {
  const result = await replayFile(file);
  results.push(result);
  console.log(json ? JSON.stringify(result) : lineOf(result));
}
const count = (holds: (r: Replayed) => boolean): number =>
  results.filter(holds).length;
const summary = {
  passed: count((r) => r.result === "pass"),
  failed: count((r) => r.result === "fail"),
  unsupported: count((r) => r.result === "unsupported"),
  unrolled: count((r) => r.unrolled),
  looped: count((r) => r.looped),
  batched: count((r) => r.batched),
  loopedOnly: count((r) => r.looped && !r.unrolled),
};
if (json) console.log(JSON.stringify(summary));
else {
  const { passed, failed, unsupported } = summary;
  console.log(
    `${String(summary.unrolled)} ran unrolled, ${String(summary.looped)} looped (${String(summary.loopedOnly)} looped only), ${String(summary.batched)} batched`,
  );
  console.log(
    `${String(passed)} passed, ${String(failed)} failed, ${String(unsupported)} unsupported`,
  );
}
process.exitCode = summary.failed > 0 ? 1 : 0;

async function replayFile(file: string): Promise<Replayed> {
  try {
    return await replay(readCase(file));
  } catch (error) {
    return {
      name: file,
      family: "",
      result: "fail",
      why: error instanceof Error ? error.message : String(error),
      worst: 0,
      unrolled: false,
      looped: false,
      batched: false,
    };
  }
}

function lineOf(r: Replayed): string {
  if (r.result === "unsupported") return `unsupported ${r.name} ${r.why}`;
  if (r.result === "fail") return `FAIL ${r.name} ${r.why}`;
  const forms = (["unrolled", "looped", "batched"] as const).filter(
    (f) => r[f],
  );
  return `pass ${r.name} ${r.worst.toExponential(1)} (${forms.join(", ")})`;
}
