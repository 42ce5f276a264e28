/** gradc beside C that has no more of the processor than a tier: WebAssembly has vectors of 128 bits, JavaScript none. */
import { narrow, scalar } from "../c/build.js";
import type { Result } from "../measure/race.js";
import type { Ours } from "../targets.js";
import { tiers, timeOf } from "./times.js";
import { ratioText } from "./units.js";

const equals = {
  wasm: { ...narrow, width: "128 bits", how: "with vectors of 128 bits" },
  javascript: { ...scalar, width: "no vectors", how: "without vectors" },
} as const;

/** C as wide as a tier, or why it has no time; `wide` is the time of the same compiler with the widest vectors. */
export type EqualC =
  | {
      readonly ours: Ours;
      readonly time: number;
      readonly wide: number | undefined;
    }
  | { readonly ours: Ours; readonly absent: string };

/** Of the results of one task. */
export function equalC(results: readonly Result[], ours: Ours): EqualC {
  const { name } = equals[ours];
  const { element } = tiers[ours];
  const result = timeOf(results, name, element);
  const time = result?.time?.median;
  return time === undefined
    ? { ours, absent: result?.absent ?? `${name} did not take part` }
    : {
        ours,
        time,
        wide: timeOf(results, "C gcc", element)?.time?.median,
      };
}

/** The entry of a table: gradc's time over that of C as wide. */
export const equalText = (mine: number, c: EqualC): string =>
  "absent" in c
    ? `not measured: ${c.absent}`
    : `${ratioText(mine / c.time)} (${equals[c.ours].width})`;

/** A ratio to C that is missed; times in ns. */
export interface MissedC {
  readonly mine: number;
  readonly c: number;
  /** What gradc's time over that of C as wide may be. */
  readonly limit: number;
}

/** A gain of C by its vectors that is no more than noise. */
const noise = 1.05;

/**
 * Why gradc is too slow beside C: the width of vectors as far as that was measured, with one compiler; the rest is what
 * profiles showed.
 */
export function reasonBesideC(
  { mine, c, limit }: MissedC,
  equal: EqualC,
  profile: string,
): string {
  if ("absent" in equal || equal.wide === undefined) return profile;
  const { how } = equals[equal.ours];
  const gain = equal.time / equal.wide;
  if (gain < noise) return profile;
  // A library or another compiler may be faster for reasons of its own.
  const isOfWidth = equal.wide < noise * c;
  return isOfWidth && mine / equal.time <= limit
    ? `width: met beside C ${how}`
    : joined(
        `width: C of gcc takes ${ratioText(gain)} as long ${how}`,
        profile,
      );
}

/** Why gradc takes more than `most` ns, a limit that is no ratio to C; C as wide may be too slow for it as well. */
export const reasonBeside = (
  most: number,
  equal: EqualC,
  profile: string,
): string =>
  "time" in equal && equal.time > most
    ? joined(`C ${equals[equal.ours].how} misses it too`, profile)
    : profile;

const joined = (...reasons: readonly string[]): string =>
  reasons.filter((reason) => reason !== "").join("; ");
