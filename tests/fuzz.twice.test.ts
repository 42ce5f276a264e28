/** Random programs with derivatives in their loss, several of them of what is shared: second and third derivatives. */
import { expect, it } from "vitest";
import { checkProgram } from "./fuzz/check.js";
import { generate } from "./fuzz/generate.js";
import { printProgram } from "./fuzz/program.js";
import { derivedTwice } from "./fuzz/twice.js";

const seed = Number(process.env["GRADC_SEED"] ?? 3);
const graphs = Number(process.env["GRADC_TWICE"] ?? 120);

it(`${String(graphs)} random programs hold where their loss has derivatives in it, seed ${String(seed)}`, async () => {
  let derived = 0;
  for (let index = 0; index < graphs; index++) {
    const program = derivedTwice(generate(seed, index), index);
    if (program === undefined) continue;
    derived += 1;
    const forms = { whole: false, narrow: [] };
    const checked = checkProgram(program, forms).catch((error: unknown) => {
      throw new Error(
        `graph ${String(index)}: ${String(error)}\n${printProgram(program)}`,
      );
    });
    await expect(checked).resolves.toHaveProperty("gradients");
  }
  expect(derived).toBeGreaterThan(graphs / 2);
}, 900_000);
