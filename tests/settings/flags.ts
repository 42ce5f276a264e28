import * as g from "../../dsl/index.js";
import { any, image, k, x, y } from "./given.js";

/** A call with an option that is true or false: what names the option in the message, its name, and the call with it. */
type Flag = readonly [
  owner: string,
  option: string,
  build: (options: object) => unknown,
];

const each = (
  names: readonly string[],
  options: readonly string[],
  build: (f: (...args: readonly unknown[]) => unknown, o: object) => unknown,
): Flag[] => {
  const all: Readonly<Record<string, unknown>> = { ...g };
  return names.flatMap((name) =>
    options.map((option): Flag => [
      name,
      option,
      (o) => build(any(all[name]), o),
    ]),
  );
};

const sequence = g.input("s", [3, 4]);
const target = g.input("t", [3, 4]);

/** Every option of the language that is true or false. */
export const flags: readonly Flag[] = [
  ['input "x"', "batched", (o) => any(g.input)("x", [2], o)],
  ['indices "k"', "batched", (o) => any(g.indices)("k", [2], 3, o)],
  ['param "w"', "frozen", (o) => any(g.param)("w", [2], o)],
  ...each(["linear"], ["bias", "frozen"], (f, o) => f(x, 2, o)),
  ...each(["dense"], ["bias", "frozen"], (f, o) => f(4, 2, o)),
  ...each(["loraLinear"], ["bias", "frozen"], (f, o) => f(x, 2, o)),
  ...each(["bilinear"], ["bias", "frozen"], (f, o) => f(x, y, 2, o)),
  ...each(["embedding"], ["frozen"], (f, o) => f(k, 3, 2, o)),
  ["embedding", "frozen", (o) => any(g.embeddingTable)(3, 2, o)],
  ...each(["conv2d", "convTranspose2d"], ["bias", "frozen"], (f, o) =>
    f(image, 2, 3, o),
  ),
  ...each(["layerNorm"], ["bias", "affine", "frozen"], (f, o) => f(x, o)),
  ...each(["rmsNorm"], ["affine", "frozen"], (f, o) => f(x, o)),
  ...each(["groupNorm"], ["affine", "frozen"], (f, o) => f(image, 2, o)),
  ...each(["instanceNorm"], ["affine", "frozen"], (f, o) => f(image, o)),
  ...each(["batchNorm"], ["affine", "frozen", "trackRunningStats"], (f, o) =>
    f(image, o),
  ),
  ...each(["rnnCell", "gruCell", "lstmCell"], ["bias", "frozen"], (f, o) =>
    f(4, 2, o),
  ),
  ...each(
    ["rnn", "gru", "lstm"],
    ["bias", "frozen", "bidirectional", "batchFirst"],
    (f, o) => f(4, 2, o),
  ),
  ...each(["multiHeadAttention"], ["bias", "frozen", "causal"], (f, o) =>
    f(4, 2, o),
  ),
  ...each(
    ["transformerEncoderLayer"],
    ["normFirst", "frozen", "causal"],
    (f, o) => f(4, 2, o),
  ),
  ...each(["scaledDotProductAttention"], ["causal"], (f, o) =>
    f(sequence, sequence, sequence, o),
  ),
  ...each(["maxPool2d"], ["ceilMode"], (f, o) => f(image, 2, o)),
  ...each(["avgPool2d"], ["ceilMode", "countIncludePad"], (f, o) =>
    f(image, 2, o),
  ),
  ...each(["upsample2d"], ["alignCorners"], (f, o) =>
    f(image, 2, { mode: "bilinear", ...o }),
  ),
  ...each(["resize2d"], ["alignCorners"], (f, o) =>
    f(image, 9, { mode: "bilinear", ...o }),
  ),
  ...each(
    ["sum", "mean", "max", "min", "prod", "logsumexp", "variance", "std"],
    ["keepdims"],
    (f, o) => f(x, 0, o),
  ),
  ...each(["norm", "maxDim", "minDim"], ["keepdims"], (f, o) => f(x, 0, o)),
  ...each(["argmax", "argmin"], ["keepdims", "indices"], (f, o) => f(x, 0, o)),
  ...each(["randomUniform", "randomNormal"], ["batched"], (f, o) => f([2], o)),
  ...each(["klDiv"], ["logTarget"], (f, o) => f(x, y, o)),
  ...each(["poissonNll"], ["logInput", "full"], (f, o) => f(x, y, o)),
  ...each(["gaussianNll"], ["full"], (f, o) => f(x, y, x, o)),
  ...each(["tripletMargin"], ["swap"], (f, o) =>
    f(sequence, target, target, o),
  ),
  ...each(["sgd"], ["nesterov", "maximize"], (f, o) =>
    f(0.1, { momentum: 0.9, ...o }),
  ),
  ...each(["rmsprop"], ["centered", "maximize"], (f, o) => f(0.1, o)),
  ...each(["adam", "adamw"], ["amsgrad", "maximize"], (f, o) => f(0.1, o)),
  ...each(
    ["adagrad", "adadelta", "adamax", "nadam", "radam", "lion"],
    ["maximize"],
    (f, o) => f(0.1, o),
  ),
];
