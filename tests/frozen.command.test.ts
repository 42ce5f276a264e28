/** `gradc compile --weights` as its users see it: exit codes, messages, files. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Module } from "../compiler/check.js";
import {
  gradc,
  project,
  removeProjects,
  root,
  seed,
  type Project,
} from "./cliHarness.js";
import { weightsFile } from "./weights/file.js";

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "tools", "build.mjs")]);
}, 60_000);
afterAll(removeProjects);

const hidden = {
  name: "hidden.weight",
  shape: [2, 2],
  values: [1, 2, 3, 4],
} as const;
const output = {
  name: "output.weight",
  shape: [2, 2],
  values: [5, 6, 7, 8],
} as const;
const weights = weightsFile([hidden, output]);

/** A project with the seed network and a file of weights. */
function made(bytes: Uint8Array = weights, name = "w.safetensors"): Project {
  const created = project({ "model.ts": seed() });
  writeFileSync(created.path(name), bytes);
  return created;
}

const compile = ({ folder }: Project, ...args: readonly string[]) =>
  gradc(folder, ["compile", "model.ts", ...args]);

/** What `save()` of a module returns. */
async function saved(created: Project): Promise<Uint8Array> {
  await compile(created, "--target", "js", "-o", "out");
  const { href } = pathToFileURL(created.path("out", "model.js"));
  const { create } = (await import(href)) as Module;
  return create({ seed: 3 }).save();
}

describe.concurrent("gradc compile --weights", { timeout: 120_000 }, () => {
  test("writes a module beside the one that trains, and says what it is", async () => {
    const created = made();
    await compile(created);
    const before = readFileSync(created.path("generated", "model.ts"), "utf8");
    const run = await compile(created, "--weights", "w.safetensors");
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(run.stdout).toMatch(
      /^generated\/model\.frozen\.ts {2}8 parameters, 8 multiply-adds, .* RAM, the bits of the trained network\n$/,
    );
    expect(readdirSync(created.path("generated")).sort()).toEqual([
      ...["model.frozen.ts", "model.ts"],
    ]);
    expect(readFileSync(created.path("generated", "model.ts"), "utf8")).toBe(
      before,
    );
    const text = readFileSync(
      created.path("generated", "model.frozen.ts"),
      "utf8",
    );
    expect(text.replace(/\n \* /g, " ")).toContain(
      "`npx gradc compile model.ts --weights w.safetensors`",
    );
    expect(text).toContain("const hidden1 = 1 * x1 + 2 * x2;");
    expect(text).toContain("8 weights, float64");
  });

  test("takes what save() returned, as bytes and as JSON", async () => {
    const created = made();
    const bytes = await saved(created);
    writeFileSync(created.path("w.bin"), bytes);
    created.write("w.json", JSON.stringify(Array.from(bytes)));
    for (const file of ["w.bin", "w.json"]) {
      const options = ["--weights", file, "--target", "js", "-o", file + "d"];
      const run = await compile(created, ...options);
      expect(run).toMatchObject({ status: 0, stderr: "" });
      const path = created.path(file + "d", "model.frozen.js");
      const frozen = (await import(pathToFileURL(path).href)) as Module;
      const { href } = pathToFileURL(created.path("out", "model.js"));
      const { create } = (await import(href)) as Module;
      const net = create({ seed: 3 });
      expect(frozen.create().predict([0.3, -2])).toEqual(
        net.predict([0.3, -2]),
      );
    }
  });

  test("is done again when the weights change, and not before", async () => {
    const created = made();
    const asked = ["--weights", "w.safetensors"];
    await compile(created, ...asked);
    const again = await compile(created, ...asked);
    expect(again.stdout).toContain(
      "unchanged, 8 parameters, 8 multiply-adds, ",
    );
    expect(await compile(created, ...asked, "--check")).toMatchObject({
      status: 0,
    });
    const other = weightsFile([hidden, { ...output, values: [5, 6, 7, 9] }]);
    writeFileSync(created.path("w.safetensors"), other);
    const stale = await compile(created, ...asked, "--check");
    expect(stale).toMatchObject({ status: 1, stdout: "" });
    expect(stale.stderr).toContain(
      "GC1410 generated/model.frozen.ts is stale\n  fix: npx gradc compile model.ts --weights w.safetensors\n",
    );
  });

  test("takes the file's names as --map says", async () => {
    const numbered = [
      { ...hidden, name: "0.weight" },
      { ...output, name: "2.weight" },
    ];
    const created = made(weightsFile(numbered));
    const refused = await compile(created, "--weights", "w.safetensors");
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toContain("fix: --map 0=hidden 2=output\n");
    const map = ["--map", "0=hidden", "2=output"];
    expect(
      await compile(created, "--weights", "w.safetensors", ...map),
    ).toMatchObject({ status: 0, stderr: "" });
  });
});

