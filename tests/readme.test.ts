/** Every command, code block, link and option of README.md is true. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pythonWithTorch } from "../bench/peers/torch.js";
import { gradc, project, removeProjects, root, run } from "./cliHarness.js";
import { freshDocuments, read } from "./support/documents.js";
import { weightsFile } from "./weights/file.js";

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "tools", "build.mjs")]);
}, 60_000);
afterAll(removeProjects);

const python = pythonWithTorch();
const readme = read("README.md");
const own = readme.replaceAll(/<!-- generated: [^]*?<!-- end -->/g, "");

/** Code blocks of a language, outside of the generated parts. */
const blocks = (language: string): string[] =>
  [...own.matchAll(new RegExp("```" + language + "\\n([^]*?)```", "g"))].map(
    ([, text = ""]) => text,
  );

const scripts = (
  JSON.parse(read("package.json")) as {
    readonly scripts: Readonly<Record<string, string>>;
  }
).scripts;
const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");

/** Type-checks files of a project as an application would. */
async function typeCheck(folder: string, files: readonly string[]) {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve("typescript7/package.json");
  const tsc = join(dirname(manifest), "bin", "tsc");
  const flags = [
    ...["--noEmit", "--strict", "--noUncheckedIndexedAccess", "--ignoreConfig"],
    ...["--target", "es2022", "--module", "nodenext", "--lib", "es2023,dom"],
  ];
  return run(process.execPath, [tsc, ...flags, ...files], folder);
}

test("the excerpts are those of the generated file (npm run docs)", async () => {
  expect(readme).toBe((await freshDocuments()).get("README.md"));
}, 60_000);

