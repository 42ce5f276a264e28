/** Numbers that several functions share. High and low parts add up to more digits than one double holds. */

/** 64 / ln 2. */
export const log2e64 = 92.33248261689366;
/** ln2 / 64 = ln2Over64High + ln2Over64Low (Cody & Waite 1980): 34 bits and the rest; n times the first is exact. */
export const ln2Over64High = 0.010830424695996044;
export const ln2Over64Low = 2.5310172166650877e-13;

/** ln 2 in 32 bits and the rest: k times the first is exact for every exponent k. */
export const ln2Upper = 0.6931471803691238;
export const ln2Lower = 1.9082149292705877e-10;
/** ln 2 rounded, and what that lost. */
export const ln2High = 0.6931471805599453;
export const ln2Low = 2.3190468138462996e-17;

/** pi/2 rounded, and what that lost. */
export const halfPiHigh = 1.5707963267948966;
export const halfPiLow = 6.123233995736766e-17;
/** pi/4 rounded, and what that lost. */
export const quarterPiHigh = 0.7853981633974483;
export const quarterPiLow = 3.061616997868383e-17;

/** sqrt(1/2). */
export const sqrtHalf = 0.7071067811865476;
/** tan(pi/8) = sqrt 2 - 1. */
export const tanEighthPi = 0.41421356237309503;
/** 2 / sqrt pi, erf'(0). */
export const twoOverSqrtPi = 1.1283791670955126;

/** 2^-54: below it, 1 + x rounds to 1. */
export const tiny = 5.551115123125783e-17;
/** 2^-27: below it, x^3 is less than half a unit in the last place of x. */
export const small = 7.450580596923828e-9;
/** 2^-1022, the least normal double. */
export const leastNormal = 2.2250738585072014e-308;
