/** Which pairs of operators and which attribute values programs have used. */
import * as language from "../../dsl/index.js";
import { legalPairs } from "./generate.js";
import { namesIn, operandsOf, printProgram, type Program } from "./program.js";
import { operators } from "./rows/index.js";

/** Keys: `producer > consumer`, `operator.attribute=choice` and `function()`. */
export function coveredBy(program: Program): string[] {
  const { steps } = program;
  const producers = new Map(steps.map((s) => [s.value, s.call.callee]));
  const called = namesIn(printProgram(program)).map((name) => `${name}()`);
  const made = steps.flatMap(({ call, choices }) => [
    ...operandsOf(call).flatMap((v) => {
      const producer = producers.get(v);
      return producer === undefined ? [] : [`${producer} > ${call.callee}`];
    }),
    ...Object.entries(choices).map(
      ([attribute, choice]) => `${call.callee}.${attribute}=${choice}`,
    ),
  ]);
  return [...called, ...made];
}

/** Every function that the language exports. */
const functions = Object.entries(language).flatMap(([name, value]) =>
  /^[a-z]/.test(name) && typeof value === "function" ? [`${name}()`] : [],
);
const pairs = legalPairs.map(([a, b]) => `${a.name} > ${b.name}`);
const attributes = operators.flatMap(({ name, attributes = {} }) =>
  Object.entries(attributes).flatMap(([attribute, choices]) =>
    choices.map((choice) => `${name}.${attribute}=${choice}`),
  ),
);

/** How much of something programs have used, and what they have not. */
export interface Share {
  readonly seen: number;
  readonly all: number;
  readonly missing: readonly string[];
}

export interface Coverage {
  readonly pairs: Share;
  readonly attributes: Share;
  readonly functions: Share;
}

const shareOf = (keys: readonly string[], seen: ReadonlySet<string>): Share => {
  const missing = keys.filter((key) => !seen.has(key));
  return { seen: keys.length - missing.length, all: keys.length, missing };
};

export const coverageOf = (seen: ReadonlySet<string>): Coverage => ({
  pairs: shareOf(pairs, seen),
  attributes: shareOf(attributes, seen),
  functions: shareOf(functions, seen),
});
