/** What keeps a module small: loops that are joined, calls that bundlers drop, rounds that are not written out. */
import { gzipSync } from "node:zlib";
import { build as bundle, transformSync } from "esbuild";
import { describe, expect, it, test } from "vitest";
import {
  assign,
  at,
  binary,
  call as callCode,
  loop,
  name,
  num,
  type Code,
  type Statement,
} from "../compiler/emit/code.js";
import { typescript } from "../compiler/emit/dialect.js";
import { printMath } from "../compiler/emit/functions.js";
import { joinLoops } from "../compiler/emit/joinLoops.js";
import type { Body } from "../compiler/emit/body.js";
import { joinParts } from "../compiler/emit/joinParts.js";
import { Names } from "../compiler/emit/names.js";
import type { Part } from "../compiler/emit/parts.js";
import { functionText, statementLines } from "../compiler/emit/print.js";
import {
  call,
  compileScalar,
  functions,
  variable,
  type ScalarFunction,
} from "../dsl/math/index.js";
import {
  input,
  linear,
  model,
  mse,
  sgd,
  sigmoid,
  tanh,
  type Model,
} from "../dsl/index.js";
import { compile } from "./emitted/compiled.js";
import { uniform as reference } from "./oracles/uniform.js";

/** Exclusive or by 2-8-1. */
function xor(): Model {
  const [x, y] = [input("x", [2]), input("y", [1])];
  const h = tanh(linear(x, 8, { name: "hidden" }), { name: "h" });
  const logit = linear(h, 1, { name: "logit" });
  const output = sigmoid(logit, { name: "output" });
  return model({
    inputs: { x, y },
    outputs: { output },
    loss: mse(output, y),
    optimizer: sgd(0.1),
  });
}

const loopedText = async (): Promise<string> =>
  (await compile(xor(), "xor", "never")).text;

/** What esbuild keeps of a module in TypeScript. */
async function bundled(
  text: string,
  exports: string,
  minify = false,
): Promise<string> {
  const { outputFiles } = await bundle({
    stdin: { contents: `export { ${exports} } from "module";` },
    bundle: true,
    minify,
    write: false,
    format: "esm",
    plugins: [
      {
        name: "text",
        setup(build) {
          build.onResolve({ filter: /^module$/ }, ({ path }) => ({
            path,
            namespace: "text",
          }));
          build.onLoad({ filter: /./, namespace: "text" }, () => ({
            contents: text,
            loader: "ts",
          }));
        },
      },
    ],
  });
  return outputFiles[0]?.text ?? "";
}

const functionIn = (text: string, id: string): string =>
  new RegExp(`function ${id}\\([^]*?\\n\\}`).exec(text)?.[0] ?? "";

