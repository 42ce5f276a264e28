import type { LeafNode } from "../programs.js";
import { dtypes } from "./dtypes.js";
import type { Fault } from "./fault.js";
import type { Entry } from "./header.js";
import { checkUsed, isWithin, renamedAll, type Naming } from "./rename.js";

/** What became of a parameter of the model, or of an entry of the file. */
export type Fate =
  | "taken"
  | "skipped"
  | "missing"
  | "unexpected"
  | "wrong shape"
  | "wrong dtype";

/** A parameter and the entry of its name, or one of both alone. */
export interface Match {
  readonly fate: Fate;
  /** In the model's words. */
  readonly name: string;
  readonly param?: LeafNode;
  readonly entry?: Entry;
}

/**
 * Finds the entry of each parameter by its name: parameters in the model's order, then what is left, in the file's.
 * Integers that no parameter is called after are skipped: they are counters, such as a batch normalisation's
 * num_batches_tracked, and no weights.
 *
 * @throws CompileError where two entries have one name in the model, and for a rule that no name follows.
 */
export function matched(
  params: readonly LeafNode[],
  entries: readonly Entry[],
  { rules, skip }: Naming,
  fault: Fault,
): Match[] {
  const all = entries.map(({ name }) => name);
  const outers = skip.map((from) => ({ from }));
  checkUsed("--skip", outers, all, fault);
  const isSkipped = (name: string): boolean =>
    skip.some((outer) => isWithin(name, outer));
  const kept = all.filter((name) => !isSkipped(name));
  const names = renamedAll(kept, rules, fault);
  const byName = new Map(
    entries.flatMap((entry) => {
      const name = names.get(entry.name);
      return name === undefined ? [] : [[name, entry] as const];
    }),
  );
  const found = params.map((param): Match => {
    const { name } = param.op;
    const entry = byName.get(name);
    if (entry === undefined) return { fate: "missing", name, param };
    return { fate: fateOf(param, entry), name, param, entry };
  });
  const wanted = new Set(params.map(({ op }) => op.name));
  const others = entries.flatMap((entry): Match[] => {
    const name = names.get(entry.name);
    if (name === undefined)
      return [{ fate: "skipped", name: entry.name, entry }];
    if (wanted.has(name)) return [];
    const { integer = false } = dtypes.get(entry.dtype) ?? {};
    return [{ fate: integer ? "skipped" : "unexpected", name, entry }];
  });
  return [...found, ...others];
}

function fateOf(param: LeafNode, { dtype, shape }: Entry): Fate {
  const same =
    shape.length === param.shape.length &&
    shape.every((d, i) => d === param.shape[i]);
  if (!same) return "wrong shape";
  return dtypes.get(dtype)?.read === undefined ? "wrong dtype" : "taken";
}
