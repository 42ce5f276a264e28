/** What the handle of a module says of numbers from outside that cannot be right. */
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { importScript, type Handle } from "../compiler/check/emitted.js";
import {
  batchNorm,
  input,
  linear,
  mean,
  model,
  mse,
  mul,
  param,
  sgd,
  sum,
} from "../dsl/index.js";
import { compile } from "./emitted/compiled.js";
import { models } from "./emitted/models.js";

async function handleOf(name: string, maxBatch = 4): Promise<Handle> {
  const build = models[name];
  if (build === undefined) expect.fail(name);
  const { script } = await compile(build(), name, "auto");
  return (await importScript(script)).create({ seed: 1, maxBatch });
}

describe("a class index out of range", () => {
  const sentence = (got: string) =>
    `label[1] is ${got}, expected an integer from 0 to 2`;

  test.each([-1, 3, 2147483647])(
    "%i is refused before anything changes",
    async (label) => {
      const net = await handleOf("iris");
      net.inputs["label"]?.set([0, label]);
      const before = net.save();
      expect(() => {
        net.trainStep(2);
      }).toThrow(new RangeError(sentence(String(label))));
      expect(() => {
        net.backward(2);
      }).toThrow(RangeError);
      expect(net.save()).toEqual(before);
      // Only the examples of this call count, and only where labels are read.
      net.trainStep(1);
      net.forward(2);
      net.predict([1, 2, 3, 4]);
      expect(net.loss[0]).toBeGreaterThan(0);
    },
  );

  test("the index that a loss ignores is right", async () => {
    const net = await handleOf("ignoring");
    net.inputs["label"]?.set([2, -100]);
    net.trainStep(2);
    net.inputs["label"]?.set([2, -1]);
    expect(() => {
      net.trainStep(2);
    }).toThrow(sentence("-1"));
  });

  test("whole arrays are checked as a whole", async () => {
    const net = await handleOf("labelled", 1);
    net.inputs["label"]?.set([0, 255, 1, 2]);
    net.trainStep();
    net.inputs["label"]?.set([0, 3, 1, 2]);
    expect(() => {
      net.trainStep();
    }).toThrow(sentence("3"));
  });
});

describe("a length that is wrong", () => {
  test.each([[[1, 2, 3]], [[]], [[1, 2, 3, 4, 5]]])(
    "predict(%j) says which",
    async (x) => {
      const net = await handleOf("iris");
      expect(() => net.predict(x)).toThrow(
        new RangeError(
          `predict: x has ${String(x.length)} entries, expected 4`,
        ),
      );
    },
  );

  test.each([0, 5, 1.5, -1, NaN])("%d examples are refused", async (n) => {
    const net = await handleOf("iris");
    expect(() => {
      net.trainStep(n);
    }).toThrow(`n is ${String(n)}, expected an integer from 1 to maxBatch = 4`);
  });
});

describe("what is no list of numbers", () => {
  test.each([[undefined], [null], [5], ["abcd"]])(
    "predict(%j) has no entries",
    async (x: unknown) => {
      const { predict } = alone(await handleOf("iris"));
      expect(() => predict?.(x)).toThrow(
        new RangeError("predict: x has 0 entries, expected 4"),
      );
    },
  );

  test("an array of another realm is a list", async () => {
    const net = await handleOf("iris");
    const list = runInNewContext("[1, 2, 3, 4]") as number[];
    const same = Array.from(net.predict([1, 2, 3, 4]));
    expect(Array.from(net.predict(list))).toEqual(same);
  });

  test.each([NaN, 1.5, -0.5, 2 ** 32, "1"])(
    "predict refuses the index %j, which an array of integers would round",
    async (wrong) => {
      const net = await handleOf("embedded");
      const { predict } = alone(net);
      const right = [4, 0, 1, 2, 3, 4];
      predict?.(right);
      expect(() => predict?.([0, wrong, 0, 0, 0, 0])).toThrow(
        new RangeError(
          `u[1] is ${String(wrong)}, expected an integer from 0 to 4`,
        ),
      );
      expect(Array.from(net.inputs["u"] ?? []).slice(0, 6)).toEqual(right);
      expect(() => predict?.([5, 0, 0, 0, 0, 0])).toThrow(
        "u[0] is 5, expected an integer from 0 to 4",
      );
    },
  );
});

