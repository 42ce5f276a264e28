/** `--import`ed into a process: writes its peak memory in bytes to the file $GRADC_BENCH_PEAK when it ends. */
import { writeFileSync } from "node:fs";

const path = process.env.GRADC_BENCH_PEAK;
process.on("exit", () => {
  const { maxRSS } = process.resourceUsage();
  writeFileSync(path, String(1024 * maxRSS));
});
