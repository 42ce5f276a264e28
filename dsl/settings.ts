import { CompileTimeError } from "./errors.js";
import { found } from "./found.js";

const finite =
  (holds: (x: number) => boolean) =>
  (x: number): boolean =>
    Number.isFinite(x) && holds(x);

/** What a number in the options of a layer, loss, optimizer or schedule may be. */
export const kinds = {
  number: { text: "a number", holds: () => true },
  bound: {
    text: "a number, or Infinity or -Infinity",
    holds: (x: number) => !Number.isNaN(x),
  },
  finite: { text: "a finite number", holds: Number.isFinite },
  nonzero: {
    text: "a finite number other than 0",
    holds: finite((x) => x !== 0),
  },
  nonnegative: { text: "a number >= 0", holds: finite((x) => x >= 0) },
  positive: { text: "a number > 0", holds: finite((x) => x > 0) },
  norm: { text: "a number >= 1", holds: finite((x) => x >= 1) },
  order: { text: "a number >= 1, or Infinity", holds: (x: number) => x >= 1 },
  fraction: {
    text: "a number in [0, 1]",
    holds: (x: number) => x >= 0 && x <= 1,
  },
  decay: { text: "a number in [0, 1)", holds: (x: number) => x >= 0 && x < 1 },
  count: {
    text: "a positive integer",
    holds: (x: number) => Number.isSafeInteger(x) && x > 0,
  },
  index: {
    text: "an integer >= 0",
    holds: (x: number) => Number.isSafeInteger(x) && x >= 0,
  },
  integer: { text: "an integer", holds: Number.isSafeInteger },
  // What an input of indices can hold.
  int32: {
    text: "an integer from -2147483648 to 2147483647",
    holds: (x: number) => Number.isInteger(x) && (x | 0) === x,
  },
} as const;

export type SettingKind = keyof typeof kinds;

/**
 * Throws unless an option is a number of its kind; models in JavaScript, with a cast, or that read a file reach this
 * with anything.
 *
 * @throws CompileTimeError "adam: lr is -1, expected a number >= 0".
 */
export function checkSetting(
  owner: string,
  name: string,
  value: unknown,
  kind: SettingKind,
): void {
  if (!isOf(kind, value))
    refuse(owner, name, value, kinds[kind].text, remedyFor(value));
}

const isOf = (kind: SettingKind, value: unknown): boolean =>
  typeof value === "number" && kinds[kind].holds(value);

/**
 * A copy of the numbers of a whole array, row-major; what is no number would be code in the text of the module.
 *
 * @throws CompileTimeError "constant: values[1] is undefined, expected a number".
 */
export function checkedNumbers(
  owner: string,
  name: string,
  values: unknown,
  kind: SettingKind,
): number[] {
  if (!isList(values)) refuse(owner, name, values, "an array of numbers");
  const numbers = Array.from(values);
  const wrong = numbers.findIndex((x) => !isOf(kind, x));
  if (wrong !== -1)
    checkSetting(owner, `${name}[${String(wrong)}]`, numbers[wrong], kind);
  return numbers as number[];
}

const isList = (values: unknown): values is ArrayLike<unknown> =>
  Array.isArray(values) || ArrayBuffer.isView(values);

/**
 * Throws unless an option is one of the words that it may be.
 *
 * @throws CompileTimeError "mse: reduction is "avg", expected "mean", "sum" or "none"".
 */
export function checkWord(
  owner: string,
  name: string,
  value: unknown,
  words: readonly string[],
): void {
  if (typeof value === "string" && words.includes(value)) return;
  const shown =
    typeof value === "string" ? JSON.stringify(value) : found(value);
  const quoted = words.map((word) => JSON.stringify(word));
  refuseSettings(
    `${owner}: ${name} is ${shown}, expected ${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1) ?? ""}`,
  );
}

/**
 * Throws unless options that are given are true or false: "false" is taken for true.
 *
 * @throws CompileTimeError "linear: bias is "false" (a string), expected true or false".
 */
export function checkFlags(
  owner: string,
  flags: Readonly<Record<string, unknown>>,
): void {
  for (const [name, value] of Object.entries(flags))
    if (value !== undefined && typeof value !== "boolean")
      refuse(owner, name, value, "true or false", remedyFor(value));
}

/**
 * Throws unless an option is a list.
 *
 * @throws CompileTimeError "sgd: groups is 7, expected a list such as [{ params: ["head"] }]".
 */
export function checkList(
  owner: string,
  name: string,
  value: unknown,
  expected: string,
): void {
  if (!Array.isArray(value))
    refuse(
      owner,
      name,
      value,
      expected,
      "write a list in brackets, of one entry too: [x]",
    );
}

/**
 * Throws unless an argument is a function.
 *
 * @throws CompileTimeError "scan: step is 7, expected a function".
 */
export function checkFunction(
  owner: string,
  name: string,
  value: unknown,
): void {
  if (typeof value !== "function")
    refuse(
      owner,
      name,
      value,
      "a function",
      "give it the function itself, not what it returns: (x) => tanh(x)",
    );
}

/**
 * Throws unless an argument is a record of options.
 *
 * @throws CompileTimeError "adam: options is null, expected an object such as { eps: 1e-8 }".
 */
export function checkRecord(
  owner: string,
  name: string,
  value: unknown,
  expected: string,
): void {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    refuse(
      owner,
      name,
      value,
      expected,
      "write options by their names, as the editor shows them",
    );
}

/**
 * Throws for a value in the place of the options, as PyTorch takes them by their order.
 *
 * @throws CompileTimeError "leakyRelu: options is 0.2, expected an object that names each, such as { name: "h" }".
 */
export const checkOptions = (owner: string, options: unknown): void => {
  checkRecord(
    owner,
    "options",
    options,
    'an object that names each, such as { name: "h" }',
  );
};

/** What to do about a text, or nothing, where something else is expected; of other values the sentence says it. */
const remedyFor = (value: unknown): string | undefined =>
  typeof value === "string"
    ? "write it without quotes"
    : value === undefined
      ? "give it one: it has none by default"
      : undefined;

/** Throws the sentence about an option that is no such thing. */
function refuse(
  owner: string,
  name: string,
  value: unknown,
  expected: string,
  remedy?: string,
): never {
  throw new CompileTimeError(
    "GC1250",
    `${owner}: ${name} is ${found(value)}, expected ${expected}`,
    remedy,
  );
}

/** Throws `sentence`: options that do not go together. */
export function refuseSettings(sentence: string, remedy?: string): never {
  throw new CompileTimeError("GC1251", sentence, remedy);
}
