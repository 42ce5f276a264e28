/**
 * Training that stops and goes on from saved bytes ends as if it had not stopped, in every optimizer; bytes that are not what
 * `save()` returned change nothing.
 */
import { describe, expect, test } from "vitest";
import {
  importScript,
  type Handle,
  type Module,
} from "../compiler/check/emitted.js";
import { numbersFrom } from "../compiler/check/given.js";
import * as g from "../dsl/index.js";
import { compile } from "./emitted/compiled.js";

const n = 4;
const length = 60;
const stops = 20;

/** With decay of its own for biases; everything else that a rule can have is in the rows. */
const groups = [{ params: ["*.bias"], lr: 0.004 }];
const rules: Readonly<Record<string, readonly g.Optimizer[]>> = {
  sgd: [
    g.sgd(0.02),
    g.sgd(0.02, {
      ...{ momentum: 0.9, nesterov: true, weightDecay: 0.01, groups },
      ...{ schedule: g.stepLr(9, 0.7), clip: g.clipNorm(0.5) },
    }),
  ],
  adadelta: [
    g.adadelta(0.5, { groups, schedule: g.linearLr({ totalIters: 30 }) }),
  ],
  adagrad: [
    g.adagrad(0.02, {
      ...{ lrDecay: 0.01, initialAccumulatorValue: 0.1, groups },
      ...{ schedule: g.multiStepLr([7, 31], 0.5), clip: g.clipValue(0.1) },
    }),
  ],
  adam: [
    g.adam(0.01, {
      ...{ amsgrad: true, weightDecay: 0.01, groups },
      ...{ schedule: g.warmupCosine(10, 50), clip: g.clipNorm(1) },
    }),
  ],
  adamax: [g.adamax(0.01, { groups, schedule: g.exponentialLr(0.98) })],
  adamw: [
    g.adamw(0.01, {
      ...{ groups: [{ params: ["*.bias"], weightDecay: 0 }] },
      ...{ schedule: g.oneCycleLr(0.02, 60), clip: g.clipNorm(1) },
    }),
  ],
  lion: [g.lion(0.002, { weightDecay: 0.1, schedule: g.polynomialLr() })],
  nadam: [
    g.nadam(0.01, {
      groups,
      schedule: g.cosineAnnealingLr(40),
      weightDecay: 0.01,
    }),
  ],
  radam: [g.radam(0.01, { groups, schedule: g.constantLr({ totalIters: 9 }) })],
  rmsprop: [
    g.rmsprop(0.005, {
      ...{ centered: true, momentum: 0.5, weightDecay: 0.01, groups },
      ...{ clip: g.clipNorm(1, { normType: Infinity }) },
    }),
  ],
};

/** Batch norm's running statistics and dropout's random numbers are part of what has to go on. */
function network(optimizer: g.Optimizer): g.Model {
  const x = g.input("x", [3]);
  const y = g.input("y", [2]);
  const hidden = g.linear(x, 6, { name: "hidden" });
  const norm = g.batchNorm(hidden, { name: "norm" });
  const h = g.dropout(g.tanh(norm), 0.4);
  const output = g.linear(h, 2, { name: "output" });
  return g.model({
    inputs: { x, y },
    outputs: { output },
    loss: g.mse(output, y),
    optimizer,
  });
}

/** The batch of a step. */
function fill({ inputs }: Handle, step: number): void {
  const next = numbersFrom(100 + step);
  for (const array of Object.values(inputs))
    for (let i = 0; i < array.length; i++) array[i] = next();
}

function train(net: Handle, from: number, to: number): void {
  for (let step = from; step < to; step++) {
    fill(net, step);
    net.trainStep(n);
  }
}

async function moduleOf(optimizer: g.Optimizer): Promise<Module> {
  const { script } = await compile(network(optimizer), "network", "auto");
  return importScript(script);
}

/** Whole numbers from 0 to `below` - 1, drawn from a seed. */
function draws(seed: number, count: number, below: number): number[] {
  const next = numbersFrom(seed);
  return Array.from({ length: count }, () =>
    Math.floor(((next() + 1) / 2) * below),
  );
}

