/** `gradc compile` as its users see it: exit codes, messages, files. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gradc, project, removeProjects, root, seed } from "./cliHarness.js";

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "tools", "build.mjs")]);
}, 60_000);
afterAll(removeProjects);

const read = (path: string) => readFileSync(path, "utf8");

describe.concurrent("gradc compile", { timeout: 60_000 }, () => {
  test("writes once, says `unchanged` then, and --check agrees", async () => {
    const { folder, path, write } = project({ "model.ts": seed() });
    const output = path("generated", "model.ts");

    const first = await gradc(folder, ["compile", "model.ts"]);
    expect(first).toMatchObject({ status: 0, stderr: "" });
    expect(first.stdout).toMatch(
      /^generated\/model\.ts {2}8 parameters, \d+ multiply-adds, [\d.]+ KB \([\d.]+ KB gzip\), [\d.]+ KB RAM, gradients within \d\.\de-\d+ of central differences\n$/,
    );
    const { mtimeMs, ino } = lstatSync(output);
    expect(readdirSync(path("generated"))).toEqual(["model.ts"]);

    for (const more of [[], ["--check"], ["--print-after", "share"]]) {
      const next = await gradc(folder, ["compile", "model.ts", ...more]);
      expect(next).toMatchObject({ status: 0, stderr: "" });
      expect(next.stdout).toContain("generated/model.ts  unchanged, 8 param");
    }
    expect(lstatSync(output)).toMatchObject({ mtimeMs, ino });

    const before = read(output);
    write("model.ts", seed("3"));
    const stale = await gradc(folder, ["compile", "model.ts", "--check"]);
    expect(stale).toMatchObject({ status: 1, stdout: "" });
    expect(stale.stderr).toContain("GC1410 generated/model.ts is stale");
    expect(read(output)).toBe(before);

    const again = await gradc(folder, ["compile", "model.ts"]);
    expect(again.stdout).toContain("generated/model.ts  12 parameters");
    expect(read(output)).not.toBe(before);
  });

  test("--target wasm is another module, and part of its command", async () => {
    const { folder, path } = project({ "model.ts": seed() });
    const wasm = ["compile", "model.ts", "--target", "wasm"];
    const { status, stderr } = await gradc(folder, wasm);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const text = read(path("generated", "model.ts"));
    expect(text.replace(/\n \* /g, " ")).toContain(
      "`npx gradc compile model.ts --target wasm`",
    );
    expect(text).toContain('readonly tier: "wasm" | "js";');
    const same = await gradc(folder, [...wasm, "--check"]);
    expect(same.stdout).toContain("generated/model.ts  unchanged");
    const other = await gradc(folder, ["compile", "model.ts", "--check"]);
    expect(other).toMatchObject({ status: 1, stdout: "" });
  });

  test("a changed local import or an edited output is not `unchanged`", async () => {
    const { folder, path, write } = project({
      "model.ts": seed("size").replace(
        "\n\n",
        '\nimport { size } from "./size.js";\n\n',
      ),
      "size.ts": "export const size = 2;\n",
    });
    const compile = () => gradc(folder, ["compile", "model.ts"]);
    expect((await compile()).stdout).toContain("8 parameters");
    write("size.ts", "export const size = 3;\n");
    expect((await compile()).stdout).toContain("12 parameters");
    const output = path("generated", "model.ts");
    const text = read(output);
    write("generated/model.ts", `${text}// edited\n`);
    expect((await compile()).stdout).not.toContain("unchanged");
    expect(read(output)).toBe(text);
  });

  test("a new file that an import finds before the old one is not `unchanged`", async () => {
    const { folder, write } = project({
      "model.ts": seed("size").replace(
        "\n\n",
        '\nimport { size } from "./lib";\n\n',
      ),
      "lib/index.ts": "export const size = 2;\n",
    });
    const compile = (...more: readonly string[]) =>
      gradc(folder, ["compile", "model.ts", ...more]);
    expect((await compile()).stdout).toContain("8 parameters");
    expect((await compile()).stdout).toContain("unchanged, 8 parameters");
    write("lib.ts", "export const size = 3;\n");
    expect(await compile("--check")).toMatchObject({ status: 1, stdout: "" });
    expect((await compile()).stdout).toContain("model.ts  12 parameters");
  });

  test("a model behind a symbolic link has its names and its imports", async () => {
    const { folder, path, write } = project({
      "nets/real.ts": seed("size").replace(
        "\n\n",
        '\nimport { size } from "./size.js";\n\n',
      ),
      "nets/size.ts": "export const size = 2;\n",
    });
    symlinkSync(path("nets", "real.ts"), path("link.ts"));
    const compile = () => gradc(folder, ["compile", "link.ts"]);
    expect((await compile()).stdout).toContain("link.ts  8 parameters");
    const text = read(path("generated", "link.ts"));
    expect(text).toContain(" *     hidden[2] = linear(x)\n");
    expect(text).toContain(" from link.ts. ");
    expect((await compile()).stdout).toContain("unchanged, 8 parameters");
    write("nets/size.ts", "export const size = 3;\n");
    expect((await compile()).stdout).toContain("link.ts  12 parameters");
  });

  test("two folders, -o and a subfolder give the same bytes", async () => {
    const files = { "nets/xor.model.ts": seed() };
    const [one, two] = [project(files), project(files)];
    await gradc(one.folder, ["compile", "nets/xor.model.ts"]);
    await gradc(two.path("nets"), [
      ...["compile", "xor.model.ts"],
      ...["-o", "../generated"],
    ]);
    const text = read(one.path("generated", "xor.ts"));
    expect(text).toContain("Generated by gradc");
    expect(text).not.toContain(one.folder);
    expect(read(two.path("generated", "xor.ts"))).toBe(text);
  });

  test("a plain `npm init` project compiles", async () => {
    const { folder } = project({ "model.ts": seed() }, { name: "plain" });
    expect(await gradc(folder, ["compile", "model.ts"])).toMatchObject({
      status: 0,
      stderr: "",
    });
  });

  test("a project of CommonJS gives the bytes that one of modules gives", async () => {
    const text = `import { adam, clamp, customGradient, input, linear, model, mse } from "gradc";
import { wide } from "./sizes.js";
const x = input("x", [4]);
const y = input("y", [2]);
const h = linear(x, wide);
const clipped = customGradient((v: typeof h) => v, (dy) => [clamp(dy, { min: -1, max: 1 })]);
const output = linear(clipped(h), 2);
export default model({ inputs: { x, y }, outputs: { output }, loss: mse(output, y), optimizer: adam(0.1) });
`;
    const texts = await Promise.all(
      ["commonjs", "module"].map(async (type) => {
        const { folder, path } = project(
          { "model.ts": text, "sizes.ts": "export const wide = 3 as const;\n" },
          { name: type, type },
        );
        expect(await gradc(folder, ["compile", "model.ts"])).toMatchObject({
          status: 0,
          stderr: "",
        });
        return read(path("generated", "model.ts"));
      }),
    );
    expect(texts[0]).toBe(texts[1]);
  });

  test("what a model logs goes to stderr, --json is one object", async () => {
    const { folder } = project({
      "model.ts": `${seed()}console.log("hello");\n`,
    });
    const done = await gradc(folder, ["compile", "model.ts", "--json"]);
    expect(done).toMatchObject({ status: 0, stderr: "hello\n" });
    expect(JSON.parse(done.stdout)).toMatchObject({
      path: "generated/model.ts",
      changed: true,
      parameters: 8,
    });
  });

  test("compilers that run at once leave one whole file", async () => {
    const { folder, path } = project({ "model.ts": seed() });
    const runs = await Promise.all(
      [1, 2, 3].map(() => gradc(folder, ["compile", "model.ts"])),
    );
    expect(runs.map(({ status }) => status)).toEqual([0, 0, 0]);
    expect(readdirSync(path("generated"))).toEqual(["model.ts"]);
  });
});

describe.concurrent("gradc compile refuses", { timeout: 60_000 }, () => {
  test("an output that is not its own, unless --force", async () => {
    const { folder, path, write } = project({
      "model.ts": seed(),
      "generated/model.ts": "export const mine = 1;\n",
    });
    const refused = await gradc(folder, ["compile", "model.ts"]);
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toContain("GC1402 generated/model.ts was not");
    expect(read(path("generated", "model.ts"))).toContain("mine");
    const forced = await gradc(folder, ["compile", "model.ts", "--force"]);
    expect(forced.status).toBe(0);
    expect(read(path("generated", "model.ts"))).toContain("Generated by gradc");
    // Even with --force the model itself is not an output.
    const own = await gradc(folder, [
      ...["compile", "model.ts", "-o", ".", "--force"],
    ]);
    expect(own).toMatchObject({ status: 2 });
    expect(own.stderr).toContain("GC1404");
    expect(read(path("model.ts"))).toBe(seed());
    write("generated/model.ts", "");
  });

  test("the module of another model that is still there, unless --force", async () => {
    const { folder, path } = project({
      "a/model.ts": seed(),
      "b/model.ts": seed(),
    });
    expect((await gradc(folder, ["compile", "a/model.ts"])).status).toBe(0);
    const module = read(path("generated", "model.ts"));
    const refused = await gradc(folder, ["compile", "b/model.ts"]);
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toContain(
      "GC1407 generated/model.ts is the module of a/model.ts, the output would replace it",
    );
    expect(read(path("generated", "model.ts"))).toBe(module);
    const forced = await gradc(folder, ["compile", "b/model.ts", "--force"]);
    expect(forced.status).toBe(0);
  });

  test.each([
    ["a b/net.ts", "c d/net.ts"],
    [
      "a folder  of two  blanks in whose name a line would end/net.ts",
      "another/net.ts",
    ],
  ])("the module of %j for that of %j, minified too", async (first, second) => {
    const { folder, path } = project({ [first]: seed(), [second]: seed() });
    for (const options of [[], ["--target", "js", "--minify"]]) {
      const compile = (model: string) =>
        gradc(folder, ["compile", model, ...options]);
      expect(await compile(first)).toMatchObject({ status: 0, stderr: "" });
      const name = options.length === 0 ? "net.ts" : "net.js";
      const module = read(path("generated", name));
      const refused = await compile(second);
      expect(refused).toMatchObject({ status: 2, stdout: "" });
      expect(refused.stderr).toContain(
        `GC1407 generated/${name} is the module of ${first}, the output would`,
      );
      expect(read(path("generated", name))).toBe(module);
      expect((await compile(first)).stdout).toContain("unchanged");
    }
  });

  test("a module of gradc that does not say whose it is, unless --force", async () => {
    const { folder, write } = project({ "model.ts": seed() });
    write("generated/model.ts", "/** Generated by gradc 0.0.1. */\n");
    const refused = await gradc(folder, ["compile", "model.ts"]);
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toContain(
      "GC1407 generated/model.ts is the module of a model that it does not name, the output would replace it\n  fix: choose another folder with -o, or replace it with --force\n",
    );
    const forced = await gradc(folder, ["compile", "model.ts", "--force"]);
    expect(forced.status).toBe(0);
  });

  test("a symbolic link and a folder in the place of its output", async () => {
    const { folder, path } = project({ "model.ts": seed(), "mine.ts": "" });
    mkdirSync(path("linked"));
    symlinkSync(path("mine.ts"), path("linked", "model.ts"));
    const linked = await gradc(folder, ["compile", "model.ts", "-o", "linked"]);
    expect(linked).toMatchObject({ status: 2 });
    expect(linked.stderr).toContain("GC1401 linked/model.ts is a symbolic");
    expect(read(path("mine.ts"))).toBe("");
    mkdirSync(path("taken", "model.ts"), { recursive: true });
    const taken = await gradc(folder, ["compile", "model.ts", "-o", "taken"]);
    expect(taken).toMatchObject({ status: 2 });
    expect(taken.stderr).toContain("GC1405 taken/model.ts is not a file");
  });

  test("a folder that cannot be written", async () => {
    const { folder } = project({ "model.ts": seed() });
    const below = ["compile", "model.ts", "-o", "model.ts/x"];
    const refused = await gradc(folder, below);
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toContain("GC1403 model.ts is not a folder");
  });

  test("a link to nothing in place of a folder", async () => {
    const { folder, path } = project({ "model.ts": seed() });
    symlinkSync("nowhere", path("out"));
    for (const to of ["out", "out/below"]) {
      const given = ["compile", "model.ts", "-o", to];
      const refused = await gradc(folder, given);
      expect(refused).toMatchObject({ status: 2, stdout: "" });
      expect(refused.stderr).toBe(
        "GC1403 out is a link to nothing, gradc cannot write there\n" +
          "  fix: choose another place: gradc compile -o FOLDER, gradc weights -o FILE, or gradc init FOLDER\n",
      );
    }
    expect(existsSync(path("nowhere"))).toBe(false);
    expect(existsSync(path("generated"))).toBe(false);
  });

  test.runIf(process.platform === "linux")(
    "a folder that the system does not make",
    async () => {
      const { folder } = project({ "model.ts": seed() });
      const below = ["compile", "model.ts", "-o", "/proc/gradc/x"];
      const refused = await gradc(folder, below);
      expect(refused).toMatchObject({ status: 2, stdout: "" });
      expect(refused.stderr).toMatch(/^GC140[36] .*\/proc/);
    },
  );

  test.each([
    [["compile"], "GC1001 missing required argument"],
    [
      ["compile", "a.ts", "b.ts"],
      "GC1003 too many arguments for 'compile'. Expected 1 argument but got 2.\n  fix: run gradc once for each\n",
    ],
    [["compile", "model.ts", "--chek"], "(Did you mean --check?)"],
    [["compile", "model.ts", "--unroll", "maybe"], "auto, full, never"],
    [["compile", "model.ts", "--target", "c"], "Allowed choices are ts, js"],
    [["compile", "none.ts"], "GC1201 there is no file none.ts"],
    [["compile", "."], "GC1202 . is a folder"],
    [["compile", "package.json"], "GC1203 package.json is not a TypeScript"],
    [["compile", "a*/model.ts"], 'GC1205 the path "a*/model.ts" cannot'],
    [["compile", "model.ts", "-o", "a*/b"], 'GC1205 the path "a*/b" cannot'],
    [["explain", "model.ts", "--set", "x=a"], "GC1006 --set x=a is not"],
  ])("%j", async (args, message) => {
    const files = { "model.ts": seed(), "a*/model.ts": seed() };
    const { folder, path } = project(files);
    const refused = await gradc(folder, args);
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toContain(message.replace(/[()]/g, ""));
    expect(existsSync(path("generated"))).toBe(false);
  });

  const head = 'import { input, linear, model, mse, sgd } from "gradc";\n';
  test.each([
    ["a syntax error", `${head}const x = (1;\n`, ":2:13 TS1005 "],
    ["a type error", `${seed()}const n: string = 3;\n`, ":14:7 TS2322 "],
    [
      "a wrong shape",
      seed().replace("linear(hidden, 2,", "linear(hidden, 3,"),
      ":11:21 GC2070 mse: target must have shape [3], got [2]\n",
    ],
    [
      "a wrong shape that only a run finds",
      seed().replace("linear(hidden, 2,", "linear(hidden, Number('3'),"),
      ":11:9 GC2070 mse: target must have shape [3], got [2]\n",
    ],
    [
      "a model that throws",
      `${head}throw new RangeError("too big");\n`,
      ":2:7 GC1212 the model throws RangeError: too big\n",
    ],
    [
      "a model that throws text",
      'throw "no";\n',
      ' GC1213 the model throws "no"',
    ],
    [
      "a model that ends the process",
      "declare const process: { exit(code: number): never };\nprocess.exit(0);\nexport {};\n",
      ":2:9 GC1212 the model throws Error: process.exit(0) is called\n",
    ],
    [
      "a model that never ends",
      "await new Promise(() => undefined);\nexport default 1;\n",
      " GC1212 the model throws Error: an await of the model never ends\n",
    ],
    [
      "an error that nobody awaits",
      'void Promise.reject(new Error("late"));\nawait new Promise((done) => setTimeout(done, 100));\nexport {};\n',
      ":1:21 GC1212 the model throws Error: late\n",
    ],
    [
      "no default export",
      "export const a = 1;\n",
      ":1:1 GC1220 model.ts has no",
    ],
    [
      "a default export without name",
      seed().replace("export default", "export const net ="),
      "fix: export default net;\n",
    ],
    [
      "a tensor as default export",
      `${head}\nexport default input("x", [2]);\n`,
      ":3:1 GC1221 the default export of model.ts is a tensor",
    ],
    ["an unknown package", 'import "nowhere";\n', "nowhere"],
    ["an unknown file", 'export * from "./nowhere.js";\n', ":1:15 TS2307 "],
  ])("%s", async (_, text, message) => {
    const { folder, path } = project({ "model.ts": text });
    const refused = await gradc(folder, ["compile", "model.ts"]);
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toContain(message);
    expect(refused.stderr).toMatch(/^model\.ts(?::\d+:\d+)? (?:GC|TS)\d{4}/);
    expect(existsSync(path("generated"))).toBe(false);
  });

  test("and keeps the output of the last good compile", async () => {
    const { folder, path, write } = project({ "model.ts": seed() });
    await gradc(folder, ["compile", "model.ts"]);
    const good = read(path("generated", "model.ts"));
    write("model.ts", `${seed()}const n: string = 3;\n`);
    const refused = await gradc(folder, ["compile", "model.ts", "--json"]);
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(JSON.parse(refused.stderr)).toEqual({
      severity: "error",
      code: "TS2322",
      message: "Type 'number' is not assignable to type 'string'.",
      file: "model.ts",
      line: 14,
      column: 7,
      endColumn: 8,
    });
    expect(read(path("generated", "model.ts"))).toBe(good);
  });

  test("in colour only when it is wanted", async () => {
    const { folder } = project({ "model.ts": "export const a = 1;\n" });
    const compile = (env: NodeJS.ProcessEnv) =>
      gradc(folder, ["compile", "model.ts"], env);
    expect((await compile({})).stderr).not.toContain("\u001b");
    expect((await compile({ FORCE_COLOR: "1" })).stderr).toContain("\u001b[");
    const both = { FORCE_COLOR: "0", NO_COLOR: "1" };
    expect((await compile(both)).stderr).not.toContain("\u001b");
  });
});
