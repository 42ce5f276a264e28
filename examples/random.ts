/** Random numbers for generated data: the same bits on every machine. */

/** A stream of random numbers. */
export interface Random {
  /** Uniform in [0, 1). */
  readonly uniform: () => number;
  /** Nearly normal, mean 0 and deviation 1: the sum of twelve uniform numbers, less 6. */
  readonly normal: () => number;
  /** An integer from 0 to n - 1. */
  readonly below: (n: number) => number;
}

/** The stream of a seed: a counter through a mixer of bits (mulberry32). */
export function random(seed: number): Random {
  let counter = seed | 0;
  const uniform = (): number => {
    counter = (counter + 0x6d2b79f5) | 0;
    let bits = Math.imul(counter ^ (counter >>> 15), counter | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    normal: () => {
      let sum = -6;
      for (let i = 0; i < 12; i++) sum += uniform();
      return sum;
    },
    below: (n) => Math.floor(n * uniform()),
  };
}
