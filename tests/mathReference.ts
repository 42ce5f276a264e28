/**
 * Elementary functions to about 240 bits, by series over BigInt: the reference for dsl/math.
 *
 * Shares nothing with dsl/ or compiler/. A real is m 2^e; every operation keeps 256 bits.
 */
export interface Real {
  readonly m: bigint;
  readonly e: number;
}

const bits = 256;

const bitLength = (m: bigint): number => {
  if (m === 0n) return 0;
  const digits = (m < 0n ? -m : m).toString(16);
  return 4 * digits.length + 28 - Math.clz32(parseInt(digits.charAt(0), 16));
};

const real = (m: bigint, e: number): Real => {
  const extra = m === 0n ? 0 : bitLength(m) - bits;
  return extra <= 0 ? { m, e } : { m: m >> BigInt(extra), e: e + extra };
};

/** The double x, exactly. @throws {RangeError} infinities and NaN. */
export const exactly = (x: number): Real => {
  if (!Number.isFinite(x)) throw new RangeError(`${String(x)} is not finite`);
  let e = 0;
  let m = x;
  while (!Number.isInteger(m)) {
    m *= 2 ** 50;
    e -= 50;
  }
  return { m: BigInt(m), e };
};

const zero: Real = { m: 0n, e: 0 };
const one = exactly(1);
const two = exactly(2);

const neg = (a: Real): Real => ({ m: -a.m, e: a.e });
const absolute = (a: Real): Real => (a.m < 0n ? neg(a) : a);
/** floor(log2 |a|); very low for 0. */
export const exponentOf = (a: Real): number =>
  a.m === 0n ? -1e9 : bitLength(a.m) + a.e - 1;

const add = (a: Real, b: Real): Real => {
  if (a.m === 0n) return b;
  if (b.m === 0n) return a;
  if (a.e < b.e) return add(b, a);
  if (exponentOf(a) - exponentOf(b) > 2 * bits) return a;
  const shift = a.e - b.e;
  if (shift > 4 * bits && exponentOf(b) - exponentOf(a) > 2 * bits) return b;
  return real((a.m << BigInt(shift)) + b.m, b.e);
};
const sub = (a: Real, b: Real): Real => add(a, neg(b));
const mul = (a: Real, b: Real): Real => real(a.m * b.m, a.e + b.e);
const div = (a: Real, b: Real): Real => {
  const shift = Math.max(0, bits + 8 - bitLength(a.m) + bitLength(b.m));
  return real((a.m << BigInt(shift)) / b.m, a.e - b.e - shift);
};
const half = (a: Real, times = 1): Real => ({ m: a.m, e: a.e - times });
const isBelow = (a: Real, exponent: number): boolean =>
  exponentOf(a) < exponent;

/** The double nearest to a, for estimates only: not rounded correctly. */
const approximately = (a: Real): number => {
  if (a.m === 0n) return 0;
  const extra = bitLength(a.m) - 60;
  return extra <= 0
    ? Number(a.m) * 2 ** a.e
    : Number(a.m >> BigInt(extra)) * 2 ** (a.e + extra);
};

const integerRoot = (n: bigint): bigint => {
  let x = 1n << BigInt((bitLength(n) >> 1) + 1);
  for (;;) {
    const y = (x + n / x) >> 1n;
    if (y >= x) return x;
    x = y;
  }
};

/** Sum of terms, each made from the one before, until they no longer count. */
const series = (
  first: Real,
  next: (term: Real, k: number) => Real,
  weight: (term: Real, k: number) => Real = (term) => term,
): Real => {
  let term = first;
  let sum = weight(first, 0);
  for (let k = 1; k < 2000; k++) {
    term = next(term, k);
    if (exponentOf(term) < exponentOf(sum) - bits) break;
    sum = add(sum, weight(term, k));
  }
  return sum;
};

const integer = (k: number): Real => ({ m: BigInt(k), e: 0 });

