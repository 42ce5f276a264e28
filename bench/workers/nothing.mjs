/** What a cold start takes without a module: the same files are read, and an empty module is imported. */
import { examples, job, numbersOf, serve } from "./serve.mjs";

await serve(async () => {
  await import("data:text/javascript,");
  numbersOf("parameters");
  examples("input", 1);
  examples("target", 1);
  return {
    fresh: true,
    tasks: job.workload.tasks.map(() => ({
      run: () => undefined,
      reset: () => undefined,
    })),
  };
});
