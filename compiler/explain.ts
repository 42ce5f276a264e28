import {
  emptyProgram,
  isLeaf,
  rootsOf,
  sizeOf,
  type Node,
} from "../dsl/graph.js";
import type { Model } from "../dsl/model.js";
import { ChainRules } from "./emit/chainRules.js";
import { drawing } from "./emit/drawing.js";
import { crossesExamples, ownNames } from "./emit/module.js";
import { Names } from "./emit/names.js";
import { indexText } from "./emit/signature.js";
import { absentIn, isSmall } from "./explain/element.js";
import { layersOf, layerText, type Derivation } from "./explain/derivation.js";
import { Differences } from "./explain/differences.js";
import { code, digits, table } from "./explain/markdown.js";
import { valuesOf } from "./explain/memory.js";
import { startingValues, type Start } from "./explain/start.js";
import { stepText } from "./explain/step.js";
import { declaredDerivatives } from "./held.js";
import type { Values } from "./interpret.js";
import { lower } from "./kernels/lower.js";
import { nameModel, type NamedModel } from "./load/name.js";
import type { Site } from "./load/site.js";
import { passes, runPasses, single } from "./passes/index.js";
import { Common } from "./passes/share.js";
import { hasSteps, unrollSteps } from "./passes/unrollSteps.js";
import { buildPrograms } from "./programs.js";

export interface ExplainOptions {
  readonly sourceName: string;
  /** Inputs and parameters, by name or by the symbol of one entry. */
  readonly set: Readonly<Record<string, readonly number[]>>;
  /** Where an error made by a call stands in the user's text, and what the text calls the result. */
  readonly sites?: (call: Error) => readonly Site[];
}

/**
 * A Markdown page for one example, from the statements, names and comments that the module is printed from: every value
 * and derivative as formula, with numbers put in, its result; each derivative beside a central difference; the weights
 * before and after one step.
 *
 * @throws CompileError where `set` does not fit the model.
 * @throws InternalError where a derivative differs from the central difference.
 */
export function explainModel(model: Model, options: ExplainOptions): string {
  const named = nameModel(model, (call) => options.sites?.(call)[0]);
  const programs = buildPrograms(named);
  const names = new Names(new Set(ownNames(programs, "exact")), named.titles);
  const start = startingValues(named, programs, names, options.set);
  const { memory } = start;

  const style = { math: "exact", slices: false } as const;
  // Of a loop each step has its names and numbers; differences change the values of the same steps.
  const steps = { name: "steps", run: unrollSteps };
  const both = runPasses(
    { ...programs.backward, outputs: programs.forward.outputs },
    [single, steps],
  );
  const training = { ...both, outputs: emptyProgram.outputs };
  // What both compute is one value with one name, as in the module.
  const common = new Common();
  const backward = common.merge(runPasses(training, passes));
  const forward = common.merge(
    runPasses({ ...emptyProgram, outputs: both.outputs }, passes),
  );
  const values = valuesOf([...rootsOf(backward), ...rootsOf(forward)], memory);
  const differences = new Differences(training.loss as Node, memory);
  const statements = lower(backward, style);
  const layers = layersOf(statements);
  const known = new Set(layers.map((l) => l.call));
  const shown = new Set(statements.map((s) => s.value));
  const outputs = lower(forward, style).filter((s) => !shown.has(s.value));
  const small = [...layers, ...layersOf(outputs)].every((l) =>
    isSmall(l.statements),
  );
  const repeats = [programs.backward, programs.forward].some(hasSteps);
  const isAbsent = small ? absentIn(statements) : () => false;
  const derivation: Derivation = {
    names,
    values,
    differences,
    chains: new ChainRules(statements, names, isAbsent),
    isAbsent,
    small,
    repeats,
  };
  const others = layersOf(outputs).filter((l) => !known.has(l.call));

  for (const [p, d] of backward.gradients)
    if (isLeaf(p))
      memory.gradients.set(Array.from(values.get(d) as Values), p.op.offset);
  const step = stepText(named, programs, names, memory);
  const loss = lossOf(values, backward.loss as Node);
  const after = lossOf(
    valuesOf([backward.loss as Node], { ...memory, params: step.params }),
    backward.loss as Node,
  );
  const layer = (l: (typeof layers)[number]): string =>
    layerText(l, statements, derivation);
  const lossCall = named.loss.place.call;
  const ofPhase = (phase: string): typeof layers =>
    layers.filter((l) => l.phase === phase);
  return [
    `# ${options.sourceName}, step by step`,
    crossesExamples([...named.outputs.values(), named.loss])
      ? `${introduction}\n${batchOfOne}`
      : introduction,
    networkText(named, names, start, small),
    "## Forward pass",
    ...ofPhase("forward")
      .filter((l) => l.call !== lossCall)
      .map(layer),
    "## Loss",
    ...ofPhase("forward")
      .filter((l) => l.call === lossCall)
      .map(layer),
    `L = ${digits(loss)}`,
    ...(others.length === 0 ? [] : ["## What the loss does not need"]),
    ...others.map((l) => layerText(l, outputs, derivation)),
    "## Backward pass",
    declaredDerivatives(programs.loss).length > 0
      ? `${backwardNote}\n${asDeclared}`
      : backwardNote,
    ...ofPhase("backward").map(layer),
    step.text,
    `The loss goes from ${digits(loss)} to ${digits(after)}.`,
  ]
    .join("\n\n")
    .concat("\n");
}

