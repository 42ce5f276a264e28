/** What the methods of a module's handle do to the heap, measured in a process of its own. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { expect } from "vitest";
import { root, run } from "../cliHarness.js";

/** Plain JavaScript of a file in `folder`: a loader in the child would allocate too. */
function asScript(path: string, folder: string): string {
  const { code } = transformSync(readFileSync(path, "utf8"), {
    loader: "ts",
    format: "esm",
    target: "es2022",
  });
  const script = join(folder, `${path.replaceAll("/", ".")}.mjs`);
  writeFileSync(script, code);
  return script;
}

interface Measured {
  readonly method: string;
  readonly calls: number;
  readonly start: number;
  readonly end: number;
  readonly bytes: number;
  /** Whether these are fewer than one a call. */
  readonly quiet: boolean;
}

/** Where a measurement writes its scripts, and how long each method is called at most. */
export interface Limits {
  readonly folder: string;
  readonly calls: number;
  readonly seconds: number;
  /** Options of V8. */
  readonly options?: readonly string[];
}

/** What each loop of the child did, with the collections that --trace-gc saw in its time. */
async function measurementsOf(
  module: string,
  examples: number,
  { folder, calls, seconds, options = [] }: Limits,
) {
  const child = asScript(
    join(root, "tests", "support", "allocationChild.ts"),
    folder,
  );
  const { status, stdout, stderr } = await run(
    process.execPath,
    [
      "--trace-gc",
      ...options,
      child,
      asScript(module, folder),
      String(examples),
      String(calls),
      String(seconds),
    ],
    folder,
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const collections = [
    ...stdout.matchAll(/^\[\d+:0x[0-9a-f]+\]\s+(\d+) ms: /gm),
  ].map(([, time]) => Number(time));
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Measured)
    .map((m) => ({
      ...m,
      // The isolate's clock starts a little after V8 does.
      collections: collections.filter((t) => t > m.start - 80 && t < m.end + 10)
        .length,
    }));
}

const methods = [
  "forward",
  "forward after large inputs",
  "backward",
  "update",
  "trainStep",
];
const isOf = (method: string) => (m: Measured) => m.method === method;

/**
 * Measurements of methods that allocate, of n examples.
 *
 * @param module path of a module of TypeScript
 */
export async function allocating(
  module: string,
  examples: number,
  limits: Limits,
): Promise<readonly Measured[]> {
  const rounds = await measurementsOf(module, examples, limits);
  const most = Math.max(
    ...rounds.filter(isOf("empty")).map((m) => m.collections),
  );
  return methods.flatMap((method) => {
    const own = rounds.filter(isOf(method));
    expect(own).not.toEqual([]);
    const quiet = own.some((m) => m.quiet && m.collections <= most);
    return quiet ? [] : own;
  });
}