/** atanh z = z + z^3/3 + ..., small z. */
const atanhSmall = (z: Real): Real => {
  const square = mul(z, z);
  return series(
    z,
    (term) => mul(term, square),
    (term, k) => div(term, integer(2 * k + 1)),
  );
};
/** atan z = z - z^3/3 + ..., small z. */
const atanSmall = (z: Real): Real => {
  const square = neg(mul(z, z));
  return series(
    z,
    (term) => mul(term, square),
    (term, k) => div(term, integer(2 * k + 1)),
  );
};

const ln2 = mul(two, atanhSmall(div(one, integer(3))));

/** pi in fixed point with 1,500 bits after the point: 16 atan(1/5) - 4 atan(1/239) (Machin 1706). */
export const piBits = 1500;
export const piFixed = ((): bigint => {
  const scale = 1n << BigInt(piBits + 32);
  const inverse = (n: bigint): bigint => {
    let power = scale / n;
    let sum = power;
    for (let k = 3n; power !== 0n; k += 2n) {
      power = -power / (n * n);
      sum += power / k;
    }
    return sum;
  };
  return (16n * inverse(5n) - 4n * inverse(239n)) >> 32n;
})();
const rootPi: Real = real(integerRoot(piFixed << BigInt(piBits)), -piBits);

/** e^x for |x| so large that no double is near it: only its size counts. */
const farExponent = 1e7;

const exp = (x: Real): Real => {
  if (!isBelow(x, 20))
    return { m: 1n, e: x.m < 0n ? -farExponent : farExponent };
  const n = Math.round(approximately(x) / Math.LN2);
  const r = half(sub(x, mul(integer(n), ln2)), 12);
  let y = series(one, (term, k) => div(mul(term, r), integer(k)));
  for (let i = 0; i < 12; i++) y = mul(y, y);
  return { m: y.m, e: y.e + n };
};

const expm1 = (x: Real): Real =>
  isBelow(x, -3)
    ? series(x, (term, k) => div(mul(term, x), integer(k + 1)))
    : sub(exp(x), one);

/** log(1 + x) for |x| < 0.42 or so. */
const log1pSmall = (x: Real): Real => mul(two, atanhSmall(div(x, add(two, x))));

const log = (x: Real): Real => {
  const k = exponentOf(mul(x, exactly(Math.SQRT2)));
  const m = { m: x.m, e: x.e - k };
  return add(mul(integer(k), ln2), log1pSmall(sub(m, one)));
};

const log1p = (x: Real): Real =>
  isBelow(x, -2) ? log1pSmall(x) : log(add(one, x));

const floorDivided = (a: bigint, b: bigint): bigint => {
  const q = a / b;
  return a < 0n && q * b !== a ? q - 1n : q;
};

/** x = n pi/2 + r with n mod 4; exact for every double. */
const reduced = (x: Real): { n: number; r: Real } => {
  const fixed = x.e >= 0 ? x.m << BigInt(x.e) : x.m;
  const value = fixed << BigInt(piBits + (x.e < 0 ? x.e : 0));
  const quarter = piFixed >> 1n;
  const whole = floorDivided(2n * value + quarter, 2n * quarter);
  const r = value - whole * quarter;
  const nearZero = isBelow(x, -2);
  return {
    n: Number(((whole % 4n) + 4n) % 4n),
    r: nearZero ? x : real(r, -piBits),
  };
};
const sinSmall = (r: Real): Real => {
  const square = neg(mul(r, r));
  return series(r, (term, k) =>
    div(mul(term, square), integer(2 * k * (2 * k + 1))),
  );
};
const cosSmall = (r: Real): Real => {
  const square = neg(mul(r, r));
  return series(one, (term, k) =>
    div(mul(term, square), integer(2 * k * (2 * k - 1))),
  );
};
const sinOf = (x: Real, quarters: number): Real => {
  const { n, r } = reduced(x);
  const q = (n + quarters) % 4;
  const y = q % 2 === 0 ? sinSmall(r) : cosSmall(r);
  return q < 2 ? y : neg(y);
};

