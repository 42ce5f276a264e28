import type { Body } from "../emit/body.js";
import type { KernelFacts } from "../emit/kernelFacts.js";
import type { ModulePlan } from "../emit/module.js";
import { timerId, type TimedBody } from "../emit/timers.js";

/** A kernel of the handle, and where it runs. */
export interface KernelRow extends KernelFacts {
  readonly timer: number;
  /** The function of the module that it stands in. */
  readonly function: string;
}

/** What one method of the handle runs. */
export interface MethodRows {
  readonly method: "forward" | "backward" | "update";
  readonly kernels: readonly KernelRow[];
}

/** The kernels of every method of a handle, in the order in which they run. */
export function rowsOf(
  { handle, frozen }: ModulePlan,
  examples: number,
): MethodRows[] {
  const of = (runner: string, body: Body | undefined, prefix: TimedBody) =>
    body === undefined ? [] : ofBody(runner, body, prefix);
  const forward: MethodRows = {
    method: "forward",
    kernels: of("runForward", handle.forward, "forward"),
  };
  if (frozen !== undefined) return [forward];
  return [
    forward,
    {
      method: "backward",
      kernels: [
        ...of("runBackward", handle.backward, "backward"),
        // The mean of one example is not computed.
        ...(examples > 1
          ? of("averageGradients", handle.average, "average")
          : []),
      ],
    },
    { method: "update", kernels: of("runUpdate", handle.update, "update") },
  ];
}

function ofBody(runner: string, body: Body, prefix: TimedBody): KernelRow[] {
  // A single part stands in the function itself.
  const isSplit = body.parts.length > 1;
  const all = [
    ...body.kernels.map((k) => ({ ...k, function: runner })),
    ...body.parts.flatMap((part) =>
      part.kernels.map((k) => ({
        ...k,
        function: isSplit && part.inline !== true ? part.name : runner,
      })),
    ),
  ];
  return all.map((k, i) => ({ ...k, timer: timerId(prefix, i) }));
}
