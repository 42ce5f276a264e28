/** onnxruntime, native (onnxruntime-node) or WebAssembly (onnxruntime-web), one thread: forward passes of ONNX files. */
import { examples, job, serve } from "../workers/serve.mjs";

function inputOf(ort, session, { letters }, batch) {
  const { shape } = session.inputMetadata.find(({ name }) => name === "x");
  const values = examples("input", batch);
  return letters === undefined
    ? new ort.Tensor("float32", Float32Array.from(values), shape)
    : new ort.Tensor("int64", BigInt64Array.from(values, BigInt), shape);
}

async function forwardTask(ort, path, workload, batch) {
  const session = await ort.InferenceSession.create(path, {
    executionProviders: [job.backend],
    executionMode: "sequential",
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const x = inputOf(ort, session, workload, batch);
  const carried = session.inputMetadata.filter(({ name }) => name !== "x");
  const zeros = () =>
    Object.fromEntries(
      carried.map(({ name, shape }) => {
        const size = shape.reduce((a, b) => a * b, 1);
        return [name, new ort.Tensor("float32", new Float32Array(size), shape)];
      }),
    );
  let feeds;
  let output;
  return {
    awaited: true,
    reset: () => {
      feeds = { x, ...zeros() };
    },
    run: async () => {
      output = await session.run(feeds);
      for (const { name } of carried)
        feeds[name] = output[name.replace("before", "after")];
    },
    result: () => output.output.data,
  };
}

await serve(async () => {
  const imported = await import(job.package);
  const ort = imported.default ?? imported;
  if (job.backend === "wasm") ort.env.wasm.numThreads = 1;
  const { workload } = job;
  const tasks = [];
  for (const { kind, batch } of workload.tasks)
    tasks.push(
      kind === "forward"
        ? await forwardTask(ort, job[`forward${batch}`], workload, batch)
        : { absent: "onnxruntime does not train" },
    );
  return { version: `${job.package} ${job.version}`, tasks };
});
