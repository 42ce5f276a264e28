/** `gradc weights` as its users see it: exit codes, messages, files. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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
import { weightsFile } from "./weights/file.js";

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "tools", "build.mjs")]);
}, 60_000);
afterAll(removeProjects);

const hidden = { shape: [2, 2], values: [1, 2, 3, 4] };
const output = { shape: [2, 2], values: [5, 6, 7, 8], dtype: "F32" } as const;
const named = weightsFile([
  { name: "hidden.weight", ...hidden },
  { name: "output.weight", ...output },
]);
const numbered = weightsFile([
  { name: "0.weight", ...hidden },
  { name: "2.weight", ...output },
]);
const table =
  "taken  hidden.weight  [2, 2]  F64\ntaken  output.weight  [2, 2]  F32\n";

/** A project with the seed network and a file of weights. */
function made(weights: Uint8Array): Project {
  const created = project({ "model.ts": seed() });
  writeFileSync(created.path("w.safetensors"), weights);
  return created;
}

const convert = ({ folder }: Project, ...args: readonly string[]) =>
  gradc(folder, ["weights", "model.ts", ...args]);

describe.concurrent("gradc weights", { timeout: 120_000 }, () => {
  test("writes what load() takes, again and as JSON, or only reports", async () => {
    const created = made(named);
    const { path, folder } = created;
    const before = readdirSync(folder);
    expect(await convert(created, "w.safetensors")).toEqual({
      status: 0,
      stderr: "",
      stdout: `${table}w.safetensors  2 taken\n`,
    });
    expect(readdirSync(folder)).toEqual(before);
    for (const file of ["w.bin", "w.json", "w.bin"])
      expect(await convert(created, "w.safetensors", "-o", file)).toEqual({
        status: 0,
        stderr: "",
        stdout: `${table}${file}  2 taken\n`,
      });
    const bytes = readFileSync(path("w.bin"));
    expect(JSON.parse(readFileSync(path("w.json"), "utf8"))).toEqual([
      ...bytes,
    ]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect(numbers.map((i) => view.getFloat64(8 * i, true))).toEqual([
      ...[0.1, 0, 1, 2, 3, 4, 5, 6, 7, 8],
    ]);
  });

  test("goes the way back, from bytes and from JSON, one object a line", async () => {
    const created = made(numbered);
    const { path } = created;
    const map = ["--map", "0=hidden", "2=output"];
    await convert(created, "w.safetensors", "-o", "w.bin", ...map);
    await convert(created, "w.safetensors", "-o", "w.json", ...map);
    for (const file of ["w.bin", "w.json"]) {
      const out = ["-o", "back.safetensors", ...map];
      const back = await convert(created, file, "--json", ...out);
      expect(back).toMatchObject({ status: 0, stderr: "" });
      const rows = back.stdout.trim().split("\n");
      expect(rows.map((row) => JSON.parse(row) as unknown)).toEqual([
        ...["hidden", "output"].map((layer, i) => ({
          ...{ fate: "written", name: `${layer}.weight`, shape: [2, 2] },
          ...{ dtype: "F64", file: `${String(2 * i)}.weight` },
        })),
        { path: "back.safetensors", written: true, counts: "2 written" },
      ]);
    }
    const out = ["-o", "again.bin", ...map];
    const again = await convert(created, "back.safetensors", ...out);
    expect(again).toMatchObject({ status: 0, stderr: "" });
    expect(readFileSync(path("again.bin"))).toEqual(
      readFileSync(path("w.bin")),
    );
  });

  test("other names: the table, one sentence, and nothing written", async () => {
    const created = made(numbered);
    const refused = await convert(created, "w.safetensors", "-o", "w.bin");
    expect(refused).toEqual({
      status: 2,
      stdout: [
        "missing     hidden.weight  [2, 2]",
        "missing     output.weight  [2, 2]",
        "unexpected  0.weight       [2, 2]  F64",
        "unexpected  2.weight       [2, 2]  F32",
        "",
      ].join("\n"),
      stderr:
        'w.safetensors GC1511 the names of the file are not the model\'s: missing "hidden.weight", "output.weight"; unexpected "0.weight", "2.weight"\n' +
        "  fix: --map 0=hidden 2=output\n",
    });
    expect(existsSync(created.path("w.bin"))).toBe(false);
  });

  test("a damaged file leaves the old output as it was", async () => {
    const created = made(named);
    const { path } = created;
    await convert(created, "w.safetensors", "-o", "w.bin");
    const before = readFileSync(path("w.bin"));
    writeFileSync(path("w.safetensors"), named.subarray(0, -1));
    const refused = await convert(created, "w.safetensors", "-o", "w.bin");
    expect(refused).toEqual({
      status: 2,
      stdout: "",
      stderr:
        'w.safetensors GC1505 the entry "output.weight" ends at byte 48, the file has 47 after its header\n',
    });
    expect(readFileSync(path("w.bin"))).toEqual(before);
  });

  test("what gradc did not write stays, unless forced", async () => {
    const created = made(named);
    const { path, write } = created;
    for (const file of ["w.bin", "w.json"]) {
      write(file, "[1, 2, 3]");
      const refused = await convert(created, "w.safetensors", "-o", file);
      expect(refused).toMatchObject({ status: 2, stdout: "" });
      expect(refused.stderr).toContain(
        `GC1402 ${file} was not written by gradc and is left as it is`,
      );
      expect(readFileSync(path(file), "utf8")).toBe("[1, 2, 3]");
    }
    const force = ["-o", "w.bin", "--force"];
    expect(await convert(created, "w.safetensors", ...force)).toMatchObject({
      status: 0,
    });
    // PyTorch's own file is nobody's to replace.
    const back = await convert(created, "w.bin", "-o", "w.safetensors");
    expect(back.stderr).toContain("GC1402 w.safetensors was not written by");
    expect(readFileSync(path("w.safetensors"))).toEqual(Buffer.from(named));
  });

  test("files that cannot be: one sentence each", async () => {
    const created = made(named);
    const { path, write } = created;
    write("broken.json", "{}");
    write("short.bin", "short");
    write("secret.safetensors", "");
    chmodSync(path("secret.safetensors"), 0);
    const own = process.getuid?.() === 0 ? "GC1502 the file is no" : "GC1501";
    const rows: readonly (readonly [readonly string[], string])[] = [
      [["none.safetensors"], "GC1501 there is no file none.safetensors\n"],
      [
        ["node_modules"],
        "GC1501 node_modules is not a regular file, expected weights\n",
      ],
      [["secret.safetensors"], `secret.safetensors ${own}`],
      [
        ["short.bin"],
        "short.bin GC1520 the file has 5 bytes, what save() of this model writes has 96\n",
      ],
      [
        ["broken.json"],
        "broken.json GC1520 the file is no list of bytes as JSON, expected what save() returned\n",
      ],
      [
        ["w.safetensors", "-o", "x.safetensors"],
        "GC1515 w.safetensors and x.safetensors are both .safetensors, expected a state of the model as one of them\n",
      ],
      [
        ["w.bin", "-o", "x.bin"],
        "GC1515 neither w.bin nor x.bin ends in .safetensors, expected one that does\n",
      ],
      [["w.safetensors", "--map", "0"], "GC1514 --map 0 is not two names\n"],
      [[], "GC1001 missing required argument 'file'\n"],
    ];
    for (const [args, sentence] of rows) {
      const refused = await convert(created, ...args);
      expect(refused).toMatchObject({ status: 2, stdout: "" });
      expect(refused.stderr.slice(0, sentence.length)).toBe(sentence);
    }
    expect(existsSync(path("x.bin"))).toBe(false);
  });

  test("a mistake in the model is the model's", async () => {
    const created = made(named);
    created.write("model.ts", seed('"2"'));
    const refused = await convert(created, "w.safetensors", "-o", "w.bin");
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toMatch(/^model\.ts:5:\d+ GC2011 /);
  });

  test("options that npm took come back, behind both files", async () => {
    const scripts = { weights: `node ${JSON.stringify(cli)} weights` };
    const { folder, path, write } = project(
      { "model.ts": seed() },
      { type: "module", scripts },
    );
    write(".npmrc", "update-notifier=false\n");
    writeFileSync(path("w.safetensors"), named);
    const args = ["run", "--silent", "weights", "model.ts", "w.safetensors"];
    const refused = await run(
      "npm",
      [...args, "-o", "w.bin", "--force"],
      folder,
    );
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toContain(
      "fix: npm run weights model.ts w.safetensors -- -o w.bin --force\n",
    );
    const right = [...args, "--", "-o", "w.bin", "--force"];
    expect(await run("npm", right, folder)).toMatchObject({ status: 0 });
    expect(existsSync(path("w.bin"))).toBe(true);
  });
});
