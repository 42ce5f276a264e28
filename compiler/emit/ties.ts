/** What equality compares where arrays hold float32. */
import type { Apply } from "../kernels/ir.js";
import { loadsOf } from "../kernels/ir.js";
import type { Style } from "../kernels/slice.js";
import { call, type Code } from "./code.js";
import { spellApply, spellCall } from "./spell.js";

/** Rounds a number to float32, in JavaScript and WebAssembly alike. */
export const rounding = "Math.fround";

/**
 * The arguments of a scalar function. Those of `equal` are rounded in a module of float32: an extreme that was stored meets
 * the entry that it is, which may not have been.
 */
export function compared(
  e: Apply,
  args: readonly Code[],
  { rounds }: Style,
): readonly Code[] {
  if (rounds !== true || e.op !== "equal" || isWhole(e)) return args;
  return args.map((c) =>
    c.kind === "number" || c.kind === "index" ? c : call(rounding, c),
  );
}

/** A scalar function applied to code. */
export const spellScalarOf = (
  e: Apply,
  args: readonly Code[],
  style: Style,
): Code =>
  e.calls === undefined
    ? spellApply(e.op, compared(e, args, style), style.math)
    : spellCall(e.calls, args);

/** True where whole numbers are compared, which float32 does not hold all of. */
const isWhole = (e: Apply): boolean =>
  loadsOf(e).some((l) => l.value.dtype === "i32");
