import { layer } from "./context.js";
import type { Call, Node } from "./graph.js";
import { labelNode } from "./primitives/leaf.js";
import { checkOptions } from "./settings.js";
import { symbolNames } from "./shape/rules.js";
import { asTensor, type AnyTensor, type NodeOf } from "./tensor.js";

/** How a value is called in the generated module. */
export interface NameOptions {
  /** Name of the value; otherwise the declared const, property or element that it is assigned to in the model. */
  readonly name?: string;
  /** Names of its entries, row-major, separated by spaces: "z1 z2". */
  readonly symbols?: string;
}

/** Puts the name of `call` on its result; inside of another call a value stays unnamed. */
export function labelled(
  call: Call | undefined,
  x: Node,
  symbols: string | undefined,
): Node {
  if (call === undefined) return x;
  return labelNode(x, call.explicit ?? call.callee, {
    call,
    ...(symbols !== undefined && {
      symbols: symbolNames(symbols, call.explicit ?? call.callee, x.shape),
    }),
  });
}

/** One public function of the language whose result is a value: a layer of the derivation with a name. */
export function value<T extends AnyTensor>(
  callee: string,
  options: NameOptions | undefined,
  build: () => NodeOf<T>,
): T {
  if (options !== undefined) checkOptions(callee, options);
  return layer(callee, { name: options?.name }, (call) =>
    asTensor<T>(labelled(call, build(), options?.symbols)),
  );
}
