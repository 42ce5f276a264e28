/** Code size: what a bundler keeps of the plain functions, and what libraries weigh. */
import { readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import {
  asFile,
  frozenModules,
  mostLost,
  type FrozenModule,
} from "./frozen.js";
import type { Bench } from "./bench.js";
import type { Absent } from "./measure/contestant.js";
import { compileTier, type CompiledTier } from "./measure/tiers.js";
import { withCompiled } from "./measure/measure.js";
import { installed } from "./measure/install.js";
import { here } from "./measure/nodes.js";
import { bytesText } from "./report/units.js";
import { workloads } from "./workloads/table.js";

/** Most bytes after gzip, of plain functions. */
const limits: Readonly<Record<string, number>> = { W1: 1800, W2: 3000 };

const plain = "forward, backward, step";
const never = ["--unroll", "never"];

/** The network of W1 (2-8-1) with its training, where there is little room: most bytes, and most after gzip. */
const little = [
  { options: never, imports: plain, minified: 2400, gzip: 1300 },
  { options: [], imports: plain, minified: 3600, gzip: 1800 },
  { options: never, imports: "create", minified: 5500, gzip: 2700 },
] as const;

/** Most bytes after gzip, of WebAssembly alone. */
const wasmLimits: Readonly<Record<string, number>> = { W3: 4000, W4: 8000 };

const libraries: readonly (readonly [string, string])[] = [
  ["TensorFlow.js", "@tensorflow/tfjs"],
  ["onnxruntime-web, less its WebAssembly", "onnxruntime-web"],
  ["jax-js", "@jax-js/jax"],
  ["brain.js", "brain.js"],
  ["synaptic", "synaptic"],
];

interface Size {
  readonly name: string;
  readonly minified?: number;
  readonly gzip?: number;
  readonly most?: number;
  /** Most bytes before gzip. */
  readonly mostMinified?: number;
  /** True where the file itself has to be small, as it is. */
  readonly isFile?: boolean;
  /** Of unseen examples, before weights were rounded and after. */
  readonly right?: FrozenModule["right"];
  readonly absent?: string;
}

export const benchSize: Bench = async ({ alone }) => {
  const sizes: Size[] = [];
  for (const workload of workloads.filter(({ like }) => like === undefined)) {
    if (workload.zeros > 0) continue;
    console.error(`bench: size of ${workload.id}`);
    await withCompiled(workload, [here], async ({ script, wasm }) => {
      const code = await bundled(
        `export { ${plain} } from ${JSON.stringify(script)};`,
        dirname(script),
      );
      const most = limits[workload.id];
      sizes.push({
        name: `gradc ${workload.id}, plain functions`,
        ...sizeOf(code),
        ...(most !== undefined && { most }),
      });
      const whole = await bundled(
        `export * from ${JSON.stringify(script)};`,
        dirname(script),
      );
      sizes.push({ name: `gradc ${workload.id}, all of it`, ...sizeOf(whole) });
      sizes.push(...(await wasmSizes(workload.id, wasm)));
    });
  }
  sizes.push(...(await littleSizes()), ...(await frozenSizes()));
  if (!alone) sizes.push(...(await librarySizes()));
  const verdictOf = (size: Size) => {
    const { minified, gzip, most, mostMinified, isFile, right } = size;
    const bytes = isFile === true ? minified : gzip;
    if (bytes === undefined || most === undefined) return "";
    const lost = right && (right.before - right.after) / right.of;
    const isSmall =
      mostMinified === undefined || (minified ?? 0) <= mostMinified;
    const isMet = bytes <= most && isSmall && (lost ?? 0) <= mostLost;
    const limit =
      mostMinified === undefined
        ? bytesText(most)
        : `${bytesText(mostMinified)} and ${bytesText(most)}`;
    const score =
      right === undefined
        ? ""
        : `, ${String(right.after)} of ${String(right.of)} right, ${String(right.before)} before`;
    return `${isMet ? "met" : "missed"}: <= ${limit}${score}`;
  };
  const count = (start: string) =>
    String(sizes.filter((s) => verdictOf(s).startsWith(start)).length);
  return {
    tables: [
      {
        title: "Code size by esbuild",
        columns: ["", "minified", "gzip", ""],
        rows: sizes.map((size) => [
          size.name,
          size.minified === undefined ? "-" : bytesText(size.minified),
          size.gzip === undefined ? "-" : bytesText(size.gzip),
          size.absent ?? verdictOf(size),
        ]),
      },
    ],
    data: sizes,
    summary: `${count("met")} sizes are small enough, ${count("missed")} are not`,
  };
};

/** What a bundler keeps of the smallest network, in the forms that are promised. */
async function littleSizes(): Promise<readonly Size[]> {
  const [workload] = workloads;
  if (workload === undefined) throw new Error("there is no workload");
  console.error("bench: size of a small network");
  const sizes: Size[] = [];
  for (const { options, imports, minified, gzip } of little) {
    const form = options.length === 0 ? "" : ` ${options.join(" ")}`;
    const name = `gradc 2-8-1${form}, { ${imports} }`;
    const compiled = compileTier(workload, { name, element: "f64", options });
    if ("absent" in compiled) throw new Error(compiled.absent);
    const { script } = compiled;
    const code = await bundled(
      `export { ${imports} } from ${JSON.stringify(script)};`,
      dirname(script),
    );
    const most = { most: gzip, mostMinified: minified };
    sizes.push({ name, ...sizeOf(code), ...most });
  }
  return sizes;
}

/** Modules that only predict: a file as it is, or what a bundler keeps of it. */
async function frozenSizes(): Promise<readonly Size[]> {
  console.error("bench: size of frozen modules");
  const sizes: Size[] = [];
  for (const { text, imports, ...module } of frozenModules()) {
    const code =
      imports === undefined
        ? Buffer.from(text)
        : await asFile(text, (path, folder) =>
            bundled(
              `export { ${imports} } from ${JSON.stringify(path)};`,
              folder,
            ),
          );
    sizes.push({
      ...module,
      ...sizeOf(code),
      isFile: imports === undefined,
    });
  }
  return sizes;
}

/** The WebAssembly alone, and the module that it is in with its JavaScript. */
async function wasmSizes(
  id: string,
  wasm: CompiledTier | Absent,
): Promise<readonly Size[]> {
  const name = `gradc ${id}, WebAssembly f32`;
  const most = wasmLimits[id];
  if ("absent" in wasm)
    return most === undefined
      ? []
      : [{ name, absent: `not measured: ${wasm.absent}` }];
  const { script } = wasm;
  const { stdout } = spawnSync(process.execPath, [counter, script], {
    encoding: "utf8",
  });
  const bytes = JSON.parse(stdout) as { minified: number; gzip: number };
  const whole = await bundled(
    `export * from ${JSON.stringify(script)};`,
    dirname(script),
  );
  return [
    { name, ...bytes, ...(most !== undefined && { most }) },
    { name: `${name}, all of it`, ...sizeOf(whole) },
  ];
}

const counter = fileURLToPath(
  new URL("workers/wasmBytes.mjs", import.meta.url),
);

const sizeOf = (code: Uint8Array) => ({
  minified: code.length,
  gzip: gzipSync(code, { level: 9 }).length,
});

async function librarySizes(): Promise<readonly Size[]> {
  const packages = installed("peers");
  if ("absent" in packages)
    return libraries.map(([name]) => ({ name, absent: packages.absent }));
  const { folder } = packages;
  const sizes: Size[] = [];
  for (const [name, from] of libraries) {
    try {
      const code = await bundled(
        `import * as all from ${JSON.stringify(from)}; globalThis.all = all;`,
        folder,
      );
      sizes.push({ name, ...sizeOf(code) });
    } catch (error) {
      const [, line] = String(error).split("\n");
      sizes.push({ name, absent: `it does not bundle: ${line ?? ""}` });
    }
  }
  const wasm = join(
    folder,
    "node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
  );
  sizes.push({
    name: "onnxruntime-web, its WebAssembly",
    ...sizeOf(readFileSync(wasm)),
  });
  return sizes;
}

/** Bundled for browsers and minified. */
async function bundled(text: string, folder: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: text, resolveDir: folder, loader: "js" },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    logLevel: "silent",
    // What only Node has is not loaded in a browser.
    external: [
      "fs",
      "path",
      "os",
      "util",
      "crypto",
      "worker_threads",
      "perf_hooks",
      "string_decoder",
      "node:*",
    ],
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error("esbuild wrote nothing");
  return file.contents;
}
