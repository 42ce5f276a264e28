/** Adds up the time between `enter` and `leave`, which do not nest. */
export class Stopwatch {
  readonly #spent = new Map<number, { time: number; calls: number }>();
  #open = { time: 0, calls: 0 };
  #since = 0;
  /** Milliseconds that a pair of calls takes by itself. */
  readonly #overhead: number;

  constructor() {
    const pairs = 100_000;
    for (let i = 0; i < 2 * pairs; i++) {
      // The first half is slower: it is not optimised yet.
      if (i === pairs) this.reset();
      this.enter(0);
      this.leave();
    }
    this.#overhead = (this.#spent.get(0)?.time ?? 0) / pairs;
    this.reset();
  }

  readonly enter = (id: number): void => {
    const known = this.#spent.get(id);
    this.#open = known ?? { time: 0, calls: 0 };
    if (known === undefined) this.#spent.set(id, this.#open);
    this.#since = performance.now();
  };
  readonly leave = (): void => {
    this.#open.time += performance.now() - this.#since;
    this.#open.calls++;
  };

  reset(): void {
    this.#spent.clear();
  }

  /** Milliseconds of one call, the mean since the last reset, by id. */
  means(): Map<number, number> {
    return new Map(
      [...this.#spent].map(([id, { time, calls }]) => [
        id,
        Math.max(0, time / calls - this.#overhead),
      ]),
    );
  }
}
