/**
 * The scalar language: what one number is made of.
 *
 * Every scalar primitive and every elementary function has its body here, and nothing downstream knows more than these
 * operations: a target is a printer of them, the interpreter an evaluator of them. Equal bits in every tier follow
 * from that, because each operation is exact or correctly rounded by IEEE 754 on every engine.
 */

/** Arithmetic on doubles; `min` and `max` as ECMAScript's Math (NaN wins, -0 < +0). */
export type Arithmetic =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "neg"
  | "abs"
  | "sqrt"
  | "min"
  | "max"
  | "floor";
/**
 * On doubles that are exact 32-bit integers: `x | 0`, `a & b`, `a >> b`, `a >>> b`.
 * The left side of `&` and `>>>` may be any exact integer in 0..2^63 - 1; it counts mod 2^32, as in ECMAScript.
 */
export type IntegerOp = "toInt" | "bitAnd" | "shiftRight" | "shiftRightZero";
/** Truth values; they stand only in the condition of `select` and in each other. */
export type Comparison = "less" | "lessEqual" | "equal" | "and" | "or" | "not";
export type ScalarOp = Arithmetic | IntegerOp | Comparison;

/** Functions of the host's Math, for `--math host` only. */
export type HostFunction =
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "log2"
  | "tanh"
  | "sin"
  | "cos"
  | "tan"
  | "sinh"
  | "cosh"
  | "atan"
  | "atan2"
  | "pow";

export type Scalar =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "variable"; readonly name: string }
  | {
      readonly kind: "apply";
      readonly op: ScalarOp;
      readonly args: readonly Scalar[];
    }
  /** Only the chosen branch is computed. */
  | {
      readonly kind: "select";
      readonly when: Scalar;
      readonly then: Scalar;
      readonly otherwise: Scalar;
    }
  | {
      readonly kind: "let";
      readonly name: string;
      readonly value: Scalar;
      readonly body: Scalar;
    }
  /** x 2^k, rounded once; k an integer in -1074..1023. */
  | { readonly kind: "scale"; readonly x: Scalar; readonly k: Scalar }
  /** Entry of a table of `tables`, 0-based. */
  | { readonly kind: "table"; readonly name: string; readonly index: Scalar }
  /** A function of `functions`. */
  | {
      readonly kind: "call";
      readonly name: string;
      readonly args: readonly Scalar[];
    }
  | {
      readonly kind: "host";
      readonly name: HostFunction;
      readonly args: readonly Scalar[];
    };

/** What a function repeats before it has its value: a loop where functions are printed, written out elsewhere. */
export interface Rounds {
  readonly count: number;
  /** Names of what goes from round to round; it starts as the parameters, in their order. */
  readonly carried: readonly string[];
  /** What each becomes, of all that they were and of the round, 1 ... count, which `counter` names. */
  readonly next: readonly Scalar[];
  readonly counter: string;
  /** The function's value, of what the last round leaves. */
  readonly value: Scalar;
}

/** An elementary function, written once. */
export interface ScalarFunction {
  readonly name: string;
  /** One sentence: the formula, its source and its worst error in ulp. */
  readonly doc: string;
  readonly params: readonly string[];
  /** Parameters that are numbers wherever the function is called. */
  readonly constants?: readonly string[];
  readonly body: Scalar;
  /** How the body came about, where it is rounds written out. */
  readonly rounds?: Rounds;
  /** True for the rare part of another function: no part of its text, so that the common part stays small. */
  readonly cold?: boolean;
}

/** Numbers that are made once: listed, or by a recurrence over one or more columns, which lie one after the other. */
export type Table =
  | {
      readonly kind: "list";
      readonly name: string;
      readonly doc: string;
      readonly values: readonly number[];
    }
  | {
      readonly kind: "recurrence";
      readonly name: string;
      readonly doc: string;
      /** `start` and `next` are in the same order; `next` reads what is last in each column by its name. */
      readonly columns: readonly string[];
      /** Of each column. */
      readonly length: number;
      readonly start: readonly number[];
      readonly next: readonly Scalar[];
    };

export const num = (value: number): Scalar => ({ kind: "number", value });
export const variable = (name: string): Scalar => ({ kind: "variable", name });
export const apply = (op: ScalarOp, ...args: Scalar[]): Scalar => ({
  kind: "apply",
  op,
  args,
});
export const select = (
  when: Scalar,
  then: Scalar,
  otherwise: Scalar,
): Scalar => ({ kind: "select", when, then, otherwise });
export const call = (name: string, ...args: Scalar[]): Scalar => ({
  kind: "call",
  name,
  args,
});
export const host = (name: HostFunction, ...args: Scalar[]): Scalar => ({
  kind: "host",
  name,
  args,
});
