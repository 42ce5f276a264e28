/** Which pairs of operators and which attribute values programs have used. */
import { legalPairs } from "./generate.js";
import { operandsOf, type Program } from "./program.js";
import { operators } from "./rows/index.js";

/** Keys: `producer > consumer` and `operator.attribute=choice`. */
export function coveredBy({ steps }: Program): string[] {
  const producers = new Map(steps.map((s) => [s.value, s.call.callee]));
  return steps.flatMap(({ call, choices }) => [
    ...operandsOf(call).flatMap((v) => {
      const producer = producers.get(v);
      return producer === undefined ? [] : [`${producer} > ${call.callee}`];
    }),
    ...Object.entries(choices).map(
      ([attribute, choice]) => `${call.callee}.${attribute}=${choice}`,
    ),
  ]);
}

const pairs = legalPairs.map(([a, b]) => `${a.name} > ${b.name}`);
const attributes = operators.flatMap(({ name, attributes = {} }) =>
  Object.entries(attributes).flatMap(([attribute, choices]) =>
    choices.map((choice) => `${name}.${attribute}=${choice}`),
  ),
);

export interface Coverage {
  readonly pairs: { readonly seen: number; readonly all: number };
  readonly attributes: {
    readonly seen: number;
    readonly all: number;
    readonly missing: readonly string[];
  };
}

export function coverageOf(seen: ReadonlySet<string>): Coverage {
  const missing = attributes.filter((key) => !seen.has(key));
  return {
    pairs: {
      seen: pairs.filter((key) => seen.has(key)).length,
      all: pairs.length,
    },
    attributes: {
      seen: attributes.length - missing.length,
      all: attributes.length,
      missing,
    },
  };
}
