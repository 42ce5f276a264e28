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
};

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
  it("at most 1,500 more for a chain of 200 values", () => {
    expect(above("chain")).toBeLessThanOrEqual(1500);
  });
});
