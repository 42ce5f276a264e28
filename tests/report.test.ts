/** What `--report` and `--profile` say of the kernels of a module. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Report } from "../compiler/report/report.js";
import { gradc, project, removeProjects, root } from "./cliHarness.js";

const out = mkdtempSync(join(tmpdir(), "gradc-report-"));
afterAll(() => {
  rmSync(out, { recursive: true });
  removeProjects();
});

const digits = ["compile", join(root, "examples", "digits.ts"), "-o", out];

/** The report that a command line prints as JSON. */
async function reportOn(...options: readonly string[]): Promise<Report> {
  const { status, stdout, stderr } = await gradc(root, [
    ...digits,
    "--json",
    ...options,
  ]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const [first = ""] = stdout.split("\n");
  return (JSON.parse(first) as { readonly report: Report }).report;
}

const kernelsOf = (report: Report, method: string) =>
  report.methods.find((m) => m.method === method)?.kernels ?? [];

describe("--report", () => {
  test("counts the multiply-adds of the layers, forward and backward", async () => {
    const report = await reportOn("--report");
    const count = (method: string): number =>
      kernelsOf(report, method).reduce((n, k) => n + k.multiplyAdds, 0);
    const [first, second] = [64 * 32, 32 * 10];
    expect(count("forward")).toBe(first + second);
    // Forward, the gradients of both weights, and that of the hidden values.
    expect(count("backward")).toBe(2 * first + 3 * second);
  });

  test("shows form, loops and bytes of a layer", async () => {
    const report = await reportOn("--report");
    const hidden = kernelsOf(report, "forward").find((k) =>
      k.makes.includes("hidden"),
    );
    expect(hidden).toMatchObject({
      function: "forwardHidden",
      form: "tiles",
      tile: ["n 2", "i 4"],
      loops: ["n", "32"],
      sum: ["64"],
      // Inputs, weights, bias, and what is made, 8 bytes each.
      bytes: 8 * (64 + 64 * 32 + 32 + 32),
    });
  });

  test("counts 4 bytes a number in float32", async () => {
    const report = await reportOn("--report", "--dtype", "f32");
    const hidden = kernelsOf(report, "forward").find((k) =>
      k.makes.includes("hidden"),
    );
    expect(hidden?.bytes).toBe(4 * (64 + 64 * 32 + 32 + 32));
  });

  test("takes no more memory than the largest set of values needs", async () => {
    const { memory } = await reportOn("--report");
    expect(memory.largestLiveSet).toBeGreaterThan(0);
    expect(memory.values).toBeGreaterThanOrEqual(memory.largestLiveSet);
    expect(memory.total).toBeGreaterThan(memory.values);
  });

  test("is a table, and leaves the module as it is", async () => {
    const { status, stdout } = await gradc(root, [...digits, "--report"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^forward, 1 example +form +tile +loops +multiply-adds +bytes +estimated$/m,
    );
    expect(stdout).toMatch(
      /^ {2}hidden +tiles +n 2, i 4 +n x 32, sum of 64 +2,048 +17.4 KB +[\d.]+ us$/m,
    );
    expect(stdout).toMatch(/^memory with room for one example: /m);
    const text = (path: string): string => {
      const [, module] = readFileSync(path, "utf8").split("export function");
      return module ?? "";
    };
    expect(text(join(out, "digits.ts"))).toBe(
      text(join(root, "generated", "digits.ts")),
    );
  });
});

describe("--profile", () => {
  test("measures every kernel, for so many examples", async () => {
    const report = await reportOn("--profile", "16");
    expect(report.examples).toBe(16);
    const all = report.methods.flatMap((m) => m.kernels);
    expect(all.length).toBeGreaterThan(10);
    for (const k of all)
      expect(k.measuredMicroseconds).toBeGreaterThanOrEqual(0);
    const hidden = kernelsOf(report, "forward").find((k) =>
      k.makes.includes("hidden"),
    );
    expect(hidden?.multiplyAdds).toBe(16 * 64 * 32);
    expect(hidden?.measuredMicroseconds).toBeGreaterThan(1);
  });

  test.each([["f32"], ["f64"]])(
    "measures the kernels of WebAssembly in %s",
    async (dtype) => {
      const report = await reportOn(
        ...["--profile", "16", "--target", "wasm", "--dtype", dtype],
      );
      const all = report.methods.flatMap((m) => m.kernels);
      expect(all.length).toBeGreaterThan(10);
      for (const k of all)
        expect(k.measuredMicroseconds).toBeGreaterThanOrEqual(0);
      const hidden = kernelsOf(report, "forward").find((k) =>
        k.makes.includes("hidden"),
      );
      expect(hidden?.measuredMicroseconds).toBeGreaterThan(0.5);
    },
  );

  test.each([
    [["--profile", "0"], "GC1017 --profile 0: expected a number of examples"],
    [["--profile", "x"], "GC1017 --profile x: expected a number of examples"],
    [["--profile", "--target", "es5"], "GC1016 --profile runs a handle of"],
  ])("refuses %j", async (options, message) => {
    const { status, stderr } = await gradc(root, [...digits, ...options]);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });

  test("refuses one example where training takes the statistics of several", async () => {
    const { folder } = project({
      "normed.ts": `import { batchNorm, input, linear, model, mse, sgd } from "gradc";

const x = input("x", [3]);
const y = input("y", [2]);
const hidden = linear(x, 2);
const normed = batchNorm(hidden);
export default model({
  inputs: { x, y },
  outputs: { normed },
  loss: mse(normed, y),
  optimizer: sgd(0.1),
});
`,
    });
    const { status, stderr } = await gradc(folder, [
      ...["compile", "normed.ts", "--profile"],
    ]);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr:
        "GC1031 --profile 1: training takes 2 examples or more, for the statistics of a batch\n" +
        "  fix: --profile 32\n",
    });
  });
});
