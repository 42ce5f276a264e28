import { call, run, string, type Statement as Line } from "./code.js";

/** How the kernels of a module are reported on. */
export interface ReportOptions {
  /** True where kernels say when they begin and end: the code is run to be measured, and not written. */
  readonly timed: boolean;
}

/** Functions that timed code finds in `globalThis`. */
const [enter, leave] = ["globalThis.enter", "globalThis.leave"] as const;

/** What the `k`-th kernel of a body is called there. */
export const timerId = (body: string, k: number): string =>
  `${body} ${String(k)}`;

/** Numbers the kernels of a body in the order in which they run. */
export class KernelTimer {
  readonly #body: string | undefined;
  #next = 0;

  constructor(report: ReportOptions | undefined, body: string) {
    this.#body = report?.timed === true ? body : undefined;
  }

  /** The lines of the next kernel; they say when they begin and end where the body is timed. */
  around(lines: readonly Line[]): readonly Line[] {
    if (this.#body === undefined) return lines;
    const id = timerId(this.#body, this.#next++);
    return [run(call(enter, string(id))), ...lines, run(call(leave))];
  }
}
