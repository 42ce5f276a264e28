import { describe, expect, it } from "vitest";
import { compile } from "./emitted/compiled.js";
import { untrained } from "./emitted/oddModels.js";

/** `forward(p, x, out)` for each exported function. */
function signatures(text: string): string[] {
  const heads = text.matchAll(/^export function (\w+)\(([^)]*)\)/gm);
  return [...heads].map(([, name = "", params = ""]) => {
    const names = [...params.matchAll(/(\w+): \w+/g)].map(([, id]) => id);
    return `${name}(${names.join(", ")})`;
  });
}

describe("a model without a trainable parameter", () => {
  it("has no step, and no gradients to add to", async () => {
    const { text } = await compile(untrained(), "untrained", "full");
    expect(signatures(text).slice(0, -1)).toEqual([
      "zeros()",
      "init()",
      "forward(p, x, out)",
      "backward(p, x, y)",
    ]);
  });

  it("has none in loops either", async () => {
    const { text } = await compile(untrained(), "untrained", "never");
    expect(signatures(text).slice(0, -1)).toEqual([
      "zeros()",
      "init()",
      "workspace()",
      "forward(p, x, out)",
      "backward(p, x, y, work)",
    ]);
  });
});
