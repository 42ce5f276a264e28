/**
 * `npm run fuzz -- --seed S --graphs N`: random programs through the whole pipeline; the last line is the summary. With
 * `--from K` they are programs K .. K + N - 1: one that failed is `--from K --graphs 1`.
 */
import { optionsOf } from "../support/commandLine.js";
import { campaign, summaryOf } from "./campaign.js";

const usage = "npm run fuzz -- --seed 1 --graphs 2000 --from 0";
const values = optionsOf("fuzz", usage, {
  seed: { type: "string", default: "1" },
  graphs: { type: "string", default: "2000" },
  from: { type: "string", default: "0" },
});
const [seed, graphs, from] = [
  Number(values.seed),
  Number(values.graphs),
  Number(values.from),
];
const areWhole = [seed, graphs, from].every(Number.isInteger);
if (!areWhole || graphs < 1 || from < 0) {
  console.error(
    `fuzz: seed ${values.seed}, graphs ${values.graphs} and from ${values.from}, expected whole numbers: ${usage}`,
  );
  process.exitCode = 2;
} else {
  const heard: Parameters<typeof campaign>[2] = (done, failures) => {
    for (const { index, message, source } of failures)
      console.log(
        `FAIL seed ${String(seed)} graph ${String(index)}: ${message}\n${source}`,
      );
    console.error(`${String(done)} of ${String(graphs)}`);
  };
  const result = await campaign(seed, graphs, heard, from);
  const { attributes, functions } = result.coverage;
  const missing = [...attributes.missing, ...functions.missing];
  if (missing.length > 0) console.log(`not covered: ${missing.join(", ")}`);
  console.log(summaryOf(result));
  process.exitCode = result.failures.length === 0 ? 0 : 1;
}
