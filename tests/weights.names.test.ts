/** Names of a file and of a model: what is taken, what is said of the rest, and nothing half done. */
import { describe, expect, test } from "vitest";
import { importScript } from "../compiler/check/emitted.js";
import { CompileError } from "../compiler/diagnostics.js";
import type { Derived } from "../compiler/emit/fields.js";
import { nameModel } from "../compiler/load/name.js";
import { buildPrograms } from "../compiler/programs.js";
import { faultOf } from "../compiler/weights/fault.js";
import { parseRules } from "../compiler/weights/rename.js";
import { countText, tableText, type Row } from "../compiler/weights/report.js";
import { readSafetensors } from "../compiler/weights/safetensors.js";
import {
  bytesOfJson,
  isSaved,
  jsonOfBytes,
  savedBytes,
  savedParams,
} from "../compiler/weights/saved.js";
import { sourceOf } from "../compiler/weights/source.js";
import {
  paramsOfStateDict,
  stateDictOf,
} from "../compiler/weights/stateDict.js";
import * as g from "../dsl/index.js";
import { compile } from "./emitted/compiled.js";
import { weightsFile } from "./weights/file.js";

/** hidden [2, 3], a batch normalisation, output [1, 2]. */
function network(): g.Model {
  const x = g.input("x", [3]);
  const y = g.input("y", [1]);
  const hidden = g.linear(x, 2, { name: "hidden", bias: false });
  const norm = g.batchNorm(hidden, { name: "norm", affine: false });
  const output = g.linear(norm, 1, { name: "output" });
  return g.model({
    inputs: { x, y },
    outputs: { output },
    loss: g.mse(output, y),
    optimizer: g.adagrad(0.5, { initialAccumulatorValue: 0.25 }),
  });
}

const derive = (model: g.Model): Derived => {
  const named = nameModel(model, () => undefined);
  return { model: named, programs: buildPrograms(named) };
};

const derived = derive(network());
const { params } = derived.model;
const fault = faultOf("/weights");

const hidden = {
  name: "hidden.weight",
  shape: [2, 3],
  values: [1, 2, 3, 4, 5, 6],
};
const mean = { name: "norm.running_mean", shape: [2], values: [7, 8] };
const variance = { name: "norm.running_var", shape: [2], values: [9, 10] };
const weight = { name: "output.weight", shape: [1, 2], values: [11, 12] };
const bias = { name: "output.bias", shape: [1], values: [13] };
const tracked = {
  name: "norm.num_batches_tracked",
  shape: [],
  dtype: "I64",
} as const;
const all = [bias, weight, tracked, variance, mean, hidden];

type Tensors = Parameters<typeof weightsFile>[0];

interface Said {
  readonly map?: readonly string[];
  readonly skip?: readonly string[];
  readonly allowNonfinite?: boolean;
}

/** Rows of the report, and the flat parameters or what is said instead. */
function taken(tensors: Tensors, said: Said = {}) {
  let rows: readonly Row[] = [];
  const conversion = {
    rules: parseRules(said.map ?? []),
    skip: said.skip ?? [],
    allowNonfinite: said.allowNonfinite ?? false,
    report: (found: readonly Row[]) => void (rows = found),
  };
  try {
    const file = readSafetensors(sourceOf(weightsFile(tensors)), fault);
    const flat = paramsOfStateDict(params, file, conversion, fault);
    return { rows, flat: Array.from(flat), said: [] };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const said = error.diagnostics.map(
      ({ code, message, remedy }) =>
        `${code} ${message}${remedy === undefined ? "" : ` (${remedy})`}`,
    );
    return { rows, said };
  }
}

const without = (...left: Tensors): Tensors =>
  all.filter((tensor) => !left.includes(tensor));

