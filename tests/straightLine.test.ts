/** What --unroll full writes, and what it refuses to. */
import { existsSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { compileModel } from "../compiler/compile.js";
import { typescript } from "../compiler/emit/dialect.js";
import { statementLines } from "../compiler/emit/print.js";
import * as g from "../dsl/index.js";
import { gradc, project, removeProjects, seed } from "./cliHarness.js";

afterAll(removeProjects);

describe("--unroll full", () => {
  it("refuses a function above 1 MB of bytecode, and writes nothing", async () => {
    const p = project({ "net.ts": seed("30000") });
    const { status, stderr } = await gradc(p.folder, [
      "compile",
      "net.ts",
      "--unroll",
      "full",
    ]);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^GC1015 --unroll full: forward would be \d{4} KB of bytecode without loops, expected at most 1000 KB$/m,
    );
    expect(stderr).toContain("leave --unroll at auto");
    expect(existsSync(p.path("generated"))).toBe(false);
  }, 60_000);

  it("refuses more steps than can be written out before it writes them", async () => {
    const steps = 20_000;
    const x = g.input("x", [steps, 2]);
    const y = g.input("y", [2]);
    const { h } = g.rnn(2, 2, { form: "scan" })(x);
    const state = g.reshape(h, [2]);
    const built = g.model({
      inputs: { x, y },
      outputs: { state },
      loss: g.mse(state, y),
      optimizer: g.sgd(0.1),
    });
    await expect(
      compileModel(built, {
        sourceName: "long.ts",
        command: "test",
        unroll: "full",
        math: "exact",
        verify: true,
      }),
    ).rejects.toThrow(
      /^--unroll full: forward would be \d+ values of steps without loops, expected at most 65535$/,
    );
  });
});

it("a function of 300,000 lines is printed", () => {
  const body = Array.from({ length: 300_000 }, (_, i) => ({
    kind: "comment" as const,
    text: String(i),
  }));
  const nested = [
    {
      kind: "for" as const,
      variable: "i",
      from: { kind: "number" as const, value: 0 },
      to: { kind: "number" as const, value: 1 },
      step: 1,
      body,
    },
  ];
  expect(statementLines(nested, typescript, 0)).toHaveLength(300_002);
});