describe("parameters that start alike", () => {
  it("are drawn by one loop, whatever layer they are of", async () => {
    const init = functionIn(await loopedText(), "init");
    const heads = [...init.matchAll(/for \(.*\{/g)].map(([head]) => head);
    expect(heads).toEqual([
      "for (let i = 0; i < 24; i++) {",
      "for (let j = 24; j < 33; j++) {",
    ]);
  });
});

describe("joinLoops()", () => {
  const i = name("i");
  const shifted = (by: number): Code =>
    by === 0 ? i : binary("+", i, num(by));
  /** p[i + by] = f(i + by + further) */
  const filled = (
    from: number,
    to: number,
    by: number,
    further = 0,
    factor = 2,
  ): Statement =>
    loop(
      "i",
      num(to),
      [
        assign(
          at("p", shifted(by)),
          "=",
          binary("*", callCode("f", shifted(by + further)), num(factor)),
        ),
      ],
      num(from),
    );
  const single = (entry: number): Statement =>
    assign(
      at("p", num(entry)),
      "=",
      binary("*", callCode("f", num(entry)), num(2)),
    );
  const comment: Statement = { kind: "comment", text: "more" };

  test.each<readonly [string, Statement[], Statement[]]>([
    [
      "loops one after the other",
      [filled(0, 3, 0), filled(0, 2, 3)],
      [filled(0, 5, 0)],
    ],
    ["an entry after a loop", [filled(0, 3, 0), single(3)], [filled(0, 4, 0)]],
    ["an entry before a loop", [single(0), filled(0, 3, 1)], [filled(0, 4, 0)]],
    [
      "indices at one distance",
      [filled(0, 3, 0, 4), filled(0, 2, 3, 4)],
      [filled(0, 5, 0, 4)],
    ],
  ])("joins %s", (_, lines, joined) => {
    expect(joinLoops(lines)).toEqual(joined);
  });

  test.each<readonly [string, Statement[]]>([
    ["a gap", [filled(0, 3, 0), filled(0, 2, 4)]],
    ["another order", [filled(0, 2, 3), filled(0, 3, 0)]],
    ["another factor", [filled(0, 3, 0), filled(0, 2, 3, 0, 3)]],
    ["0 beside -0", [filled(0, 3, 0, 0, 0), filled(0, 2, 3, 0, -0)]],
    ["another distance", [filled(0, 3, 0, 4), filled(0, 2, 3, 5)]],
    ["a comment between them", [filled(0, 3, 0), comment, filled(0, 2, 3)]],
  ])("leaves %s as it is", (_, lines) => {
    expect(joinLoops(lines)).toEqual(lines);
  });
});

describe("tables", () => {
  it("are dropped by a bundler where no function reads them", async () => {
    const text = await loopedText();
    expect(await bundled(text, "forward")).toContain("makeExp2");
    const kept = await bundled(text, "zeros, step");
    expect(kept).toContain("function step");
    expect(kept).not.toMatch(/exp2|pow2/i);
  });
});

describe("uniform(seed, index)", () => {
  const { functions: printed } = printMath([
    call("uniform", variable("seed"), variable("index")),
  ]);
  const text = printed.map((f) => functionText(f, typescript)).join("\n");

  it("is a loop over its rounds", () => {
    const rounds = functionIn(text, "uniform");
    expect(rounds).toContain("for (let round = 1; round < 9; round++) {");
    expect(rounds.match(/mixWords/g)).toHaveLength(1);
  });

  it("has the bits of its rounds written out, and of 32-bit integers", async () => {
    const { code } = transformSync(`${text}\nexport { uniform };`, {
      loader: "ts",
    });
    const url = `data:text/javascript,${encodeURIComponent(code)}`;
    const { uniform: run } = (await import(/* @vite-ignore */ url)) as {
      uniform: (seed: number, index: number) => number;
    };
    const { params, body } = functions["uniform"] as ScalarFunction;
    const written = compileScalar(params, body);
    const edges = [0, 1, 2, 65535, 65536, 2 ** 31, 2 ** 32 - 1];
    for (const seed of edges)
      for (const index of edges) {
        expect(run(seed, index)).toBe(reference(seed, index));
        expect(written(seed, index)).toBe(reference(seed, index));
      }
  });
});

describe("what a handle refuses", () => {
  it("is thrown at one place", async () => {
    const text = await loopedText();
    expect(text.match(/throw new/g)).toHaveLength(1);
    expect(text).toContain("function refuse(message: string): never {");
  });
});

describe("the handle of a small network", () => {
  it("has one function for what several bodies run, and the rest in these", async () => {
    const text = await loopedText();
    const ids = [...text.matchAll(/^function (\w+)\(m: Memory/gm)].map(
      ([, id]) => id,
    );
    expect(ids).toEqual([
      "forwardHiddenToLogit",
      "runForward",
      "averageGradients",
      "runBackward",
      "runUpdate",
    ]);
    expect(functionIn(text, "runBackward")).toContain("// Backward: hidden");
    // Constants of joined layers have names of their own.
    const sums = functionIn(text, "runBackward").matchAll(/^ {2}let (\w+)/gm);
    expect([...sums].map(([, id]) => id)).toEqual(["lossSum", "sum"]);
  });

  it("has derivatives of several layers at one point in one loop", async () => {
    const backward = functionIn(await loopedText(), "runBackward");
    expect(backward).toContain("const dh = (dlogit[row] as number) *");
    expect(backward).not.toContain("dh[row");
  });

  it("leaves an output that nobody else reads where it belongs", async () => {
    const forward = functionIn(await loopedText(), "runForward");
    expect(forward).toContain("sigmoidOver(logit, 0, output, 0, n);");
    expect(forward).not.toContain("for (");
  });

  it("keeps one function a layer where a network is large", async () => {
    const [x, y] = [input("x", [64]), input("y", [8])];
    const hidden = tanh(linear(x, 64, { name: "hidden" }));
    const output = linear(hidden, 8, { name: "output" });
    const { text } = await compile(
      model({
        inputs: { x, y },
        outputs: { output },
        loss: mse(output, y),
        optimizer: sgd(0.1),
      }),
      "large",
      "never",
    );
    expect(text).toContain("function forwardHidden(");
    expect(text).toContain("function backwardHidden(");
  });
});

describe("2-8-1 with its training, minified", () => {
  it.each([
    ["never", "create", 5500, 2700],
    ["never", "forward, backward, step", 2400, 1300],
    ["auto", "forward, backward, step", 3600, 1800],
  ] as const)(
    "--unroll %s, { %s }: %i bytes, %i after gzip",
    async (unroll, exports, most, mostZipped) => {
      const { text } = await compile(xor(), "xor", unroll);
      const code = (await bundled(text, exports, true)).trimEnd();
      expect(code.length).toBeLessThanOrEqual(most);
      expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(
        mostZipped,
      );
    },
  );
});

const emptyBody: Body = {
  isStraight: false,
  lines: [],
  parts: [],
  uses: new Set(),
  accessed: { accesses: [], local: new Set(), doubles: new Set() },
  work: 0,
  slices: new Set(),
  loss: undefined,
  facts: { calls: new Map(), fromZero: [], multiplyAdds: 0, unrolledBytes: 0 },
  kernels: [],
};

describe("joinParts()", () => {
  const names = (): Names => new Names(new Set(), new Map());
  const part = (id: string, lines: Statement[] = []): Part => ({
    name: id,
    doc: `Forward: ${id}.`,
    lines,
    kernels: [],
    bytes: 10,
    executed: 10,
  });
  const body = (...parts: Part[]): Body => ({ ...emptyBody, parts });
  const listed = (bodies: readonly Body[]): string[][] =>
    bodies.map(({ parts }) =>
      parts.map((p) => (p.inline === true ? `(${p.name})` : p.name)),
    );
  const join = (bodies: readonly Body[], mostNames = Infinity): Body[] =>
    joinParts(bodies, { names: names(), mostNames });
  const [a, b, c, d] = ["a", "b", "c", "d"].map((id) => part(id)) as [
    Part,
    Part,
    Part,
    Part,
  ];

  test("joins what bodies share only where each runs it in a row", () => {
    expect(listed(join([body(a, b, c), body(a, b, d)]))).toEqual([
      ["aTob", "(c)"],
      ["aTob", "(d)"],
    ]);
    expect(listed(join([body(a, b), body(a, d, b)]))).toEqual([
      ["a", "b"],
      ["a", "(d)", "b"],
    ]);
  });

  test("leaves a function that a body runs twice", () => {
    expect(listed(join([body(a, b, a, b)]))).toEqual([["a", "b", "a", "b"]]);
  });

  test("leaves bodies that would have too many names, bytes or turns", () => {
    const large = { ...part("large"), bytes: 10_000 };
    const long = { ...part("long"), executed: 1e6 };
    const named = part("named", [
      { kind: "declare", keyword: "const", name: "z", value: num(1) },
      { kind: "declare", keyword: "const", name: "w", value: num(1) },
    ]);
    expect(listed(join([body(a, large)]))).toEqual([["a", "large"]]);
    expect(listed(join([body(a, long)]))).toEqual([["a", "long"]]);
    expect(listed(join([body(a, named)], 1))).toEqual([["a", "named"]]);
  });

  test("hides no constant by one of a block: ES5 has one scope", () => {
    const constant = (id: string): Statement => ({
      kind: "declare",
      keyword: "let",
      name: id,
      value: num(0),
    });
    const [joined] = join([
      body(
        part("a", [constant("sum")]),
        part("b", [loop("i", num(2), [constant("sum")])]),
      ),
    ]);
    const texts = statementLines(joined?.parts[0]?.lines ?? [], typescript, 0);
    expect(texts.filter((l) => l.includes("let s"))).toEqual([
      "let sum = 0;",
      "  let sum_2 = 0;",
    ]);
  });

  test("gives constants that clash other names, in comments too", () => {
    const sum = (id: string, array: string): Part =>
      part(id, [
        { kind: "comment", text: `sum = sum_k(${array}[k])`, isFormula: true },
        { kind: "declare", keyword: "let", name: "sum", value: num(0) },
        loop("k", num(3), [assign(name("sum"), "+=", at(array, name("k")))]),
        assign(at("out", num(0)), "=", name("sum")),
      ]);
    const [joined] = join([body(sum("a", "x"), sum("b", "sum_2"))]);
    const [only] = joined?.parts ?? [];
    const texts = statementLines(only?.lines ?? [], typescript, 0);
    expect(texts).toEqual([
      "// Forward: a",
      "// sum = sum_k(x[k])",
      "let sum = 0;",
      "for (let k = 0; k < 3; k++) {",
      "  sum += x[k];",
      "}",
      "out[0] = sum;",
      "",
      "// Forward: b",
      "// sum_3 = sum_k(sum_2[k])",
      "let sum_3 = 0;",
      "for (let k = 0; k < 3; k++) {",
      "  sum_3 += sum_2[k];",
      "}",
      "out[0] = sum_3;",
    ]);
  });
});
