/** `gradc compile --weights` as its users see it: exit codes, messages, files. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Module } from "../compiler/check/emitted.js";
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
  test("has the bits of the trained network with its own mathematics, not with the engine's", async () => {
    const model = `import { input, linear, model, mse, sgd, tanh } from "gradc";
const x = input("x", [2]);
const y = input("y", [32]);
const hidden = linear(x, 32, { bias: false });
const output = tanh(hidden);
export default model({ inputs: { x, y }, outputs: { output }, loss: mse(output, y), optimizer: sgd(0.1) });
`;
    const created = project({ "model.ts": model });
    const values = Array.from({ length: 64 }, (_, i) => Math.sin(i + 1));
    writeFileSync(
      created.path("w.safetensors"),
      weightsFile([{ name: "hidden.weight", shape: [32, 2], values }]),
    );
    const args = ["--weights", "w.safetensors"];
    const exact = await compile(created, ...args);
    expect(exact.stdout).toMatch(/ RAM, the bits of the trained network\n$/);
    const host = await compile(created, ...args, "--math", "host");
    expect(host.stdout).toMatch(
      / RAM, outputs within 1e-1[56] of the trained network's on 2 examples\n$/,
    );
  });

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

describe.concurrent("gradc compile --max-bytes", { timeout: 120_000 }, () => {
  test("chooses a form that fits, and says in the module how it is made again", async () => {
    const created = project({ "model.ts": seed("24") });
    const written = async (...args: readonly string[]) => {
      const run = await compile(created, "--target", "js", ...args);
      expect(run).toMatchObject({ status: 0, stderr: "" });
      const text = readFileSync(created.path("generated", "model.js"), "utf8");
      return { text, bytes: Buffer.byteLength(text) };
    };
    const free = await written();
    const most = free.bytes - 2000;
    const fits = await written("--max-bytes", String(most));
    expect(fits.bytes).toBeLessThanOrEqual(most);
    expect(fits.text).toContain(`--max-bytes ${String(most)}`);
  });

  test("fails by how much the smallest form is too large, and says what costs most", async () => {
    const created = made();
    const refused = await compile(
      created,
      ...["--weights", "w.safetensors", "--max-bytes", "1000"],
    );
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    const found =
      /^GC1430 the module has ([\d,]+) bytes in the smallest form that the options leave, ([\d,]+) more than --max-bytes 1000; its largest part is functions of the handle \([\d,]+, of them create\(\) [\d,]+\)\n {2}fix: --target js --minify, or --quantize int8 rounds the weights, and says what that costs\n$/.exec(
        refused.stderr,
      );
    const number = (text = ""): number => Number(text.replaceAll(",", ""));
    expect(number(found?.[1])).toBe(1000 + number(found?.[2]));
    expect(readdirSync(created.folder)).not.toContain("generated");
  });
});

describe.concurrent("gradc compile --max-bytes proposes", () => {
  const activated = seed().replace(
    "linear(hidden, 2, {",
    "linear(tanh(hidden), 2, {",
  );
  const text = activated.replace("import { ", "import { tanh, ");
  const host = String.raw`--math host gives up elementary functions \([\d,]+\) and equal bits in every engine`;
  const predicting =
    "--weights makes a module that only predicts and never trains";
  const rounding =
    "--quantize int8 rounds the weights, and says what that costs";
  const small = ["--target", "js", "--minify"];
  const frozen = ["--weights", "w.safetensors"];
  test.each([
    [
      "what costs most in a module that trains",
      small,
      `${predicting}, or ${host}`,
    ],
    [
      "elementary functions first, where they do",
      [...frozen, ...small],
      `${host}, or ${rounding}`,
    ],
    [
      "minifying before all",
      frozen,
      `--target js --minify, or ${host}, or ${rounding}`,
    ],
    [
      "the host's functions no second time",
      [...small, "--math", "host"],
      predicting,
    ],
  ])("%s", { timeout: 120_000 }, async (_, options, remedy) => {
    const created = made();
    created.write("model.ts", text);
    const refused = await compile(created, ...options, "--max-bytes", "700");
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toMatch(new RegExp(`\n  fix: ${remedy}\n$`));
  });
});

describe.concurrent("gradc compile --quantize", { timeout: 120_000 }, () => {
  test("says what rounding did to weights, and to the user's examples", async () => {
    const created = made();
    created.write("d.json", '{ "x": [[1, 2], [3, 4], [-1, 0.5]] }');
    const asked = ["--weights", "w.safetensors", "--quantize", "int8"];
    const run = await compile(created, ...asked, "--data", "d.json");
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(run.stdout).toMatch(
      /^weights +type +shape +largest error +relative\nhidden\.weight +int8 +\[2, 2\] .*\noutput\.weight +int8 .*\n\noutput on 3 examples: largest difference \S+, mean \S+, the same largest entry in 3 of 3 \(100\.0 %\)\n/,
    );
    const json = await compile(created, ...asked, "--json");
    const [line = ""] = json.stdout.split("\n");
    expect(JSON.parse(line)).toMatchObject({
      accuracy: { rounding: [{ name: "hidden.weight", type: "int8" }, {}] },
    });
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
    sentence:
      "GC1501 there is no file none.bin\n  fix: paths start from the folder that gradc is run in\n",
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
      "w.bin GC1520 the file has 128 bytes, what save() of this model writes has 96\n  fix: write it with save() of a module that was compiled from this model as it is now\n",
  },
  "a state that is cut off": {
    file: async (created) => (await saved(created)).subarray(0, -8),
    name: "w.bin",
    sentence:
      "w.bin GC1520 the file has 88 bytes, what save() of this model writes has 96\n  fix: write it with save() of a module that was compiled from this model as it is now\n",
  },
  "a state with another byte": {
    file: async (created) => {
      const bytes = (await saved(created)).slice();
      bytes[40] = (bytes[40] ?? 0) ^ 1;
      return bytes;
    },
    name: "w.bin",
    sentence:
      "w.bin GC1520 the file is damaged: its checksum differs\n  fix: write it once more with save(), as bytes and not as text\n",
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
  "base64 in straight lines": {
    options: [
      ...["--weights", "w.safetensors", "--pack", "base64"],
      ...["--unroll", "full"],
    ],
    sentence:
      "GC1023 --pack base64 writes tables, --unroll full has the numbers in its lines\n  fix: take one of both away\n",
  },
  "rounding without weights": {
    options: ["--quantize", "int8"],
    sentence:
      "GC1018 --quantize is about weights, and there is no --weights\n  fix: --weights weights.safetensors\n",
  },
  "a weight beyond float32": {
    file: () => weightsFile([hidden, { ...output, values: [1, 2, 1e39, 4] }]),
    options: ["--weights", "w.safetensors", "--quantize", "f32"],
    sentence:
      'GC1521 "output.weight" has 1e+39, float32 ends at 3.4e38\n  fix: take --quantize away\n',
  },
  "examples that are not there": {
    options: ["--weights", "w.safetensors", "--data", "none.json"],
    sentence:
      "GC1523 none.json cannot be read, expected a JSON file of examples\n",
  },
  ...Object.fromEntries(
    (
      [
        [
          "{",
          'the file is no object as JSON, expected lists by input\n  fix: { "x": [[5.1, 3.5, 1.4, 0.2]], "species": [0] }',
        ],
        [
          '{ "z": [1, 2] }',
          'the model has no input "z"\n  fix: its inputs: x, y',
        ],
        [
          '{ "y": [1, 2] }',
          'the file has no "x", which outputs are made from\n  fix: add it: { "x": [...] }',
        ],
        [
          '{ "x": [1, 2, 3] }',
          '"x" has 3 numbers, expected 2\n  fix: give the entries of every example, as many examples of each input',
        ],
        [
          '{ "x": [[1, 2, 3], [4]], "y": [[1, 2], [3, 4]] }',
          '"x"[0] has 3 numbers, expected 2\n  fix: give every example all entries of its input, in lists of equal length',
        ],
        [
          '{ "x": [[1, 2], [3]], "y": [[1, 2], [3, 4]] }',
          '"x"[1] has 1 number, expected 2\n  fix: give every example all entries of its input, in lists of equal length',
        ],
        [
          '{ "x": [[1], [2]] }',
          '"x"[0] has 1 number, expected 2\n  fix: give every example all entries of its input, in lists of equal length',
        ],
        [
          '{ "x": [[1, [2]], [3, []]] }',
          '"x"[1] has 1 number, expected 2\n  fix: give every example all entries of its input, in lists of equal length',
        ],
        [
          '{ "x": [[[], [1, 2]]] }',
          '"x"[0][1] has 2 numbers, expected 0\n  fix: give every example all entries of its input, in lists of equal length',
        ],
        [
          '{ "x": [1, 2], "y": [[1, 2], [3, 4]] }',
          '"y" has 4 numbers, expected 1 times 2\n  fix: give the entries of every example, as many examples of each input',
        ],
        [
          '{ "x": [1, "2"] }',
          '"x" is no list of numbers\n  fix: write numbers without quotes: [[5.1, 3.5], [4.9, 3]]',
        ],
        [
          '{ "x": [1, 1e999] }',
          '"x" has Infinity at place 1, expected a finite number\n  fix: leave out examples that lack numbers',
        ],
      ] as const
    ).map(([text, sentence]) => [
      `the examples ${text}`,
      {
        file: () => new TextEncoder().encode(text),
        name: "d.json",
        options: ["--weights", "w.safetensors", "--data", "d.json"],
        sentence: `d.json GC1522 ${sentence}\n`,
      },
    ]),
  ),
  "a budget that is no number": {
    options: ["--max-bytes", "10k"],
    sentence:
      "GC1024 --max-bytes 10k: expected a number of bytes, 1 or more\n  fix: --max-bytes 10240\n",
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
