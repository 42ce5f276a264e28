/** Mistakes that JavaScript, a cast or a habit of other languages makes: one sentence of gradc's own, and what to do. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { remedies } from "../dsl/shape/remedies.js";
import { gradc, project, removeProjects, root } from "./cliHarness.js";

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "tools", "build.mjs")]);
}, 60_000);
afterAll(removeProjects);

/** A model of x [2], y [2] and labels k, whose loss and layers are two lines. */
const text = (layers: string, loss: string, optimizer = "g.sgd(0.1)"): string =>
  `import * as g from "gradc";
const x = g.input("x", [2]);
const y = g.input("y", [2]);
const k = g.indices("k", [], 2);
const s = g.input("s", [3, 2]);
const h = g.linear(x, 2);
${layers}
const loss = ${loss};
export default g.model({ inputs: { x, y, k, s } as never, outputs: { h }, loss: loss as never, optimizer: ${optimizer} });
`;

/** What the command says: no frames, no indent. */
async function said(model: string): Promise<string[]> {
  const { folder } = project({ "model.ts": model });
  const { status, stderr } = await gradc(folder, ["compile", "model.ts"]);
  expect(status).toBe(2);
  return stderr
    .split("\n")
    .filter((line) => /^(?:model\.ts|GC|TS| {2}fix:)/.test(line))
    .map((line) => line.trim());
}

const operators =
  "fix: add, sub, mul, div, neg and pow are + - * / - and **; equal, less and greater compare";
const operator =
  "GC1122 an operator of JavaScript is given a tensor of shape [2], expected a function of the language";

describe.concurrent(
  "one sentence says what is wrong",
  { timeout: 60_000 },
  () => {
    test.each<[string, string, readonly string[]]>([
      [
        "a tensor plus a number",
        text("const o = h + 1;", "g.mse(o, y)"),
        [`model.ts:7:11 ${operator}`, operators],
      ],
      [
        "a product of tensors, and what it is given to",
        text("const o = h * h;", "g.mse(o, y)"),
        [`model.ts:7:11 ${operator}`, operators],
      ],
      [
        "a layer with several results",
        text("const o = g.gru(2, 2)(s);", "g.mse(o, y)"),
        [
          "model.ts:8:20 GC1124 mse: expects a tensor, got an object with the tensors output and h",
          "fix: take one of them: .output or .h",
        ],
      ],
      [
        "labels before logits",
        text("", "g.crossEntropy(k, h)"),
        [
          "model.ts:8:29 GC2010 crossEntropy: expects numbers (f64), got indices of shape []",
          `fix: ${remedies.GC2010}`,
        ],
      ],
      [
        "a step that returns nothing",
        text(
          "const r = g.scan(s, h, (b, e) => { g.add(b, e); });",
          "g.mse(h, y)",
        ),
        [
          "model.ts:7:13 GC1121 scan: a step returned undefined, expected { carry, output }",
          "fix: return { carry: next, output: next }",
        ],
      ],
      [
        "a step without an output",
        text(
          "const r = g.unroll(s, h, ((b: typeof h) => ({ carry: b })) as never);",
          "g.mse(h, y)",
        ),
        [
          "model.ts:7:13 GC2097 unroll: a step returns no tensor for output",
          `fix: ${remedies.GC2097}`,
        ],
      ],
      [
        "a gradient by no list",
        text("const d = g.gradient(g.mse(h, y), x);", "g.mse(h, y)"),
        [
          "model.ts:7:35 GC1250 gradient: xs is a tensor, expected a list such as [x]",
          "fix: write a list in brackets, of one entry too: [x]",
        ],
      ],
      [
        "a field of the model that is misspelt",
        text("", "g.mse(h, y)")
          .replace("{ x, y, k, s } as never", "{ x, y }")
          .replace("loss: loss as never", "losses: loss"),
        [
          "model.ts:9:60 GC2018 model: losses is no field, did you mean loss?",
          `fix: ${remedies.GC2018}`,
        ],
      ],
      [
        "a field that no model has",
        text("", "g.mse(h, y)")
          .replace("{ x, y, k, s } as never", "{ x, y }")
          .replace("loss: loss as never", "loss, metrics: 1"),
        [
          "model.ts:9:66 GC2018 model: metrics is no field, expected inputs, outputs, loss, optimizer or trainable",
          `fix: ${remedies.GC2018}`,
        ],
      ],
      [
        "inputs in a list",
        text("", "g.mse(h, y)")
          .replace("{ x, y, k, s } as never", "[x, y]")
          .replace("loss as never", "loss"),
        [
          "model.ts:9:26 GC2019 model: inputs is an array, expected tensors such as { x, y }",
          `fix: ${remedies.GC2019}`,
        ],
      ],
      [
        "inputs in a list of several lines",
        text("", "g.mse(h, y)")
          .replace("{ x, y, k, s } as never", "[\n  x,\n  y,\n]")
          .replace("loss as never", "loss")
          .replace("g.model({ ", "g.model({\n  "),
        [
          "model.ts:10:3 GC2019 model: inputs is an array, expected tensors such as { x, y }",
          `fix: ${remedies.GC2019}`,
        ],
      ],
      [
        "a tensor as the outputs, on a line of its own",
        text("", "g.mse(h, y)")
          .replace("{ x, y, k, s } as never", "{ x, y }")
          .replace("loss as never", "loss")
          .replace(/outputs: \{[^}]*\}/, "\n  outputs: h"),
        [
          "model.ts:10:3 GC2019 model: outputs is a tensor, expected tensors such as { output }",
          `fix: ${remedies.GC2019}`,
        ],
      ],
      [
        "a layer made of a tensor",
        text("const o = g.multiHeadAttention(s, 2);", "g.mse(h, y)"),
        [
          "model.ts:7:32 GC2017 multiHeadAttention: features is a tensor, expected a positive integer",
          `fix: ${remedies.GC2017}`,
        ],
      ],
      [
        "a layer that is not applied",
        text("const o = g.dense(2, 2);", "g.mse(o, y)"),
        [
          "model.ts:8:20 GC1110 mse: expects a tensor, got a function",
          "fix: apply it: layer(x)",
        ],
      ],
      [
        "options that are null",
        text(
          "",
          "g.mse(h, y)",
          "(g.adam as (...a: unknown[]) => never)(0.1, null)",
        ),
        [
          "model.ts:9:110 GC1214 adam: an argument is none that it takes: Cannot read properties of null (reading 'amsgrad')",
          "fix: compare its arguments with those that the editor shows: one is null, missing or of another kind",
        ],
      ],
      [
        "an initializer that reads an input",
        text(
          'const w = g.param("w", [2], { init: (() => y) as never });',
          "g.mse(g.mul(h, w), y)",
        ).replace("{ x, y, k, s } as never", "{ x, y }"),
        [
          'model.ts:7:13 GC1120 init of "w" reads input "y", expected only numbers and draw.uniform()',
          "fix: write numbers in its place; what reads inputs belongs to the loss",
        ],
      ],
      [
        "a clip that returns nothing",
        text(
          "",
          "g.mse(h, y)",
          "g.sgd(0.1, { clip: (() => undefined) as never })",
        ).replace("{ x, y, k, s } as never", "{ x, y }"),
        [
          "model.ts:9:94 GC1123 optimizer: clip returned undefined, expected a list of tensors",
          "fix: return a tensor for each gradient, in their order",
        ],
      ],
      [
        "shapes that do not fit",
        text("const o = g.add(h, s);", "g.mse(o, y)").replace(
          "[3, 2]",
          "[3, 3]",
        ),
        [
          "model.ts:7:20 GC2030 add: shapes [2] and [3, 3] do not broadcast: 2 and 3 meet on axis -1",
          `fix: ${remedies.GC2030}`,
        ],
      ],
    ])("%s", async (_, model, expected) => {
      expect(await said(model)).toEqual(expected);
    });
  },
);

