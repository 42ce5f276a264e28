/** Calls replaced by bodies, and what a body needs besides itself. */
import { freeVariables, partsOf } from "./names.js";
import { functions } from "./registry.js";
import { variable } from "./scalar.js";
import type { Scalar, ScalarFunction, Table } from "./scalar.js";
import { tables } from "./tables.js";

/** What variables in scope have become: another name, or a number; one that is missing stands for itself. */
type Renaming = ReadonlyMap<string, Scalar>;

/** Gives every let of a body a name of its own: the first keeps it, the next are name_2, name_3 ... */
const namer = (taken: ReadonlySet<string>): ((name: string) => string) => {
  const used = new Set(taken);
  return (name) => {
    let fresh = name;
    for (let i = 2; used.has(fresh); i++) fresh = `${name}_${String(i)}`;
    used.add(fresh);
    return fresh;
  };
};

const functionOf = (name: string): ScalarFunction => {
  const f = functions[name];
  if (f === undefined) throw new Error(`internal: no function "${name}"`);
  return f;
};

/** Whether a call stays a call; `last` where its value is the whole body's value. */
export type Keeps = (
  f: ScalarFunction,
  args: readonly Scalar[],
  last: boolean,
) => boolean;

/**
 * Expands every call that `keeps` does not keep, cold functions by default, and the calls inside it, into lets.
 *
 * The value and its bits stay the same. Every name occurs once in the result, so that it can be printed as one flat
 * scope: a clash gets a suffix, in the order the names are computed in.
 */
export const inlined = (
  body: Scalar,
  keeps: Keeps = (f) => f.cold === true,
): Scalar => {
  const fresh = namer(new Set(freeVariables(body)));
  const visit = (part: Scalar, renaming: Renaming, last = false): Scalar => {
    const all = (parts: readonly Scalar[]): Scalar[] =>
      parts.map((inner) => visit(inner, renaming));
    switch (part.kind) {
      case "number":
        return part;
      case "variable":
        return renaming.get(part.name) ?? part;
      case "apply":
      case "host":
        return { ...part, args: all(part.args) };
      case "select":
        return {
          kind: "select",
          when: visit(part.when, renaming),
          then: visit(part.then, renaming, last),
          otherwise: visit(part.otherwise, renaming, last),
        };
      case "let": {
        const value = visit(part.value, renaming);
        const name = fresh(part.name);
        const within = new Map(renaming).set(part.name, variable(name));
        return {
          kind: "let",
          name,
          value,
          body: visit(part.body, within, last),
        };
      }
      case "scale":
        return {
          kind: "scale",
          x: visit(part.x, renaming),
          k: visit(part.k, renaming),
        };
      case "table":
        return { ...part, index: visit(part.index, renaming) };
      case "call": {
        const f = functionOf(part.name);
        const args = all(part.args);
        return keeps(f, args, last) ? { ...part, args } : expand(f, args, last);
      }
    }
  };
  /** Arguments that are names or numbers take the parameter's place; the others are named first. */
  const expand = (
    f: ScalarFunction,
    args: readonly Scalar[],
    last: boolean,
  ): Scalar => {
    const renaming = new Map<string, Scalar>();
    const named: { readonly name: string; readonly value: Scalar }[] = [];
    f.params.forEach((param, i) => {
      const value = args[i];
      if (value === undefined) {
        throw new Error(`internal: ${f.name} without its argument "${param}"`);
      }
      if (value.kind === "variable" || value.kind === "number") {
        renaming.set(param, value);
      } else {
        const name = fresh(param);
        renaming.set(param, variable(name));
        named.push({ name, value });
      }
    });
    return named.reduceRight<Scalar>(
      (rest, { name, value }) => ({ kind: "let", name, value, body: rest }),
      visit(f.body, renaming, last),
    );
  };
  return visit(body, new Map(), true);
};

/** What a body needs: functions with callees first, then the tables they read. */
export interface Needs {
  readonly functions: readonly ScalarFunction[];
  readonly tables: readonly Table[];
  /** True when a power of two is looked up: `scale` by what is not a literal. */
  readonly scales: boolean;
}

/** The functions and tables behind `body`, directly or through functions, in definition order. */
export const callsOf = (...bodies: readonly Scalar[]): Needs => {
  const needed = new Set<string>();
  const read = new Set<string>();
  let scales = false;
  const visit = (part: Scalar): void => {
    if (part.kind === "scale" && part.k.kind !== "number") scales = true;
    if (part.kind === "table") read.add(part.name);
    if (part.kind === "call" && !needed.has(part.name)) {
      needed.add(part.name);
      visit(functionOf(part.name).body);
    }
    partsOf(part).forEach(visit);
  };
  bodies.forEach(visit);
  return {
    functions: Object.values(functions).filter((f) => needed.has(f.name)),
    tables: tables.filter(({ name }) => read.has(name)),
    scales,
  };
};
