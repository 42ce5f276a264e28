import { CompileTimeError } from "./errors.js";

/** What a number in the options of a layer, loss, optimizer or schedule may be. */
export const kinds = {
  finite: { text: "a finite number", holds: () => true },
  nonnegative: { text: "a number >= 0", holds: (x: number) => x >= 0 },
  positive: { text: "a number > 0", holds: (x: number) => x > 0 },
  norm: { text: "a number >= 1", holds: (x: number) => x >= 1 },
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
} as const;

export type SettingKind = keyof typeof kinds;

/**
 * Throws unless an option is a number of its kind.
 *
 * @throws CompileTimeError "adam: lr is -1, expected a number >= 0".
 */
export function checkSetting(
  owner: string,
  name: string,
  value: number,
  kind: SettingKind,
): void {
  const { text, holds } = kinds[kind];
  if (!Number.isFinite(value) || !holds(value))
    throw new CompileTimeError(
      "GC1250",
      `${owner}: ${name} is ${String(value)}, expected ${text}`,
    );
}

/** Throws `sentence`: options that do not go together. */
export function refuseSettings(sentence: string, remedy?: string): never {
  throw new CompileTimeError("GC1251", sentence, remedy);
}
