/** `gradc init`: what it writes, what it leaves alone, and what it says. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gradc, project, removeProjects, root, run } from "./cliHarness.js";

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "tools", "build.mjs")]);
}, 60_000);
afterAll(removeProjects);

describe.concurrent("gradc init", { timeout: 60_000 }, () => {
  test("writes a model that compiles and trains", async () => {
    const { folder, path } = project({}, { name: "plain" });
    const made = await gradc(folder, ["init"]);
    expect(made).toMatchObject({ status: 0, stderr: "" });
    expect(made.stdout).toContain("created model.ts\ncreated train.ts\n");
    expect(made.stdout).toContain(
      "next: npm install --save-dev tsx\n      npm run compile model.ts && npm run train\n",
    );
    expect(JSON.parse(readFileSync(path("package.json"), "utf8"))).toEqual({
      name: "plain",
      scripts: { compile: "gradc compile", train: "tsx train.ts" },
    });
    const compiled = await gradc(folder, ["compile", "model.ts"]);
    expect(compiled).toMatchObject({ status: 0, stderr: "" });
    const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
    const trained = await run(process.execPath, [tsx, "train.ts"], folder);
    expect(trained).toMatchObject({ status: 0, stderr: "" });
    expect(trained.stdout).toContain("step 300 loss 0.000");
  });

  test("installs gradc from its own folder where it is missing", async () => {
    const { folder, path } = project({});
    rmSync(path("node_modules", "gradc"));
    mkdirSync(path("net"));
    const { stdout } = await gradc(folder, ["init", "net"]);
    const [, place = ""] =
      /next: cd net\n {6}npm install --save-dev (\S+) tsx\n/.exec(stdout) ?? [];
    expect(resolve(path("net"), place)).toBe(realpathSync(root));
  });

  test("keeps what is there", async () => {
    const manifest = '{\n\t"scripts": { "compile": "mine" }\n}\n';
    const { folder, path, write } = project({ "model.ts": "mine" });
    write("package.json", manifest);
    const made = await gradc(folder, ["init"]);
    expect(made.stdout).toContain("kept    model.ts\ncreated train.ts\n");
    expect(made.stdout).toContain(
      " npx gradc compile model.ts && npm run train\n",
    );
    expect(readFileSync(path("model.ts"), "utf8")).toBe("mine");
    expect(readFileSync(path("package.json"), "utf8")).toBe(
      '{\n\t"scripts": {\n\t\t"compile": "mine",\n\t\t"train": "tsx train.ts"\n\t}\n}\n',
    );
  });

  test("names no script that is another's", async () => {
    const scripts = { compile: "tsc", train: "python t.py" };
    const { folder } = project({}, { scripts });
    const made = await gradc(folder, ["init"]);
    expect(made.stdout).toContain("kept    package.json\n");
    expect(made.stdout).toContain(
      " npx gradc compile model.ts && npx tsx train.ts\n",
    );
  });

  test("says what a project without modules lacks", async () => {
    const sentence =
      'note: package.json has no "type": "module"; npm pkg set type=module allows ';
    const plain = project({}, { name: "plain" });
    expect((await gradc(plain.folder, ["init"])).stdout).toContain(sentence);
    const modules = project({});
    expect((await gradc(modules.folder, ["init"])).stdout).not.toContain(
      "note:",
    );
    expect((await gradc(modules.folder, ["init", "new"])).stdout).not.toContain(
      "note:",
    );
  });

  test.each([
    ["{", "package.json GC1420 package.json is not a JSON object"],
    [undefined, "package.json GC1420 package.json cannot be read"],
  ])("refuses a package.json %j", async (text, sentence) => {
    const { folder, write, path } = project({});
    if (text === undefined) {
      rmSync(path("package.json"));
      mkdirSync(path("package.json"));
    } else write("package.json", text);
    const refused = await gradc(folder, ["init"]);
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toContain(sentence);
    expect(existsSync(path("model.ts"))).toBe(false);
  });

  test("refuses a file and a folder below one", async () => {
    const { folder, path } = project({ file: "" });
    for (const place of ["file", "file/below"]) {
      const refused = await gradc(folder, ["init", place]);
      expect(refused).toMatchObject({ status: 2, stdout: "" });
      expect(refused.stderr).toBe(
        "GC1403 file is not a folder, gradc cannot write there\n  fix: choose another place: gradc compile -o FOLDER, gradc weights -o FILE, or gradc init FOLDER\n",
      );
    }
    expect(readFileSync(path("file"), "utf8")).toBe("");
  });

  test.runIf(process.platform === "linux")(
    "refuses a folder that the system does not make",
    async () => {
      const { folder } = project({});
      const refused = await gradc(folder, ["init", "/proc/gradc"]);
      expect(refused).toMatchObject({ status: 2, stdout: "" });
      expect(refused.stderr).toMatch(/^GC140[36] .*\/proc/);
    },
  );
});