const introduction = [
  "One example, one step of training, with the formulas and names of the generated module.",
  "Results are shown to 6 significant digits and computed with all of them.",
].join("\n");

const batchOfOne =
  "This network has values made from several examples: they are those of a batch of one.";

const backwardNote = [
  "`dv` in a formula is dL/dv. The last column compares each derivative with the central difference",
  "(L(v + h) - L(v - h)) / 2h, h = 0.00001, computed without any derivative rule: the tick says that they agree,",
  "the number by how much they differ. A dash: differences say nothing, at a kink or where rounding hides them.",
].join("\n");

const asDeclared = [
  "What stopGradient stops and customGradient declares is taken at its word: the differences are those of a loss of",
  "which it is the slope, and say nothing of whether it is the slope of the function.",
].join("\n");

const lossOf = (values: ReadonlyMap<Node, Values>, loss: Node): number =>
  (values.get(loss) as Values)[0] as number;

/** Entries of a tensor that a page of formulas with indices shows. */
const fewEntries = 3;

function networkText(
  model: NamedModel,
  names: Names,
  start: Start,
  small: boolean,
): string {
  const { memory, given } = start;
  const inputs = model.inputs.map((x) => {
    const values = memory.inputs.get(x.op.name) as Values;
    const size = sizeOf(x.shape);
    const shown = Array.from(
      { length: small ? size : Math.min(size, fewEntries) },
      (_, i) => `${names.element(x, i)} = ${digits(values[i] as number)}`,
    );
    const more = shown.length < size ? ", ..." : "";
    return `- ${code(x.op.name)}: ${code(shown.join(", ") + more)}`;
  });
  const rows = model.params.flatMap((p) => {
    const size = sizeOf(p.shape);
    const shown = small ? size : Math.min(size, fewEntries);
    const listed = Array.from({ length: shown }, (_, i) => {
      const place = p.op.offset + i;
      return [
        small ? code(names.element(p, i)) : "",
        code(p.op.name + indexText(i, p.shape)),
        code(digits(memory.params[place] as number)),
        startOf(p.op.trainable !== false, given.has(place)),
      ];
    });
    return shown < size
      ? [...listed, ["", `... ${String(size)} entries`, "", ""]]
      : listed;
  });
  return [
    "## The network",
    ["```text", ...drawing({ model, frozen: undefined }), "```"].join("\n"),
    ["Inputs:", "", ...inputs].join("\n"),
    ...(rows.length === 0
      ? []
      : [table(["parameter", "entry", "starts at", ""], rows)]),
  ].join("\n\n");
}

const startOf = (trainable: boolean, given: boolean): string =>
  `${given ? "given" : "drawn by init(1)"}${trainable ? "" : ", frozen"}`;
