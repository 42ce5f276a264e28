/**
 * `npm run accuracy [-- --quick] [-- --only NAME ...]`: the largest error of every function of the language's own mathematics,
 * and its steps in the wrong direction between neighbouring doubles; exits with 1 where a limit is passed.
 */
import { optionsOf } from "../support/commandLine.js";
import { largestError } from "./errors.js";
import { functionNames, printedFunctions } from "./functions.js";
import { rows } from "./rows.js";
import { wrongSteps } from "./steps.js";

const { quick, only } = optionsOf(
  "accuracy",
  "npm run accuracy -- --quick --only tanh --only exp",
  {
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
  },
);
const unknown = only.filter((name) => !Object.hasOwn(rows, name));

const grouped = (n: number): string => n.toLocaleString("en-US");

/** @returns whether no limit is passed. */
async function measured(): Promise<boolean> {
  const [drawn, hard, pairs, places] = quick
    ? [3000, 1000, 20_000, 20]
    : [100_000, 20_000, 1_000_000, 100];
  const printed = await printedFunctions();
  let failures = 0;
  console.log(
    `${"function".padEnd(14)} ${"ulp".padStart(7)} ${"limit".padStart(5)} ${"arguments".padStart(9)}  at`,
  );
  for (const name of functionNames) {
    if (only.length > 0 && !only.includes(name)) continue;
    const { limit, monotone } = rows[name];
    const { error, at, count } = largestError(name, printed[name], drawn, hard);
    const isWithin = error <= limit;
    if (!isWithin) failures++;
    console.log(
      `${name.padEnd(14)} ${error.toFixed(4).padStart(7)} ${limit.toFixed(2).padStart(5)} ${grouped(count).padStart(9)}  ${at.join(", ")}${isWithin ? "" : "  ABOVE THE LIMIT"}`,
    );
    for (const stretch of monotone) {
      const wrong = wrongSteps(name, printed[name], stretch, pairs, places);
      if (wrong.count > 0) failures++;
      console.log(
        `  ${stretch.falls === true ? "falls" : "grows"} ${stretch.title}: ${grouped(wrong.pairs)} neighbours, ${grouped(wrong.count)} steps in the wrong direction${wrong.at === undefined ? "" : `, the first at ${String(wrong.at)}`}`,
      );
    }
  }
  console.log(
    `${String(only.length > 0 ? only.length : functionNames.length)} functions: ${failures === 0 ? "every limit holds" : `${String(failures)} limits do not hold`}`,
  );
  return failures === 0;
}

if (unknown.length > 0) {
  console.error(
    `accuracy: --only ${unknown.join(", ")}, expected one of ${functionNames.join(", ")}`,
  );
  process.exitCode = 2;
} else if (!(await measured())) {
  process.exitCode = 1;
}
