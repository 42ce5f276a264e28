/** Bodies of scalar functions, as kernels know them. */
import { num, variable, type Scalar } from "../../dsl/math/scalar.js";
import { scalars } from "../../dsl/primitives/index.js";
import type { ScalarName } from "../../dsl/primitives/scalarName.js";
import type { MathMode } from "../interpret.js";

/** The arguments of a body, by place. */
export const argumentNames: readonly string[] = ["a", "b", "c"];

/** Numbers among the arguments, by place. */
export type Known = readonly (number | undefined)[];

function made(name: ScalarName, math: MathMode, known: Known): Scalar {
  const { body, host } = scalars[name];
  const args = argumentNames.slice(0, body.length).map((letter, i) => {
    const value = known[i];
    return value === undefined ? variable(letter) : num(value);
  });
  return math === "host" ? (host ?? body)(...args) : body(...args);
}

const bodiesOf = (math: MathMode): ReadonlyMap<string, Scalar> =>
  new Map(
    (Object.keys(scalars) as ScalarName[]).map((name) => [
      name,
      made(name, math, []),
    ]),
  );
const bodies: Readonly<Record<MathMode, ReadonlyMap<string, Scalar>>> = {
  exact: bodiesOf("exact"),
  host: bodiesOf("host"),
};

/** The body of a scalar function over its arguments `a`, `b`, `c`. */
export const bodyOf = (name: ScalarName, math: MathMode): Scalar =>
  bodies[math].get(name) as Scalar;

/** A function of dsl/math with the arguments `a`, `b`, `c`, or numbers in their place: too long to be part of an expression. */
export type ElementaryCall = Scalar & { readonly kind: "call" };

/** The function of dsl/math that a scalar function is; another one, perhaps, where arguments are known. */
export function elementary(
  name: ScalarName,
  math: MathMode,
  known: Known = [],
): ElementaryCall | undefined {
  const general = bodyOf(name, math);
  if (general.kind !== "call" || known.every((x) => x === undefined))
    return general.kind === "call" ? general : undefined;
  const shorter = made(name, math, known);
  if (shorter.kind !== "call") return undefined;
  // What makes no difference is an argument like any other: loops over memory read it there.
  let own = shorter;
  let needed = known;
  for (const place of known.keys()) {
    const fewer = needed.with(place, undefined);
    const call = made(name, math, fewer);
    if (call.kind === "call" && call.name === own.name)
      [own, needed] = [call, fewer];
  }
  return own;
}

/** False where a number stands in the place of an argument. */
export const readsArgument = (call: ElementaryCall, place: number): boolean =>
  call.args.some(
    (x) => x.kind === "variable" && x.name === argumentNames[place],
  );
