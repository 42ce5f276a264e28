/** What the functions of the language are given where one option of them is wrong. */
import * as g from "../../dsl/index.js";

export const x = g.input("x", [4, 4]);
export const y = g.input("y", [4, 4]);
export const same = g.input("same", [4]);
export const image = g.input("image", [2, 6, 6]);
export const logits = g.input("logits", [3]);
export const k = g.indices("k", [], 3);

type Anything = (...args: readonly unknown[]) => unknown;

/** A function as a JavaScript model, a cast or a file that was read may call it: the types have no say. */
export const any = (f: unknown): Anything => f as Anything;

/** The sentence, and the call that it refuses. */
export type Refused = readonly [string, () => unknown];
