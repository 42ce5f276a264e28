/** Mutants of an operation's attributes, found by walking its fields: no operation is named here. */
import type { Op } from "../../dsl/graph.js";

interface Changed<T> {
  readonly change: string;
  readonly mutated: T;
}

/** Words that may stand where another one does. */
const words: readonly (readonly string[])[] = [
  ["sum", "max", "min", "prod"],
  ["share", "first"],
];

/** Words of an operation that choose between rules: `reduce max first`. */
export const titleOf = (op: Op): string =>
  [
    op.kind,
    ...Object.values(op as object).filter(
      (value): value is string =>
        typeof value === "string" && words.some((list) => list.includes(value)),
    ),
  ].join(" ");

/** Every operation that differs from `op` in one attribute. */
export function attributeMutants(op: Op): Changed<Op>[] {
  return fieldMutants(op).map(({ change, mutated }) => ({
    change,
    mutated: mutated as Op,
  }));
}

function fieldMutants(fields: object): Changed<object>[] {
  return Object.entries(fields).flatMap(([key, value]) =>
    key === "kind" || key === "name"
      ? []
      : (key === "of" ? resultMutants(value) : valueMutants(value)).map(
          ({ change, mutated }) => ({
            change: `${key} ${change}`,
            mutated: { ...fields, [key]: mutated },
          }),
        ),
  );
}

/** Which results of a loop are meant. */
const resultMutants = (of: unknown): Changed<unknown>[] =>
  ["carry", "output", "sum"]
    .filter((other) => other !== of)
    .map((other) => ({ change: `-> ${other}`, mutated: other }));

function valueMutants(value: unknown): Changed<unknown>[] {
  if (typeof value === "number")
    return [
      { change: "+ 1", mutated: value + 1 },
      { change: "- 1", mutated: value - 1 },
    ];
  if (typeof value === "boolean") return [{ change: "not", mutated: !value }];
  if (typeof value === "string") return textMutants(value);
  if (Array.isArray(value)) return listMutants(value as readonly unknown[]);
  if (typeof value === "object" && value !== null) return fieldMutants(value);
  return [];
}

function textMutants(text: string): Changed<string>[] {
  const family = words.find((list) => list.includes(text));
  if (family !== undefined)
    return family
      .filter((word) => word !== text)
      .map((word) => ({ change: `-> ${word}`, mutated: word }));
  return listMutants(Array.from(text))
    .filter(({ change }) => change.startsWith("swapped"))
    .map(({ change, mutated }) => ({ change, mutated: mutated.join("") }));
}

function listMutants(list: readonly unknown[]): Changed<readonly unknown[]>[] {
  const swaps = list.flatMap((a, i) =>
    list.slice(i + 1).map((b, k) => ({
      change: `swapped ${String(i)} and ${String(i + 1 + k)}`,
      mutated: list.with(i, b).with(i + 1 + k, a),
    })),
  );
  const entries = list.flatMap((value, i) =>
    (typeof value === "string" ? [] : valueMutants(value)).map(
      ({ change, mutated }) => ({
        change: `[${String(i)}] ${change}`,
        mutated: list.with(i, mutated),
      }),
    ),
  );
  return [...swaps, ...entries];
}
