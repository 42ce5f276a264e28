/** Products that are added: rounded once where the engine has the instruction. */

/** Locals whose number is one byte. */
export const fusibleLocals = 128;

/** The bytes of f32x4.mul, local.get (of the local in between), f32x4.add, and of what takes their place. */
const product = [0xfd, 0xe6, 0x01, 0x20] as const;
const added = [0xfd, 0xe4, 0x01] as const;

/** How many products `roundedOnce` finds in a module. */
export function fusedPlaces(bytes: Uint8Array): number {
  let count = 0;
  for (let i = 0; i + 8 <= bytes.length; i++) {
    const isFound =
      product.every((byte, k) => bytes[i + k] === byte) &&
      (bytes[i + 4] ?? fusibleLocals) < fusibleLocals &&
      added.every((byte, k) => bytes[i + 5 + k] === byte);
    if (isFound) count++;
  }
  return count;
}

/** The function of a module that does it, as text. */
export const roundedOnceText = (types: boolean): string => `/**
 * The same functions with a product and the sum that it is added to rounded
 * once: for f32x4.mul, local.get and f32x4.add stand local.get, f32x4.relaxed_madd
 * and three instructions that do nothing.
 */
function roundedOnce(bytes${types ? ": Uint8Array" : ""})${types ? ": Uint8Array" : ""} {
  const all = bytes.slice();
  for (let i = 0; i + 8 <= all.length; i++) {
    const local = ${types ? "all[i + 4] as number" : "all[i + 4]"};
    if (
      all[i] === 0xfd &&
      all[i + 1] === 0xe6 &&
      all[i + 2] === 0x01 &&
      all[i + 3] === 0x20 &&
      local < 0x80 &&
      all[i + 5] === 0xfd &&
      all[i + 6] === 0xe4 &&
      all[i + 7] === 0x01
    ) {
      all.set([0x20, local, 0xfd, 0x85, 0x02, 0x01, 0x01, 0x01], i);
    }
  }
  return all;
}`;
