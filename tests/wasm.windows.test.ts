/** `--target wasm --dtype f32`: windows whose points are the lanes of vectors, and numbers around entries. */
import { describe, expect, it } from "vitest";
import { importFloat32, type Floats } from "../compiler/check/emitted.js";
import { fillInput, numbersFrom } from "../compiler/check/given.js";
import {
  add,
  avgPool2d,
  conv1d,
  conv2d,
  input,
  maxPool1d,
  maxPool2d,
  model,
  mul,
  param,
  relu,
  sgd,
  square,
  sub,
  sum,
  upsample2d,
  type Model,
} from "../dsl/index.js";
import type { Compiled } from "../compiler/compile.js";
import { compile } from "./emitted/compiled.js";
import { engines } from "./support/tiers.js";

const compiled = (network: Model) =>
  compile(network, "network", "never", "exact", "wasm", "f32");

/** The bytes of the module's WebAssembly. */
function bytesOf(text: string): string {
  const [, base64 = ""] = /const wasm =\s+"([^"]*)"/.exec(text) ?? [];
  return Buffer.from(base64, "base64").toString("latin1");
}

/** What the handle computes with: the functions for single examples are no matter of vectors. */
const handleOf = (text: string): string =>
  text.slice(
    text.indexOf("(m: Memory"),
    text.indexOf("function checkInteger("),
  );

/** i8x16.shuffle of numbers of float32, by their places in two vectors. */
const shuffle = (...places: readonly number[]): string =>
  String.fromCharCode(
    ...[
      0xfd,
      0x0d,
      ...places.flatMap((p) => [0, 1, 2, 3].map((k) => 4 * p + k)),
    ],
  );

const everySecond = shuffle(0, 2, 5, 7);
const eachTwice = shuffle(0, 0, 1, 1);
const pairsOfLanes = shuffle(0, 2, 4, 6);

/** Outputs and gradients of one example, which a tier computes. */
async function computed({ script, plan }: Compiled, engine: object) {
  const { create } = await importFloat32(script, engine);
  const net = create({ seed: 3, maxBatch: 3 });
  const next = numbersFrom(7);
  for (const { op } of plan.model.inputs)
    fillInput(net.inputs[op.name] as Floats, op.classes, next);
  net.forward(3);
  const outputs = Object.values(net.outputs).map((o) => o.slice());
  net.backward(1);
  return { tier: net.tier, outputs, grads: net.grads.slice() };
}

/** The same bits in both tiers: nothing is computed but products of two numbers, which are rounded once in both. */
async function expectEqual(network: Model): Promise<string> {
  const made = await compiled(network);
  const js = await computed(made, engines.none);
  const wasm = await computed(made, engines.apart);
  expect([js.tier, wasm.tier]).toEqual(["js", "wasm"]);
  expect(wasm.outputs).toEqual(js.outputs);
  expect(wasm.grads).toEqual(js.grads);
  expect(js.grads.some((g) => g !== 0)).toBe(true);
  return made.text;
}

