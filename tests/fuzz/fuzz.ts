/** `npm run fuzz -- --seed S --graphs N`: random programs through the whole pipeline; the last line is the summary. */
import { parseArgs } from "node:util";
import { campaign, summaryOf } from "./campaign.js";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    graphs: { type: "string", default: "2000" },
  },
});
const [seed, graphs] = [Number(values.seed), Number(values.graphs)];
if (!Number.isInteger(seed) || !Number.isInteger(graphs) || graphs < 1) {
  console.error(
    `fuzz: seed ${values.seed} and graphs ${values.graphs}, expected whole numbers: npm run fuzz -- --seed 1 --graphs 2000`,
  );
  process.exitCode = 2;
} else {
  const result = await campaign(seed, graphs, (done, failures) => {
    for (const { index, message, source } of failures)
      console.log(
        `FAIL seed ${String(seed)} graph ${String(index)}: ${message}\n${source}`,
      );
    console.error(`${String(done)} of ${String(graphs)}`);
  });
  const { attributes, functions } = result.coverage;
  const missing = [...attributes.missing, ...functions.missing];
  if (missing.length > 0) console.log(`not covered: ${missing.join(", ")}`);
  console.log(summaryOf(result));
  process.exitCode = result.failures.length === 0 ? 0 : 1;
}
