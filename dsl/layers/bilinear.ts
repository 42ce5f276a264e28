import { layer } from "../context.js";
import { uniformBetween } from "../initializers.js";
import { labelled } from "../naming.js";
import { numbers } from "../ops/elementwise.js";
import { contract } from "../primitives/contract.js";
import { add } from "../primitives/scalar.js";
import { checkFlags } from "../settings.js";
import {
  bilinearShape,
  type BilinearError,
  type Guard,
  type Init,
  type MinimumRankError,
  type PositiveError,
  type Shape,
} from "../shape/rules.js";
import { asTensor, type Tensor } from "../tensor.js";
import { withParameters, type ParameterOptions } from "./parameters.js";

export interface BilinearOptions extends ParameterOptions<"weight" | "bias"> {
  /** False leaves the bias out; true by default. */
  readonly bias?: boolean;
}

/**
 * y_o = sum_ij a_i weight_oij b_j + bias_o on the last axes, with parameters of its own: weight [out, in1, in2] and bias
 * [out], uniform between -1 and 1 over sqrt(in1) at first. PyTorch: nn.Bilinear.
 *
 * @example const y = bilinear(left, right, 4);
 */
export function bilinear<
  A extends Shape,
  B extends Shape,
  const Out extends number,
>(
  a: Guard<Tensor<A>, MinimumRankError<"bilinear", A, 1>>,
  b: Guard<Tensor<B>, BilinearError<A, B>>,
  out: Guard<Out, PositiveError<"bilinear", "features", Out>>,
  options: BilinearOptions = {},
): Tensor<[...Init<A>, Out]> {
  const { bias = true } = options;
  checkFlags("bilinear", { bias });
  return layer("bilinear", { name: options.name, named: true }, (call) =>
    withParameters("bilinear", call, options, (declare) => {
      const [u, v] = [numbers("bilinear", a), numbers("bilinear", b)];
      const outs = out as number;
      const shape = bilinearShape(u.shape, v.shape, outs);
      const [left, right] = [u, v].map((x) => x.shape.at(-1) as number) as [
        number,
        number,
      ];
      const bound = 1 / Math.sqrt(left);
      const standard = uniformBetween(-bound, bound);
      const weight = declare("weight", [outs, left, right], standard);
      const lead = "abcdefgh".slice(0, shape.length - 1);
      const half = contract("oij", `${lead}i`, `${lead}oj`, weight, u);
      const y = contract(`${lead}oj`, `${lead}j`, `${lead}o`, half, v);
      const shifted = bias ? add(y, declare("bias", [outs], standard)) : y;
      return asTensor(labelled(call, shifted, undefined));
    }),
  );
}
