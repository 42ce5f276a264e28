/** `gradc compile model.ts --watch`, as an editor beside it sees it. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, renameSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cli,
  gradc,
  project,
  removeProjects,
  root,
  seed,
} from "./cliHarness.js";

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "tools", "build.mjs")]);
}, 60_000);
afterAll(removeProjects);

/** Starts gradc; `next` waits for the lines until it waits for a change again. */
function watching(
  folder: string,
  args: readonly string[],
  onTestFinished: (stop: () => Promise<void>) => void,
) {
  const child = spawn(process.execPath, [cli, "compile", ...args, "--watch"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(async () => {
    const closed = once(child, "close");
    child.kill("SIGTERM");
    await closed;
  });
  let text = "";
  let heard: () => void = () => undefined;
  const hear = (part: Buffer): void => {
    text += part.toString();
    heard();
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const next = async (): Promise<string> => {
    const waits = /^(?:watching .*|\{"watching".*)\n/m;
    let line = waits.exec(text);
    while (line === null) {
      await new Promise<void>((done) => (heard = done));
      line = waits.exec(text);
    }
    const end = line.index + line[0].length;
    const round = text.slice(0, end);
    text = text.slice(end);
    return round;
  };
  return { next };
}

const shared = `export const width = 2;\n`;
const split = seed("width").replace(
  "\n\n",
  `\nimport { width } from "./shared.js";\n\n`,
);

describe.concurrent("--watch", { timeout: 120_000 }, () => {
  test("compiles again when the model or a file that it imports changes", async ({
    onTestFinished,
  }) => {
    const { folder, path, write } = project({
      "model.ts": split,
      "shared.ts": shared,
    });
    const { next } = watching(folder, ["model.ts"], onTestFinished);
    const first = await next();
    expect(first).toMatch(/^generated\/model\.ts {2}8 parameters/);
    expect(first).toContain("\nwatching model.ts, shared.ts\n");

    write("shared.ts", shared.replace("2", "3"));
    expect(await next()).toMatch(/^generated\/model\.ts {2}12 parameters/);

    // Editors write a file beside it and rename that.
    write(
      "other.txt",
      split.replace("hidden", "first").replace("(hidden", "(first"),
    );
    renameSync(path("other.txt"), path("model.ts"));
    await next();
    expect(readFileSync(path("generated", "model.ts"), "utf8")).toContain(
      "first",
    );
  });

  test("says each mistake once, and goes on", async ({ onTestFinished }) => {
    const { folder, path, write } = project({ "model.ts": seed() });
    const { next } = watching(folder, ["model.ts"], onTestFinished);
    await next();
    const before = readFileSync(path("generated", "model.ts"), "utf8");

    write("model.ts", seed("0"));
    expect(await next()).toMatch(/model\.ts:5:\d+ (?:error )?(?:GC|TS)\d+/);
    rmSync(path("model.ts"));
    expect(await next()).toContain("GC1201 there is no file model.ts");
    expect(readFileSync(path("generated", "model.ts"), "utf8")).toBe(before);

    write("model.ts", seed());
    expect(await next()).toContain("unchanged, 8 parameters");
  });

  test("does nothing where a file is touched and stays what it was", async ({
    onTestFinished,
  }) => {
    const { folder, path, write } = project({ "model.ts": seed() });
    const { next } = watching(folder, ["model.ts", "--json"], onTestFinished);
    const [summary, waits] = (await next()).trim().split("\n");
    expect(JSON.parse(summary ?? "")).toMatchObject({ parameters: 8 });
    expect(JSON.parse(waits ?? "")).toEqual({ watching: ["model.ts"] });

    utimesSync(path("model.ts"), new Date(), new Date());
    write("notes.txt", "");
    await new Promise((done) => setTimeout(done, 1000));
    write("model.ts", seed("3"));
    expect(JSON.parse((await next()).split("\n")[0] ?? "")).toMatchObject({
      parameters: 12,
    });
  });
});

test("what has no end has no exit code", async () => {
  const { folder } = project({ "model.ts": seed() });
  const args = ["compile", "model.ts", "--watch"];
  expect(await gradc(folder, [...args, "--check"])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining(
      "GC1030 --watch goes on until it is stopped, --check ends with a code",
    ) as string,
  });
  expect(await gradc(folder, ["compile", "nope.ts", "--watch"])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining(
      "GC1201 there is no file nope.ts",
    ) as string,
  });
});
