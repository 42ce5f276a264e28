// Learns a distortion pedal, renders it on the audio thread of headless Chromium, and compares the file with the same
// network in Node: `npm run embed:audio`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "../../engines/find.js";
import { startBrowser, type Page } from "../../engines/hosts/browser.js";
import { filesBelow, serveSite } from "../../engines/hosts/site.js";
import { check, compile, needed, sameBits, workshop } from "../embedding.js";
import { random } from "../random.js";
import { progress } from "../training.js";
import { clipped, guitar, rate } from "./sounds.js";
import { samplesOf, wav } from "./wav.js";

const shop = workshop("audio");
const program = needed(
  chromium(),
  "Chromium (Debian: apt-get install chromium)",
);
const path = (name: string): string => join(shop.generated, name);
const load = (name: string): Promise<unknown> =>
  import(pathToFileURL(path(name)).href);

interface Trained {
  readonly create: (options: {
    readonly seed: number;
    readonly maxBatch: number;
  }) => {
    readonly inputs: Readonly<Record<"dry" | "wet", Float64Array>>;
    readonly loss: Float64Array;
    lr: number;
    readonly trainStep: (n: number) => void;
    readonly save: () => Uint8Array;
  };
}
interface Stream {
  readonly create: () => {
    readonly inputs: Readonly<Record<"dry" | "before", Float64Array>>;
    readonly outputs: Readonly<Record<"heard" | "after", Float64Array>>;
    readonly forward: () => void;
  };
}

/** Learns from ten seconds; leaves the network of one sample, its weights in it. */
async function learn(): Promise<void> {
  const [length, batch, steps] = [128, 8, 1500];
  compile("examples/audio/pedal.ts", shop, "--target", "js");
  const { create } = (await load("pedal.js")) as Trained;
  const network = create({ seed: 1, maxBatch: batch });
  const numbers = random(1);
  const dry = guitar(10, numbers);
  const wet = clipped(dry);
  for (let step = 1; step <= steps; step++) {
    network.lr = 0.02 * (1 - step / (steps + 1));
    for (let i = 0; i < batch; i++) {
      const from = numbers.below(dry.length - length);
      network.inputs.dry.set(dry.subarray(from, from + length), i * length);
      network.inputs.wet.set(wet.subarray(from, from + length), i * length);
    }
    network.trainStep(batch);
    progress(step, steps, network.loss[0] ?? NaN);
  }
  writeFileSync(path("pedal.weights"), network.save());
  const frozen = ["--weights", path("pedal.weights"), "--target", "js"];
  compile("examples/audio/pedalStream.ts", shop, ...frozen);
}

/** What the network makes of a sound, in Node. */
async function inNode(dry: Float32Array): Promise<Float32Array> {
  const { create } = (await load("pedalStream.frozen.js")) as Stream;
  const { inputs, outputs, forward } = create();
  return dry.map((x) => {
    inputs.dry[0] = x;
    forward();
    inputs.before.set(outputs.after);
    return outputs.heard[0] ?? NaN;
  });
}

/** Error of a signal, as a part of its power, in decibels. */
function decibels(found: Float32Array, wanted: Float64Array): number {
  const power = (of: (i: number) => number): number =>
    wanted.reduce((sum, _, i) => sum + of(i) ** 2, 0);
  const error = power((i) => (found[i] ?? NaN) - (wanted[i] ?? NaN));
  return 10 * Math.log10(error / power((i) => wanted[i] ?? NaN));
}

/** The sound that the audio thread renders, and what was on its heap at each of the pauses. */
async function inWorklet(
  page: Page,
  pauses: readonly number[],
): Promise<{ wet: Float32Array; heap: readonly number[] }> {
  await page.evaluate(`
    globalThis.pauses = 0;
    globalThis.wet = import("/page.js").then(async ({ render, sound }) =>
      render(await sound(), ${String(rate)}, ${JSON.stringify(pauses)}, () =>
        new Promise((resume) => {
          globalThis.resume = resume;
          globalThis.pauses++;
        })));
    undefined;
  `);
  const thread = await page.thread();
  const heap: number[] = [];
  for (const index of pauses.keys()) {
    const arrived = `new Promise((done) => {
      const look = () => globalThis.pauses > ${String(index)} ? done() : setTimeout(look, 1);
      look();
    })`;
    await Promise.race([
      page.evaluate(arrived),
      page.evaluate("globalThis.wet.then(() => undefined)"),
    ]);
    heap.push(await thread.usedHeap());
    await page.evaluate("globalThis.resume()");
  }
  const text = await page.evaluate(`globalThis.wet.then((wet) => {
    let text = "";
    for (const byte of new Uint8Array(wet.buffer)) text += String.fromCharCode(byte);
    return btoa(text);
  })`);
  const bytes = Buffer.from(String(text), "base64");
  const wet = new Float32Array(bytes.length / 4);
  new Uint8Array(wet.buffer).set(bytes);
  return { wet, heap };
}

await learn();
const seconds = 10;
const dry = Float32Array.from(guitar(seconds, random(2)));
writeFileSync(path("dry.f32"), new Uint8Array(dry.buffer));

const site = await serveSite(filesBelow(shop.folder));
const browser = startBrowser(program, AbortSignal.timeout(120_000));
try {
  const page = await browser.open(site.url);
  const pauses = Array.from({ length: seconds - 1 }, (_, i) => i + 1);
  const { wet, heap } = await inWorklet(page, pauses);
  check(
    page.complaints.length === 0,
    `complaints of the page: ${String(page.complaints.length)}${page.complaints.map((c) => `\n${c}`).join("")}`,
  );
  const grown = heap.slice(1).map((bytes, i) => bytes - (heap[i] ?? NaN));
  // V8 optimises the processor within the first seconds; until then numbers are allocated.
  const settled = grown.slice(-5);
  check(
    settled.every((bytes) => bytes === 0),
    `bytes that the audio thread allocated, second by second: ${settled.map(String).join(" ")}`,
  );
  writeFileSync(path("wet.wav"), wav(wet, rate));
  const file = samplesOf(readFileSync(path("wet.wav")));
  check(
    sameBits(file, await inNode(dry)),
    `${String(file.length)} samples of generated/wet.wav have the bits of Node`,
  );
  const error = decibels(file, clipped(Float64Array.from(dry)));
  console.log(`an unheard sound, error of the pedal: ${error.toFixed(1)} dB`);
} finally {
  await browser.close();
  site.close();
}
