/** gradc under npm, which swallows options; and `gradc init`. */
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
import { baseFolder, takenByNpm } from "../compiler/command/npm.js";
import {
  cli,
  gradc,
  project,
  removeProjects,
  root,
  run,
  seed,
  type Project,
} from "./cliHarness.js";

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "tools", "build.mjs")]);
}, 60_000);
afterAll(removeProjects);

const scripts = { compile: `node ${JSON.stringify(cli)} compile` };

function npmProject(npmrc = ""): Project {
  const made = project({ "model.ts": seed() }, { type: "module", scripts });
  made.write(".npmrc", `update-notifier=false\n${npmrc}`);
  return made;
}

function npm(folder: string, args: readonly string[]) {
  return run("npm", ["run", "--silent", "compile", ...args], folder);
}

describe.concurrent("npm run compile", { timeout: 60_000 }, () => {
  test.each([
    ["--check", "npm run compile model.ts -- --check"],
    ["--json", "npm run compile model.ts -- --json"],
    ["--force --no-verify", "npm run compile model.ts -- --force --no-verify"],
    ["--unroll never", "npm run compile model.ts -- --unroll never"],
    ["--unroll=never", "npm run compile model.ts -- --unroll never"],
    ["-o lib", "npm run compile model.ts -- -o lib"],
    ["--print-after share", "npm run compile model.ts -- --print-after share"],
  ])("model.ts %s: npm took it", async (options, fix) => {
    const { folder, path } = npmProject();
    const args = ["model.ts", ...options.split(" ")];
    const refused = await npm(folder, args);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain("GC1002 npm took");
    expect(refused.stderr).toContain(`fix: ${fix}\n`);
    expect(existsSync(path("generated"))).toBe(false);
  });

  test("options after -- arrive, a second model does not pass", async () => {
    const { folder } = npmProject();
    const stale = await npm(folder, ["model.ts", "--", "--check"]);
    expect(stale).toMatchObject({ status: 1 });
    expect(stale.stderr).toContain("GC1410 generated/model.ts is missing");
    const stray = await npm(folder, ["model.ts", "lib"]);
    expect(stray).toMatchObject({ status: 2 });
    expect(stray.stderr).toContain("npm run compile model.ts -- --check");
  });

  test("paths are those of the folder where npm was called", async () => {
    const { path } = npmProject();
    mkdirSync(path("nets"));
    const done = await npm(path("nets"), ["../model.ts"]);
    expect(done).toMatchObject({ status: 0 });
    expect(done.stdout).toMatch(/^generated\/model\.ts {2}8 parameters/);
    expect(existsSync(path("nets", "generated", "model.ts"))).toBe(true);
  });

  test("an option of .npmrc is npm's own", async () => {
    const { folder } = npmProject("force=true\njson=true\n");
    expect(await npm(folder, ["model.ts"])).toMatchObject({ status: 0 });
  });
});

describe("takenByNpm()", () => {
  const env = {
    npm_command: "run",
    npm_package_json: "/home/me/net/package.json",
    npm_lifecycle_event: "compile",
    npm_config_check: "true",
  };
  const options = [{ name: "check" }];

  test("does not speak outside of the package's own script", () => {
    expect(takenByNpm(env, "/home/me/net", options, ["m.ts"])?.remedy).toBe(
      "npm run compile m.ts -- --check",
    );
    expect(takenByNpm(env, "/home/me/net/sub", options, [])).toBeUndefined();
    const exec = { ...env, npm_command: "exec" };
    expect(takenByNpm(exec, "/home/me/net", options, [])).toBeUndefined();
  });

  test("baseFolder() tells the script's paths from the user's", () => {
    const script = {
      ...env,
      INIT_CWD: "/home/me/net/sub",
      npm_lifecycle_script: "gradc compile model.ts && tsc",
    };
    const base = (model: string) => baseFolder(script, "/home/me/net", model);
    expect(base("model.ts")).toBe("/home/me/net");
    expect(base("other.ts")).toBe("/home/me/net/sub");
  });
});

describe.concurrent("gradc init", { timeout: 60_000 }, () => {
  test("writes a model that compiles and trains", async () => {
    const { folder, path } = project({}, { name: "plain" });
    const made = await gradc(folder, ["init"]);
    expect(made).toMatchObject({ status: 0, stderr: "" });
    expect(made.stdout).toContain("created model.ts\ncreated train.ts\n");
    expect(made.stdout).toContain(
      "next: npm install --save-dev tsx\n      npm run compile model.ts",
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
    expect(readFileSync(path("model.ts"), "utf8")).toBe("mine");
    expect(readFileSync(path("package.json"), "utf8")).toBe(
      '{\n\t"scripts": {\n\t\t"compile": "mine",\n\t\t"train": "tsx train.ts"\n\t}\n}\n',
    );
  });

  test("refuses a package.json that it cannot read", async () => {
    const { folder, write, path } = project({});
    write("package.json", "{");
    expect(await gradc(folder, ["init"])).toMatchObject({ status: 2 });
    expect(existsSync(path("model.ts"))).toBe(false);
  });
});
