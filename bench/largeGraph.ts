/** One compile of a deep network in a process of its own: nodes and milliseconds of each part, as JSON. */
import { compileModel } from "../compiler/compile.js";
import { timings } from "../compiler/measured.js";
import { rootsOf, topological } from "../dsl/graph.js";
import {
  input,
  linear,
  model,
  mse,
  scope,
  sgd,
  tanh,
  type Tensor,
} from "../dsl/index.js";

const layers = Number(process.argv[2]);
const x = input("x", [4]);
const y = input("y", [4]);
let output: Tensor<[4]> = x;
for (let i = 0; i < layers; i++)
  output = scope(`layers.${String(i)}`, () => tanh(linear(output, 4)));
const network = model({
  inputs: { x, y },
  outputs: { output },
  loss: mse(output, y),
  optimizer: sgd(0.1),
});

const start = performance.now();
const { plan } = await compileModel(network, {
  sourceName: "deep.ts",
  command: "npm run compile deep.ts",
  unroll: "auto",
  math: "exact",
  verify: true,
});
const total = performance.now() - start;
console.log(
  JSON.stringify({
    nodes: topological(rootsOf(plan.programs.backward)).length,
    total,
    ...Object.fromEntries(timings()),
  }),
);
