import { call, num, run, type Statement as Line } from "./code.js";

/** How the kernels of a module are reported on. */
export interface ReportOptions {
  /** True where kernels say when they begin and end: the code is run to be measured, and not written. */
  readonly timed: boolean;
}

/** Functions that timed code finds in `globalThis`: how many numbers each is given. */
export const timers = { enter: 1, leave: 0 } as const;

/** The bodies of a handle. */
const bodies = ["forward", "backward", "average", "update"] as const;
export type TimedBody = (typeof bodies)[number];

/** What the `k`-th kernel of a body is called there: a number, the one thing that WebAssembly can say of it. */
export const timerId = (body: TimedBody, k: number): number =>
  k * bodies.length + bodies.indexOf(body);

/** Numbers the kernels of a body in the order in which they run. */
export class KernelTimer {
  readonly #body: TimedBody | undefined;
  #next = 0;

  constructor(report: ReportOptions | undefined, body: string) {
    this.#body =
      report?.timed === true ? bodies.find((b) => b === body) : undefined;
  }

  /** The lines of the next kernel; they say when they begin and end where the body is timed. */
  around(lines: readonly Line[]): readonly Line[] {
    if (this.#body === undefined) return lines;
    const id = timerId(this.#body, this.#next++);
    return [
      run(call("globalThis.enter", num(id))),
      ...lines,
      run(call("globalThis.leave")),
    ];
  }
}
