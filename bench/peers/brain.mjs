/** brain.js: networks of its own, trained one pattern after the other by its own rule. */
import { createRequire } from "node:module";
import { examples, job, serve } from "../workers/serve.mjs";

const require = createRequire(import.meta.url);

const note =
  "its own network and rule: the same function at every layer, squared error, momentum, one pattern at a time; not compared";

function absent(why) {
  return { tasks: job.workload.tasks.map(() => ({ absent: why })) };
}

await serve(async () => {
  const { NeuralNetwork } = require("brain.js");
  const { version } = require("brain.js/package.json");
  const { layers, tasks } = job.workload;
  if (layers.some(({ kind }) => kind !== "dense"))
    return absent("brain.js has linear layers only");
  const [{ activation, in: inputs }] = layers;
  const outputs = layers.at(-1).out;
  const net = new NeuralNetwork({
    hiddenLayers: layers.slice(0, -1).map(({ out }) => out),
    activation,
  });
  const batch = Math.max(...tasks.map((task) => task.batch));
  const numbers = examples("input", batch);
  const patterns = Array.from({ length: batch }, (_, i) => ({
    input: [...numbers.subarray(i * inputs, (i + 1) * inputs)],
    output: Array.from({ length: outputs }, (__, j) => +(j === i % outputs)),
  }));
  net.train(patterns, { iterations: 1 });
  const { data } = net.prepTraining(patterns, { iterations: 1 });
  const [{ input }] = patterns;
  const call = job.written ? net.toFunction() : (values) => net.run(values);
  return {
    version: `brain.js ${version}`,
    note,
    tasks: tasks.map((task) => {
      if (task.kind === "forward")
        return { reset: () => undefined, run: () => call(input) };
      if (job.written) return { absent: "its function does not train" };
      return {
        reset: () => undefined,
        run: () => {
          for (let i = 0; i < task.batch; i++) net.trainPattern(data[i], false);
        },
      };
    }),
  };
});
