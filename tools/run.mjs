/** `node tools/run.mjs tests/fuzz.ts ...`: a TypeScript tool over a built dist/. */
import { spawnSync } from "node:child_process";
import { build } from "./dist.mjs";

const { ok, output } = build();
if (ok) {
  const { status } = spawnSync(
    process.execPath,
    ["--import", "tsx", ...process.argv.slice(2)],
    { stdio: "inherit" },
  );
  process.exitCode = status ?? 3;
} else {
  console.error(`internal: gradc does not build\n${output}`);
  process.exitCode = 3;
}