describe("training that stopped goes on with the same bits", () => {
  test("every optimizer is here", () => {
    const made = Object.entries(g).flatMap(([name, f]) => {
      try {
        const rule = (f as (lr: number) => unknown)(0.1);
        const isRule =
          typeof rule === "object" &&
          rule !== null &&
          "kind" in rule &&
          rule.kind === "optimizer";
        return isRule ? [name] : [];
      } catch {
        return [];
      }
    });
    expect(Object.keys(rules).sort()).toEqual(made.sort());
  });

  const rows = Object.entries(rules).flatMap(([name, list]) =>
    list.map((rule, i) => [name, i + 1, rule] as const),
  );
  test.each(rows)(
    "%s, setting %i",
    { timeout: 120_000 },
    async (_, k, rule) => {
      const { create } = await moduleOf(rule);
      const options = { seed: 11, maxBatch: n };
      const whole = create(options);
      const saved = Array.from({ length }, (_, step) => {
        const bytes = whole.save();
        train(whole, step, step + 1);
        return bytes;
      });
      const end = whole.save();
      expect(whole.steps).toBe(length);
      expect(end).not.toEqual(saved.at(-1));
      for (const stop of draws(k + length, stops, length)) {
        // Another seed: all that the rest depends on has to be in the bytes.
        const again = create({ seed: 99, maxBatch: n });
        again.load(saved[stop] as Uint8Array);
        train(again, stop, length);
        expect(again.params, `stopped at ${String(stop)}`).toEqual(
          whole.params,
        );
        expect(again.loss).toEqual(whole.loss);
        expect(again.save()).toEqual(end);
      }
    },
  );

  test(
    "more than once, as often as it likes",
    { timeout: 120_000 },
    async () => {
      const [, rule = g.sgd(0.1)] = [...(rules["sgd"] ?? [])];
      const { create } = await moduleOf(rule);
      const whole = create({ seed: 3, maxBatch: n });
      train(whole, 0, length);
      let net = create({ seed: 3, maxBatch: n });
      for (let step = 0; step < length; step++) {
        train(net, step, step + 1);
        const bytes = net.save();
        net = create({ seed: step, maxBatch: n });
        net.load(bytes);
      }
      expect(net.save()).toEqual(whole.save());
    },
  );
});

describe(
  "bytes that are not what save() returned",
  { timeout: 120_000 },
  () => {
    test("each is refused in one sentence, and nothing moves", async () => {
      const [rule = g.sgd(0.1)] = rules["adam"] ?? [];
      const { create } = await moduleOf(rule);
      const net = create({ seed: 1, maxBatch: n });
      train(net, 0, 3);
      const right = net.save();
      train(net, 3, 5);
      const before = net.save();
      const refused = (bytes: Uint8Array, sentence: string): void => {
        expect(() => {
          net.load(bytes);
        }).toThrow(new RangeError(sentence));
        expect(Buffer.compare(net.save(), before)).toBe(0);
      };
      const changed = (at: number, by: number): Uint8Array => {
        const bytes = right.slice();
        bytes[at] = (bytes[at] ?? 0) ^ by;
        return bytes;
      };
      const size = right.length;
      for (const short of [0, 1, 7, 8, 24, size - 8, size - 1])
        refused(
          right.subarray(0, short),
          `load: got ${String(short)} bytes, expected ${String(size)}`,
        );
      refused(
        Uint8Array.of(...right, 0),
        `load: got ${String(size + 1)} bytes, expected ${String(size)}`,
      );
      for (let at = 0; at < 8; at++)
        refused(changed(at, 1), "load: the state of another model or version");
      // What follows the checksum fills up the last eight bytes.
      expect(Array.from(right.subarray(size - 4))).toEqual([0, 0, 0, 0]);
      for (let at = 8; at < size; at++)
        refused(changed(at, 1 << (at % 8)), "load: the bytes are damaged");
      // Two numbers in each other's place.
      const swapped = right.slice();
      swapped.set(right.subarray(48, 56), 56);
      swapped.set(right.subarray(56, 64), 48);
      refused(swapped, "load: the bytes are damaged");
      const other = await moduleOf(g.adam(0.01));
      const theirs = other.create().save();
      refused(
        theirs,
        `load: got ${String(theirs.length)} bytes, expected ${String(size)}`,
      );
      net.load(right);
      expect(net.save()).toEqual(right);
    });
  },
);