describe.concurrent("the TypeScript blocks", { timeout: 60_000 }, () => {
  const models = blocks("ts").filter((b) =>
    b.includes("export default model("),
  );
  const others = blocks("ts").filter((b) => !models.includes(b));

  test("there are five models and one script", () => {
    expect([models.length, others.length]).toEqual([5, 1]);
  });

  test.each(models.map((text, i) => [i + 1, text] as const))(
    "model %i compiles without a warning",
    async (_, text) => {
      const { folder } = project({ "model.ts": text });
      const compiled = await gradc(folder, ["compile", "model.ts"]);
      expect(compiled).toMatchObject({ status: 0, stderr: "" });
      const checked = await typeCheck(folder, ["generated/model.ts"]);
      expect(checked).toMatchObject({ status: 0, stdout: "" });
    },
  );

  test("the script type-checks and trains", async () => {
    const [script = ""] = others;
    const { folder } = project({
      "use.ts": script,
      "model.ts": read("model.ts"),
    });
    await gradc(folder, ["compile", "model.ts"]);
    expect(await typeCheck(folder, ["use.ts"])).toMatchObject({
      status: 0,
      stdout: "",
    });
    const ran = await run(process.execPath, [tsx, "use.ts"], folder);
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(ran.stdout).toMatch(/^[\d.e-]+ Float64Array\(2\) \[/);
  });
});

describe.concurrent("the commands", { timeout: 120_000 }, () => {
  test("every script that is named exists", () => {
    const named = [...own.matchAll(/npm run ([\w:]+)/g)].map(
      ([, script = ""]) => script,
    );
    // Those of `gradc init` are the project's own.
    const known = new Set([...Object.keys(scripts), "train"]);
    expect(named.filter((script) => !known.has(script))).toEqual([]);
    expect(named).toContain("train:seed");
  });

  test("the first command shows the seed network train", async () => {
    const [first = ""] = blocks("sh");
    expect(first).toMatch(
      /^npm ci --ignore-scripts && npm run compile model.ts/,
    );
    const check = await gradc(root, ["compile", "model.ts", "--check"]);
    expect(check.status).toBe(0);
    const npm = await run("npm", ["run", "--silent", "train:seed"], root);
    expect(npm.status).toBe(0);
    const losses = [...npm.stdout.matchAll(/loss (\d\S*)/g)].map(([, l]) =>
      Number(l),
    );
    expect(losses[0]).toBeGreaterThan(0.4);
    expect(losses.at(-1)).toBeLessThan(1e-4);
  });

  test("gradc init gives a project that compiles and trains", async () => {
    const { folder } = project({});
    expect(await gradc(folder, ["init"])).toMatchObject({ status: 0 });
    const compiled = await gradc(folder, ["compile", "model.ts"]);
    expect(compiled).toMatchObject({ status: 0, stderr: "" });
    const trained = await run(process.execPath, [tsx, "train.ts"], folder);
    expect(trained).toMatchObject({ status: 0, stderr: "" });
    expect(trained.stdout).toContain("2 * 3 - 1 + 1 is about 6.0");
  });

  test("the explain command prints a page", async () => {
    const [, set = ""] =
      /npm run explain model\.ts -- (--set [^`]+)`/.exec(own) ?? [];
    const args = ["explain", "model.ts", ...set.split(" ")];
    const { status, stdout } = await gradc(root, args);
    expect(status).toBe(0);
    expect(stdout).toContain(
      "| `w1` | `hidden.weight[0][0]` | `0.5` | given |",
    );
  });

  describe("on weights of PyTorch", () => {
    const [, section = ""] =
      /## Weights of PyTorch\n([^]*?)\n## /.exec(own) ?? [];
    const [, commands = ""] = /```sh\n([^]*?)```/.exec(section) ?? [];
    const [script = ""] = blocks("python");
    const iris = () =>
      project({ "examples/iris.ts": read("examples/iris.ts") });
    const convert = async (folder: string): Promise<readonly string[]> => {
      const lines = commands.trim().split("\n");
      const said: string[] = [];
      for (const line of lines) {
        const [npx, name, ...args] = line.split(" ");
        expect([npx, name]).toEqual(["npx", "gradc"]);
        const { status, stderr, stdout } = await gradc(folder, args);
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        said.push(stdout.trim().split("\n").at(-1) ?? "");
      }
      return said;
    };
    const counts = ["iris.bin  4 taken", "trained.safetensors  4 written"];

    test("they run", async () => {
      const { folder, path } = iris();
      const tensors = [
        { name: "hidden.weight", shape: [16, 4] },
        { name: "hidden.bias", shape: [16] },
        { name: "logits.weight", shape: [3, 16] },
        { name: "logits.bias", shape: [3] },
      ];
      writeFileSync(path("iris.safetensors"), weightsFile(tensors));
      expect(await convert(folder)).toEqual(counts);
    });

    // Debian has no package of safetensors: the tests' own writer takes its place.
    test.skipIf(python === undefined)(
      "they take what the Python script writes (a python3 with torch)",
      async () => {
        const { folder, write } = iris();
        write("safetensors/torch.py", "from torch_networks import save_file\n");
        write("iris.py", script);
        const networks = join(root, "tests", "weights");
        const env = { PYTHONPATH: networks, PYTHONDONTWRITEBYTECODE: "1" };
        const ran = await run(python?.path ?? "", ["iris.py"], folder, env);
        expect(ran).toMatchObject({ status: 0, stderr: "" });
        expect(await convert(folder)).toEqual(counts);
      },
    );

    test("every option of gradc weights --help is there", async () => {
      const { stdout } = await gradc(root, ["weights", "--help"]);
      const offered = [...stdout.matchAll(/^ {2}(-\w|--[a-z-]+)/gm)]
        .map(([, option = ""]) => option)
        .filter((option) => option !== "-h");
      expect(offered.length).toBeGreaterThan(5);
      expect(offered.filter((o) => !section.includes(`\`${o}`))).toEqual([]);
    });
  });

  test("the options are those of gradc compile --help", async () => {
    const { stdout } = await gradc(root, ["compile", "--help"]);
    const offered = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)]
      .map(([, option = ""]) => option)
      .filter((option) => option !== "--help");
    const listed = [...own.matchAll(/^\| `(?:-\w`, `)?(--[a-z-]+)/gm)].map(
      ([, option]) => option,
    );
    expect(listed.sort()).toEqual(offered.sort());
  });
});

describe("the documents", () => {
  const names = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"];

  test.each(names)("every link of %s leads to a file", (name) => {
    const links = [...read(name).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
      .map(([, link = ""]) => link)
      .filter((link) => !/^https?:/.test(link));
    expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([]);
  });

  test.each(names)("%s names no path of a machine", (name) => {
    expect(read(name)).not.toMatch(/\/(?:home|root|work|tmp|Users)\//);
  });

  test("the licence is MIT", () => {
    const licence = readFileSync(join(root, "LICENSE"), "utf8");
    expect(licence).toMatch(
      /^MIT License\n\nCopyright \(c\) 2026 gradc contributors\n/,
    );
  });
});
