/** `--dtype f32`: float32 in every array, rounded where it is stored; what it computes is verified twice. */
import { afterAll, describe, expect, it } from "vitest";
import {
  importFloat32,
  importScript,
  type Creates,
} from "../compiler/check/emitted.js";
import { exampleOf } from "../compiler/check/example.js";
import { numbersFrom } from "../compiler/check/given.js";
import { withinRounding } from "../compiler/check/rounded.js";
import { savedBytes, savedParams } from "../compiler/weights/saved.js";
import { faultOf } from "../compiler/weights/fault.js";
import { scalar } from "./support/float32.js";
import {
  batchMax,
  constant,
  input,
  linear,
  model,
  mul,
  sgd,
  square,
  sum,
  tanh,
} from "../dsl/index.js";
import { engines } from "./support/tiers.js";
import { models } from "./emitted/models.js";
import { compile } from "./emitted/compiled.js";
import { gradc, project, removeProjects, seed } from "./cliHarness.js";

afterAll(removeProjects);

const build = (name: string) => (models[name] ?? expect.fail(name))();

const float32 = (name: string, unroll: "auto" | "never" = "auto") =>
  compile(build(name), name, unroll, "exact", "ts", "f32");

describe("a module in float32", { timeout: 300_000 }, () => {
  it.each(Object.keys(models))(
    "%s: is verified in both forms, and says so",
    async (name) => {
      for (const unroll of ["auto", "never"] as const) {
        const { text } = await float32(name, unroll);
        const header = text
          .slice(0, text.indexOf("*/"))
          .replace(/\n \* /g, " ");
        expect(header).toMatch(
          /parameters?, float32, .* bit for bit where nothing is rounded, within the errors of rounding in float32/,
        );
        expect(header).toContain(
          "A number is rounded once, where it is stored",
        );
      }
    },
  );

  it("has Float32Arrays that start as those of float64 do, rounded", async () => {
    const { script } = await float32("iris");
    const { create } = await importFloat32(script);
    const net = create({ seed: 5, maxBatch: 3 });
    const { params, grads, loss, inputs, outputs } = net;
    for (const list of [params, grads, loss, inputs["x"], outputs["logits"]])
      expect(list).toBeInstanceOf(Float32Array);
    expect(inputs["label"]).toBeInstanceOf(Int32Array);
    expect(net.predict([5.1, 3.5, 1.4, 0.2])).toBeInstanceOf(Float32Array);
    const wide = await compile(build("iris"), "iris", "auto");
    const { create: createWide } = await importScript(wide.script);
    const start = createWide({ seed: 5 }).params;
    expect(Array.from(params)).toEqual(Array.from(start, Math.fround));
  });

  it("keeps float64 for what is made of the rate and the steps alone", async () => {
    const { text } = await float32("digits", "never");
    for (const name of ["beta2Power", "correction", "stepSize"])
      expect(text).toContain(`  readonly ${name}: Float64Array;`);
  });

  it.each(["ts", "wasm"] as const)(
    "meets its extremes again, which it has stored: %s",
    async (target) => {
      const x = input("x", [3]);
      // Of these, one is stored as soon as it is computed and the other not.
      for (const f of [square, tanh])
        for (const unroll of ["full", "never"] as const) {
          const entries = f(linear(x, 3, { name: "entries" }));
          const top = mul(batchMax(entries), constant([3], [0.5, -1, 2]));
          const { script } = await compile(
            model({
              inputs: { x },
              outputs: { entries },
              loss: sum(top),
              optimizer: sgd(0.1),
            }),
            "extremes",
            unroll,
            "exact",
            target,
            "f32",
          );
          const { create } = await importFloat32(script, engines.wasm);
          const net = create({ seed: 3, maxBatch: 2 });
          net.inputs["x"]?.set([0.1, -0.7, 0.3, 0.5, 0.2, -0.9]);
          net.backward(2);
          for (const g of net.grads) expect(g).not.toBeNaN();
          expect(net.grads.some((g) => g !== 0)).toBe(true);
        }
    },
  );

  it("has half the memory", async () => {
    const wide = await compile(build("digits"), "digits", "auto");
    const { summary } = await float32("digits");
    expect(summary.ram).toBeLessThan(0.52 * wide.summary.ram);
  });
});

