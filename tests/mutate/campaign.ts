/** Every mutant of every rule, shape rule and lowering: which of them no test of rules can tell from the original. */
import { equivalents } from "./equivalents.js";
import { loweredSubjects, loweringMutants } from "./lowering.js";
import { ruleMutants, ruleSubjects } from "./rules.js";
import { wrongShapes } from "./signatures.js";

/** Changes that have to be found without exception, apart from reviewed equivalents. */
const families: readonly (readonly [name: string, change: RegExp])[] = [
  ["sign flips", /\bneg$/],
  ["dropped factors", /dropped operand|only operand|factor|cotangent dropped/],
  ["swapped operands", /swapped (operands|cotangents)/],
  ["missing reductions", /missing reduction|axis not reduced|not reduced/],
  ["missing transposes", /dropped permute|swapped/],
  ["off by one", /[+-] ?1$|one shorter/],
  ["comparisons at kinks", /(less|lessEqual|equal) ->/],
];

export interface Mutation {
  readonly key: string;
  readonly killed: boolean;
  /** Why nothing can tell it from the original. */
  readonly equivalent: string | undefined;
}

export interface Result {
  readonly mutations: readonly Mutation[];
  /** Reviewed equivalents of which there is none, or that were found after all. */
  readonly stale: readonly string[];
}

/**
 * Runs all mutants; a change of one rule has one key at every instance, and is found where one instance tells it.
 *
 * @throws Error where an original is not right: its mutants would all be found
 */
export function mutate(): Result {
  const found = new Map<string, boolean>();
  const record = (key: string, isRight: () => boolean): void => {
    // Once is enough.
    if (found.get(key) === true) return;
    found.set(key, !holds(isRight));
  };
  for (const s of ruleSubjects()) {
    demand(s.isRight(s.roots), `rule ${s.name}`);
    for (const m of ruleMutants(s)) record(m.key, () => s.isRight(m.roots));
  }
  for (const s of loweredSubjects()) {
    demand(s.isRight(s.statements), `lowering ${s.name}`);
    for (const m of loweringMutants(s))
      record(m.key, () => s.isRight(m.statements));
  }
  for (const m of wrongShapes()) record(m.key, () => !m.isRefused());
  const mutations = [...found].map(([key, killed]) => ({
    key,
    killed,
    equivalent: equivalents.find((e) => e.keys.test(key))?.reason,
  }));
  return {
    mutations,
    stale: equivalents
      .filter((e) => !mutations.some((m) => !m.killed && e.keys.test(m.key)))
      .map((e) => e.keys.source),
  };
}

/** Whatever throws is told from what is right. */
function holds(isRight: () => boolean): boolean {
  try {
    return isRight();
  } catch {
    return false;
  }
}

function demand(right: boolean, what: string): void {
  if (!right) throw new Error(`${what} is not right as it is`);
}

export const survivors = ({ mutations }: Result): Mutation[] =>
  mutations.filter((m) => !m.killed && m.equivalent === undefined);

/** One line that says how it went. */
export function summaryOf(result: Result): string {
  const { mutations } = result;
  const share = (of: readonly Mutation[]): string => {
    const alive = of.filter((m) => !m.killed && m.equivalent === undefined);
    const real = of.filter((m) => m.killed).length + alive.length;
    const part = real === 0 ? 100 : (100 * (real - alive.length)) / real;
    return `${part.toFixed(part === 100 ? 0 : 2)} %`;
  };
  const equivalent = mutations.filter(
    (m) => !m.killed && m.equivalent !== undefined,
  ).length;
  return [
    `mutate: ${String(mutations.length)} mutants, ${String(equivalent)} of them equivalent, ${share(mutations)} of the others found`,
    ...families.map(
      ([name, change]) =>
        `${name} ${share(mutations.filter((m) => change.test(m.key)))}`,
    ),
  ].join("; ");
}
