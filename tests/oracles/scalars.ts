/**
 * What random networks are made of, written down once more: each operation on numbers with its value, its derivative
 * backwards (as further operations) and forwards (as a number). Shares no code with the language or the compiler.
 */
import type { Id, Tape } from "./tape.js";

export type ScalarOperation =
  | "add"
  | "accumulate"
  | "sub"
  | "mul"
  | "div"
  | "neg"
  | "sqrt"
  | "root"
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "log2"
  | "sin"
  | "cos"
  | "tan"
  | "sinh"
  | "cosh"
  | "tanh"
  | "atan"
  | "erf"
  | "bell"
  | "sigmoid"
  | "softplus"
  | "logCosh"
  | "atan2"
  | "pow"
  | "less"
  | "lessEqual"
  | "equal"
  | "sign"
  | "floor"
  | "select"
  | "hold"
  | "largest"
  | "smallest";

export interface ScalarMeaning {
  readonly value: (a: number, b: number, c: number) => number;
  /** How far a good result may be off, in units of 2^-53: 0 exact, 1 rounded once, 2 within one ulp, more where the formula here is worse. */
  readonly noise: number;
  /** What the noise is relative to, where that is not the result. */
  readonly noisy?: (a: number, b: number) => number;
  /** Piecewise constant: its value is a choice, which small changes of the arguments leave as it is. */
  readonly decides?: true;
  /** Cotangents of the arguments from that of the result, PyTorch's formulas; undefined where there is none. */
  readonly back: (
    t: Tape,
    dy: Id,
    y: Id,
    a: Id,
    b: Id,
    c: Id,
  ) => readonly (Id | undefined)[];
  /** Change of the result when the arguments change by da, db and dc. */
  readonly forward: (
    x: readonly [a: number, b: number, c: number],
    d: readonly [da: number, db: number, dc: number],
  ) => number;
}

const none: ScalarMeaning["back"] = () => [];
const still = (): number => 0;
const decision = (value: ScalarMeaning["value"]): ScalarMeaning => ({
  value,
  noise: 0,
  decides: true,
  back: none,
  forward: still,
});
const unary = (
  value: (x: number) => number,
  back: (t: Tape, dy: Id, y: Id, x: Id) => Id,
  slope: (x: number) => number,
  noise = 2,
): ScalarMeaning => ({
  value,
  noise,
  back: (t, dy, y, x) => [back(t, dy, y, x)],
  forward: ([x], [dx]) => slope(x) * dx,
});

const logistic = (x: number): number =>
  x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));

/** Abramowitz & Stegun 7.1.6 near 0 and the continued fraction 7.1.14 beyond. */
function errorFunction(x: number): number {
  if (Number.isNaN(x)) return x;
  const size = Math.abs(x);
  const bell = (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x);
  if (size < 2.5) {
    let [term, sum] = [x, x];
    for (let k = 1; k < 90; k++) {
      term *= (2 * x * x) / (2 * k + 1);
      sum += term;
    }
    return bell * sum;
  }
  let tail = 0;
  for (let k = 80; k > 0; k--) tail = k / (2 * (size + tail));
  return Math.sign(x) * (1 - bell / (2 * (size + tail)));
}
const bell = (x: number): number => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x);

const onePlusSquare = (t: Tape, x: Id): Id => t.add(t.constant(1), t.mul(x, x));

