/** Elementary functions in float32: WebAssembly computes what their definitions say, to the bit, within a few units of the last place. */
import { describe, expect, it } from "vitest";
import { importFloat32 } from "../compiler/check/emitted.js";
import { compileScalar } from "../dsl/math/evaluate.js";
import { float32Functions } from "../dsl/math/float32.js";
import { functions } from "../dsl/math/registry.js";
import type { Scalar, ScalarFunction } from "../dsl/math/scalar.js";
import * as language from "../dsl/index.js";
import {
  input,
  model,
  mul,
  param,
  sgd,
  sum,
  type Unary,
} from "../dsl/index.js";
import { compile } from "./emitted/compiled.js";
import { engines } from "./support/tiers.js";

/** Largest error in units of the last place of float32. */
const bounds: Readonly<Record<string, number>> = {
  exp: 1.05,
  tanh: 1.71,
  sigmoid: 1.9,
  log: 0.8,
};

/** How many numbers of float32 lie between two that are tried. */
const apart = Number(process.env["GRADC_FLOAT32_APART"] ?? 16411);

const operations: Readonly<
  Partial<Record<string, (a: number, b: number) => number>>
> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  neg: (a) => -a,
  abs: Math.abs,
  min: Math.min,
  max: Math.max,
  floor: Math.floor,
  sqrt: Math.sqrt,
  less: (a, b) => Number(a < b),
};

/** The exponent that the bits of a number of float32 say. */
function exponentOf(x: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, x);
  return (view.getUint32(0) >>> 23) - 127;
}

type Names = ReadonlyMap<string, number>;

/** A body with each operation rounded to float32. */
function rounded(body: Scalar, names: Names): number {
  const of = (x: Scalar): number => rounded(x, names);
  switch (body.kind) {
    case "number":
      return Math.fround(body.value);
    case "variable":
      return names.get(body.name) ?? expect.fail(body.name);
    case "let":
      return rounded(
        body.body,
        new Map(names).set(body.name, rounded(body.value, names)),
      );
    case "select":
      return of(body.when) === 0 ? of(body.otherwise) : of(body.then);
    case "scale":
      return Math.fround(of(body.x) * 2 ** of(body.k));
    case "call":
      expect(body.name).toBe("exponent");
      return exponentOf(body.args.map(of)[0] ?? NaN);
    case "apply": {
      const [a = NaN, b = NaN] = body.args.map(of);
      const operation = operations[body.op] ?? expect.fail(body.op);
      return Math.fround(operation(a, b));
    }
    default:
      return expect.fail(body.kind);
  }
}

const [bits, floats] = (() => {
  const buffer = new ArrayBuffer(4);
  return [new Uint32Array(buffer), new Float32Array(buffer)] as const;
})();

const fromBits = (of: number): number => {
  bits[0] = of;
  return floats[0] as number;
};

/** Edges, and numbers of all magnitudes: all bits, so many apart. */
function arguments_(): Float32Array {
  const edges = [
    0,
    -0,
    1,
    -1,
    0.625,
    -0.625,
    2 ** -13,
    -(2 ** -13),
    9.1,
    18,
    88.72,
    88.73,
    89,
    90,
    -87.3,
    -87.4,
    -103.9,
    -103.98,
    -104,
    -110,
    2 ** -126,
    -(2 ** -126),
    2 ** -149,
    -(2 ** -149),
    Infinity,
    -Infinity,
    NaN,
    Math.SQRT1_2,
    Math.SQRT2,
    1 - 2 ** -24,
    1 + 2 ** -23,
    2,
    0.5,
    3.4e38,
    -3.4e38,
  ];
  const all: number[] = [...edges];
  for (let of = 0; of < 2 ** 32; of += apart) all.push(fromBits(of));
  // Most of those are beyond what these functions tell apart.
  for (let i = 0; i < 2 ** 17; i++)
    all.push(((i * 7919) % 2 ** 17) / 2 ** 10 - 64);
  return Float32Array.from(all);
}

const width = 1024;

