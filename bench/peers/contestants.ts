/** The libraries that are compared with gradc. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Contestant, Place } from "../measure/contestant.js";
import { installed } from "../measure/install.js";
import { writeJob, type Element } from "../measure/job.js";
import type { Engine } from "../measure/nodes.js";
import { onnxFiles } from "../onnx/files.js";

const here = dirname(fileURLToPath(import.meta.url));

interface Library {
  readonly name: string;
  /** A file of this folder. */
  readonly worker: string;
  /** The package that its version is of. */
  readonly from: string;
  readonly element: Element;
  /** What its worker has to know besides. */
  readonly own: Readonly<Record<string, string>>;
  /** Files that it reads the network from, by name. */
  readonly files?: (place: Place) => Readonly<Record<string, string>>;
}

const tensorflow = "@tensorflow/tfjs";
const libraries: readonly Library[] = [
  library("TensorFlow.js cpu", "tfjs.mjs", tensorflow, { backend: "cpu" }),
  library("TensorFlow.js wasm", "tfjs.mjs", tensorflow, { backend: "wasm" }),
  runtime("onnxruntime-node", "cpu"),
  runtime("onnxruntime-web", "wasm"),
  library("jax-js", "jax.mjs", "@jax-js/jax"),
  library("brain.js", "brain.mjs", "brain.js"),
  library("brain.js toFunction", "brain.mjs", "brain.js", { written: "yes" }),
  { ...library("synaptic", "synaptic.mjs", "synaptic"), element: "f64" },
];

function runtime(name: string, backend: string): Library {
  const own = { backend, package: name };
  return { ...library(name, "ort.mjs", name, own), files: onnxFiles };
}

function library(
  name: string,
  worker: string,
  from: string,
  own: Readonly<Record<string, string>> = {},
): Library {
  return { name, worker, from, element: "f32", own };
}

/** In the newest Node: jax-js asks for more than 20. */
export function libraryContestants(engine: Engine): readonly Contestant[] {
  const packages = installed("peers");
  return libraries.map((of) => ({
    name: of.name,
    element: of.element,
    runtime: engine.name,
    prepare: (place) => {
      const { folder, workload, files } = place;
      if ("absent" in packages) return packages;
      const job = writeJob(
        folder,
        of.name.replaceAll(" ", "-"),
        workload,
        files,
        {
          ...of.own,
          ...of.files?.(place),
          version: versionOf(of.from),
        },
      );
      return { program: engine.path, args: [join(here, of.worker), job] };
    },
  }));
}

function versionOf(name: string): string {
  const path = join(here, "node_modules", name, "package.json");
  return (
    JSON.parse(readFileSync(path, "utf8")) as { readonly version: string }
  ).version;
}
