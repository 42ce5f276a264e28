/** Numbers as WebAssembly writes them. */

/** LEB128 of a whole number from 0 on: seven bits a byte, the lowest first. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = (rest - low) / 128;
    bytes.push(rest === 0 ? low : low + 128);
  } while (rest > 0);
  return bytes;
}

/** LEB128 of a whole number of 32 bits with a sign. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    // The last byte's bit 6 is the sign.
    if (rest === ((low & 64) === 0 ? 0 : -1)) return [...bytes, low];
    bytes.push(low | 128);
  }
}

/** The eight bytes of a double, the lowest first. */
export const double = (value: number): number[] => [
  ...new Uint8Array(Float64Array.of(value).buffer),
];

/** The four bytes of a number in float32. */
export const single = (value: number): number[] => [
  ...new Uint8Array(Float32Array.of(value).buffer),
];

/** Appends without a spread, which would put a large list on the stack. */
export function append(to: number[], bytes: readonly number[]): void {
  for (const byte of bytes) to.push(byte);
}

/** A list with its length before it. */
export function vector(items: readonly (readonly number[])[]): number[] {
  const bytes = unsigned(items.length);
  for (const item of items) append(bytes, item);
  return bytes;
}

/** Bytes with their number before them. */
export function sized(bytes: readonly number[]): number[] {
  const all = unsigned(bytes.length);
  append(all, bytes);
  return all;
}

/** A name: its UTF-8 bytes with their number before them. */
export const text = (name: string): number[] =>
  sized([...new TextEncoder().encode(name)]);
