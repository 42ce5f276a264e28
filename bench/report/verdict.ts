/** The last columns of a target's row. */
import { ratioText } from "./units.js";

/** Whether it is met, and why not; `over` is how many times over the limit the measurement is. */
export const verdict = (over: number, reason: string): readonly string[] =>
  over <= 1 ? ["met", ""] : [`missed: ${ratioText(over)} too slow`, reason];

/** Of a target that has no measurement, with the columns of that. */
export const unmeasured = (why: string): readonly string[] => [
  "-",
  "-",
  `not measured: ${why}`,
  "",
];
