/** What straight-line code may take: with --unroll full it is not the compiler that decides. */
import type { Program } from "../../dsl/graph.js";
import { CompileError } from "../diagnostics.js";
import { stepCount } from "../passes/unrollSteps.js";

/** QuickJS refuses a function with more variables than 65,535. */
const mostVariables = 2 ** 16 - 1;

/** Each value is a variable, whose declaration takes 16 bytes of V8's bytecode by the estimate of kernels/cost.ts. */
const mostBytes = 1e6;

/**
 * Refuses a function whose loops over steps are too many values to be written out.
 *
 * @throws CompileError with what there are too many of.
 */
export function checkSteps(id: string, program: Program): void {
  const values = stepCount(program);
  if (values > mostVariables)
    refuse(id, `${String(values)} values of steps`, String(mostVariables));
}

/**
 * Refuses a function that is too long to be written without loops.
 *
 * @param bytes estimated bytecode
 * @throws CompileError with what it would take.
 */
export function checkLength(id: string, bytes: number): void {
  const kilobytes = (n: number): string => `${String(Math.ceil(n / 1e3))} KB`;
  if (bytes > mostBytes)
    refuse(id, `${kilobytes(bytes)} of bytecode`, kilobytes(mostBytes));
}

function refuse(id: string, found: string, most: string): never {
  throw new CompileError({
    code: "GC1015",
    message: `--unroll full: ${id} would be ${found} without loops, expected at most ${most}`,
    remedy: "leave --unroll at auto: large networks are loops then",
  });
}
