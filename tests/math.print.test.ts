import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { format } from "prettier";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import {
  printAssignment,
  printFunction,
  printMath,
  printScalar,
} from "../compiler/emit/functions.js";
import type { Code } from "../compiler/emit/code.js";
import {
  sliceBodies,
  sliceFunctions,
  sliceName,
} from "../compiler/emit/slices.js";
import { typescript } from "../compiler/emit/dialect.js";
import { functionText, statementLines } from "../compiler/emit/print.js";
import {
  call,
  choose,
  compileScalar,
  eager,
  freeVariables,
  functions,
  inlined,
  less,
  neg,
  variable,
} from "../dsl/math/index.js";
import type { ScalarFunction } from "../dsl/math/index.js";
import { functionNames } from "./accuracy/functions.js";
import { bitsOf } from "./mathBits.js";

const functionOf = (name: string): ScalarFunction =>
  functions[name] as ScalarFunction;

/** A module that exports the functions `exported`. */
const moduleText = (exported: readonly string[]): string => {
  const bodies = exported.map((name) =>
    call(name, ...functionOf(name).params.map(variable)),
  );
  const { constants, functions: written } = printMath(bodies);
  return (
    [
      statementLines(constants, typescript, 0).join("\n"),
      ...written.map((f) =>
        functionText({ ...f, exported: exported.includes(f.name) }, typescript),
      ),
      "",
    ]
      .join("\n\n")
      .trimEnd() + "\n"
  );
};

const javascriptOf = (text: string): string =>
  ts.transpileModule(text, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ES2022,
    },
  }).outputText;

type Printed = (x: number, y: number) => number;

const load = async <F = Printed>(text: string): Promise<Record<string, F>> => {
  const url = `data:text/javascript,${encodeURIComponent(javascriptOf(text))}`;
  return (await import(/* @vite-ignore */ url)) as Record<string, F>;
};

