// Lets a page under a strict policy train the digits network in headless Chromium, and compares it with Node:
// `npm run embed:page`. With `-- --serve` the page waits for your own browser instead.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "../../engines/find.js";
import { startBrowser } from "../../engines/hosts/browser.js";
import {
  filesBelow,
  serveSite,
  strictPolicy,
} from "../../engines/hosts/site.js";
import { create } from "../../generated/digits.js";
import { digits, rows } from "../data.js";
import { check, compile, needed, sameBits, workshop } from "../embedding.js";
import { correct, score, train } from "../training.js";

const { values } = parseArgs({
  options: { serve: { type: "boolean", default: false } },
});
const shop = workshop("page");
compile("examples/digits.ts", shop, "--target", "js");
const data = new URL("../../data/digits.json", import.meta.url);
const own = filesBelow(shop.folder);
const site = await serveSite((path) =>
  path === "/digits.json" ? readFileSync(data) : own(path),
);
if (values.serve) {
  console.log(`${site.url} (until you interrupt)`);
} else {
  try {
    await run();
  } finally {
    site.close();
  }
}

async function run(): Promise<void> {
  const program = needed(
    chromium(),
    "Chromium (Debian: apt-get install chromium)",
  );
  const browser = startBrowser(program, AbortSignal.timeout(120_000));
  try {
    const page = await browser.open(site.url);
    const inPage = await page.evaluate(
      `import("/page.js").then(async ({ network, finished }) =>
        [await finished, ...network.save()])`,
    );
    const [part = NaN, ...state] = inPage as number[];
    const picture = join(shop.generated, "page.png");
    writeFileSync(picture, await page.screenshot(720, 820));
    check(
      page.complaints.length === 0,
      `${strictPolicy}: ${String(page.complaints.length)} complaints${page.complaints.map((c) => `\n${c}`).join("")}`,
    );
    const { right, of, state: here } = inNode();
    check(
      right === Math.round(part * of),
      `unseen digits in the page: ${score(Math.round(part * of), of)}`,
    );
    check(
      sameBits(state, here),
      `the trained state, ${String(state.length)} bytes, has the bits of Node`,
    );
  } finally {
    await browser.close();
  }
}

/** The same training here. */
function inNode() {
  const all = digits();
  const unseen = rows(all, 1472, all.labels.length);
  const network = create({ seed: 1, maxBatch: 32 });
  const protocol = { epochs: 4, batchSize: 32 };
  train(network, rows(all, 0, 1472), protocol, ({ features, labels }) => {
    network.inputs.pixels.set(features);
    network.inputs.digit.set(labels);
  });
  const state = network.save();
  const right = correct((x) => network.predict(x), unseen);
  return { right, of: unseen.labels.length, state };
}