describe("a state_dict", () => {
  test("lies in the model's order, whatever the file's is", () => {
    const { flat, rows } = taken(all);
    expect(params.map(({ op }) => op.name)).toEqual([
      ...[hidden.name, weight.name, bias.name],
      ...[mean.name, variance.name],
    ]);
    expect(flat).toEqual([1, 2, 3, 4, 5, 6, 11, 12, 13, 7, 8, 9, 10]);
    expect(countText(rows)).toBe("5 taken, 1 skipped");
    expect(tableText(rows)).toBe(
      [
        "taken    hidden.weight             [2, 3]  F64",
        "taken    output.weight             [1, 2]  F64",
        "taken    output.bias               [1]     F64",
        "taken    norm.running_mean         [2]     F64",
        "taken    norm.running_var          [2]     F64",
        "skipped  norm.num_batches_tracked  []      I64",
        "",
      ].join("\n"),
    );
  });

  test("in other dtypes is widened", () => {
    const narrow = { ...bias, dtype: "F32", values: [0.1] } as const;
    const { flat } = taken([...without(bias), narrow]);
    expect(flat?.[8]).toBe(Math.fround(0.1));
  });

  test("that lacks a parameter, or has one more, is refused in one sentence", () => {
    const { said, rows } = taken([
      ...without(bias, mean),
      { name: "head.bias", shape: [2] },
    ]);
    expect(said).toEqual([
      'GC1511 the names of the file are not the model\'s: missing "output.bias", "norm.running_mean"; unexpected "head.bias" (--map FILE=MODEL says what is called otherwise, --skip NAME leaves an entry out)',
    ]);
    expect(rows.map(({ fate, name }) => `${fate} ${name}`)).toEqual([
      ...["taken hidden.weight", "taken output.weight"],
      ...["missing output.bias", "missing norm.running_mean"],
      "taken norm.running_var",
      "skipped norm.num_batches_tracked",
      "unexpected head.bias",
    ]);
  });

  test("with five too many is told three of them", () => {
    const more = [1, 2, 3, 4, 5].map((i) => ({
      name: `m${String(i)}`,
      shape: [],
    }));
    expect(taken([...all, ...more]).said[0]).toMatch(
      /^GC1511 the names of the file are not the model's: unexpected "m1", "m2", "m3", 2 more \(/,
    );
  });

  test("of other shapes and dtypes is refused, each by name", () => {
    const { said, rows } = taken([
      ...without(hidden, weight, bias),
      { ...hidden, shape: [3, 2] },
      { name: weight.name, shape: weight.shape, dtype: "I8" },
      { ...bias, shape: [] },
    ]);
    expect(said).toEqual([
      'GC1512 "hidden.weight" has the shape [3, 2], expected [2, 3]',
      'GC1512 "output.bias" has the shape [], expected [1]',
      'GC1512 "output.weight" has the dtype I8, expected F64, F32, F16 or BF16',
    ]);
    expect(tableText(rows.slice(0, 3))).toBe(
      [
        "wrong shape  hidden.weight  [3, 2]  F64  expected [2, 3]",
        "wrong dtype  output.weight  [1, 2]  I8",
        "wrong shape  output.bias    []      F64  expected [1]",
        "",
      ].join("\n"),
    );
  });

  test.each([NaN, Infinity, -Infinity])("with a %d is refused", (value) => {
    const values = [1, 2, 3, 4, 5, value];
    const tensors = [...without(hidden), { ...hidden, values }];
    expect(taken(tensors).said).toEqual([
      `GC1513 "hidden.weight"[1][2] is ${String(value)}, expected a finite number (--allow-nonfinite takes it as it is)`,
    ]);
    expect(taken(tensors, { allowNonfinite: true }).flat?.[5]).toBe(value);
  });
});

