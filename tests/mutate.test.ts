/** A fixed share of `npm run mutate`: every third primitive. */
import { expect, it } from "vitest";
import { rules, scalars } from "../dsl/primitives/index.js";
import { mutate, survivors } from "./mutate/campaign.js";
import { instances } from "./oracles/instances.js";

const names = [...Object.keys(scalars), ...Object.keys(rules)];
const share = new Set(names.filter((_, i) => i % 3 === 0));

it("every mutant of a rule, a shape rule or a lowering is found, but for reviewed equivalents", () => {
  const result = mutate((name) => share.has(name.split(" ")[0] ?? ""));
  expect(survivors(result)).toEqual([]);
  expect(result.mutations.length).toBeGreaterThan(500);
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