describe("printed functions", () => {
  const text = moduleText(functionNames);

  it("give the interpreter's bits", async () => {
    const printed = await load(text);
    for (const name of functionNames) {
      const f = functionOf(name);
      const own = printed[name];
      if (own === undefined) expect.fail(name);
      expect(bitsOf(name, f.params.length, own), name).toBe(
        bitsOf(name, f.params.length, compileScalar(f.params, f.body)),
      );
    }
  });

  it("give the interpreter's bits when inlined", async () => {
    const inline = functionNames.map((name): ScalarFunction => {
      const f = functionOf(name);
      return { ...f, name: `${name}Inlined`, body: inlined(f.body) };
    });
    const parts = inline.map((f) =>
      functionText({ ...printFunction(f), exported: true }, typescript),
    );
    const printed = await load([text, ...parts].join("\n"));
    for (const name of functionNames) {
      const f = functionOf(name);
      const own = printed[`${name}Inlined`];
      if (own === undefined) expect.fail(name);
      expect(bitsOf(name, f.params.length, own), name).toBe(
        bitsOf(name, f.params.length, compileScalar(f.params, f.body)),
      );
    }
  });

  it("give the interpreter's bits in loops over slices", async () => {
    const { constants, functions: called } = printMath(
      sliceBodies(functionNames),
    );
    const loops = sliceFunctions(functionNames);
    const parts = [...called, ...loops].map((f) =>
      functionText({ ...f, exported: loops.includes(f) }, typescript),
    );
    type Loop = (...args: (number | Float64Array)[]) => void;
    const printed = await load<Loop>(
      [statementLines(constants, typescript, 0).join("\n"), ...parts].join(
        "\n",
      ),
    );
    for (const name of functionNames) {
      const f = functionOf(name);
      const own = printed[sliceName(name)];
      if (own === undefined) expect.fail(name);
      const one = (...args: readonly number[]): number => {
        const to = new Float64Array(2);
        const places = args
          .slice(0, f.params.length)
          .flatMap((x) => [Float64Array.of(7, x), 1]);
        own(...places, to, 1, 1);
        return to[1] as number;
      };
      expect(bitsOf(name, f.params.length, one), name).toBe(
        bitsOf(name, f.params.length, compileScalar(f.params, f.body)),
      );
    }
  });

  it("compute nothing for the first time on one side of a choice", () => {
    const body = choose(less(variable("x"), 0), neg(variable("x")), 1);
    const name = "other";
    expect(eager(body)).toEqual({
      kind: "let",
      name: "one",
      value: neg(variable("x")),
      body: choose(less(variable("x"), 0), variable("one"), 1),
    });
    const nested = choose(less(variable(name), 0), 1, body);
    expect(freeVariables(eager(nested))).toEqual(["x", name]);
  });

  it("are formatted as prettier formats them", async () => {
    const clean = await format(text, { parser: "typescript" });
    // apart from arrays of numbers, which prettier fills
    const lines = (s: string): string[] =>
      s.split("\n").filter((line) => !/^ +-?[\d.e, -]+,$/.test(line));
    expect(lines(text)).toEqual(lines(clean));
  });

  it("are small enough for V8 to inline: 460 bytes, powCore apart", () => {
    const calls = functionNames.flatMap((name) =>
      [-0.8, 0.1, 0.6, 1.2, 2.5].map((x) => `${name}(${String(x)}, 1.3);`),
    );
    const folder = mkdtempSync(join(tmpdir(), "gradc-math-"));
    const file = join(folder, "math.mjs");
    writeFileSync(file, [javascriptOf(text), ...calls].join("\n"));
    const listing = execFileSync(process.execPath, ["--print-bytecode", file], {
      encoding: "utf8",
      maxBuffer: 2 ** 30,
    });
    rmSync(folder, { recursive: true });
    const hot = new Set(
      Object.values(functions)
        .filter((f) => f.cold !== true && f.name !== "powCore")
        .map((f) => f.name),
    );
    const sizes = new Map(
      [
        ...listing.matchAll(
          /generated bytecode for function: (\w+) .*\n(?:.*\n)??Bytecode length: (\d+)/g,
        ),
      ].map((match) => [match[1] ?? "", Number(match[2])]),
    );
    expect(sizes.has("tanh")).toBe(true);
    const large = [...sizes].filter(([f, size]) => hot.has(f) && size >= 460);
    expect(large).toEqual([]);
  });

  it("are ASCII", () => {
    expect(text).toMatch(/^[\n -~]*$/);
  });

  it("reads like the formula", () => {
    const { functions: written } = printMath([call("exp", variable("x"))]);
    const [exp] = written.filter((f) => f.name === "exp");
    if (exp === undefined) expect.fail("no exp");
    expect(functionText(exp, typescript)).toMatchInlineSnapshot(`
      "/**
       * e^x = 2^k 2^(i/64) e^r with x = (64 k + i) ln2/64 + r (Tang 1989); 0.512
       * ulp, 0.750 where the result is subnormal.
       */
      function exp(x: number): number {
        if (!(-708 < x && x < 709)) {
          return expEdge(x);
        }
        const n = x * 92.33248261689366 + 6000000000000000 - 6000000000000000;
        const j = n | 0;
        const i = j & 63;
        const r = x - n * 0.010830424695996044 - n * 2.5310172166650877e-13;
        const u = exp2[i] as number;
        const y = u + ((exp2[i + 64] as number) + u * (r + expTail(r)));
        const k = j >> 6;
        return y * (pow2[k + 1074] as number);
      }"
    `);
  });

  it("prints a loop body without calls of hot functions, formatted", async () => {
    for (const name of functionNames) {
      const f = functionOf(name);
      const at = (text: string): Code => ({
        kind: "index",
        object: text,
        at: { kind: "name", text: "i" },
        cast: false,
      });
      const lines = statementLines(
        printAssignment(at("out"), inlined(f.body), {
          taken: ["out", "i", ...f.params],
        }),
        typescript,
        0,
      ).join("\n");
      const called = [...lines.matchAll(/(\w+)\(/g)].map((m) => m[1] ?? "");
      for (const other of called) {
        expect(functions[other]?.cold ?? true, other).toBe(true);
      }
      expect(`${lines}\n`).toBe(await format(lines, { parser: "typescript" }));
    }
  });

  it("takes other functionNames for globals, variables and locals", () => {
    const { before, value } = printScalar(
      inlined(call("expTail", variable("r"))),
      {
        variable: (name) => ({
          kind: "index",
          object: name,
          at: { kind: "name", text: "i" },
          cast: true,
        }),
        taken: ["z"],
      },
    );
    const text = statementLines(
      [...before, { kind: "return", value }],
      typescript,
      0,
    ).join("\n");
    expect(text).toContain("const z_2 = (r[i] as number) * (r[i] as number);");
    const renamed = printFunction(functionOf("exp"), {
      global: (name) => `${name}_2`,
    });
    expect(functionText(renamed, typescript)).toContain("expTail_2(r)");
  });
});