describe("--map and --skip", () => {
  const renamed = (change: (name: string) => string): Tensors =>
    all.map((tensor) => ({ ...tensor, name: change(tensor.name) }));
  const flat = taken(all).flat;

  test("numbered layers get the model's names, which the remedy says", () => {
    const numbers = { hidden: "0", norm: "1", output: "3" };
    const tensors = renamed((name) =>
      name.replace(/^\w+/, (layer) => numbers[layer as keyof typeof numbers]),
    );
    expect(taken(tensors).said[0]).toMatch(
      /\(--map 0=hidden 3=output 1=norm\)$/,
    );
    const map = ["0=hidden", "3=output", "1=norm"];
    const mapped = taken(tensors, { map });
    expect(mapped.flat).toEqual(flat);
    expect(tableText(mapped.rows)).toContain(
      "taken    hidden.weight             [2, 3]  F64  0.weight in the file\n",
    );
  });

  test("no remedy is made of layers of other shapes", () => {
    const other = { name: "0.bias", shape: [2] };
    expect(taken([...without(bias), other]).said[0]).toMatch(
      /\(--map FILE=MODEL says what is called otherwise, --skip NAME leaves an entry out\)$/,
    );
  });

  test("a prefix goes, the longer rule comes first, and 1 is not 10", () => {
    const inModule = renamed((name) => `module.${name}`);
    expect(taken(inModule, { map: ["module="] }).flat).toEqual(flat);
    const tensors = renamed((name) =>
      name
        .replace("hidden", "10")
        .replace("norm", "1")
        .replace("1.running_mean", "1.mean"),
    );
    const map = ["1=norm", "10=hidden", "1.mean=norm.running_mean"];
    expect(taken(tensors, { map }).flat).toEqual(flat);
    const net = { map: ["=net", "net=net.net"] };
    expect(taken(all, { map: ["hidden=hidden.a"] }).said[0]).toMatch(
      /^GC1511 the names of the file are not the model's: missing "hidden.weight"; unexpected "hidden.weight"/,
    );
    expect(taken(all, net).said[0]).toMatch(/^GC1514 --map net: nothing/);
  });

  test("entries are left out by name or by what they start with", () => {
    const more = [
      { name: "tied.weight", shape: [4] },
      { name: "tied.bias", shape: [4] },
    ];
    const said = taken([...all, ...more], { skip: ["tied"] });
    expect(said.flat).toEqual(flat);
    expect(countText(said.rows)).toBe("5 taken, 3 skipped");
  });

  test.each([
    [
      ["0=hidden"],
      [],
      'GC1514 --map 0: nothing is called "0", or starts with "0."',
    ],
    [
      [],
      ["hid"],
      'GC1514 --skip hid: nothing is called "hid", or starts with "hid."',
    ],
    [
      ["hidden=output"],
      [],
      'GC1514 "output.weight" and "hidden.weight" are both called "output.weight" by --map, expected a name for each',
    ],
  ])("a slip of the pen is named: %j %j", (map, skip, sentence) => {
    expect(taken(all, { map, skip }).said).toEqual([sentence]);
  });

  test.each([
    [["hidden"], "--map hidden is not two names"],
    [["a=b=c"], "--map a=b=c is not two names"],
    [["a=a"], "--map a=a is not two names"],
    [["a=b", "a=c"], '--map names "a" twice, expected one name for each'],
    [["a=b", "c=b"], '--map names "b" twice, expected one name for each'],
  ])("%j is no rule", (map, sentence) => {
    expect(() => parseRules(map)).toThrow(sentence);
  });
});

describe("the way back", () => {
  const flat = Float64Array.from({ length: 13 }, (_, i) => i / 3);
  const back = (values: Float64Array, said: Said = {}) => {
    const rows: Row[] = [];
    const bytes = stateDictOf(
      params,
      values,
      {
        rules: parseRules(said.map ?? []),
        skip: said.skip ?? [],
        allowNonfinite: said.allowNonfinite ?? false,
        report: (found) => void rows.push(...found),
      },
      fault,
    );
    const file = readSafetensors(sourceOf(bytes), fault);
    return { rows, file };
  };

  test("has every parameter, and the names that the same rules came from", () => {
    const { rows, file } = back(flat, { map: ["0=hidden", "module.1=norm"] });
    expect(file.entries.map(({ name, shape }) => [name, shape])).toEqual([
      ...[
        ["0.weight", [2, 3]],
        ["output.weight", [1, 2]],
      ],
      ...[
        ["output.bias", [1]],
        ["module.1.running_mean", [2]],
      ],
      ["module.1.running_var", [2]],
    ]);
    const values = file.entries.flatMap((e) => Array.from(file.values(e)));
    expect(values).toEqual(Array.from(flat));
    expect(tableText(rows.slice(0, 2))).toBe(
      "written  hidden.weight  [2, 3]  F64  0.weight in the file\n" +
        "written  output.weight  [1, 2]  F64\n",
    );
  });

  test("leaves out what is skipped", () => {
    const { rows, file } = back(flat, { skip: ["norm"] });
    expect(file.entries).toHaveLength(3);
    expect(countText(rows)).toBe("3 written, 2 skipped");
  });

  test("refuses what is not finite, and names that do not exist", () => {
    const broken = flat.with(8, NaN);
    expect(() => back(broken)).toThrow('"output.bias"[0] is NaN');
    expect(back(broken, { allowNonfinite: true }).file.entries).toHaveLength(5);
    expect(() => back(flat, { map: ["0=head"] })).toThrow(
      '--map head: nothing is called "head"',
    );
  });
});

