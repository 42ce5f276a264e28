import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { gradc, project, removeProjects, root } from "./cliHarness.js";

afterAll(removeProjects);

/** Statements and comments of one function, without its head and docstring. */
function bodyOf(text: string, name: string): string[] {
  const lines = text.split("\n");
  const start = lines.findIndex((l) =>
    l.startsWith(`export function ${name}(`),
  );
  const open = lines.findIndex((l, i) => i >= start && l.endsWith("{"));
  return lines.slice(open + 1, lines.indexOf("}", start));
}

/** Compiles a model of the repository in a new project; returns the text of its module. */
async function compiled(
  model: string,
  ...options: readonly string[]
): Promise<string> {
  const source = readFileSync(join(root, model), "utf8");
  const file = model.replace(/^.*\//, "");
  const user = project({ [file]: source });
  const run = await gradc(user.folder, ["compile", file, ...options]);
  expect(run.status, run.stderr).toBe(0);
  const [made = ""] = readdirSync(user.path("generated"));
  return readFileSync(user.path("generated", made), "utf8");
}

const sample = (name: string): string =>
  readFileSync(join(root, "tests", "samples", `${name}.ts`), "utf8");

describe("the plain functions", { timeout: 60_000 }, () => {
  it.each([
    ["seed", "model.ts", []],
    ["tanh231", "tests/samples/tanh231.model.ts", ["--math", "host"]],
  ])("of %s equal the sample line by line", async (name, model, options) => {
    const text = await compiled(model, ...options);
    for (const f of ["zeros", "forward", "backward", "step"])
      expect(bodyOf(text, f), f).toEqual(bodyOf(sample(name), f));
  });

  it("compile to the same bytes in two folders", async () => {
    expect(await compiled("model.ts")).toBe(await compiled("model.ts"));
  });
});