describe("save and load", { timeout: 120_000 }, () => {
  /** A network that has made a step. */
  const trained = <A extends Float64Array | Float32Array>({
    create,
  }: Creates<A>) => {
    const net = create({ seed: 2 });
    net.inputs["x"]?.set([5.1, 3.5, 1.4, 0.2]);
    net.trainStep();
    return net;
  };

  it("keep every bit of a float32 network", async () => {
    const { script } = await float32("iris");
    const module = await importFloat32(script);
    const net = trained(module);
    const copy = module.create({ seed: 9 });
    copy.load(net.save());
    expect(copy.params).toEqual(net.params);
    net.trainStep();
    copy.inputs["x"]?.set([5.1, 3.5, 1.4, 0.2]);
    copy.trainStep();
    expect(copy.params).toEqual(net.params);
    expect(copy.save()).toEqual(net.save());
  });

  it("refuse a state of the other type, and change nothing", async () => {
    const narrow = trained(await importFloat32((await float32("iris")).script));
    const { script } = await compile(build("iris"), "iris", "auto");
    const wide = trained(await importScript(script));
    const before = [narrow.save(), wide.save()];
    expect(() => {
      narrow.load(wide.save());
    }).toThrow("load: the state of a float64 network, this one has float32");
    expect(() => {
      wide.load(narrow.save());
    }).toThrow(/^load: got \d+ bytes, expected \d+$/);
    expect([narrow.save(), wide.save()]).toEqual(before);
  });

  it("are what `gradc weights` reads and writes", async () => {
    const { script, plan } = await float32("iris");
    const net = (await importFloat32(script)).create({ seed: 7 });
    const params = Float64Array.from(net.params);
    const bytes = savedBytes(plan, params, "f32");
    expect(bytes).toEqual(net.save());
    const fault = faultOf("state.bin");
    expect(savedParams(plan, bytes, fault)).toEqual(params);
  });
});

describe("the check", { timeout: 120_000 }, () => {
  it("refuses a module whose code is wrong by less than float32 shows", async () => {
    const { plan, script } = await float32("iris");
    const right = "0.9 *";
    const wrong = "0.9000000000000001 *";
    expect(script).toContain(right);
    await expect(exampleOf(plan, script)).resolves.toBeDefined();
    await expect(exampleOf(plan, script.replace(right, wrong))).rejects.toThrow(
      "of the emitted module is",
    );
  });

  it("refuses one that rounds more than float32 does", async () => {
    const { plan, script } = await float32("iris");
    const coarse = script.replaceAll(
      "new Float32Array(3 * maxBatch)",
      "coarse(3 * maxBatch)",
    );
    // Where nothing is rounded, it does not round either.
    const list = `function coarse(size) {
      if (Float32Array.BYTES_PER_ELEMENT === 8) return new Float32Array(size);
      return new Proxy(new Float32Array(size), {
        get: (x, key) => typeof x[key] === "function" ? x[key].bind(x) : x[key],
        set: (x, key, value) => {
          x[key] = Math.round(value * 65536) / 65536;
          return true;
        },
      });
    }`;
    expect(coarse).not.toBe(script);
    await expect(exampleOf(plan, `${list}\n${coarse}`)).rejects.toThrow(
      "and rounding to float32 explains",
    );
  });

  it("allows what rounding explains, and no more", () => {
    const { root, leaves } = scalar();
    const near = (error: number) => () => {
      const got = [1 / 3 + error];
      const all = [{ what: "y", value: root, got, mean: 1 }];
      withinRounding(all, leaves, 1, "exact", numbersFrom(3));
    };
    expect(near(2 ** -26)).not.toThrow();
    expect(near(2 ** -22)).toThrow("and rounding to float32 explains");
  });
});

describe("--dtype f32", { timeout: 120_000 }, () => {
  it("is in the command of the header; the file stays while nothing changes", async () => {
    const p = project({ "net.ts": seed() });
    const args = ["compile", "net.ts", "--target", "js", "--dtype", "f32"];
    const first = await gradc(p.folder, args);
    expect(first.stderr).toBe("");
    expect((await gradc(p.folder, [...args, "--check"])).status).toBe(0);
    const stale = await gradc(p.folder, [...args.slice(0, 4), "--check"]);
    expect(stale.status).toBe(1);
  });

  it.each([
    [["--target", "es5"], "GC1040 --dtype f32 stores numbers in typed arrays"],
    [["--weights", "w.bin"], "GC1041 --dtype f32 is about training"],
  ])("%j: refused, nothing is written", async (options, sentence) => {
    const p = project({ "net.ts": seed(), "w.bin": "" });
    const args = ["compile", "net.ts", "--dtype", "f32", ...options];
    const { status, stderr } = await gradc(p.folder, args);
    expect(stderr).toContain(sentence);
    expect(status).toBe(2);
  });

  it("is one of two", async () => {
    const p = project({ "net.ts": seed() });
    const { stderr } = await gradc(p.folder, [
      "compile",
      "net.ts",
      "--dtype",
      "f16",
    ]);
    expect(stderr).toContain("Allowed choices are f64, f32");
  });
});
