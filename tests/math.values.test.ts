import { describe, expect, it } from "vitest";
import { compileScalar } from "../dsl/math/evaluate.js";
import { functions } from "../dsl/math/registry.js";
import { powerOfKnown } from "../dsl/math/knownPower.js";
import {
  variable,
  type Scalar,
  type ScalarFunction,
} from "../dsl/math/scalar.js";
import { argumentsOf } from "./mathArguments.js";
import { bitsOf, edges } from "./mathBits.js";

const own = (name: string): ((x: number, y: number) => number) => {
  const { params, body } = functions[name] as ScalarFunction;
  return compileScalar(params, body);
};

/** Results of 3,000 drawn arguments, the worst ones and all edges: the same on every engine, in every release. */
const bits: Readonly<Record<string, string>> = {
  atan: "bc4b5da7c08e",
  atan2: "c08d14e7407c",
  cos: "08893e9e17d7",
  cosh: "a3be2860d745",
  erf: "0a84c3c4be9d",
  erfDerivative: "8b8251e7ae10",
  exp: "a7ab8abf4860",
  expm1: "ae20a4c0f6e8",
  log: "ebe3a7d7794a",
  log1p: "a98f19672ed0",
  log2: "17bb4b911373",
  logCosh: "85bc814d4649",
  pow: "27b6e0fa5baf",
  sigmoid: "1afce02928a1",
  sin: "f5075732113f",
  sinh: "01169db754ad",
  softplus: "4b702ad36bf7",
  tan: "eb21f574bb32",
  tanh: "90cd7ff04786",
};

describe("bits", () => {
  it.each(Object.entries(bits))(
    "%s gives the bits it always gave",
    (name, hash) => {
      const arity = (functions[name] as ScalarFunction).params.length;
      expect(bitsOf(name, arity, own(name))).toBe(hash);
    },
  );
});

