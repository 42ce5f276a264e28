/** The sounds that the pedal is learned from and played with. */
import type { Random } from "../random.js";

/** Samples a second. */
export const rate = 48_000;

/** Plucked strings (Karplus and Strong 1983), three a second, between -1 and 1. */
export function guitar(seconds: number, { uniform }: Random): Float64Array {
  const sound = new Float64Array(seconds * rate);
  const between = rate / 3;
  for (let start = 0; start < sound.length; start += between) {
    const loudness = 0.15 + 0.85 * uniform();
    // From the low E of a guitar, 82 Hz, three octaves up.
    const period = Math.floor(rate / (82.4 * 8 ** uniform()));
    const string = Float64Array.from({ length: period }, () => uniform() - 0.5);
    const end = Math.min(sound.length, start + 2 * between);
    for (let i = start; i < end; i++) {
      const k = (i - start) % period;
      const here = string[k] ?? 0;
      sound[i] = (sound[i] ?? 0) + loudness * here;
      string[k] = 0.4985 * (here + (string[(k + 1) % period] ?? 0));
    }
  }
  return sound.map((x) => Math.max(-1, Math.min(1, x)));
}

/** Farads, ohms, amperes and volts of the circuit below. */
const [capacity, resistance, saturation, thermal] = [
  1e-8, 2200, 2.52e-9, 0.0453,
];

/**
 * What a diode clipper makes of a sound: C dv/dt = (u - v) / R - 2 I sinh(v / V), u being four times the sound, in volts
 * (Yeh, Abel and Smith 2007), by implicit steps of an eighth of a sample that Newton's method solves.
 */
export function clipped(sound: Float64Array): Float64Array {
  const h = 1 / (8 * rate);
  let v = 0;
  let last = 0;
  return sound.map((x) => {
    for (let part = 1; part <= 8; part++) {
      const u = 4 * (last + ((x - last) * part) / 8);
      const old = v;
      for (let turn = 0; turn < 4; turn++) {
        const diodes = 2 * saturation * Math.sinh(v / thermal);
        const slope =
          1 / resistance +
          ((2 * saturation) / thermal) * Math.cosh(v / thermal);
        const rest = v - old - (h / capacity) * ((u - v) / resistance - diodes);
        v -= rest / (1 + (h / capacity) * slope);
      }
    }
    last = x;
    return v;
  });
}
