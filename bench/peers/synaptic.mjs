/** synaptic: perceptrons of logistic units, compiled by itself to functions of one example. */
import { createRequire } from "node:module";
import { examples, job, serve } from "../workers/serve.mjs";

const require = createRequire(import.meta.url);

function absent(why) {
  return { tasks: job.workload.tasks.map(() => ({ absent: why })) };
}

await serve(async () => {
  const { Architect } = require("synaptic");
  const { version } = require("synaptic/package.json");
  const { layers, tasks, rate } = job.workload;
  if (layers.some(({ kind }) => kind !== "dense"))
    return absent("its other architectures are not these");
  if (layers.reduce((n, l) => n + l.in * l.out, 0) > 20_000)
    return absent("it writes every connection into one function");
  const sizes = [layers[0].in, ...layers.map(({ out }) => out)];
  const net = new Architect.Perceptron(...sizes);
  const x = [...examples("input", 1)];
  const target = Array.from({ length: sizes.at(-1) }, (_, i) => +(i === 0));
  return {
    version: `synaptic ${version}`,
    note: "its own network and rule: logistic units, squared error, one example; not compared",
    tasks: tasks.map(({ kind, batch }) => {
      if (kind === "forward")
        return { reset: () => undefined, run: () => net.activate(x) };
      if (batch > 1) return { absent: "it trains on one example at a time" };
      return {
        reset: () => undefined,
        run: () => {
          net.activate(x);
          net.propagate(rate, target);
        },
      };
    }),
  };
});
