/** One chunk in a process of its own: `worker.ts SEED FROM TO` prints its report as JSON. */
import { runChunk } from "./chunk.js";

const [seed = 0, from = 0, to = 0] = process.argv.slice(2).map(Number);
console.log(JSON.stringify(await runChunk(seed, from, to)));