/** A file of weights, options beside it, and the one sentence. */
const mistakes: Readonly<
  Record<
    string,
    {
      readonly file?: (created: Project) => Uint8Array | Promise<Uint8Array>;
      readonly name?: string;
      readonly options?: readonly string[];
      readonly sentence: string;
    }
  >
> = {
  "a file that is not there": {
    options: ["--weights", "none.bin"],
    sentence: "GC1501 there is no file none.bin\n",
  },
  "a file that is cut off": {
    file: () => weights.subarray(0, -1),
    sentence:
      'w.safetensors GC1505 the entry "output.weight" ends at byte 64, the file has 63 after its header\n',
  },
  "a tensor of another shape": {
    file: () =>
      weightsFile([hidden, { ...output, shape: [4], values: [1, 2, 3, 4] }]),
    sentence:
      'w.safetensors GC1512 "output.weight" has the shape [4], expected [2, 2]\n',
  },
  "a tensor of integers": {
    file: () => weightsFile([hidden, { ...output, dtype: "I64" }]),
    sentence:
      'w.safetensors GC1512 "output.weight" has the dtype I64, expected F64, F32, F16 or BF16\n',
  },
  "a weight that is no number": {
    file: () => weightsFile([hidden, { ...output, values: [1, NaN, 3, 4] }]),
    sentence:
      'w.safetensors GC1513 "output.weight"[0][1] is NaN, expected a finite number\n  fix: --allow-nonfinite takes it as it is\n',
  },
  "the state of another model": {
    file: async () => {
      const other = project({ "model.ts": seed("3") });
      return saved(other);
    },
    name: "w.bin",
    sentence:
      "w.bin GC1520 the file has 128 bytes, what save() of this model writes has 96\n",
  },
  "a state that is cut off": {
    file: async (created) => (await saved(created)).subarray(0, -8),
    name: "w.bin",
    sentence:
      "w.bin GC1520 the file has 88 bytes, what save() of this model writes has 96\n",
  },
  "a state with another byte": {
    file: async (created) => {
      const bytes = (await saved(created)).slice();
      bytes[40] = (bytes[40] ?? 0) ^ 1;
      return bytes;
    },
    name: "w.bin",
    sentence: "w.bin GC1520 the file is damaged: its checksum differs\n",
  },
  "a state that has infinities": {
    file: async (created) => {
      const bytes = (await saved(created)).slice();
      const view = new DataView(bytes.buffer);
      view.setFloat64(48, Infinity, true);
      let [a, b] = [0, 0];
      for (const byte of bytes.subarray(0, -8)) {
        a = (a + byte) % 65535;
        b = (b + a) % 65535;
      }
      view.setUint32(bytes.length - 8, b * 65536 + a, true);
      return bytes;
    },
    name: "w.bin",
    sentence:
      'w.bin GC1513 "hidden.weight"[1][1] is Infinity, expected a finite number\n  fix: --allow-nonfinite takes it as it is\n',
  },
  "names of weights without weights": {
    options: ["--map", "0=hidden"],
    sentence:
      "GC1018 --map is about weights, and there is no --weights\n  fix: --weights weights.safetensors\n",
  },
  "the target wasm": {
    options: ["--weights", "w.safetensors", "--target", "wasm"],
    sentence:
      "GC1019 --weights writes a module that only predicts, --target wasm has none\n  fix: take --target js, which has the same bits\n",
  },
};

describe.concurrent("gradc compile --weights refuses", () => {
  test.each(Object.entries(mistakes))(
    "%s: one sentence, exit 2, nothing written",
    { timeout: 60_000 },
    async (_, { file, name = "w.safetensors", options, sentence }) => {
      const created = made();
      const bytes = await file?.(created);
      if (bytes !== undefined) writeFileSync(created.path(name), bytes);
      const before = readdirSync(created.folder);
      const run = await compile(
        created,
        ...(options ?? ["--weights", name, "-o", "new"]),
      );
      expect(run).toEqual({ status: 2, stdout: "", stderr: sentence });
      expect(readdirSync(created.folder)).toEqual(before);
    },
  );
});
