/** `npm run compile`, `npm run explain`, ...: gradc from an up-to-date dist/. */
import { build, root } from "./dist.mjs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { ok, output } = build();
if (ok) {
  await import(pathToFileURL(join(root, "dist", "compiler", "cli.js")).href);
} else {
  console.error(`internal: gradc does not build\n${output}`);
  process.exitCode = 3;
}
