/** Examples that a user gives, to compare networks on. */
import { sizeOf } from "../../dsl/graph.js";
import type { NamedModel } from "../load/name.js";
import { quoted, type Fault } from "../weights/fault.js";

export interface Examples {
  readonly count: number;
  /** Numbers of each input, example by example. */
  readonly inputs: ReadonlyMap<string, Float64Array>;
}

/**
 * Reads `{ "x": [[5.1, 3.5], ...], "species": [0, ...] }`: a list of examples for each input, of numbers in lists of any depth;
 * or all their numbers one after the other. Inputs that no output reads may be missing.
 *
 * @param read names of the inputs that outputs are made from
 * @throws CompileError for any other text, another number of entries, lists side by side that differ in length, or an index
 * that is no class.
 */
export function examplesOf(
  text: string,
  { inputs }: NamedModel,
  read: ReadonlySet<string>,
  fault: Fault,
): Examples {
  const given = objectOf(text, fault);
  const known = new Map(inputs.map((x) => [x.op.name, x]));
  const lists = new Map<string, Float64Array>();
  let count: number | undefined;
  for (const [name, value] of Object.entries(given)) {
    const x = known.get(name);
    if (x === undefined)
      throw fault({
        code: "GC1522",
        message: `the model has no input ${quoted(name)}`,
        remedy: `its inputs: ${[...known.keys()].join(", ")}`,
      });
    const size = sizeOf(x.shape);
    const list = Float64Array.from(numbersOf(name, value, fault));
    checkEntries(value, quoted(name), x.batched ? size : undefined, fault);
    const examples = x.batched ? list.length / size : undefined;
    const isWhole =
      examples === undefined
        ? list.length === size
        : Number.isInteger(examples) && examples > 0;
    if (!isWhole || (examples ?? count) !== (count ?? examples))
      throw fault({
        code: "GC1522",
        message: `${quoted(name)} has ${String(list.length)} numbers, expected ${count === undefined || !x.batched ? "" : `${String(count)} times `}${String(size)}`,
        remedy: x.batched
          ? "give the entries of every example, as many examples of each input"
          : "give each entry once, row-major: it is no part of the batch",
      });
    count ??= examples;
    const { classes } = x.op;
    const bad = list.findIndex((i) =>
      classes === undefined
        ? !Number.isFinite(i)
        : !Number.isInteger(i) || i < 0 || i >= classes,
    );
    if (bad >= 0)
      throw fault({
        code: "GC1522",
        message: `${quoted(name)} has ${String(list[bad])} at place ${String(bad)}, expected ${classes === undefined ? "a finite number" : `an integer from 0 to ${String(classes - 1)}`}`,
        remedy:
          classes === undefined
            ? "leave out examples that lack numbers"
            : "classes are counted from 0",
      });
    lists.set(name, list);
  }
  for (const name of read)
    if (!lists.has(name))
      throw fault({
        code: "GC1522",
        message: `the file has no ${quoted(name)}, which outputs are made from`,
        remedy: `add it: { ${quoted(name)}: [...] }`,
      });
  return { count: count ?? 1, inputs: lists };
}

function objectOf(text: string, fault: Fault): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw fault({
      code: "GC1522",
      message: "the file is no object as JSON, expected lists by input",
      remedy: '{ "x": [[5.1, 3.5, 1.4, 0.2]], "species": [0] }',
    });
  return value;
}

/** All that is in a list and the lists in it. */
const flat = (value: unknown): unknown[] =>
  Array.isArray(value) ? (value.flat(Infinity) as unknown[]) : [value];

/**
 * Refuses a list of lists that has another number of numbers in one entry than in the others, at any depth.
 *
 * @param place of the list in the file
 * @param expected numbers of each entry; undefined where the first one says it
 */
function checkEntries(
  value: unknown,
  place: string,
  expected: number | undefined,
  fault: Fault,
): void {
  if (!Array.isArray(value) || !value.some(Array.isArray)) return;
  const entries: readonly unknown[] = value;
  const wanted = expected ?? flat(entries[0]).length;
  entries.forEach((entry, i) => {
    const here = `${place}[${String(i)}]`;
    const { length } = flat(entry);
    if (length !== wanted)
      throw fault({
        code: "GC1522",
        message: `${here} has ${String(length)} ${length === 1 ? "number" : "numbers"}, expected ${String(wanted)}`,
        remedy:
          "give every example all entries of its input, in lists of equal length",
      });
    checkEntries(entry, here, undefined, fault);
  });
}

function numbersOf(name: string, value: unknown, fault: Fault): number[] {
  const all = flat(value);
  const isNumber = (x: unknown): x is number => typeof x === "number";
  if (all.every(isNumber)) return all;
  throw fault({
    code: "GC1522",
    message: `${quoted(name)} is no list of numbers`,
    remedy: "write numbers without quotes: [[5.1, 3.5], [4.9, 3]]",
  });
}
