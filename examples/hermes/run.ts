// Bundles an app as React Native does, compiles it to Hermes' bytecode, runs it, and compares it with Node:
// `npm run embed:hermes`.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { hermes } from "../../engines/find.js";
import { create } from "../../generated/iris.js";
import { irises } from "../data.js";
import { check, compile, needed, sameBits, workshop } from "../embedding.js";
import { train } from "../training.js";

const shop = workshop("hermes");
const program = needed(
  hermes(),
  "Hermes (npm ci --ignore-scripts in engines/packages)",
);
const all = irises();
const count = all.labels.length;
const flowers = Array.from(all.labels, (label, i) => ({
  x: Array.from(all.features.subarray(4 * i, 4 * i + 4)),
  label,
}));
writeFileSync(
  join(shop.generated, "flowers.json"),
  JSON.stringify({ flowers }),
);
compile("examples/iris.ts", shop, "--target", "js");

const bundle = join(shop.generated, "index.bundle.js");
await build({
  entryPoints: [join(shop.folder, "index.js")],
  banner: { js: readFileSync(join(shop.folder, "prelude.js"), "utf8") },
  outfile: bundle,
  bundle: true,
  minify: true,
  format: "iife",
  // Hermes reads most of what came with ES2015, and little of what came later.
  target: "es2015",
});
const bytecode = join(shop.generated, "index.hbc");
execFileSync(program, ["-O", "-w", "-emit-binary", "-out", bytecode, bundle]);
console.log(
  `the bundle: ${String(readFileSync(bundle).length)} bytes, as bytecode ${String(readFileSync(bytecode).length)}`,
);
const printed = execFileSync(program, ["-b", bytecode], { encoding: "utf8" });
const [right = "", stored = "[]"] = printed.trimEnd().split("\n");
console.log(right);

const network = create({ seed: 1, maxBatch: count });
train(network, all, { epochs: 100, batchSize: count }, (batch) => {
  network.inputs.x.set(batch.features);
  network.inputs.species.set(batch.labels);
});
const state = JSON.parse(stored) as number[];
check(
  sameBits(state, network.save()),
  `what it learned, ${String(state.length)} bytes, has the bits of Node`,
);
