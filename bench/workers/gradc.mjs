/** A module that gradc compiled, as an application uses it: through its handle. */
import { examples, job, numbersOf, serve } from "./serve.mjs";

/** A call that carries outputs to inputs, as an application that reads a stream does; `reset` forgets them. */
function carrying(net, call) {
  const pairs = job.workload.carried.map(({ from, to }) => [
    net.outputs[from],
    net.inputs[to],
  ]);
  const reset = () => {
    for (const [, to] of pairs) to.fill(0);
  };
  if (pairs.length === 0) return { reset, run: call };
  const run = () => {
    call();
    for (const [from, to] of pairs) to.set(from);
  };
  return { reset, run };
}

await serve(async () => {
  const { create } = await import(job.module);
  const { tasks } = job.workload;
  const maxBatch = Math.max(...tasks.map(({ batch }) => batch));
  const net = create({ seed: 1, maxBatch });
  net.params.set(numbersOf("parameters"));
  net.inputs.x.set(examples("input", maxBatch));
  net.inputs.y.set(examples("target", maxBatch));
  let start;
  // What is reset for the first time has not run yet.
  const restart = () => {
    if (start === undefined) start = net.save();
    else net.load(start);
  };
  return {
    version: job.version,
    fresh: true,
    tasks: tasks.map(({ kind, batch }) => {
      const { run, reset } = carrying(net, () => {
        net.forward(batch);
      });
      if (kind === "step")
        return {
          run: () => {
            net.trainStep(batch);
          },
          small: () => {
            net.trainStep(1);
          },
          reset: () => {
            reset();
            restart();
          },
          setRate: (rate) => {
            net.lr = rate;
          },
          result: () => [net.loss[0], ...net.params],
        };
      const { output } = net.outputs;
      const size = output.length / maxBatch;
      const small = () => {
        net.forward(1);
      };
      return {
        run,
        small,
        reset,
        result: () => output.subarray(0, batch * size),
      };
    }),
  };
});