describe("a state", () => {
  const flat = Float64Array.from({ length: 13 }, (_, i) => i / 3);
  const bytes = savedBytes(derived, flat);
  const read = (b: Uint8Array, of = derived) => savedParams(of, b, fault);

  test("is what the handle of the model saves before its first step", async () => {
    const { script } = await compile(network(), "network", "auto");
    const net = (await importScript(script)).create({ maxBatch: 2 });
    net.params.set(flat);
    expect(bytes).toEqual(net.save());
    net.trainStep(2);
    net.load(bytes);
    expect(Array.from(net.params)).toEqual(Array.from(flat));
    expect(Array.from(read(net.save()))).toEqual(Array.from(flat));
  });

  test("has a seed where steps draw random numbers", async () => {
    const build = () => {
      const x = g.input("x", [3]);
      const output = g.dropout(g.linear(x, 2, { name: "output" }), 0.5);
      return g.model({
        inputs: { x },
        outputs: { output },
        loss: g.mean(g.square(output)),
        optimizer: g.sgd(0.1),
      });
    };
    const { script } = await compile(build(), "dropped", "auto");
    const net = (await importScript(script)).create();
    expect(savedBytes(derive(build()), net.params)).toEqual(net.save());
  });

  test("as JSON is what modules for the smallest engines take", async () => {
    const { script } = await compile(
      network(),
      "small",
      "auto",
      "exact",
      "es5",
    );
    const net = (await importScript(script)).create();
    const text = jsonOfBytes(bytes);
    net.load(JSON.parse(text) as Uint8Array);
    expect(Array.from(net.params)).toEqual(Array.from(flat));
    expect(bytesOfJson(new TextEncoder().encode(text), fault)).toEqual(bytes);
  });

  test.each(["{}", "[256]", "[-1]", "[1.5]", '["1"]', "[1", "", "null"])(
    "%s is no list of bytes",
    (text) => {
      expect(() => bytesOfJson(new TextEncoder().encode(text), fault)).toThrow(
        "the file is no list of bytes as JSON, expected what save() returned",
      );
    },
  );

  test("of another model, or damaged, is refused", () => {
    expect(() => read(bytes.subarray(1))).toThrow(
      /^the file has \d+ bytes, what save\(\) of this model writes has \d+$/,
    );
    const x = g.input("x", [2]);
    const other = g.linear(x, 2, { name: "other" });
    const model = (name: string) =>
      derive(
        g.model({
          inputs: { x },
          outputs: { other },
          loss: g.mean(g.linear(other, 2, { name })),
          optimizer: g.sgd(0.1),
        }),
      );
    const saved = savedBytes(model("a"), new Float64Array(12));
    expect(() => read(saved, model("b"))).toThrow(
      "the file is the state of another model or version",
    );
    expect(Array.from(read(saved, model("a")))).toEqual(Array(12).fill(0));
    for (const at of [8, 40, bytes.length - 6, bytes.length - 1]) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      expect(() => read(damaged)).toThrow("is damaged: its checksum differs");
      expect(isSaved(damaged)).toBe(false);
    }
    expect(isSaved(bytes)).toBe(true);
    expect(isSaved(new Uint8Array(15))).toBe(false);
  });
});