export const scalarMeanings: Readonly<Record<ScalarOperation, ScalarMeaning>> =
  {
    add: {
      value: (a, b) => a + b,
      noise: 1,
      back: (_, dy) => [dy, dy],
      forward: (_, [da, db]) => da + db,
    },
    /**
     * a + b of cotangents that meet. In which order they do is nobody's: what cancels in one order is rounded away in
     * another, so that each sum errs as far as the largest of its terms and itself.
     */
    accumulate: {
      value: (a, b) => a + b,
      noise: 1,
      noisy: (a, b) => Math.max(Math.abs(a), Math.abs(b), Math.abs(a + b)),
      back: (_, dy) => [dy, dy],
      forward: (_, [da, db]) => da + db,
    },
    sub: {
      value: (a, b) => a - b,
      noise: 1,
      back: (t, dy) => [dy, t.apply("neg", dy)],
      forward: (_, [da, db]) => da - db,
    },
    mul: {
      value: (a, b) => a * b,
      noise: 1,
      back: (t, dy, _, a, b) => [t.mul(dy, b), t.mul(dy, a)],
      forward: ([a, b], [da, db]) => da * b + a * db,
    },
    div: {
      value: (a, b) => a / b,
      noise: 1,
      back: (t, dy, y, _, b) => {
        // -dy y / b, in the order that stays within the doubles.
        const slope = t.div(y, b);
        const size = Math.abs(t.value(slope));
        const change =
          size < 1e-290 || size > 1e290
            ? t.div(t.mul(dy, y), b)
            : t.mul(dy, slope);
        return [t.div(dy, b), t.apply("neg", change)];
      },
      forward: ([a, b], [da, db]) => da / b - (a / b) * (db / b),
    },
    neg: {
      value: (x) => -x,
      noise: 0,
      back: (t, dy) => [t.apply("neg", dy)],
      forward: (_, [dx]) => -dx,
    },
    sqrt: {
      value: Math.sqrt,
      noise: 1,
      back: (t, dy, y) => [t.div(dy, t.mul(t.constant(2), y))],
      forward: ([x], [dx]) => (0.5 * dx) / Math.sqrt(x),
    },
    /** The square root whose derivative is 0 at 0, as that of a norm or a standard deviation. */
    root: {
      value: Math.sqrt,
      noise: 1,
      back: (t, dy, y) => {
        const zero = t.constant(0);
        const slope = t.div(dy, t.mul(t.constant(2), y));
        return [t.select(t.apply("equal", y, zero), zero, slope)];
      },
      forward: ([x], [dx]) => (x === 0 ? 0 : (0.5 * dx) / Math.sqrt(x)),
    },
    exp: unary(Math.exp, (t, dy, y) => t.mul(dy, y), Math.exp),
    expm1: unary(
      Math.expm1,
      (t, dy, _, x) => t.mul(dy, t.apply("exp", x)),
      Math.exp,
    ),
    log: unary(
      Math.log,
      (t, dy, _, x) => t.div(dy, x),
      (x) => 1 / x,
    ),
    log1p: unary(
      Math.log1p,
      (t, dy, _, x) => t.div(dy, t.add(t.constant(1), x)),
      (x) => 1 / (1 + x),
    ),
    log2: unary(
      Math.log2,
      (t, dy, _, x) => t.div(dy, t.mul(x, t.constant(Math.LN2))),
      (x) => Math.LOG2E / x,
    ),
    sin: unary(
      Math.sin,
      (t, dy, _, x) => t.mul(dy, t.apply("cos", x)),
      Math.cos,
    ),
    cos: unary(
      Math.cos,
      (t, dy, _, x) => t.apply("neg", t.mul(dy, t.apply("sin", x))),
      (x) => -Math.sin(x),
    ),
    tan: unary(
      Math.tan,
      (t, dy, y) => t.mul(dy, onePlusSquare(t, y)),
      (x) => 1 / Math.cos(x) ** 2,
    ),
    sinh: unary(
      Math.sinh,
      (t, dy, _, x) => t.mul(dy, t.apply("cosh", x)),
      Math.cosh,
    ),
    cosh: unary(
      Math.cosh,
      (t, dy, _, x) => t.mul(dy, t.apply("sinh", x)),
      Math.sinh,
    ),
    tanh: unary(
      Math.tanh,
      (t, dy, y) => t.mul(dy, t.sub(t.constant(1), t.mul(y, y))),
      (x) => 1 / Math.cosh(x) ** 2,
    ),
    atan: unary(
      Math.atan,
      (t, dy, _, x) => t.div(dy, onePlusSquare(t, x)),
      (x) => 1 / (1 + x * x),
    ),
    erf: unary(
      errorFunction,
      (t, dy, _, x) => t.mul(dy, t.apply("bell", x)),
      bell,
      8,
    ),
    bell: unary(
      bell,
      (t, dy, y, x) => t.mul(dy, t.mul(t.mul(t.constant(-2), x), y)),
      (x) => -2 * x * bell(x),
      8,
    ),
    sigmoid: unary(
      logistic,
      (t, dy, y) => t.mul(dy, t.mul(t.sub(t.constant(1), y), y)),
      (x) => logistic(x) * logistic(-x),
    ),
    /** ln(1 + e^x). */
    softplus: unary(
      (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
      (t, dy, _, x) => t.mul(dy, t.apply("sigmoid", x)),
      logistic,
    ),
    /** ln cosh x: below 1 by cosh x = 1 + 2 sinh^2(x/2), which loses no digits; beyond, nothing overflows. */
    logCosh: unary(
      (x) =>
        Math.abs(x) < 1
          ? Math.log1p(2 * Math.sinh(x / 2) ** 2)
          : Math.abs(x) - Math.LN2 + Math.log1p(Math.exp(-2 * Math.abs(x))),
      (t, dy, _, x) => t.mul(dy, t.apply("tanh", x)),
      Math.tanh,
    ),
    atan2: {
      value: Math.atan2,
      noise: 2,
      back: (t, dy, _, a, b) => {
        const square = t.add(t.mul(a, a), t.mul(b, b));
        return [
          t.div(t.mul(dy, b), square),
          t.apply("neg", t.div(t.mul(dy, a), square)),
        ];
      },
      forward: ([a, b], [da, db]) => (da * b - a * db) / (a * a + b * b),
    },
    pow: {
      value: Math.pow,
      noise: 2,
      back: (t, dy, y, a, b) => {
        const zero = t.constant(0);
        const slope = t.mul(b, t.apply("pow", a, t.sub(b, t.constant(1))));
        const flat = t.mul(
          t.apply("equal", a, zero),
          t.apply("lessEqual", zero, b),
        );
        return [
          t.select(t.apply("equal", b, zero), zero, t.mul(dy, slope)),
          t.select(flat, zero, t.mul(dy, t.mul(y, t.apply("log", a)))),
        ];
      },
      forward: ([a, b], [da, db]) =>
        (b === 0 ? 0 : da * b * Math.pow(a, b - 1)) +
        (a === 0 && b >= 0 ? 0 : db * Math.pow(a, b) * Math.log(a)),
    },
    less: decision((a, b) => (a < b ? 1 : 0)),
    lessEqual: decision((a, b) => (a <= b ? 1 : 0)),
    equal: decision((a, b) => (a === b ? 1 : 0)),
    sign: decision((x) => (x > 0 ? 1 : x < 0 ? -1 : x)),
    floor: decision(Math.floor),
    /** b where a is not 0, else c; what was not chosen has no derivative. */
    select: {
      value: (a, b, c) => (a !== 0 ? b : c),
      noise: 0,
      back: (t, dy, _, a) =>
        t.value(a) !== 0
          ? [undefined, dy, undefined]
          : [undefined, undefined, dy],
      forward: ([a], [, db, dc]) => (a !== 0 ? db : dc),
    },
    /** x, of which nothing is derived. */
    hold: { value: (x) => x, noise: 0, back: none, forward: still },
    largest: {
      value: (a, b) => Math.max(a, b),
      noise: 0,
      back: none,
      forward: still,
    },
    smallest: {
      value: (a, b) => Math.min(a, b),
      noise: 0,
      back: none,
      forward: still,
    },
  };
