/** The names that a model's text gives to its calls. */
import { describe, expect, test } from "vitest";
import { readNames, type CallName } from "../compiler/load/names.js";

/** The name of the call whose argument is `mark` in `text`. */
function nameIn(text: string, mark = "1"): CallName | undefined {
  const table = readNames("model.ts", text);
  const position = text.search(new RegExp(`\\w+\\(${mark}\\)`));
  const before = text.slice(0, position).split("\n");
  return table.lookup(before.length, (before.at(-1) ?? "").length + 1);
}

describe("readNames()", () => {
  test.each([
    ["const hidden = linear(1);", "hidden", "const"],
    ["let hidden: T = linear(1) as T;", "hidden", "const"],
    ["const hidden = (await linear(1))!;", "hidden", "const"],
    ["const hidden = deep ? linear(1) : x;", "hidden", "const"],
    ["const hidden = given ?? linear(1);", "hidden", "const"],
    ["const h = (log(2), linear(1));", "h", "const"],
    ["let h; h = linear(1);", "h", "const"],
    ["const h = nn.linear(1);", "h", "const"],
    ["const h = dense(1)(x);", "h", "const"],
    ["const { h = linear(1) } = given;", "h", "const"],
    ["const net = { a: linear(1) };", "net.a", "property"],
    ["const net = { a: { b: linear(1) } };", "net.a.b", "property"],
    ['const net = { "a b": linear(1) };', "net.a b", "property"],
    ["net.a = linear(1);", "net.a", "property"],
    ["class Net { w = param(1); }", "w", "property"],
    ["class Net { constructor() { this.w = param(1); } }", "w", "property"],
    ["model({ loss: mse(1) });", "mse", "callee"],
    ["model({ outputs: { probs: softmax(1) } });", "probs", "property"],
    ["const layers = [dense(2), dense(1)];", "layers.1", "element"],
    ["const net = { body: [dense(1)] };", "net.body.0", "element"],
    ["const net = [{ a: dense(1) }];", "net.0.a", "property"],
    ["const net = sequential([dense(2), dense(1)]);", "net.1", "element"],
    ["const [q, k] = [linear(2), linear(1)];", "k", "destructured"],
    ["const { a: q } = { a: linear(1) };", "q", "destructured"],
    ["const { weight } = parts(1);", "weight", "destructured"],
    ["const h = relu(linear(1));", "linear", "callee"],
    ["const h = x + linear(1);", "linear", "callee"],
    ["const h = [...xs, linear(1)];", "linear", "callee"],
    ["const f = (x) => nn.linear(1);", "linear", "callee"],
    ["export default linear(1);", "linear", "callee"],
  ])("%s", (text, name, kind) => {
    expect(nameIn(text)).toMatchObject({ name, kind });
  });

  test("a destructured call lists its names with their keys", () => {
    const found = nameIn("const [h, , { cell: c = 0, ...rest }] = lstm(1);");
    expect(found).toMatchObject({
      name: "lstm",
      kind: "destructured",
      elements: [
        { key: "0", name: "h" },
        { key: "2.cell", name: "c" },
      ],
    });
  });

  test("a call that a function returns says so", () => {
    expect(nameIn("const f = (x) => linear(1);")?.returned).toBe(true);
    expect(nameIn("function f() { return { a: linear(1) }; }")).toMatchObject({
      name: "a",
      returned: true,
    });
    expect(nameIn("const f = () => { linear(1); };")?.returned).toBe(false);
  });

  test("names are data: __proto__, quotes and newlines pass", () => {
    expect(nameIn("const o = { __proto__: linear(1) };")?.name).toBe(
      "o.__proto__",
    );
    expect(nameIn('const o = { "*/\\n\\"": linear(1) };')?.name).toBe(
      'o.*/\n"',
    );
  });

  test("a place without a call has no name", () => {
    const table = readNames("model.ts", "const x = 1;\n");
    expect(table.lookup(1, 7)).toBeUndefined();
    expect(table.lookup(99, 1)).toBeUndefined();
  });

  test("a model of 10,000 calls has all its names", () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => {
      return `const v${String(i)} = add(x, ${String(i)});`;
    });
    const table = readNames("model.ts", rows.join("\n"));
    const names = rows.map((row, i) =>
      table.lookup(i + 1, row.indexOf("add") + 1),
    );
    expect(names.map((n) => n?.name)).toEqual(
      rows.map((_, i) => `v${String(i)}`),
    );
  });
});
