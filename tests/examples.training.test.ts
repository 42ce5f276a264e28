/** The examples learn, on real data exactly as PyTorch does. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { curveSvg } from "../examples/curve.js";
import { digits, irises, rows } from "../examples/data.js";
import { pytorchRun } from "../examples/pytorch.js";
import { correct, train } from "../examples/training.js";
import * as autoencoder from "../generated/autoencoder.js";
import * as digitsModule from "../generated/digits.js";
import * as irisModule from "../generated/iris.js";
import * as seed from "../generated/model.js";
import * as siamese from "../generated/siamese.js";
import * as twin from "../generated/twin.js";
import * as xor from "../generated/xor.js";
import { root, run } from "./cliHarness.js";

/** |got - want| <= tolerance * max(1, |want|), for each entry. */
function expectClose(
  got: ArrayLike<number>,
  want: readonly number[],
  tolerance: number,
): void {
  expect(got).toHaveLength(want.length);
  want.forEach((value, i) => {
    const error = Math.abs((got[i] ?? NaN) - value);
    expect(error, `entry ${String(i)}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(value)),
    );
  });
}

describe("from PyTorch's parameters", () => {
  test("iris has PyTorch's loss at every step, and its 148 of 150", () => {
    const reference = pytorchRun("iris");
    const flowers = irises();
    const network = irisModule.create({ maxBatch: 150 });
    network.params.set(reference.start);
    const fill = ({ features, labels }: typeof flowers) => {
      network.inputs.x.set(features);
      network.inputs.species.set(labels);
    };
    const protocol = { epochs: 100, batchSize: 150 };
    const losses = train(network, flowers, protocol, fill);
    expectClose(losses, reference.losses, reference.tolerance);
    const right = correct((x) => network.predict(x), flowers);
    expect(right).toBe(reference.correct["train"]);
    expect(right).toBe(148);
  });

  test("digits has PyTorch's loss at every step, and its 1368 and 277", () => {
    const reference = pytorchRun("digits");
    const all = digits();
    const network = digitsModule.create({ maxBatch: 32 });
    network.params.set(reference.start);
    const fill = ({ features, labels }: typeof all) => {
      network.inputs.pixels.set(features);
      network.inputs.digit.set(labels);
    };
    const protocol = { epochs: 3, batchSize: 32 };
    const losses = train(network, rows(all, 0, 1472), protocol, fill);
    expectClose(losses, reference.losses, reference.tolerance);
    const right = (from: number, to: number): number =>
      correct((x) => network.predict(x), rows(all, from, to));
    expect([right(0, 1472), right(1472, 1797)]).toEqual([1368, 277]);
    expect(reference.correct).toEqual({ train: 1368, test: 277 });
  });
});

describe("small networks", () => {
  test("the twin has the gradients of two nn.Linear", () => {
    const net = twin.create();
    // golden/cases/seed/seed_twin_sum.json
    net.params.set([
      -1.1549, -1.0917, 0.974, -0.155, 0.5966, 0.5645, 1.9847, -0.447, -1.1411,
      1.6324, -0.6341, 0.0263,
    ]);
    net.inputs.x.set([2, 2]);
    net.forward();
    net.backward();
    expectClose(net.outputs.output, [-9.35219952, 8.06807126], 1e-10);
    expectClose(net.outputs.dx, [0.18030596, -1.10469512], 1e-9);
    expectClose(net.loss, [-1.28412826], 1e-10);
    const hidden = [1.6872, 1.6872, 2.3708, 2.3708, 0.8436, 1.1854];
    const output = [-3.8966, 2.2025, -3.8966, 2.2025, 1, 1];
    expectClose(net.grads, [...hidden, ...output], 1e-9);
  });

  test("xor is learned", () => {
    const net = xor.create({ seed: 1, maxBatch: 4 });
    net.inputs.x.set([0, 0, 0, 1, 1, 0, 1, 1]);
    net.inputs.y.set([0, 1, 1, 0]);
    for (let step = 0; step < 500; step++) net.trainStep(4);
    expect(net.loss[0]).toBeLessThan(0.05);
    net.forward(4);
    const answers = Array.from(net.outputs.probability, Math.round);
    expect(answers).toEqual([0, 1, 1, 0]);
  });

  test("the autoencoder finds the plane that its data lie in", () => {
    const net = autoencoder.create({ seed: 1, maxBatch: 16 });
    net.inputs.x.forEach((_, i, x) => {
      const [row, k] = [Math.floor(i / 6), i % 6];
      x[i] = 0.5 * Math.sin(row) * Math.cos(k) + 0.3 * Math.cos(3 * row);
    });
    net.trainStep(16);
    const [first = NaN] = net.loss;
    for (let step = 0; step < 1000; step++) net.trainStep(16);
    expect(net.loss[0]).toBeLessThan(0.05 * first);
  });

  test("the siamese network tells pairs apart", () => {
    const net = siamese.create({ seed: 1, maxBatch: 4 });
    net.inputs.left.set([1, 0, 0.1, 0, 1, 0.1, 1, 0, 0, 0, 1, 0]);
    net.inputs.right.set([1, 0.1, 0, 0.1, 1, 0, 0, 1, 0, 1, 0, 0.1]);
    net.inputs.alike.set([1, 1, -1, -1]);
    net.trainStep(4);
    const [first = NaN] = net.loss;
    for (let step = 0; step < 500; step++) net.trainStep(4);
    expect(net.loss[0]).toBeLessThan(0.02 * first);
  });

  test("plain backward adds to its gradient, for shared weights too", () => {
    const net = siamese.create({ seed: 1 });
    const [left, right, alike] = [[1, 0, 0.1], [0.2, 1, 0], [1]] as const;
    net.inputs.left.set(left);
    net.inputs.right.set(right);
    net.inputs.alike.set(alike);
    net.backward();
    const [p, g] = [siamese.init(1), siamese.zeros()];
    siamese.backward(p, left, right, alike, g);
    expectClose(g, Array.from(net.grads), 1e-15);
    const loss = siamese.backward(p, left, right, alike, g);
    expectClose(
      g,
      Array.from(net.grads, (x) => 2 * x),
      1e-15,
    );
    expect(loss).toBe(net.loss[0]);
  });

  test("the seed's plain functions train as its handle does", () => {
    const net = seed.create({ seed: 3 });
    const [p, g] = [seed.init(3), seed.zeros()];
    net.inputs.x.set([0.05, 0.1]);
    net.inputs.y.set([0.01, 0.99]);
    for (let step = 0; step < 100; step++) {
      net.trainStep();
      seed.backward(p, [0.05, 0.1], [0.01, 0.99], g.fill(0));
      seed.step(p, g, 0.1);
    }
    expectClose(p, Array.from(net.params), 1e-15);
  });
});

describe("scripts", { timeout: 60_000 }, () => {
  const out = mkdtempSync(join(tmpdir(), "gradc-output-"));
  afterAll(() => {
    rmSync(out, { recursive: true });
  });
  const script = async (name: string, ...args: readonly string[]) => {
    const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
    const path = join(root, "examples", `${name}.ts`);
    const ran = await run(process.execPath, [tsx, path, ...args], root);
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    return ran.stdout;
  };

  test("train-iris, then predict-iris in another process", async () => {
    const trained = await script("train-iris", "--out", out);
    expect(trained).toContain("flowers: 148 of 150 right (98.7 %)\n");
    expect(await script("predict-iris", "--out", out)).toBe(
      "5.1 3.5 1.4 0.2 cm: setosa\n6.4 3.2 4.5 1.5 cm: versicolor\n5.9 3.0 5.1 1.8 cm: virginica\n",
    );
    const picture = (folder: string) =>
      readFileSync(join(folder, "iris.svg"), "utf8");
    expect(
      picture(out) === picture(join(root, "examples", "output")),
      "examples/output/iris.svg is stale: run `npm run train:iris`",
    ).toBe(true);
  });

  test.each(["iris", "digits"])("train-%s --pytorch", async (name) => {
    const printed = await script(`train-${name}`, "--pytorch", "--out", out);
    expect(printed).toContain("PyTorch: the same accuracy and loss curve");
  });

  test("train-seed reaches the tutorial's targets", async () => {
    const printed = await script("train-seed");
    expect(printed).toMatch(/^step {3}1 \/ 500 {2}loss 0\.454726\n/);
    expect(printed).toMatch(/step 500 \/ 500 {2}loss 0\.0000\d\d\n/);
  });
});

test("curveSvg() draws axes with numbers, the same bytes each time", () => {
  const curve = { title: "a < b & c", losses: [1.2, 0.5, 0.25] };
  const picture = curveSvg(curve);
  expect(curveSvg(curve)).toBe(picture);
  expect(picture).toContain("<title>a &lt; b &amp; c</title>");
  for (const number of ["0.0", "0.2", "1.2", "0", "3"])
    expect(picture).toContain(`>${number}</text>`);
  expect(picture).toMatch(/<polyline points="[\d., ]+"/);
});
