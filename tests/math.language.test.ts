import { describe, expect, it } from "vitest";
import {
  add,
  apply,
  block,
  call,
  callsOf,
  choose,
  compileScalar,
  evaluate,
  freeVariables,
  functions,
  inlined,
  less,
  mul,
  num,
  partsOf,
  tables,
  variable,
} from "../dsl/math/index.js";
import type { Scalar, ScalarFunction } from "../dsl/math/index.js";
import { argumentsOf } from "./mathArguments.js";
import { edges } from "./mathBits.js";

const all = Object.values(functions);
const comparisons = new Set(["less", "lessEqual", "equal", "and", "or", "not"]);

/** Calls `see` on every part with the names that are bound there. */
const walk = (
  body: Scalar,
  bound: ReadonlySet<string>,
  see: (part: Scalar, bound: ReadonlySet<string>) => void,
): void => {
  see(body, bound);
  if (body.kind === "let") {
    walk(body.value, bound, see);
    walk(body.body, new Set([...bound, body.name]), see);
  } else {
    for (const part of partsOf(body)) walk(part, bound, see);
  }
};

const isTruth = (body: Scalar | undefined): boolean =>
  body?.kind === "apply" && comparisons.has(body.op);

describe("the registry", () => {
  it.each(all)("$name reads only its parameters", (f) => {
    for (const name of freeVariables(f.body)) expect(f.params).toContain(name);
  });

  it.each(all)("$name reads every name it gives, and gives none twice", (f) => {
    walk(f.body, new Set(f.params), (part, bound) => {
      if (part.kind !== "let") return;
      expect(bound.has(part.name), `${part.name} shadows`).toBe(false);
      expect(freeVariables(part.body), part.name).toContain(part.name);
    });
  });

  it.each(all)("$name has truth values only in conditions", (f) => {
    walk(f.body, new Set(), (part) => {
      if (part.kind === "select") {
        expect(isTruth(part.when)).toBe(true);
        expect(isTruth(part.then) || isTruth(part.otherwise)).toBe(false);
      }
      if (part.kind === "apply") {
        const logical = ["and", "or", "not"].includes(part.op);
        for (const arg of part.args) expect(isTruth(arg)).toBe(logical);
      }
    });
  });

  it("lists callees before callers, and calls with the right arity", () => {
    const seen = new Set<string>();
    for (const f of all) {
      walk(f.body, new Set(), (part) => {
        if (part.kind !== "call") return;
        expect(seen.has(part.name), `${f.name} calls ${part.name}`).toBe(true);
        expect(part.args).toHaveLength(
          (functions[part.name] as ScalarFunction).params.length,
        );
      });
      seen.add(f.name);
    }
  });

  it.each(all.filter((f) => f.cold !== true))(
    "$name is documented in ASCII",
    (f) => {
      expect(f.doc).toMatch(/^[ -~]{20,}$/);
    },
  );
});

describe("evaluate()", () => {
  const x = variable("x");
  it("computes only the chosen branch", () => {
    const body = choose(less(x, 0), call("noSuchFunction", x), 1);
    expect(() => evaluate(body, { x: 1 })).toThrow(/noSuchFunction/);
    const deep = choose(less(x, 0), div0(x), 1);
    expect(evaluate(deep, { x: 1 })).toBe(1);
  });
  const div0 = (a: Scalar): Scalar => apply("div", a, num(0));
  it("reads records and maps", () => {
    const body = add(mul(2, x), variable("y"));
    expect(evaluate(body, { x: 3, y: 4 })).toBe(10);
    expect(
      evaluate(
        body,
        new Map([
          ["y", 1],
          ["x", 0.5],
        ]),
      ),
    ).toBe(2);
  });
  it("refuses a variable without a value", () => {
    expect(() => evaluate(x, {})).toThrow(/"x" has no value/);
  });
  it("keeps the argument of a call inside a call", () => {
    const twice = compileScalar(
      ["x"],
      add(call("exp", call("exp", x)), call("exp", x)),
    );
    const once = compileScalar(["x"], call("exp", x));
    expect(twice(0.3)).toBe(once(once(0.3)) + once(0.3));
  });
  it("shadows like lexical scope", () => {
    const body = block((s) => {
      const a = s.let("a", add(x, 1));
      return add(
        a,
        block((t) => mul(t.let("a", mul(a, 10)), 1)),
        a,
      );
    });
    expect(evaluate(body, { x: 1 })).toBe(24);
  });
});

describe("inlined()", () => {
  it.each(all.filter((f) => f.cold !== true))(
    "$name keeps its bits and calls only cold functions",
    (f) => {
      const flat = inlined(f.body);
      const names: string[] = [];
      walk(flat, new Set(), (part) => {
        if (part.kind === "let") names.push(part.name);
        if (part.kind === "call") expect(functions[part.name]?.cold).toBe(true);
      });
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(f.params).not.toContain(name);
      const [before, after] = [f.body, flat].map((body) =>
        compileScalar(f.params, body),
      );
      const drawn = argumentsOf("expm1", 700).flat();
      for (const [i, first] of [...drawn, ...edges].entries()) {
        const args = f.params.map((_, j) =>
          j === 0 ? first : (drawn[(7 * i + j) % drawn.length] as number),
        );
        expect(after?.(...args)).toBe(before?.(...args));
      }
    },
  );
  it("gives clashing names a suffix", () => {
    const x = variable("x");
    const body = add(call("head", x), call("head", add(x, 1)));
    const names: string[] = [];
    walk(inlined(body), new Set(), (part) => {
      if (part.kind === "let") names.push(part.name);
    });
    expect(names).toEqual(["c", "a", "c_2"]);
  });
});

describe("callsOf()", () => {
  it("lists what exp needs, callees first", () => {
    const needs = callsOf(call("exp", variable("x")));
    expect(needs.functions.map((f) => f.name)).toEqual([
      "expTail",
      "expEdge",
      "exp",
    ]);
    expect(needs.tables.map(({ name }) => name)).toEqual(["exp2"]);
    expect(needs.scales).toBe(true);
  });
  it("covers every table", () => {
    const needs = callsOf(...all.map((f) => f.body));
    expect(needs.tables).toEqual(tables);
  });
});
