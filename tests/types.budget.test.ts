import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importsFor } from "./types/language.js";
import { createProject } from "./types/project.js";

const bare = 'export const x = input("x", [1]);';
const programs: Readonly<Record<string, string>> = {
  bare,
  mlp: `
const x = input("x", [784]);
const label = input("label", [10]);
const h1 = relu(linear(x, 512));
const h2 = relu(linear(h1, 256));
const h3 = relu(linear(h2, 128));
const h4 = relu(linear(h3, 64));
const y = linear(h4, 10);
export const loss = mse(y, label);
`,
  transformer: `
const tokens = input("tokens", [32, 64]);
const label = indices("label", [32], 256);
function block<L extends number>(x: Tensor<[L, 64]>, name: string): Tensor<[L, 64]> {
  const attend = multiHeadAttention(64, 4, { causal: true, name });
  const a = add(x, attend(layerNorm(x)));
  return add(a, linear(gelu(linear(layerNorm(a), 256)), 64));
}
const e = add(tokens, param("pos", [32, 64]));
const h = block(block(block(block(e, "a"), "b"), "c"), "d");
const logits = linear(layerNorm(h), 256);
export const loss = crossEntropy(logits, label, { classAxis: -1 });
`,
  gru: `
const x = input("x", [8, 27]);
const label = indices("label", [8], 27);
const encode = gru(27, 32, { numLayers: 2, bidirectional: true });
const { output } = encode(x);
const logits = linear(output, 27);
export const loss = crossEntropy(logits, label, { classAxis: -1 });
`,
  chain: [
    'const x0 = input("x", [64]);',
    ...Array.from({ length: 200 }, (_, i) => {
      const [to, from] = [`x${String(i + 1)}`, `x${String(i)}`];
      return i % 2 === 0
        ? `const ${to} = linear(${from}, ${String(64 + (i % 37))});`
        : `const ${to} = relu(${from});`;
    }),
    "export const y = x200;",
  ].join("\n"),
  lenet: `
const image = input("image", [1, 28, 28]);
const label = indices("label", [], 10);
const c1 = maxPool2d(relu(conv2d(image, 6, 5, { padding: 2 })), 2);
const c2 = maxPool2d(relu(conv2d(c1, 16, 5)), 2);
const logits = linear(relu(linear(relu(linear(flatten(c2), 120)), 84)), 10);
export const loss = crossEntropy(logits, label);
`,
  resnet: resnet18(),
};

/** ResNet-18 at 224 by 224: a stem, four stages of two blocks, the later ones halving the lengths first. */
function resnet18(): string {
  const lines = [
    'const x = input("x", [3, 224, 224]);',
    "const stem = relu(conv2d(x, 64, 7, { stride: 2, padding: 3 }));",
    "const s0 = maxPool2d(stem, 3, { stride: 2, padding: 1 });",
  ];
  let last = "s0";
  for (const [stage, channels] of [64, 128, 256, 512].entries())
    for (const block of [0, 1]) {
      const [name, c] = [`b${String(2 * stage + block)}`, String(channels)];
      const halves = stage > 0 && block === 0;
      const stride = halves ? "stride: 2, " : "";
      const skip = halves ? `conv2d(${last}, ${c}, 1, { stride: 2 })` : last;
      lines.push(
        `const ${name}h = relu(conv2d(${last}, ${c}, 3, { ${stride}padding: 1 }));`,
        `const ${name} = relu(add(conv2d(${name}h, ${c}, 3, { padding: 1 }), ${skip}));`,
      );
      last = name;
    }
  lines.push(`export const y = linear(mean(${last}, [-2, -1]), 1000);`);
  return lines.join("\n");
}

/** Instantiations are exact and the same on every machine; times are not. */
describe("what the types cost (TypeScript 6, from the built declarations)", () => {
  const project = createProject();
  const instantiations = new Map<string, number>();
  beforeAll(async () => {
    for (const [name, source] of Object.entries(programs)) {
      project.write(`${name}.ts`, `${importsFor(source)}\n${source}\n`);
      const result = await project.check("typescript", `${name}.ts`);
      expect(result.diagnostics).toEqual([]);
      instantiations.set(name, result.instantiations);
    }
  }, 120_000);
  afterAll(() => {
    project.remove();
  });
  const above = (name: string): number =>
    (instantiations.get(name) as number) -
    (instantiations.get("bare") as number);

  it("at most 500 instantiations for the bare import", () => {
    expect(instantiations.get("bare")).toBeLessThanOrEqual(500);
  });
  it("at most 1,500 more for an MLP of five layers", () => {
    expect(above("mlp")).toBeLessThanOrEqual(1500);
  });
  it("at most 10,000 more for LeNet", () => {
    expect(above("lenet")).toBeLessThanOrEqual(10_000);
  });
  it("at most 15,000 more for ResNet-18 at 224 by 224", () => {
    expect(above("resnet")).toBeLessThanOrEqual(15_000);
  });
  it("at most 5,000 more for a transformer of four blocks", () => {
    expect(above("transformer")).toBeLessThanOrEqual(5000);
  });
  it("at most 3,500 more for a recurrent network of two layers and directions", () => {
    expect(above("gru")).toBeLessThanOrEqual(3500);
  });
  it("at most 1,500 more for a chain of 200 values", () => {
    expect(above("chain")).toBeLessThanOrEqual(1500);
  });
});
