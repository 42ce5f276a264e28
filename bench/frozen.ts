/** Sizes of modules that only predict: iris for an edge function, digits as int8, trained by the examples' own code. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { digits, irises, rows } from "../examples/data.js";
import { train } from "../examples/training.js";
import { create as createDigits } from "../generated/digits.js";
import { create as createIris } from "../generated/iris.js";

/** A module that only predicts. */
export interface FrozenModule {
  readonly name: string;
  /** The text of its file, minified. */
  readonly text: string;
  /** What of it an application imports; the whole file where it is absent. */
  readonly imports?: string;
  /** Most bytes: after gzip where something is imported, else of the file. */
  readonly most: number;
  /** Of unseen examples, where weights are rounded: right before and after. */
  readonly right?: {
    readonly of: number;
    readonly before: number;
    readonly after: number;
  };
}

/** A function of CloudFront has 10 KB. */
const edge = 10_240;

/** Accuracy that int8 may cost. */
export const mostLost = 0.005;

/** The modules whose sizes are promised. */
export function frozenModules(): readonly FrozenModule[] {
  const flowers = irises();
  const count = flowers.labels.length;
  const iris = createIris({ seed: 1, maxBatch: count });
  const protocol = { epochs: 100, batchSize: count };
  train(iris, flowers, protocol, ({ features, labels }) => {
    iris.inputs.x.set(features);
    iris.inputs.species.set(labels);
  });
  const whole = compiled("iris", iris.save(), {}, []);

  const all = digits();
  const unseen = rows(all, 1472, all.labels.length);
  const network = createDigits({ seed: 1, maxBatch: 32 });
  const batches = { epochs: 3, batchSize: 32 };
  train(network, rows(all, 0, 1472), batches, ({ features, labels }) => {
    network.inputs.pixels.set(features);
    network.inputs.digit.set(labels);
  });
  const examples = {
    pixels: Array.from(unseen.features),
    digit: Array.from(unseen.labels),
  };
  const small = compiled("digits", network.save(), examples, [
    ...["--quantize", "int8", "--pack", "base64", "--data", "examples.json"],
  ]);
  const [classes] = small.accuracy?.examples.classes ?? [];
  const right = classes && {
    of: unseen.labels.length,
    before: classes.before,
    after: classes.after,
  };
  return [
    {
      name: "gradc iris 4-16-3, frozen, the file",
      text: whole.text,
      most: edge,
    },
    ...["forward, workspace", "create"].map((imports) => ({
      name: `gradc digits 64-32-10, frozen, int8, { ${imports} }`,
      text: small.text,
      imports,
      most: 4096,
      ...(right !== undefined && { right }),
    })),
  ];
}

interface Accuracy {
  readonly examples: {
    readonly classes: readonly {
      readonly before: number;
      readonly after: number;
    }[];
  };
}

/** What the command writes of an example and its weights, and says of them. */
function compiled(
  name: string,
  weights: Uint8Array,
  examples: object,
  options: readonly string[],
): { readonly text: string; readonly accuracy: Accuracy | undefined } {
  const folder = mkdtempSync(join(tmpdir(), "gradc-bench-"));
  try {
    writeFileSync(join(folder, "weights.bin"), weights);
    writeFileSync(join(folder, "examples.json"), JSON.stringify(examples));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        join(root, "dist", "compiler", "cli.js"),
        ...["compile", join(root, "examples", `${name}.ts`), "--json"],
        ...["--weights", "weights.bin", "-o", ".", "--target", "js"],
        ...["--minify", ...options],
      ],
      { cwd: folder, encoding: "utf8" },
    );
    if (status !== 0) throw new Error(stderr);
    const [first = ""] = stdout.split("\n");
    const { accuracy } = JSON.parse(first) as { readonly accuracy?: Accuracy };
    const text = readFileSync(join(folder, `${name}.frozen.js`), "utf8");
    return { text, accuracy };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Calls `use` with a module as a file. */
export async function asFile<T>(
  text: string,
  use: (path: string, folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "gradc-bench-"));
  try {
    const path = join(folder, "frozen.js");
    writeFileSync(path, text);
    return await use(path, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
