import { docLines, wrapText } from "./comments.js";
import { dtypes } from "./dtype.js";
import { inputName } from "./inputs.js";
import { hasSteps } from "./create.js";
import type { ModulePlan } from "./module.js";
import { parameterLines } from "./print.js";
import { isForwardInput } from "./signature.js";
import { saysFused } from "./wasm/tiers.js";

/** The interface of the handle: the same for every network that is trained, a part of it for one that only predicts. */
export function networkText(plan: ModulePlan): string {
  const { list } = dtypes[plan.dtype];
  const inputs = plan.model.inputs.map(
    (x) =>
      `    readonly ${x.op.name}: ${x.dtype === "i32" ? "Int32Array" : list};`,
  );
  const outputs = [...plan.programs.forward.outputs.keys()].map(
    (k) => `    readonly ${k}: ${list};`,
  );
  const given = plan.model.inputs
    .filter((x) => isForwardInput(x, plan))
    .map((x) => `${inputName(x.op.name)}: ArrayLike<number>`);
  const asks = plan.model.inputs.some((x) => x.op.classes !== undefined)
    ? "n or a class index"
    : "n";
  const { least, backward } = plan.programs;
  const trains =
    least === 1
      ? ""
      : ` Training takes ${String(least)} or more examples: one has no variance.`;
  const doc = wrapText(
    `A network with its memory, for up to maxBatch examples at a time. Methods throw RangeError where ${asks} is out of range.${trains}`,
    76,
  );
  const moves = backward.updates.size === 0 ? "" : "; running statistics move";
  const ofTraining = (text: string): readonly string[] =>
    plan.frozen === undefined ? [text] : [];
  return [
    ...docLines(doc),
    "export interface Network {",
    ...(plan.tiers ? [tier] : []),
    ...(plan.tiers && saysFused(plan) ? [fused] : []),
    ...ofTraining(parameterVectors(list)),
    "  /** What an application fills: maxBatch examples, one after the other. */",
    "  readonly inputs: {",
    ...inputs,
    "  };",
    "  /** What `forward` computes. */",
    "  readonly outputs: {",
    ...outputs,
    "  };",
    ...ofTraining(lossAndRate(list)),
    ...(hasSteps(plan)
      ? [
          plan.frozen === undefined
            ? "  /** Updates made. */"
            : "  /** Which random numbers are drawn. */",
          "  steps: number;",
        ]
      : []),
    "  /** Inputs to outputs for the first n examples, 1 by default. */",
    "  forward(n?: number): void;",
    ...ofTraining(`  /** Loss, and the mean gradient over the first n examples${moves}. */
${trainingMethods}`),
    ...docLines(predictDoc(plan)).map((l) => `  ${l}`),
    ...parameterLines("predict", given, `: ${list};`, 1),
    ...ofTraining(saving),
    "}",
  ].join("\n");
}

const tier = `  /** What does the work: "js" where the engine does not take this module's WebAssembly. */
  readonly tier: "wasm" | "js";`;

const fused = `  /** True where WebAssembly rounds a product and the sum that it is added to once: results differ by that. */
  readonly fused: boolean;`;

const parameterVectors = (
  list: string,
): string => `  /** All parameters, flat; \`layout\` says what is where. */
  readonly params: ${list};
  /** dL/dp of the trainable parameters, after \`backward\`. */
  readonly grads: ${list};`;

const lossAndRate = (
  list: string,
): string => `  /** [0] is the loss of the last \`backward\` or \`trainStep\`. */
  readonly loss: ${list};
  /** Base learning rate. */
  lr: number;`;

const trainingMethods = `  backward(n?: number): void;
  /** One step of the optimizer with \`grads\`. */
  update(): void;
  /** \`backward(n)\`, then \`update()\`. */
  trainStep(n?: number): void;`;

const saving = `  /** The whole training state: parameters, optimizer state, rate, steps. */
  save(): Uint8Array;
  /** Restores what \`save\` returned; throws RangeError and changes nothing otherwise. */
  load(bytes: Uint8Array): void;`;

const predictDoc = (plan: ModulePlan): string[] =>
  plan.plain === undefined
    ? [
        "Runs one example in place of the first, as a batch of one: what is made from",
        "several examples is made from it alone. Returns the output's own array.",
      ]
    : [
        "Runs one example in place of the first; returns the output's own array.",
      ];
