/** gradc under npm, which swallows options. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { baseFolder, takenByNpm } from "../compiler/command/npm.js";
import {
  cli,
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
    expect(takenByNpm(env, "/home/me/net", options, ["m.ts"], 1)?.remedy).toBe(
      "npm run compile m.ts -- --check",
    );
    expect(takenByNpm(env, "/home/me/net/sub", options, [], 1)).toBeUndefined();
    const exec = { ...env, npm_command: "exec" };
    expect(takenByNpm(exec, "/home/me/net", options, [], 1)).toBeUndefined();
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
