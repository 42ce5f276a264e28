/** A module that does something else than its model says is never written. */
import { expect, test } from "vitest";
import { exampleOf } from "../compiler/check.js";
import { compile } from "./emitted/compiled.js";
import { models } from "./emitted/models.js";
import * as g from "../dsl/index.js";

test.each([
  ["step", /p\[3\] -= lr \* g\[3\]/, "p[3] += lr * g[3]", "after step 1"],
  ["predict", /return first;/, "return m.p;", "prediction of output"],
  ["load", /m\.p\[i\] = view/, "m.p[i] = -view", "loaded parameter"],
  ["save", /m\.numbers\[1\], true/, "7, true", "loaded number"],
])("a wrong %s is found", async (_, right, wrong, message) => {
  const build = models["seed"];
  if (build === undefined) expect.fail();
  const { plan, script } = await compile(build(), "seed", "auto");
  expect(script).toMatch(right);
  await expect(exampleOf(plan, script)).resolves.toBeDefined();
  await expect(exampleOf(plan, script.replace(right, wrong))).rejects.toThrow(
    message,
  );
});

test("a parameter so large that a step of differences is lost in it says nothing of the gradient", async () => {
  const w = g.param("w", [2], { init: [1e300, 0.5] });
  const loss = g.sum(g.cos(w));
  await expect(
    compile(
      g.model({ inputs: {}, outputs: { loss }, loss, optimizer: g.sgd(0.1) }),
      "huge",
      "auto",
    ),
  ).resolves.toBeDefined();
});
