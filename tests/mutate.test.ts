/** What `npm run mutate` prints: every rule, shape rule and lowering. */
import { expect, it } from "vitest";
import { rules } from "../dsl/primitives/index.js";
import { mutate, survivors } from "./mutate/campaign.js";
import { instances } from "./oracles/instances.js";

it("every mutant of a rule, a shape rule or a lowering is found, but for reviewed equivalents", () => {
  const result = mutate();
  expect(survivors(result)).toEqual([]);
  expect(result.stale).toEqual([]);
  expect(result.mutations.length).toBeGreaterThan(7000);
}, 300_000);

it("every structural primitive that computes something has instances", () => {
  const sources = [
    ...["leaf", "constant", "iota", "batchSize", "exampleIndex", "random"],
    // Rows of a table of their own; those whose derivative is a matter of several nodes are in oracles/composed.ts.
    ...["scalar", "custom", "bound", "scan", "result"],
  ];
  const known = new Set<string>(instances.map((v) => v.op.kind));
  expect(Object.keys(rules).filter((kind) => !known.has(kind))).toEqual(
    sources.filter((kind) => kind in rules),
  );
});
