/** The options of a function: type, default, domain and meaning, from the interface and from the code that reads it. */
import { SyntaxKind, type PropertySignature } from "ts-morph";
import type { Facts } from "./reach.js";
import {
  callablesOf,
  declarationOf,
  unguarded,
  type Callable,
} from "./callable.js";
import { membersIn } from "./names.js";
import { typeText } from "./signature.js";
import { told, type Entry, type Syntax } from "./surface.js";

export interface Option {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  /** The default, or empty where there is none. */
  readonly standard: string;
  /** Another default than the code's that the docstring gives, or empty. */
  readonly contradiction: string;
  /** What its number may be, or empty. */
  readonly domain: string;
  readonly meaning: string;
}

/** Every option of a function but its name, in the order of the interfaces. */
export function optionsOf(
  entry: Entry,
  facts: Facts,
  kinds: ReadonlyMap<string, string>,
): Option[] {
  const found = new Map<string, Option>();
  for (const c of callablesOf(entry))
    for (const parameter of c.parameters) {
      const type = parameter.getTypeNode();
      if (type === undefined || !/options|spec/i.test(parameter.getName()))
        continue;
      for (const p of propertiesOf(unguarded(type)))
        if (!found.has(p.getName()) && !isNaming(p))
          found.set(p.getName(), optionOf(p, c, facts, kinds));
    }
  return [...found.values()];
}

/** What the numbers among a function's own arguments may be. */
export const domainsOf = (
  entry: Entry,
  facts: Facts,
  kinds: ReadonlyMap<string, string>,
): (readonly [string, string])[] =>
  (callablesOf(entry)[0]?.parameters ?? []).flatMap((p) => {
    const domain = kinds.get(facts.kinds.get(p.getName()) ?? "");
    return domain === undefined ? [] : [[p.getName(), domain] as const];
  });

/** The name of a value and of its entries: the index page has these once. */
const isNaming = (p: PropertySignature): boolean =>
  p.getName() === "name" ||
  (p.getName() === "symbols" && p.getTypeNode()?.getText() === "string");

/** Properties of an interface, of what it extends, of a literal, of an intersection, and of what a type stands for. */
function propertiesOf(type: Syntax): PropertySignature[] {
  const both = type.asKind(SyntaxKind.IntersectionType);
  if (both !== undefined) return both.getTypeNodes().flatMap(propertiesOf);
  const literal = type.asKind(SyntaxKind.TypeLiteral);
  if (literal !== undefined) return literal.getProperties();
  const declared = declarationOf(type);
  const alias = declared?.asKind(SyntaxKind.TypeAliasDeclaration);
  return alias === undefined
    ? membersIn(declared)
    : propertiesOf(alias.getTypeNodeOrThrow());
}

/** "; 1e-5 by default", "20 by default, Infinity for ...": the default in words. */
const byDefault =
  /(?:^|[;,.]? )((?:"[^"]*"|\[[^\]]*\]|[^\s;,]+)(?: \([^)]*\))?) by default\b[.;,]?\s*/;

function optionOf(
  p: PropertySignature,
  c: Callable,
  facts: Facts,
  kinds: ReadonlyMap<string, string>,
): Option {
  const prose = told(p);
  const cut = byDefault.exec(prose);
  const said = cut?.[1] ?? "";
  const code = facts.defaults.get(p.getName()) ?? "";
  const coded = simple.test(code) ? code : "";
  const value = plain.test(said) ? said : "";
  const standard = coded === "" ? value : coded;
  return {
    name: p.getName(),
    type: typeText(p.getTypeNodeOrThrow(), c),
    optional: p.hasQuestionToken(),
    standard,
    contradiction:
      coded !== "" && value !== "" && !same(value, coded) ? value : "",
    domain: kinds.get(facts.kinds.get(p.getName()) ?? "") ?? "",
    meaning: value === "" ? prose : without(prose, cut),
  };
}

/** Code that says to a reader what the default is. */
const simple =
  /^(?:"[^"]*"|\[[\d., -]*\]|[\d\s/.e-]+|true|false|[A-Z]\w*(?:\.\w+)?)$/;

/** A default that stands in a column by itself. */
const plain = /^(?:"[^"]*"|\[.*\]|-?\d\S*|-?Infinity|true|false|none)$/;

const same = (a: string, b: string): boolean =>
  a === b || (a !== "" && Number(a) === Number(b));

/** Prose without its default, as sentences again. */
function without(prose: string, cut: RegExpExecArray | null): string {
  if (cut === null) return prose;
  const before = prose.slice(0, cut.index).trim();
  const after = prose.slice(cut.index + cut[0].length).trim();
  const rest = before === "" ? capital(after) : after;
  if (before === "" || rest === "") return stopped(before + rest);
  return `${stopped(before)} ${capital(stopped(rest))}`;
}

const capital = (text: string): string =>
  text.charAt(0).toUpperCase() + text.slice(1);
const stopped = (text: string): string =>
  text === "" || text.endsWith(".") ? text : `${text}.`;
