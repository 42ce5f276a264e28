/** A module of no more bytes than a user has room for: the compiler tries its forms, the most readable first. */
import type { Model } from "../dsl/model.js";
import { compileModel, type Compiled, type CompileOptions } from "./compile.js";
import { countText } from "./command/quantities.js";
import { CompileError } from "./diagnostics.js";
import type { SizeGroup } from "./emit/sizes.js";
import { targets } from "./emit/targets.js";

/**
 * The first form of a module that has at most so many bytes: straight lines, loops, and tables as base64, where the user asked
 * for none of them. No form changes a number.
 *
 * @throws CompileError that says by how much the smallest form is too large, and what costs most.
 */
export async function compileWithin(
  model: Model,
  options: CompileOptions,
  most: number,
): Promise<Compiled> {
  let smallest: Compiled | undefined;
  for (const form of formsOf(options)) {
    // The header says how a module was verified, which is a line more.
    const tried = await compileModel(model, {
      ...form,
      verify: false,
      sizes: true,
    });
    const made =
      tried.summary.bytes <= most ? await compileModel(model, form) : tried;
    if (made.summary.bytes <= most) return made;
    if (made.summary.bytes < (smallest?.summary.bytes ?? Infinity))
      smallest = { ...made, ...(tried.sizes && { sizes: tried.sizes }) };
  }
  throw tooLarge(smallest, options, most);
}

function formsOf(options: CompileOptions): CompileOptions[] {
  const { unroll, freeze } = options;
  const loops: CompileOptions = { ...options, unroll: "never" };
  const packs = freeze !== undefined && freeze.pack !== "base64";
  return [
    options,
    ...(unroll === "auto" && freeze?.pack !== "base64" ? [loops] : []),
    ...(packs && unroll !== "full"
      ? [{ ...loops, freeze: { ...freeze, pack: "base64" } } as const]
      : []),
  ];
}

/** What would make a module smaller: first what changes nothing but its text, then by what costs most in it. */
function remediesOf(
  { target = "ts", minify = false, math, freeze, unroll }: CompileOptions,
  sizes: readonly SizeGroup[],
): string[] {
  const { dialect, small } = targets[target];
  const cost = (...kinds: readonly SizeGroup["what"][]): number =>
    Math.max(
      ...sizes.filter((g) => kinds.includes(g.what)).map((g) => g.bytes),
      0,
    );
  const elementary = cost("elementary functions");
  const others: { readonly remedy: string; readonly of: number }[] = [];
  // ES5 has few of them.
  if (math === "exact" && elementary > 0 && !small)
    others.push({
      remedy: `--math host gives up elementary functions (${countText(elementary)}) and equal bits in every engine`,
      of: elementary,
    });
  if (freeze === undefined)
    others.push({
      remedy: "--weights makes a module that only predicts and never trains",
      of: cost("plain functions", "functions of the handle"),
    });
  else if (freeze.precision === "none")
    others.push({
      remedy: "--quantize int8 rounds the weights, and says what that costs",
      of: cost("tables of numbers"),
    });
  return [
    ...(unroll === "full"
      ? ["--unroll auto has loops where they are shorter"]
      : []),
    ...(minify ? [] : [dialect.types ? "--target js --minify" : "--minify"]),
    ...others.sort((a, b) => b.of - a.of).map(({ remedy }) => remedy),
  ];
}

function tooLarge(
  compiled: Compiled | undefined,
  options: CompileOptions,
  most: number,
): CompileError {
  const bytes = compiled?.summary.bytes ?? 0;
  const [first] = compiled?.sizes ?? [];
  const costs =
    first === undefined
      ? ""
      : `; its largest part is ${first.what} (${countText(first.bytes)}, of them ${first.largest.name} ${countText(first.largest.bytes)})`;
  const all = remediesOf(options, compiled?.sizes ?? []);
  return new CompileError({
    code: "GC1430",
    message: `the module has ${countText(bytes)} bytes in the smallest form that the options leave, ${countText(bytes - most)} more than --max-bytes ${String(most)}${costs}`,
    ...(all.length > 0 && { remedy: all.join(", or ") }),
  });
}
