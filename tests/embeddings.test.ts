/** The embeddings of examples/ do in their engines what the README says; where an engine is absent, the test is skipped. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import {
  chromium,
  duktapeHeader,
  hermes,
  onPath,
  workerd,
} from "../engines/find.js";
import { startBrowser } from "../engines/hosts/browser.js";
import { serveSite } from "../engines/hosts/site.js";
import { root, run } from "./cliHarness.js";

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "tools", "build.mjs")]);
}, 60_000);

interface Embedding {
  readonly name: string;
  readonly engine: string;
  readonly program: string | undefined;
  /** What its script prints at its end. */
  readonly lines: readonly (string | RegExp)[];
}

const embeddings: readonly Embedding[] = [
  {
    name: "edge",
    engine: "workerd",
    program: workerd(),
    lines: [
      /^the function: \d{4} bytes \(\d{4} gzip\) of 10240$/,
      "flowers in workerd: 148 of 150 right (98.7 %)",
      "answers to 150 of 150 flowers have the bits of the trained network",
      "a request without four lengths is refused",
    ],
  },
  {
    name: "audio",
    engine: "Chromium",
    program: chromium(),
    lines: [
      "complaints of the page: 0",
      "bytes that the audio thread allocated, second by second: 0 0 0 0 0",
      "480000 samples of generated/wet.wav have the bits of Node",
      /^an unheard sound, error of the pedal: -2\d\.\d dB$/,
    ],
  },
  {
    name: "page",
    engine: "Chromium",
    program: chromium(),
    lines: [
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self': 0 complaints",
      "unseen digits in the page: 281 of 325 right (86.5 %)",
      /^the trained state, \d+ bytes, has the bits of Node$/,
    ],
  },
  {
    name: "duktape",
    engine: "a C program with Duktape",
    program: onPath("gcc") && duktapeHeader(),
    lines: [
      /^loss \d\.\d\de-05$/,
      "0, 0: 0.0001",
      "0, 1: 0.9999",
      "1, 0: 0.9999",
      "1, 1: 0.0000",
      "what it learned, 824 bytes, has the bits of Node",
    ],
  },
  {
    name: "hermes",
    engine: "Hermes",
    program: hermes(),
    lines: [
      /^the bundle: \d+ bytes, as bytecode \d+$/,
      "148 of 150 flowers: setosa, versicolor, virginica",
      "what it learned, 2128 bytes, has the bits of Node",
    ],
  },
];

describe("embeddings", { timeout: 240_000 }, () => {
  for (const { name, engine, program, lines } of embeddings)
    test.skipIf(program === undefined)(`${name}, in ${engine}`, async () => {
      const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
      const script = join(root, "examples", name, "run.ts");
      const ran = await run(process.execPath, [tsx, script], root);
      expect(ran).toMatchObject({ status: 0, stderr: "" });
      const printed = ran.stdout.trimEnd().split("\n").slice(-lines.length);
      for (const [i, line] of lines.entries())
        if (typeof line === "string") expect(printed[i]).toBe(line);
        else expect(printed[i]).toMatch(line);
    });
});

/** A processor that keeps a new list of each block. */
const wasteful = `
registerProcessor("wasteful", class extends AudioWorkletProcessor {
  process() {
    globalThis.kept = [globalThis.kept?.length, 0.5];
    return true;
  }
});
`;
const playing = `
const context = new OfflineAudioContext(1, 48000, 48000);
context.audioWorklet.addModule("processor.js").then(() => {
  new AudioWorkletNode(context, "wasteful").connect(context.destination);
  globalThis.paused = [0.2, 0.4].map((seconds) => context.suspend(seconds));
  context.startRendering();
});
`;

test.skipIf(chromium() === undefined)(
  "usedHeap() sees what an audio thread allocates",
  async () => {
    const files: Readonly<Record<string, string>> = {
      "/index.html": '<!doctype html><script src="playing.js"></script>',
      "/playing.js": playing,
      "/processor.js": wasteful,
    };
    const site = await serveSite((path) => files[path]);
    const signal = AbortSignal.timeout(200_000);
    const browser = startBrowser(chromium() ?? "", signal);
    try {
      const page = await browser.open(site.url);
      const thread = await page.thread();
      const heap: number[] = [];
      for (const index of [0, 1]) {
        await page.evaluate(`new Promise((done) => {
          const look = () => globalThis.paused?.[${String(index)}].then(() => done()) ?? setTimeout(look, 1);
          look();
        })`);
        heap.push(await thread.usedHeap());
        await page.evaluate("void context.resume()");
      }
      expect(heap[1]).not.toBe(heap[0]);
    } finally {
      await browser.close();
      site.close();
    }
  },
  240_000,
);

test("each embedding is a folder, a command of package.json and a paragraph of the README", () => {
  const folders = readdirSync(join(root, "examples"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .filter((name) => existsSync(join(root, "examples", name, "run.ts")));
  expect(folders.sort()).toEqual(embeddings.map(({ name }) => name).sort());
  const { scripts } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  ) as { readonly scripts: Readonly<Record<string, string>> };
  const readme = readFileSync(join(root, "README.md"), "utf8");
  for (const name of folders) {
    expect(scripts[`embed:${name}`]).toBe(
      `node tools/run.mjs examples/${name}/run.ts`,
    );
    expect(readme).toContain(
      `- **[examples/${name}](examples/${name})**, \`npm run embed:${name}\`: `,
    );
  }
});
