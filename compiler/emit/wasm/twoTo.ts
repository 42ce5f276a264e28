/** Powers of two as numbers of float32, and exponents: the calls that code has for them, and the bits that they are made of. */

/** What code calls 2^k of a whole number k from -126 to 127, as a number of float32: its bits are k + 127, moved to the exponent. */
export const twoTo = "twoTo";

/** What code calls floor(log2 x) of a normal x > 0 of float32: the bits of its exponent. */
export const exponentOf = "exponentOf";

/** What the bits of an exponent are more than it. */
export const exponentBias = 127;

/** 1.5 2^23 + 127: added to k, the sum's last bits are k + 127, and all others leave when it is moved. */
export const exponentBits = 12583039;

/** How far the exponent of a number of float32 is from its last bit. */
export const exponentPlace = 23;
