import { CompileError } from "../diagnostics.js";
import { quoted, type Fault } from "./fault.js";

/** What a name, or what it starts with, is called in the other place. */
export interface Rule {
  readonly from: string;
  readonly to: string;
}

/** What the user says about names. */
export interface Naming {
  /** From the file's names to the model's. */
  readonly rules: readonly Rule[];
  /** Names in the file, or what they start with, that are left out. */
  readonly skip: readonly string[];
}

/**
 * `["0=hidden", "module="]`: what the file says, and what the model says.
 *
 * @throws CompileError for text that is no rule, and for two rules about one name.
 */
export function parseRules(texts: readonly string[]): Rule[] {
  const rules = texts.map((text) => {
    const [from = "", to, ...more] = text.split("=");
    if (to === undefined || more.length > 0 || from === to)
      throw new CompileError({
        code: "GC1514",
        message: `--map ${text} is not two names`,
        remedy: "write it as --map 0=hidden: the file's name, then the model's",
      });
    return { from, to };
  });
  for (const side of ["from", "to"] as const) {
    const names = rules.map((rule) => rule[side]);
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined)
      throw new CompileError({
        code: "GC1514",
        message: `--map names ${quoted(twice)} twice, expected one name for each`,
      });
  }
  return rules;
}

/** The same rules, from the model's names to the file's. */
export const inverse = (rules: readonly Rule[]): Rule[] =>
  rules.map(({ from, to }) => ({ from: to, to: from }));

/** True for the name itself and for what is inside of it: `0` has `0.weight`, and the empty name has all. */
export const isWithin = (name: string, outer: string): boolean =>
  outer === "" || name === outer || name.startsWith(`${outer}.`);

/**
 * New names of all old ones: of the rules that hold for a name, the longest says it.
 *
 * @throws CompileError for a rule that no name follows, and where two names become one.
 */
export function renamedAll(
  names: readonly string[],
  rules: readonly Rule[],
  fault: Fault,
): Map<string, string> {
  checkUsed("--map", rules, names, fault);
  const inner = [...rules].sort((a, b) => b.from.length - a.from.length);
  const olds = new Map<string, string>();
  return new Map(
    names.map((old) => {
      const rule = inner.find(({ from }) => isWithin(old, from));
      const name = rule === undefined ? old : replaced(old, rule);
      const other = olds.get(name);
      if (other !== undefined)
        throw fault({
          code: "GC1514",
          message: `${quoted(other)} and ${quoted(old)} are both called ${quoted(name)} by --map, expected a name for each`,
        });
      olds.set(name, old);
      return [old, name];
    }),
  );
}

function replaced(name: string, { from, to }: Rule): string {
  const rest = name.slice(from.length).replace(/^\./, "");
  return [to, rest].filter((part) => part !== "").join(".");
}

/** A rule for a name that is not there is a slip of the pen. */
export function checkUsed(
  option: "--map" | "--skip",
  rules: readonly Pick<Rule, "from">[],
  names: readonly string[],
  fault: Fault,
): void {
  for (const { from } of rules)
    if (!names.some((name) => isWithin(name, from)))
      throw fault({
        code: "GC1514",
        message: `${option} ${from}: nothing is called ${quoted(from)}, or starts with ${quoted(`${from}.`)}`,
      });
}
