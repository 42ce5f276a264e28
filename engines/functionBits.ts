/** Run in each engine: prints, for every function, SHA-256 of its arguments and of its results, every NaN as one. */
import { createHash } from "node:crypto";
import type { FunctionName } from "../tests/accuracy/functions.js";
import { hardArgumentsOf } from "../tests/accuracy/hard.js";
import { argumentsOf, worst } from "../tests/mathArguments.js";
import { edges } from "../tests/mathBits.js";

type Printed = (...args: readonly number[]) => number;

/**
 * @param functions the functions as a module has them
 * @param count arguments of each, besides edges, worst cases and a tenth as many hard ones
 */
export function printBits(
  functions: Readonly<Record<FunctionName, Printed>>,
  count: number,
): void {
  for (const name of Object.keys(functions) as FunctionName[]) {
    const f = functions[name];
    const all = [
      ...(f.length === 1
        ? edges.map((x) => [x])
        : edges.flatMap((x) => edges.map((y) => [x, y]))),
      ...(worst[name] ?? []),
    ];
    for (const args of hardArgumentsOf(name, count / 10)) all.push(args);
    for (const args of argumentsOf(name, count)) all.push(args);
    const given = hashOf(all.flat());
    const results = hashOf(all.map((args) => f(...args)));
    console.log([name, all.length, given, results].join(" "));
  }
}

/** First 16 hex digits of SHA-256 over numbers, big-endian. */
function hashOf(numbers: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(8 * numbers.length));
  numbers.forEach((x, i) => {
    view.setFloat64(8 * i, x);
    if (Number.isNaN(x)) view.setFloat64(8 * i, NaN);
  });
  const bytes = new Uint8Array(view.buffer);
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}
