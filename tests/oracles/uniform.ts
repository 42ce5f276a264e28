const word = 0xffffffffn;

/** `uniform` of dsl/math/random.ts on 32-bit integers: a Feistel network with the middle of a square as round function. */
export function uniform(seed: number, index: number): number {
  let [left, right] = [BigInt(seed), BigInt(index)];
  for (let round = 1n; round <= 8n; round++) {
    const key = (0x9e3779b9n * round) & word;
    const middle = (right * right) >> 16n;
    [left, right] = [right, (left + middle + key) & word];
  }
  return Number((right << 21n) | (left >> 11n)) / 2 ** 53;
}