describe("special values", () => {
  const table: readonly (readonly [string, number, number])[] = [
    ["exp", 0, 1],
    ["exp", -0, 1],
    ["exp", Infinity, Infinity],
    ["exp", -Infinity, 0],
    ["exp", 709.782712893384, 1.7976931348622732e308],
    ["exp", 709.7827128933841, Infinity],
    ["exp", -745.1332191019411, 5e-324],
    ["exp", -745.1332191019412, 0],
    ["exp", -745.135, 0],
    ["expm1", -0, -0],
    ["expm1", 5e-324, 5e-324],
    ["expm1", Infinity, Infinity],
    ["expm1", -Infinity, -1],
    ["log", 0, -Infinity],
    ["log", -0, -Infinity],
    ["log", 1, 0],
    ["log", -1, NaN],
    ["log", Infinity, Infinity],
    ["log", 5e-324, -744.4400719213812],
    ["log1p", -0, -0],
    ["log1p", 5e-324, 5e-324],
    ["log1p", -1, -Infinity],
    ["log1p", -1.0000000000000002, NaN],
    ["log1p", Infinity, Infinity],
    ["log2", 5e-324, -1074],
    ["log2", 2 ** 1023, 1023],
    ["log2", 8, 3],
    ["log2", 1.7976931348623157e308, 1024],
    ["log2", 0, -Infinity],
    ["tanh", -0, -0],
    ["tanh", 5e-324, 5e-324],
    ["tanh", Infinity, 1],
    ["tanh", -Infinity, -1],
    ["tanh", 22, 1],
    ["sigmoid", 0, 0.5],
    ["sigmoid", Infinity, 1],
    ["sigmoid", -Infinity, 0],
    ["softplus", 0, Math.LN2],
    ["softplus", Infinity, Infinity],
    ["softplus", -Infinity, 0],
    ["softplus", 41, 41],
    ["logCosh", -0, 0],
    ["logCosh", 3e-162, 5e-324],
    ["logCosh", 1e-9, 5e-19],
    ["logCosh", 1000, 999.3068528194401],
    ["logCosh", -Infinity, Infinity],
    ["sinh", -0, -0],
    ["sinh", -Infinity, -Infinity],
    ["cosh", 0, 1],
    ["cosh", -Infinity, Infinity],
    ["cosh", 5e-324, 1],
    ["sin", -0, -0],
    ["sin", Infinity, NaN],
    ["sin", 5e-324, 5e-324],
    ["cos", 0, 1],
    ["cos", -Infinity, NaN],
    ["tan", -0, -0],
    ["tan", Infinity, NaN],
    ["tan", 1.5707963267948966, 16331239353195370],
    ["atan", -0, -0],
    ["atan", Infinity, 1.5707963267948966],
    ["atan", -Infinity, -1.5707963267948966],
    ["atan", 1, 0.7853981633974483],
    ["erf", -0, -0],
    ["erf", Infinity, 1],
    ["erf", -Infinity, -1],
    ["erf", 6, 1],
    ["erfDerivative", 0, 1.1283791670955126],
    ["erfDerivative", -Infinity, 0],
    ["erfDerivative", 28, 0],
  ];
  it.each(table)("%s(%d) = %d", (name, x, y) => {
    expect(own(name)(x, 0)).toBe(y);
  });
  it.each(Object.keys(bits))("%s(NaN) is NaN", (name) => {
    expect(own(name)(NaN, NaN)).toBeNaN();
  });

  /** Where the result is exact by definition, the host's Math agrees. */
  const exact = (y: number): boolean => !Number.isFinite(y) || y === 0;

  it("pow follows ECMAScript's table on all pairs of edges", () => {
    const pow = own("pow");
    for (const x of edges) {
      for (const y of edges) {
        const wanted = Math.pow(x, y);
        const limit = Math.abs(x) === 1 || x === 0 || y === 0;
        if (limit || exact(wanted) || !Number.isFinite(x + y)) {
          expect(pow(x, y), `${String(x)} ** ${String(y)}`).toBe(wanted);
        }
      }
    }
    expect(pow(0, -0.9999999999999999)).toBe(Infinity);
    expect(pow(-0, -0.9999999999999999)).toBe(Infinity);
    expect(pow(-0, -3)).toBe(-Infinity);
    expect(pow(-8, 1 / 3)).toBeNaN();
    expect(pow(-2, 3)).toBe(-8);
  });

  it("a power of a known base has the bits of pow", () => {
    const pow = own("pow");
    const bases = [0.9, 0.999, 2, 1.0000000000000002, 0.9999999999999999]
      .concat([Math.PI, 1e-300, 1e300, 2.2250738585072014e-308])
      .concat(1.7976931348623157e308);
    const exponents = [...edges, ...Array.from({ length: 3000 }, (_, t) => t)];
    for (const x of bases) {
      const known = powerOfKnown(x, variable("y")) as Scalar;
      const power = compileScalar(["y"], known);
      for (const y of exponents)
        expect(power(y), `${String(x)} ** ${String(y)}`).toBe(pow(x, y));
    }
  });

  it.each([-2, -0, 0, 1, 5e-324, Infinity, NaN])(
    "%d has no logarithm that powers of it could be made from",
    (x) => {
      expect(powerOfKnown(x, variable("y"))).toBeUndefined();
    },
  );

  it("atan2 follows ECMAScript's table on all pairs of edges", () => {
    const atan2 = own("atan2");
    for (const y of edges) {
      for (const x of edges) {
        const wanted = Math.atan2(y, x);
        const limit = [x, y].some((v) => v === 0 || !Number.isFinite(v));
        if (limit || exact(wanted)) {
          expect(atan2(y, x), `${String(y)}, ${String(x)}`).toBe(wanted);
        }
      }
    }
  });

  it.each(["sinh", "tanh", "sin", "tan", "atan", "expm1", "log1p"])(
    "%s of a subnormal is that subnormal",
    (name) => {
      for (const x of [1e-310, -1e-310, 5e-324, -5e-324]) {
        expect(own(name)(x, 0)).toBe(x);
      }
    },
  );

  it.each(["sinh", "tanh", "sin", "tan", "atan", "erf"])(
    "%s is odd",
    (name) => {
      const f = own(name);
      const drawn = argumentsOf(name, 3000).map(([x = 0]) => x);
      for (const x of [...edges, ...drawn]) expect(f(-x, 0)).toBe(-f(x, 0));
    },
  );
  it.each(["cosh", "logCosh", "cos", "erfDerivative"])("%s is even", (name) => {
    const f = own(name);
    const drawn = argumentsOf(name, 3000).map(([x = 0]) => x);
    for (const x of [...edges, ...drawn]) expect(f(-x, 0)).toBe(f(x, 0));
  });
});
