/** Modules with weights as constants: what they look like, and that they predict what the trained network does, to the bit. */
import { runInThisContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  importScript,
  type Handle,
  type Module,
} from "../compiler/check/emitted.js";
import { fillInput, numbersFrom } from "../compiler/check/given.js";
import type { Compiled } from "../compiler/compile.js";
import type { Target } from "../compiler/emit/targets.js";
import * as g from "../dsl/index.js";
import type { Model } from "../dsl/index.js";
import {
  lintMessages,
  prettierFault,
  typeErrors,
  workplace,
  type Workplace,
} from "./emitted/checks.js";
import { models } from "./emitted/models.js";
import { runInEs5 } from "./support/es5Engine.js";
import { frozen, trainable } from "./support/frozen.js";

const build = (name: string): Model => (models[name] as () => Model)();

/** Every network in both forms, its text and that of its looped ES5. */
const forms = Object.keys(models).flatMap((name) =>
  (["auto", "never"] as const).map((unroll) => ({ name, unroll })),
);

describe("frozen modules", { timeout: 120_000 }, () => {
  const made: { readonly name: string; readonly text: string }[] = [];
  let place: Workplace;
  beforeAll(async () => {
    for (const { name, unroll } of forms) {
      const { module } = await trainable(build(name));
      const { params } = module.create({ seed: 5 });
      const { text, summary } = await frozen(build(name), params, { unroll });
      // The compiler compares with the interpreter, and that with the trained network.
      expect(summary.outputError, name).toBe(0);
      made.push({ name: `${name}.${unroll}`, text });
    }
    place = workplace(made);
  }, 300_000);
  afterAll(() => {
    place.remove();
  });

  it("are what prettier would write, in ASCII", async () => {
    for (const { name, text } of made) {
      expect(await prettierFault(text), name).toBeUndefined();
      expect(text, name).toMatch(/^[\n -~]*$/);
    }
  });

  it.each(["typescript", "typescript7"] as const)(
    "have no type errors in %s",
    async (compiler) => {
      const strict = { noUncheckedIndexedAccess: true };
      expect(await typeErrors(place, compiler, strict)).toBe("");
      const loose = { noUncheckedIndexedAccess: false };
      expect(await typeErrors(place, compiler, loose)).toBe("");
    },
  );

  it(
    "give eslint nothing to say, and use no global that they may not have",
    { timeout: 300_000 },
    async () => {
      expect(await lintMessages(place)).toEqual([]);
    },
  );

  it("export what a prediction needs and nothing of training", async () => {
    const { module } = await trainable(build("iris"));
    const { script, text } = await frozen(
      build("iris"),
      module.create().params,
    );
    const predicting = await importScript(script);
    expect(Object.keys(predicting)).toEqual(["forward", "create"]);
    const net = predicting.create({ maxBatch: 3 });
    expect(Object.keys(net)).toEqual([
      ...["inputs", "outputs", "forward", "predict"],
    ]);
    expect(Object.keys(net.inputs)).toEqual(["x"]);
    expect(text).not.toMatch(/gradient|Backward|seed|Params/);
    expect(() => {
      net.forward(4);
    }).toThrow("n is 4, expected an integer from 1 to maxBatch = 3");
    expect(() => net.predict([1, 2])).toThrow(
      "predict: x has 2 entries, expected 4",
    );
  });

  it("have no dropout, in no heading and not in the header either", async () => {
    const dropping = (): Model => {
      const x = g.input("x", [4]);
      const normal = g.linear(x, 6, { name: "normal" });
      const active = g.dropout(g.relu(normal), 0.2, { name: "active" });
      const h = g.tanh(g.linear(active, 5, { name: "second" }), { name: "h" });
      const kept = g.dropout(h, 0.5, { name: "kept" });
      const last = g.dropout(h, 0.1, { name: "last" });
      const y = g.linear(kept, 3, { name: "y" });
      return g.model({
        inputs: { x },
        outputs: { y, last },
        loss: g.add(g.mean(y), g.mean(last)),
        optimizer: g.sgd(0.1),
      });
    };
    const { module } = await trainable(dropping());
    const { params } = module.create({ seed: 3 });
    for (const unroll of ["auto", "never"] as const) {
      const { text } = await frozen(dropping(), params, { unroll });
      expect(text).not.toMatch(/dropout|kept/);
      expect(text).toContain(" *     active[6] = relu(normal)\n");
      expect(text).toContain(" *     y[3] = linear(h)\n");
      expect(text).toMatch(/\/\/ relu(?: \(|\n)/);
      const { compiled } = await trainable(dropping(), { unroll });
      expect(compiled.text).toContain("active[6] = dropout(relu(normal))\n");
      expect(compiled.text).toMatch(/\/\/ relu(?: \(|\n)/);
    }
  });

  it("have each weight of a loop once, in the order of the parameters", async () => {
    const { module } = await trainable(build("iris"));
    const { params } = module.create({ seed: 2 });
    const { text } = await frozen(build("iris"), params, { unroll: "never" });
    const tables = [...text.matchAll(/^const (\w+): readonly number/gm)];
    expect(tables.map(([, name]) => name)).toEqual([
      ...["hiddenWeight", "hiddenBias", "logitsWeight", "logitsBias"],
    ]);
    for (const weight of params)
      expect(text.split(String(weight))).toHaveLength(2);
  });
});

const examples = 3;

/** What the first output is for some examples, one after the other. */
function predictions(net: Handle, { plan }: Compiled): number[][] {
  const next = numbersFrom(7);
  const inputs = plan.model.inputs;
  return Array.from({ length: examples }, () => {
    const given = inputs.map((x) => {
      const size = x.shape.reduce((n, d) => n * d, 1);
      const list = new Float64Array(size);
      fillInput(list, x.op.classes, next);
      return list;
    });
    return Array.from(net.predict(...given));
  });
}

const run: Readonly<Record<Exclude<Target, "wasm">, (c: Compiled) => Module>> =
  {
    ts: ({ script }) => runInThisContext(`(() => { ${script} })()`) as Module,
    js: ({ script }) => runInThisContext(`(() => { ${script} })()`) as Module,
    cjs: ({ text }) =>
      runInThisContext(
        `(() => { const module = {}; ${text}; return module.exports; })()`,
      ) as Module,
    iife: ({ text }) =>
      runInThisContext(`(() => { ${text}; return netFrozen; })()`) as Module,
    es5: ({ text }) => runInEs5(text, "netFrozen") as Module,
  };

describe.each(["tanh231", "iris", "normed", "siamese", "whole"])(
  "%s",
  { timeout: 60_000 },
  (name) => {
    it.each(["ts", "js", "cjs", "iife", "es5"] as const)(
      "predicts as %s what it does where it is trained",
      async (target) => {
        const { module } = await trainable(build(name));
        const net = module.create({ seed: 4 });
        for (const unroll of ["auto", "never"] as const)
          for (const minify of target === "ts" ? [false] : [false, true]) {
            const options = { target, unroll, minify };
            const compiled = await frozen(build(name), net.params, options);
            const made = run[target](compiled).create();
            expect(predictions(made, compiled)).toEqual(
              predictions(net, compiled),
            );
          }
      },
    );
  },
);