describe("an option of create()", () => {
  test.each(["maxbatch", "Seed", "lr"])("%s is none", async (key) => {
    const build = models["iris"];
    if (build === undefined) expect.fail();
    for (const target of ["ts", "es5", "wasm"] as const) {
      const { script } = await compile(
        build(),
        "iris",
        "auto",
        "exact",
        target,
      );
      const { create } = await importScript(script);
      expect(() => create({ seed: 1, [key]: 8 })).toThrow(
        new RangeError(
          `create: ${key} is no option, expected seed or maxBatch`,
        ),
      );
    }
  });

  test("its words say what is drawn from the seed", async () => {
    const x = input("x", [2]);
    const words = async (init?: number[]): Promise<string> => {
      const h = mul(param("w", [2], init === undefined ? {} : { init }), x);
      const m = model({
        inputs: { x },
        outputs: { h },
        loss: sum(h),
        optimizer: sgd(0.1),
      });
      const { text } = await compile(m, "drawn", "auto");
      const [before = ""] = text.split("\nexport function create(");
      return before
        .slice(before.lastIndexOf("/**"))
        .replaceAll(/\s*\n \* /g, " ");
    };
    expect(await words()).toContain(
      "a network with parameters of its own, drawn from `seed`, and memory",
    );
    expect(await words([1, 2])).toContain(
      "a network with parameters of its own, and memory",
    );
  });
});

describe("a property of the handle", () => {
  test.each([NaN, Infinity, -0.1])("lr = %d is refused", async (wrong) => {
    const net = await handleOf("seed");
    expect(() => {
      net.lr = wrong;
    }).toThrow(
      new RangeError(`lr is ${String(wrong)}, expected a finite number >= 0`),
    );
    expect(net.lr).toBe(0.1);
  });

  test.each([NaN, 1.5, -1, 2 ** 53])("steps = %d is refused", async (wrong) => {
    const net = await handleOf("seed");
    net.steps = 7;
    expect(() => {
      net.steps = wrong;
    }).toThrow(
      new RangeError(
        `steps is ${String(wrong)}, expected an integer from 0 to 9007199254740991`,
      ),
    );
    expect(net.steps).toBe(7);
  });
});

/** The methods of a handle as functions of their own. */
const alone = (net: Handle): Record<string, (x?: unknown) => unknown> =>
  Object.fromEntries(Object.entries(net));

describe("saved states", () => {
  test.each([["abc"], [new ArrayBuffer(8)], [{ 0: 1 }], [undefined]])(
    "load(%j) is refused in one sentence",
    async (bytes: unknown) => {
      const { load } = alone(await handleOf("seed"));
      expect(() => load?.(bytes)).toThrow(
        new RangeError("load: got no bytes, expected a Uint8Array"),
      );
    },
  );

  test("methods need no handle to be called on", async () => {
    const net = await handleOf("seed");
    const { save, load, trainStep } = alone(net);
    net.lr = 0.25;
    const bytes = save?.();
    trainStep?.(1);
    net.lr = 0.5;
    load?.(bytes);
    expect([net.lr, net.steps]).toEqual([0.25, 0]);
  });
});

test("training on batch statistics says what it needs", async () => {
  const x = input("x", [3]);
  const output = batchNorm(linear(x, 2));
  const built = model({
    inputs: { x },
    outputs: { output },
    loss: mean(mul(output, output)),
    optimizer: sgd(0.1),
  });
  const { script } = await compile(built, "batch", "auto");
  const net = (await importScript(script)).create();
  net.forward();
  for (const n of [undefined, 1, 2])
    expect(() => {
      net.trainStep(n);
    }).toThrow(
      new RangeError(
        "batch statistics need 2 examples or more and this handle holds 1: call create({ maxBatch: 2 }) or more",
      ),
    );
});

test("room for more examples than an array can hold is refused by name", async () => {
  const x = input("x", [300]);
  const y = input("y", [300]);
  const output = linear(linear(x, 400), 300);
  const built = model({
    inputs: { x, y },
    outputs: { output },
    loss: mse(output, y),
    optimizer: sgd(0.1),
  });
  const { script } = await compile(built, "wide", "auto");
  const { create } = await importScript(script);
  expect(() => create({ maxBatch: 2 ** 24 })).toThrow(
    /^create: maxBatch is 16777216, expected an integer from 1 to \d{7}$/,
  );
});
