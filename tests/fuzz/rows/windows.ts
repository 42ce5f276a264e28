/** What rows of functions with windows over the last axes share: settings for each axis, and where a window lies. */
import type { Draft } from "../draft.js";
import type { Argument, Value } from "../program.js";

/** The number of axes that windows move over. */
export type Spatial = 1 | 2;

export const perAxis = ["omitted", "one", "each"] as const;

/** A setting as it is written, and its value along each axis. */
export interface Setting {
  readonly given: Argument;
  readonly values: readonly number[];
}

/**
 * One number for all axes, or a list of one for each.
 *
 * @param range least and largest along an axis
 * @param standard along an axis where it is left out
 */
export function settingOf(
  d: Draft,
  attribute: string,
  spatial: Spatial,
  range: (axis: number) => readonly [least: number, most: number],
  standard: (axis: number) => number,
  except: readonly string[] = [],
): Setting {
  const ranges = Array.from({ length: spatial }, (_, i) => range(i));
  const roll = ([least, most]: readonly [number, number]): number =>
    least + d.roll(Math.max(1, most - least + 1));
  switch (d.choose(attribute, except)) {
    case "omitted":
      return { given: undefined, values: ranges.map((_, i) => standard(i)) };
    case "each": {
      const values = ranges.map(roll);
      return { given: values, values };
    }
    default: {
      const least = Math.max(...ranges.map(([low]) => low));
      const value = roll([least, Math.min(...ranges.map(([, high]) => high))]);
      return { given: value, values: ranges.map(() => value) };
    }
  }
}

export const flag = (d: Draft, attribute: string): boolean | undefined => {
  const chosen = d.choose(attribute);
  return chosen === "omitted" ? undefined : chosen === "true";
};

export const flags = ["omitted", "true", "false"] as const;

/** A kernel's movement along one axis. */
export interface Move {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** How far in front of the axis the first window starts. */
  readonly before: number;
}

/** Entries that a kernel reaches from its first to its last. */
export const spanOf = (kernel: number, dilation: number): number =>
  dilation * (kernel - 1) + 1;

/** The lengths of the last axes. */
export const lengthsOf = (x: Value, spatial: Spatial): number[] =>
  x.shape.slice(-spatial);

/** The entry that a tap of a window reads along each axis; undefined where one lies outside. */
export function entryAt(
  lengths: readonly number[],
  moves: readonly Move[],
  place: readonly number[],
  tap: readonly number[],
): number[] | undefined {
  const entry = moves.map(
    (m, i) =>
      (place[i] as number) * m.stride +
      (tap[i] as number) * m.dilation -
      m.before,
  );
  return entry.every((e, i) => e >= 0 && e < (lengths[i] as number))
    ? entry
    : undefined;
}