/** What the module in WebAssembly makes of numbers, with products rounded apart from their sums and as the engine does it. */
async function results(
  name: string,
  of: Float32Array,
): Promise<readonly [apart: Float32Array, own: Float32Array]> {
  const x = input("x", [width]);
  const f = (language as unknown as Readonly<Record<string, Unary>>)[name];
  const y = (f ?? expect.fail(name))(x);
  const { script } = await compile(
    model({
      inputs: { x },
      outputs: { y },
      loss: mul(param("w", []), sum(y)),
      optimizer: sgd(0.1),
    }),
    name,
    "never",
    "exact",
    "wasm",
    "f32",
  );
  return [
    await computed(script, engines.apart, of),
    await computed(script, engines.wasm, of),
  ];
}

async function computed(
  script: string,
  engine: object,
  of: Float32Array,
): Promise<Float32Array> {
  const maxBatch = 128;
  const { create } = await importFloat32(script, engine);
  const net = create({ maxBatch });
  expect(net.tier).toBe("wasm");
  const found = new Float32Array(of.length);
  const size = width * maxBatch;
  for (let from = 0; from < of.length; from += size) {
    const part = of.subarray(from, from + size);
    net.inputs["x"]?.set(part);
    net.forward(maxBatch);
    found.set(
      (net.outputs["y"] as Float32Array).subarray(0, part.length),
      from,
    );
  }
  return found;
}

/** The unit of the last place of a number of float32. */
const unit = (y: number): number =>
  2 ** Math.max(Math.floor(Math.log2(Math.abs(y))) - 23, -149);

const largest = 2 ** 128 * (1 - 2 ** -25);

describe.each(Object.values(float32Functions))(
  "$name in float32",
  { timeout: 300_000 },
  ({ name, body }) => {
    it("has the bits of its definition, and few units of error", async () => {
      const xs = arguments_();
      const [ys, own] = await results(name, xs);
      const { params, body: exact } = functions[name] as ScalarFunction;
      const reference = compileScalar(params, exact);
      let worst = 0;
      const wrong: string[] = [];
      const hold = (x: number, y: number, want: number): void => {
        if (!Object.is(y, want))
          wrong.push(
            `${name}(${String(x)}) is ${String(y)}, not ${String(want)}`,
          );
      };
      xs.forEach((x, i) => {
        const [y, fused] = [ys[i] as number, own[i] as number];
        if (i % 7 === 0 || i < 32)
          hold(x, y, rounded(body, new Map([["x", x]])));
        const want = reference(x);
        const isEdge =
          Number.isNaN(want) || Math.abs(want) >= largest || want === 0;
        for (const got of [y, fused])
          if (isEdge) hold(x, got, Math.fround(want));
          else worst = Math.max(worst, Math.abs(got - want) / unit(want));
      });
      expect(wrong.slice(0, 5)).toEqual([]);
      expect(worst).toBeLessThan(bounds[name] ?? 0);
    });
  },
);

describe.each(Object.keys(float32Functions))(
  "%s over a short slice",
  (name) => {
    it.each([1, 2, 3, 5, 6, 7])("of %i ends where it ends", async (size) => {
      const f = (language as unknown as Readonly<Record<string, Unary>>)[name];
      const x = input("x", [size]);
      const y = (f ?? expect.fail(name))(x);
      const { script } = await compile(
        model({
          inputs: { x },
          outputs: { y },
          loss: mul(param("w", []), sum(y)),
          optimizer: sgd(0.1),
        }),
        name,
        "never",
        "exact",
        "wasm",
        "f32",
      );
      const { create } = await importFloat32(script, engines.apart);
      const net = create({ maxBatch: 2 });
      const { x: given } = net.inputs;
      const made = net.outputs["y"] as Float32Array;
      given?.forEach((_, i) => (given[i] = 0.3 * i + 0.1));
      net.forward(2);
      const both = made.slice();
      made.fill(7);
      net.forward(1);
      expect([...made]).toEqual([
        ...both.slice(0, size),
        ...Array.from({ length: size }, () => 7),
      ]);
      const { body } = float32Functions[name] as ScalarFunction;
      expect([...both]).toEqual(
        [...(given ?? [])].map((a) => rounded(body, new Map([["x", a]]))),
      );
    });
  },
);
