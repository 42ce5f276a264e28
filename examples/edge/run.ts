// Trains, freezes and bundles a classifier of irises for an edge function, and asks it in workerd: `npm run embed:edge`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { workerd } from "../../engines/find.js";
import { withWorkerd } from "../../engines/hosts/workerd.js";
import { create } from "../../generated/iris.js";
import { irises } from "../data.js";
import { check, compile, needed, sameBits, workshop } from "../embedding.js";
import { species } from "../flowers.js";
import { largest, score, train } from "../training.js";

/** A function of CloudFront has 10 KB, which is the least that edge functions are given. */
const most = 10_240;

const shop = workshop("edge");
const program = needed(
  workerd(),
  "workerd (npm ci --ignore-scripts in engines/packages)",
);
const flowers = irises();
const count = flowers.labels.length;
const network = create({ seed: 1, maxBatch: count });
train(network, flowers, { epochs: 100, batchSize: count }, (batch) => {
  network.inputs.x.set(batch.features);
  network.inputs.species.set(batch.labels);
});

const weights = join(shop.generated, "iris.weights");
writeFileSync(weights, network.save());
compile("examples/iris.ts", shop, "--weights", weights, "--target", "js");
const worker = join(shop.generated, "worker.js");
await build({
  entryPoints: [join(shop.folder, "worker.js")],
  outfile: worker,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
});
const bytes = readFileSync(worker);
check(
  bytes.length <= most,
  `the function: ${String(bytes.length)} bytes (${String(gzipSync(bytes).length)} gzip) of ${String(most)}`,
);

interface Reply {
  readonly species: string;
  readonly logits: readonly number[];
}
const modules = ["worker.js"] as const;
await withWorkerd(
  program,
  { folder: shop.generated, modules },
  AbortSignal.timeout(60_000),
  async (url) => {
    const lines = readFileSync(
      new URL("../../data/iris.csv", import.meta.url),
      "utf8",
    );
    const [, ...rows] = lines.trim().split("\n");
    let right = 0;
    let same = 0;
    for (const [i, row] of rows.entries()) {
      const lengths = row.split(",").slice(0, 4).join(",");
      const reply = await fetch(`${url}?x=${lengths}`);
      const found = (await reply.json()) as Reply;
      const logits = network.predict(
        flowers.features.subarray(4 * i, 4 * i + 4),
      );
      if (
        sameBits(found.logits, logits) &&
        found.species === species[largest(logits)]
      )
        same++;
      if (found.species === species[flowers.labels[i] ?? -1]) right++;
    }
    console.log(`flowers in workerd: ${score(right, count)}`);
    check(
      same === count,
      `answers to ${String(same)} of ${String(count)} flowers have the bits of the trained network`,
    );
    const refused = await fetch(`${url}?x=1,2`);
    check(refused.status === 400, "a request without four lengths is refused");
  },
);