describe("windows in float32", { timeout: 300_000 }, () => {
  it.each([
    [2, 14],
    [2, 12],
    [2, 10],
    [3, 18],
    [3, 15],
  ] as const)(
    "the largest of %i x %i, of which the first has the gradient",
    async (kernel, size) => {
      const shape = [2, size, size] as const;
      const x = input("x", shape);
      // Half of the entries are 0, so that many are alike.
      const seen = maxPool2d(relu(mul(x, param("scale", shape))), kernel);
      const weight = input("weight", seen.shape);
      const text = await expectEqual(
        model({
          inputs: { x, weight },
          outputs: { seen },
          loss: sum(mul(seen, weight)),
          optimizer: sgd(0.1),
        }),
      );
      const bytes = bytesOf(text);
      if (kernel === 3) return;
      expect(handleOf(text)).not.toMatch(/let (max|min)/);
      expect(bytes).toContain(everySecond);
      expect(bytes).toContain(eachTwice);
    },
  );

  it("that overlap, that reach over the ends, and of one axis", async () => {
    const x = input("x", [2, 13, 13]);
    const seen = mul(x, param("scale", [2, 13, 13]));
    const overlapping = maxPool2d(seen, 3, { stride: 2 });
    const over = maxPool2d(seen, 3, { stride: 2, padding: 1, ceilMode: true });
    const signal = input("signal", [3, 22]);
    const line = maxPool1d(mul(signal, param("gain", [3, 22])), 2);
    const { text } = await compiled(
      model({
        inputs: { x, signal },
        outputs: { overlapping, over, line },
        loss: [overlapping, over, line]
          .map((seen) => sum(square<readonly number[]>(seen)))
          .reduce((a, b) => add(a, b)),
        optimizer: sgd(0.1),
      }),
    );
    expect(bytesOf(text)).toContain(everySecond);
  });

  it("means, and entries that stand twice", async () => {
    const x = input("x", [2, 12, 12]);
    const small = avgPool2d(mul(x, param("scale", [2, 12, 12])), 2);
    const large = upsample2d(small, 2);
    const { text } = await compiled(
      model({
        inputs: { x },
        outputs: { small, large },
        loss: sum(square(sub(large, x))),
        optimizer: sgd(0.1),
      }),
    );
    expect(bytesOf(text)).toContain(everySecond);
    expect(bytesOf(text)).toContain(eachTwice);
  });
});

describe("sums over windows in float32", { timeout: 300_000 }, () => {
  const convolved = (size: number, padding: number) => {
    const x = input("x", [2, size, size]);
    const first = conv2d(x, 4, 3, { padding });
    const y = conv2d(first, 4, 3);
    return compiled(
      model({
        inputs: { x },
        outputs: { y },
        loss: sum(square(y)),
        optimizer: sgd(0.1),
      }),
    );
  };

  it("have rows of eight terms in lanes, which are added up once, and rows of ten, each of which is", async () => {
    const { text } = await convolved(10, 1);
    // Two vectors of four sums, three times for each, in each of two gradients.
    expect(bytesOf(text).split(pairsOfLanes)).toHaveLength(1 + 2 * (2 * 3));
  });

  it("leave out rows of zeros around what windows walk along", async () => {
    const handle = handleOf((await convolved(10, 1)).text);
    expect(handle).toMatch(/const (\w+)From = Math\.max\(0, \w+ - 7\);/);
    expect(handle).toMatch(/const (\w+)To = Math\.min\(3, \w+ \+ 2\);/);
  });

  it("have all terms where few of them are zeros", async () => {
    const handle = handleOf((await convolved(18, 1)).text);
    expect(handle).not.toMatch(/From = Math\.max/);
  });
});

describe("loops in float32", { timeout: 300_000 }, () => {
  it("copy entries and put zeros around them", async () => {
    const x = input("x", [3, 40]);
    const y = conv1d(x, 4, 9, { padding: 4 });
    const { text } = await compiled(
      model({
        inputs: { x },
        outputs: { y },
        loss: sum(square(y)),
        optimizer: sgd(0.1),
      }),
    );
    const handle = handleOf(text);
    expect(handle).toMatch(/\w+Slice\[row \* 144 \+ \w+\] = 0;/);
    expect(handle).toMatch(/for \(let (\w+) = 4; \1 < 44; \1\+\+\)/);
    expect(handle).not.toMatch(/>= 0 &&/);
  });

  it.each([5, 6, 7, 11])(
    "do the last points of %i again only where nothing is read that they wrote",
    async (size) => {
      const x = input("x", [size]);
      const a = mul(x, param("a", [size]), { name: "a" });
      // Each takes the place of the one before: done twice it would be another number.
      const b = mul(relu(a), param("b", [size]), { name: "b" });
      const c = mul(relu(b), param("c", [size]), { name: "c" });
      const weight = input("weight", [size]);
      await expectEqual(
        model({
          inputs: { x, weight },
          outputs: { c },
          loss: sum(mul(c, weight)),
          optimizer: sgd(0.1),
        }),
      );
    },
  );
});
