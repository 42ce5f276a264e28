/** The committed modules of model.ts and examples/ are fresh and do what their interface says. */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gradc, root, run } from "./cliHarness.js";
import { examples, filledNetwork } from "./support/examples.js";

const folder = mkdtempSync(join(tmpdir(), "gradc-examples-"));
beforeAll(() => {
  execFileSync(process.execPath, [join(root, "tools", "build.mjs")]);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
}, 60_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("there is a module for each of the models", () => {
  expect(examples.map(({ name }) => name)).toEqual([
    "model",
    "autoencoder",
    "cartpole",
    "digits",
    "experts",
    "gpt",
    "iris",
    "keyword",
    "lenet",
    "pendulum",
    "rhymes-stream",
    "rhymes",
    "siamese",
    "sigmoid",
    "triplet",
    "twin",
    "unet",
    "vae",
    "xor",
  ]);
});

describe.concurrent.each(examples)("$model", { timeout: 60_000 }, (example) => {
  const { name, model, output } = example;

  test("its module in generated/ is fresh", async () => {
    const { status, stderr } = await gradc(root, ["compile", model, "--check"]);
    const why = `generated/${name}.ts is stale: run \`npm run compile ${model}\`\n${stderr}`;
    expect(status, why).toBe(0);
  });

  test("the example in the module's header runs as it stands", async () => {
    const text = readFileSync(output, "utf8");
    const [, block = ""] = /\* ```ts\n([^`]*?) \* ```/.exec(text) ?? [];
    const lines = block.trimEnd().split("\n");
    expect(lines).toHaveLength(6);
    copyFileSync(output, join(folder, `${name}.ts`));
    const script = join(folder, `${name}-header.ts`);
    writeFileSync(script, lines.map((l) => l.replace(/^ \* /, "")).join("\n"));
    const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
    const ran = await run(process.execPath, [tsx, script], folder);
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(ran.stdout).toMatch(/^-?\d[\d.e+-]* Float64Array\(\d+\) \[/);
    expect(ran.stdout).not.toContain("NaN");
  });

  test("a saved network goes on with the same bits", async () => {
    const first = await filledNetwork(example, 3);
    for (let step = 0; step < 5; step++) first.trainStep(3);
    const second = await filledNetwork(example, 3);
    second.load(first.save());
    expect(second.steps).toBe(5);
    for (const network of [first, second])
      for (let step = 0; step < 5; step++) network.trainStep(3);
    expect(second.params).toEqual(first.params);
    expect(second.loss).toEqual(first.loss);
    expect(second.save()).toEqual(first.save());
  });

  test("backward and update do what trainStep does, bit for bit", async () => {
    const [one, other] = [
      await filledNetwork(example, 3),
      await filledNetwork(example, 3),
    ];
    for (const n of [1, 2, 3, 3]) {
      one.trainStep(n);
      other.backward(n);
      other.update();
      expect(other.loss).toEqual(one.loss);
      expect(other.params).toEqual(one.params);
    }
  });

  test("refuses damaged and foreign states, and stays as it was", async () => {
    const network = await filledNetwork(example, 1);
    const before = network.save();
    const damaged = before.slice();
    damaged[30] = (damaged[30] ?? 0) ^ 1;
    const foreign = before.slice();
    foreign[0] = (foreign[0] ?? 0) ^ 1;
    for (const bytes of [damaged, foreign, before.slice(1), new Uint8Array()])
      expect(() => {
        network.load(bytes);
      }).toThrow(RangeError);
    expect(network.save()).toEqual(before);
  });

  test("predict refuses arrays of another length", async () => {
    const network = await filledNetwork(example, 1);
    const given = Object.values(network.inputs).filter(
      (input): input is Float64Array =>
        input instanceof Float64Array && input.length > 1,
    );
    const others = given.slice(1);
    expect(() => network.predict(new Float64Array(99), ...others)).toThrow(
      /^predict: \w+ has 99 entries, expected \d+$/,
    );
    expect(() => network.predict([], ...others)).toThrow(RangeError);
  });

  test("refuses an n that is no integer from 1 to maxBatch", async () => {
    const network = await filledNetwork(example, 2);
    const before = network.save();
    for (const n of [0, 3, -1, 1.5, NaN, Infinity])
      for (const method of ["forward", "backward", "trainStep"] as const)
        expect(() => {
          network[method](n);
        }).toThrow(
          new RangeError(
            `n is ${String(n)}, expected an integer from 1 to maxBatch = 2`,
          ),
        );
    expect(network.save()).toEqual(before);
  });
});
