import { paramNode } from "../declare.js";
import type { Call, Initializer, Node } from "../graph.js";
import { checkFlags, refuseSettings } from "../settings.js";

/** Options of a layer whose parameters are called `P`. */
export interface ParameterOptions<P extends string> {
  /** Name of the layer; otherwise the const it is declared as. */
  readonly name?: string;
  /** True for a layer without gradients, which is not updated. */
  readonly frozen?: boolean;
  /** How parameters start, by name; by default as PyTorch. */
  readonly init?: Readonly<Partial<Record<P, Initializer>>>;
}

/** Declares a parameter of a layer; its author's initializer comes before the standard one. */
export type Declare = (
  name: string,
  shape: readonly number[],
  standard: Initializer,
) => Node;

/**
 * Runs `build` with the means to declare a layer's parameters.
 *
 * @throws CompileTimeError where `init` names a parameter that the layer does not have.
 */
export function withParameters<T>(
  op: string,
  call: Call | undefined,
  options: ParameterOptions<string>,
  build: (declare: Declare) => T,
): T {
  const { frozen = false } = options;
  checkFlags(op, { frozen });
  const init: Readonly<Record<string, Initializer | undefined>> =
    options.init ?? {};
  const declared: string[] = [];
  const result = build((name, shape, standard) => {
    declared.push(name);
    return paramNode(
      name,
      shape,
      { init: init[name] ?? standard, frozen },
      call,
    );
  });
  for (const name of Object.keys(init))
    if (!declared.includes(name))
      refuseSettings(
        `${op}: init has "${name}", expected one of ${declared.join(", ")}`,
      );
  return result;
}
