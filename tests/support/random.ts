/** Choices that a seed decides (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 32 random bits. */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** 0 .. sides - 1. */
  readonly roll = (sides: number): number => this.bits() % sides;

  readonly chance = (percent: number): boolean => this.roll(100) < percent;

  pick<T>(list: readonly T[]): T {
    return list[this.roll(list.length)] as T;
  }

  shuffled<T>(list: readonly T[]): T[] {
    const all = [...list];
    for (let i = all.length - 1; i > 0; i--) {
      const k = this.roll(i + 1);
      [all[i], all[k]] = [all[k] as T, all[i] as T];
    }
    return all;
  }
}
