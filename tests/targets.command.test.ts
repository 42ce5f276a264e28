/** `--target` and `--minify` on the command line: which files are written, checked and left alone. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  gradc,
  project,
  removeProjects,
  root,
  run,
  seed,
  type Project,
} from "./cliHarness.js";

afterAll(removeProjects);

const text = (p: Project, name: string): string =>
  readFileSync(p.path("generated", name), "utf8");

describe.concurrent("--target", { timeout: 60_000 }, () => {
  test.each([
    ["js", ["net.js", "net.d.ts"]],
    ["cjs", ["net.cjs", "net.d.cts"]],
    ["iife", ["net.iife.js"]],
    ["es5", ["net.es5.js"]],
  ])(
    "%s writes %j, and says so; nothing changes the second time",
    async (target, names) => {
      const p = project({ "net.ts": seed() });
      const args = ["compile", "net.ts", "--target", target];
      const first = await gradc(p.folder, args);
      expect(first.stderr).toBe("");
      expect(first.stdout).toMatch(
        `generated/${names[0] ?? ""}  8 parameters, 20 multiply-adds`,
      );
      const texts = names.map((name) => text(p, name));
      for (const t of texts)
        expect(t.replace(/\n \* /g, " ")).toContain(
          `run \`npx gradc compile net.ts --target ${target}\``,
        );
      const again = await gradc(p.folder, args);
      expect(again.stdout).toContain("unchanged");
      expect(names.map((name) => text(p, name))).toEqual(texts);
      const checked = await gradc(p.folder, [...args, "--check"]);
      expect(checked.status).toBe(0);
    },
  );

  test("modules of several targets lie side by side", async () => {
    const p = project({ "net.ts": seed() });
    for (const target of ["ts", "js", "es5"])
      await gradc(p.folder, ["compile", "net.ts", "--target", target]);
    for (const target of ["ts", "js", "es5"]) {
      const args = ["compile", "net.ts", "--target", target, "--check"];
      expect((await gradc(p.folder, args)).status).toBe(0);
    }
  });

  test("--check names each stale file, and writes none", async () => {
    const p = project({ "net.ts": seed() });
    const args = ["compile", "net.ts", "--target", "js"];
    await gradc(p.folder, args);
    const types = text(p, "net.d.ts");
    p.write("generated/net.d.ts", `${types}// edited\n`);
    const { status, stderr } = await gradc(p.folder, [...args, "--check"]);
    expect(status).toBe(1);
    expect(stderr).toContain("generated/net.d.ts is stale");
    expect(stderr).not.toContain("net.js is");
    expect(text(p, "net.d.ts")).toContain("// edited");
    expect((await gradc(p.folder, args)).status).toBe(0);
    expect(text(p, "net.d.ts")).toBe(types);
  });

  test("neither the module nor its types replace a file of the user's", async () => {
    const p = project({ "net.ts": seed() });
    p.write("generated/net.d.ts", "export {};\n");
    const args = ["compile", "net.ts", "--target", "js"];
    const { status, stderr } = await gradc(p.folder, args);
    expect(status).toBe(2);
    expect(stderr).toContain(
      "GC1402 generated/net.d.ts was not written by gradc",
    );
    expect(existsSync(p.path("generated", "net.js"))).toBe(false);
    expect(text(p, "net.d.ts")).toBe("export {};\n");
  });

  test("TypeScript reads the types of a module, by import and by require", async () => {
    const p = project({ "net.ts": seed() });
    for (const target of ["js", "cjs"])
      await gradc(p.folder, ["compile", "net.ts", "--target", target]);
    const use = `
const net = create({ seed: 1, maxBatch: 4 });
net.inputs.x.set([1, 0.5]);
net.trainStep(4);
const out: Float64Array = net.predict([1, 2]);
const p = init(1);
const first: number = p[0];
// @ts-expect-error: the network has 8 parameters
const ninth: number = p[8];
export const all = [out, first, ninth, layout[0]?.name];
`;
    p.write(
      "generated/useModule.ts",
      `import { create, init, layout } from "./net.js";${use}`,
    );
    p.write(
      "generated/useCommon.cts",
      `import { create, init, layout } from "./net.cjs";${use}`,
    );
    p.write(
      "tsconfig.json",
      JSON.stringify({
        compilerOptions: {
          target: "es2022",
          module: "nodenext",
          strict: true,
          noEmit: true,
          types: [],
          noUncheckedIndexedAccess: true,
        },
        include: ["generated/use*"],
      }),
    );
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    const { stdout, status } = await run(
      process.execPath,
      [tsc, "-p", "."],
      p.folder,
    );
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });

  test("es5 refuses --unroll full where that is too much, and writes nothing", async () => {
    const p = project({ "net.ts": seed("40") });
    const { status, stderr } = await gradc(p.folder, [
      "compile",
      "net.ts",
      "--target",
      "es5",
      "--unroll",
      "full",
    ]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/GC1014 --target es5: \w+\(\) has \d+ variables/);
    expect(stderr).toContain("leave --unroll full out");
    expect(existsSync(p.path("generated"))).toBe(false);
  });
});

describe.concurrent("--minify", { timeout: 60_000 }, () => {
  test("asks for a target that is JavaScript", async () => {
    const p = project({ "net.ts": seed() });
    const { status, stderr } = await gradc(p.folder, [
      "compile",
      "net.ts",
      "--minify",
    ]);
    expect(status).toBe(2);
    expect(stderr).toContain(
      "GC1011 --minify writes JavaScript, --target ts is TypeScript",
    );
    expect(existsSync(p.path("generated"))).toBe(false);
  });

  test("writes a module that gradc knows as its own", async () => {
    const p = project({ "net.ts": seed() });
    const args = ["compile", "net.ts", "--target", "js", "--minify"];
    const first = await gradc(p.folder, args);
    expect(first.stderr).toBe("");
    expect(text(p, "net.js").split("\n").length).toBeLessThan(5);
    expect(text(p, "net.js")).toContain("--target js --minify");
    const plain = ["compile", "net.ts", "--target", "js"];
    expect((await gradc(p.folder, plain)).status).toBe(0);
    expect(text(p, "net.js")).not.toContain("--minify");
    expect((await gradc(p.folder, args)).status).toBe(0);
  });

  test("says what to install where esbuild is absent", async () => {
    const p = project({ "net.ts": seed() });
    // A loader that knows no esbuild, as in a project that has none.
    writeFileSync(
      p.path("without.mjs"),
      `import { register } from "node:module";
register("data:text/javascript," + encodeURIComponent(\`
export function resolve(name, context, next) {
  const isGradc = context.parentURL?.includes("/dist/compiler/");
  if (name === "esbuild" && isGradc) throw Object.assign(new Error("absent"), { code: "ERR_MODULE_NOT_FOUND" });
  return next(name, context);
}\`));\n`,
    );
    const { status, stderr } = await gradc(
      p.folder,
      ["compile", "net.ts", "--target", "js", "--minify"],
      { NODE_OPTIONS: `--import ${p.path("without.mjs")}` },
    );
    expect(stderr).toContain(
      "GC1012 --minify needs esbuild, which is not installed",
    );
    expect(stderr).toContain("npm install --save-dev esbuild");
    expect(status).toBe(2);
    expect(existsSync(p.path("generated"))).toBe(false);
  });
});