test("the deviation of one entry is NaN, which a warning says", async () => {
  const { folder } = project({
    "model.ts": `import { add, input, linear, model, sgd, std, sum } from "gradc";
const x = input("x", [2]);
const h = linear(x, 1);
const d = std(h);
export default model({ inputs: { x }, outputs: { h }, loss: add(d, sum(h)), optimizer: sgd(0.1) });
`,
  });
  const { status, stderr } = await gradc(folder, ["compile", "model.ts"]);
  expect(status).toBe(0);
  expect(stderr).toContain(
    "model.ts:4:11 warning GC1314 std: divides by 0 whatever the network is given, the result is NaN or infinite",
  );
  expect(stderr).toContain(
    "fix: give it 2 or more entries, or { correction: 0 }",
  );
  // That its derivative is none either is the same mistake.
  expect(stderr).not.toContain("GC1315");
}, 60_000);

test("gradients that are no numbers are warned of", async () => {
  const { folder } = project({
    "model.ts": `import { input, linear, model, mse, mul, sgd } from "gradc";
const x = input("x", [2]);
const y = input("y", [2]);
const h = mul(linear(x, 2), NaN);
export default model({ inputs: { x, y }, outputs: { h }, loss: mse(h, y), optimizer: sgd(0.1) });
`,
  });
  const { status, stderr } = await gradc(folder, ["compile", "model.ts"]);
  expect(status).toBe(0);
  expect(stderr).toContain(
    "model.ts:5:16 warning GC1315 model: gradients are not finite where they were tried, expected numbers",
  );
  expect(stderr).toContain("fix: look for NaN, log(0) and divisions by 0");
}, 60_000);

test("what a model declared before it threw is not the next one's", () => {
  const { folder, path } = project({
    "wrong.ts":
      'import { param } from "gradc";\nparam("lost", [2]);\nthrow new Error("mine");\n',
    "right.ts": `import { input, model, mul, param, sgd, sum } from "gradc";
const x = input("x", [2]);
const h = mul(param("kept", [2]), x);
export default model({ inputs: { x }, outputs: { h }, loss: sum(h), optimizer: sgd(0.1) });
`,
  });
  const url = (...names: [string, ...string[]]): string =>
    JSON.stringify(pathToFileURL(join(root, "dist", ...names)).href);
  const script = `
    import { loadModel } from ${url("compiler", "load", "model.js")};
    import { declaredFor } from ${url("dsl", "model.js")};
    await loadModel(${JSON.stringify(path("wrong.ts"))}).catch((e) => console.log(e.message));
    const { default: model } = await loadModel(${JSON.stringify(path("right.ts"))});
    console.log(declaredFor(model).map((p) => p.name).join());
    process.exit();`;
  const args = ["--input-type=module", "-e", script];
  const options = { cwd: folder, encoding: "utf8" } as const;
  expect(execFileSync(process.execPath, args, options)).toBe("mine\nkept\n");
}, 60_000);
