/** The tests that Stryker runs for each of its mutants: those that run sources in this process, and no campaign. */
import { defineConfig } from "vitest/config";

const slow = [
  "allocation",
  "architecture",
  "bytecode",
  "cli",
  "emitted",
  "examples",
  "explain",
  "fuzz.test",
  "golden",
  "load",
  "readme",
  "reference",
  "types",
  "weights.command",
  "weights.parity",
];

export default defineConfig({
  test: {
    include: ["tests/*.test.ts"],
    exclude: slow.map((name) => `tests/${name}*`),
  },
});
