/**
 * The state_dict of a PyTorch network gives PyTorch's outputs in the same network of gradc, and the other way about. What
 * PyTorch wrote once is in tests/weights/data (torch_networks.py); where a python3 has it, it writes anew, and reads.
 */
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pythonWithTorch } from "../bench/peers/torch.js";
import type { Handle, Module } from "../compiler/check/emitted.js";
import { gradc, root } from "./cliHarness.js";

const own = join(root, "tests", "weights");
const folder = mkdtempSync(join(tmpdir(), "gradc-weights-"));
const python = pythonWithTorch();

/** Networks, and the largest difference that each may have: rounding, of outputs of about 1. */
const networks = ["mlp", "cnn", "gru", "transformer", "layers"];
const tolerance = 1e-12;

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "tools", "build.mjs")]);
}, 60_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What torch_networks.py writes beside the weights: all examples of an array, one after the other. */
interface Expected {
  readonly batch: number;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly output: readonly number[];
}

const model = (name: string): string => join(own, `${name}.ts`);
const modules = new Map<string, Promise<Module>>();

/** The module of a network, compiled once. */
function moduleOf(name: string): Promise<Module> {
  const known = modules.get(name);
  if (known !== undefined) return known;
  const made = (async () => {
    const out = ["--target", "js", "-o", folder];
    const run = await gradc(root, ["compile", model(name), ...out]);
    expect(run).toMatchObject({ status: 0, stderr: "" });
    const { href } = pathToFileURL(join(folder, `${name}.js`));
    return (await import(href)) as Module;
  })();
  modules.set(name, made);
  return made;
}

/** A handle with the weights of a folder, its inputs filled, and what PyTorch says of them. */
async function loaded(
  name: string,
  from: string,
): Promise<{ readonly net: Handle; readonly expected: Expected }> {
  const bin = join(folder, `${name}.bin`);
  const weights = join(from, `${name}.safetensors`);
  const args = ["weights", model(name), weights, "-o", bin];
  const run = await gradc(root, args);
  expect(run).toMatchObject({ status: 0, stderr: "" });
  const expected = JSON.parse(
    readFileSync(join(from, `${name}.json`), "utf8"),
  ) as Expected;
  const net = (await moduleOf(name)).create({ maxBatch: expected.batch });
  net.load(readFileSync(bin));
  for (const [key, values] of Object.entries(expected.inputs))
    net.inputs[key]?.set(values);
  return { net, expected };
}

function outputOf(net: Handle, batch: number): readonly number[] {
  net.forward(batch);
  return Array.from(Object.values(net.outputs)[0] ?? []);
}

function largestDifference(
  got: readonly number[],
  expected: readonly number[],
): number {
  expect(got).toHaveLength(expected.length);
  return got.reduce(
    (most, x, i) => Math.max(most, Math.abs(x - (expected[i] ?? NaN))),
    0,
  );
}

describe.each(networks)("%s", { timeout: 180_000 }, (name) => {
  test("the saved state_dict gives PyTorch's outputs", async () => {
    const { net, expected } = await loaded(name, join(own, "data"));
    const output = outputOf(net, expected.batch);
    expect(largestDifference(output, expected.output)).toBeLessThan(tolerance);
    // Outputs of other weights are others.
    expect(Math.max(...expected.output.map(Math.abs))).toBeGreaterThan(0.1);
  });

  test("training goes on from there as from no step, and comes back", async () => {
    const { net, expected } = await loaded(name, join(own, "data"));
    const fresh = (await moduleOf(name)).create({ maxBatch: expected.batch });
    expect([net.steps, net.lr]).toEqual([0, fresh.lr]);
    fresh.params.set(net.params);
    expect(net.save()).toEqual(fresh.save());
    net.trainStep(expected.batch);
    const output = outputOf(net, expected.batch);
    expect(largestDifference(output, expected.output)).toBeGreaterThan(
      tolerance,
    );

    const back = join(folder, "back");
    mkdirSync(back, { recursive: true });
    const state = join(back, `${name}.bin`);
    const weights = join(back, `${name}.safetensors`);
    writeFileSync(state, net.save());
    writeFileSync(
      join(back, `${name}.json`),
      JSON.stringify({ ...expected, output }),
    );
    const args = ["weights", model(name), state, "-o", weights];
    expect(await gradc(root, args)).toMatchObject({ status: 0, stderr: "" });
    const again = (await loaded(name, back)).net;
    expect(again.params).toEqual(net.params);
  });
});

describe.skipIf(python === undefined)(
  "PyTorch (a python3 with torch)",
  { timeout: 240_000 },
  () => {
    const script = (where: string, what: string): string =>
      execFileSync(
        python?.path ?? "",
        [join(own, "torch_networks.py"), where, what],
        { encoding: "utf8" },
      );

    test("loads what gradc trained, strictly, and gives gradc's outputs", () => {
      const lines = script(join(folder, "back"), "check").trim().split("\n");
      expect(lines.map((line) => line.split(" ")[0])).toEqual(networks);
      for (const line of lines)
        expect(Number(line.split(" ")[1])).toBeLessThan(tolerance);
    });

    test("writes what gradc loads", async () => {
      const fresh = join(folder, "fresh");
      mkdirSync(fresh);
      script(fresh, "write");
      for (const name of networks) {
        const { net, expected } = await loaded(name, fresh);
        const output = outputOf(net, expected.batch);
        expect(largestDifference(output, expected.output)).toBeLessThan(
          tolerance,
        );
      }
    });
  },
);
