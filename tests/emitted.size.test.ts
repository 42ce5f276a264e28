/** What keeps a module small: loops that are joined, calls that bundlers drop, rounds that are not written out. */
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
import { functionText } from "../compiler/emit/print.js";
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
  const hidden = tanh(linear(x, 8, { name: "hidden" }));
  const output = sigmoid(linear(hidden, 1, { name: "logit" }));
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
async function bundled(text: string, exports: string): Promise<string> {
  const { outputFiles } = await bundle({
    stdin: { contents: `export { ${exports} } from "module";` },
    bundle: true,
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
