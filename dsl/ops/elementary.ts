import { applyScalar } from "../primitives/scalar.js";
import { binary, unary, type Binary, type Unary } from "./elementwise.js";

/**
 * y = e^x. PyTorch: torch.exp.
 *
 * @example const y = exp(x);
 */
export const exp: Unary = unary("exp", (x) => applyScalar("exp", x));

/**
 * y = e^x - 1, exact near 0. PyTorch: torch.expm1.
 *
 * @example const y = expm1(x);
 */
export const expm1: Unary = unary("expm1", (x) => applyScalar("expm1", x));

/**
 * y = ln x: -Infinity at 0, NaN below. PyTorch: torch.log.
 *
 * @example const y = log(x);
 */
export const log: Unary = unary("log", (x) => applyScalar("log", x));

/**
 * y = ln(1 + x), exact near 0. PyTorch: torch.log1p.
 *
 * @example const y = log1p(x);
 */
export const log1p: Unary = unary("log1p", (x) => applyScalar("log1p", x));

/**
 * y = the logarithm of x to base 2. PyTorch: torch.log2.
 *
 * @example const y = log2(x);
 */
export const log2: Unary = unary("log2", (x) => applyScalar("log2", x));

/**
 * y = sin x, x in radians. PyTorch: torch.sin.
 *
 * @example const y = sin(x);
 */
export const sin: Unary = unary("sin", (x) => applyScalar("sin", x));

/**
 * y = cos x, x in radians. PyTorch: torch.cos.
 *
 * @example const y = cos(x);
 */
export const cos: Unary = unary("cos", (x) => applyScalar("cos", x));

/**
 * y = tan x, x in radians. PyTorch: torch.tan.
 *
 * @example const y = tan(x);
 */
export const tan: Unary = unary("tan", (x) => applyScalar("tan", x));

/**
 * y = (e^x - e^-x) / 2. PyTorch: torch.sinh.
 *
 * @example const y = sinh(x);
 */
export const sinh: Unary = unary("sinh", (x) => applyScalar("sinh", x));

/**
 * y = (e^x + e^-x) / 2. PyTorch: torch.cosh.
 *
 * @example const y = cosh(x);
 */
export const cosh: Unary = unary("cosh", (x) => applyScalar("cosh", x));

/**
 * y = the angle, in radians, whose tangent is x. PyTorch: torch.atan.
 *
 * @example const y = atan(x);
 */
export const atan: Unary = unary("atan", (x) => applyScalar("atan", x));

/**
 * y = 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x. PyTorch: torch.erf.
 *
 * @example const y = erf(x);
 */
export const erf: Unary = unary("erf", (x) => applyScalar("erf", x));

/**
 * y = the angle, in radians, of the point with ordinate a and abscissa b, between -pi and pi. PyTorch: torch.atan2.
 *
 * @example const angle = atan2(y, x);
 */
export const atan2: Binary<"atan2"> = binary("atan2", (a, b) =>
  applyScalar("atan2", a, b),
);
