/** `npm run mutate`: mutants of every derivative rule, shape rule and lowering; the last line is the summary. */
import { mutate, summaryOf, survivors } from "./campaign.js";
import { equivalents } from "./equivalents.js";

const result = mutate();
for (const { keys, reason } of equivalents) {
  const own = result.mutations.filter((m) => !m.killed && keys.test(m.key));
  console.log(`equivalent, ${reason}:`);
  for (const { key } of own) console.log(`  ${key}`);
}
for (const source of result.stale)
  console.log(`STALE no mutant is left of the equivalents /${source}/`);
const alive = survivors(result);
for (const { key } of alive) console.log(`SURVIVED ${key}`);
console.log(summaryOf(result));
process.exitCode = alive.length + result.stale.length === 0 ? 0 : 1;