/** The angle of (x, y): the double's estimate plus the small rest. */
const angle = (y: Real, x: Real): Real => {
  const scaled = exponentOf(x) > exponentOf(y) ? exponentOf(x) : exponentOf(y);
  const [v, u] = [half(y, scaled), half(x, scaled)];
  const estimate = exactly(Math.atan2(approximately(v), approximately(u)));
  const [s, c] = [sinOf(estimate, 0), sinOf(estimate, 1)];
  const rest = div(sub(mul(v, c), mul(u, s)), add(mul(u, c), mul(v, s)));
  return add(estimate, rest.m === 0n ? zero : atanSmall(rest));
};

/** 2/sqrt pi e^(-x^2) (x + 2x^3/3 + 4x^5/15 + ...): no cancellation. */
const erf = (x: Real): Real => {
  // 1 - 1e-113
  if (!isBelow(x, 4)) return x.m < 0n ? neg(one) : one;
  const square = mul(two, mul(x, x));
  const sum = series(x, (term, k) =>
    div(mul(term, square), integer(2 * k + 1)),
  );
  return mul(erfDerivative(x), sum);
};
const erfDerivative = (x: Real): Real =>
  mul(div(two, rootPi), exp(neg(mul(x, x))));

const tanh = (x: Real): Real => {
  const m = expm1(mul(two, x));
  return div(m, add(two, m));
};
const sinh = (x: Real): Real => {
  if (x.m < 0n) return neg(sinh(neg(x)));
  const m = expm1(x);
  return half(add(m, div(m, add(one, m))));
};
const cosh = (x: Real): Real => {
  const e = exp(x);
  return half(add(e, div(one, e)));
};
const softplus = (x: Real): Real => {
  const rest = log1p(exp(neg(absolute(x))));
  return x.m > 0n ? add(x, rest) : rest;
};

const logCosh = (x: Real): Real => {
  // e^(-2|x|) does not count there, and e^|x| would lose digits of x
  if (!isBelow(x, 8)) return sub(absolute(x), ln2);
  const root = sinh(half(x));
  return log1p(mul(two, mul(root, root)));
};

/** The references by the names of dsl/math. */
export const references: Readonly<Record<string, (x: Real, y: Real) => Real>> =
  {
    exp,
    expm1,
    log,
    log1p,
    log2: (x) => div(log(x), ln2),
    tanh,
    sigmoid: (x) => div(one, add(one, exp(neg(x)))),
    softplus,
    logCosh,
    sinh,
    cosh,
    sin: (x) => sinOf(x, 0),
    cos: (x) => sinOf(x, 1),
    tan: (x) => div(sinOf(x, 0), sinOf(x, 1)),
    atan: (x) => angle(x, one),
    atan2: angle,
    pow: (x, y) => exp(mul(y, log(x))),
    erf,
    erfDerivative,
  };

/**
 * |result - wanted| in units of the last place that a double has at `wanted`, subnormals included. Infinity counts as 2^1024,
 * and is right for what is larger; from NaN it is infinitely far.
 */
export const ulps = (result: number, wanted: Real): number => {
  if (Number.isNaN(result)) return Infinity;
  const infinite = Math.abs(result) === Infinity;
  const above = exponentOf(wanted) >= 1024;
  if (above && infinite) return result > 0 === wanted.m > 0n ? 0 : Infinity;
  if (above) return Infinity;
  const place = Math.max(exponentOf(wanted) - 52, -1074);
  const given = infinite
    ? { m: result > 0 ? 1n : -1n, e: 1024 }
    : exactly(result);
  const difference = absolute(sub(given, wanted));
  return approximately({ m: difference.m, e: difference.e - place });
};

/** The first `digits` decimals of |a|, for |a| < 10. */
export const decimals = (a: Real, digits: number): string => {
  const scaled = absolute(a).m * 10n ** BigInt(digits);
  const text = String(a.e < 0 ? scaled >> BigInt(-a.e) : scaled << BigInt(a.e));
  const padded = text.padStart(digits + 1, "0");
  return `${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
};
