import { gzipSync } from "node:zlib";
import { orderOf } from "../dsl/graph.js";
import type { Model } from "../dsl/model.js";
import {
  exampleOf,
  notFinite,
  type Uncompared,
  type Verified,
} from "./check/example.js";
import { frozenExampleOf, type Trained } from "./check/frozen.js";
import { CompileError, type Diagnostic } from "./diagnostics.js";
import type { Unrolling } from "./emit/body.js";
import { memoryBytes, sizesOf, type Derived } from "./emit/fields.js";
import type { Accuracy } from "./freeze/accuracy.js";
import type { Examples } from "./freeze/examples.js";
import type { FreezeOptions, FrozenModel } from "./freeze/freeze.js";
import type { Precision } from "./freeze/quantize.js";
import type { Pack } from "./emit/packed.js";
import type { Dtype } from "./emit/dtype.js";
import { helperNames } from "./emit/es5/helpers.js";
import { mostNames } from "./emit/es5/limits.js";
import { extremes } from "./emit/es5/literals.js";
import { asFunctionBody, framed } from "./emit/frame.js";
import { headerText, shortHeader, typesHeader } from "./emit/header.js";
import { minified } from "./emit/minify.js";
import {
  planModule,
  printedPlan,
  type Frozen,
  type ModulePlan,
  type PlanOptions,
} from "./emit/module.js";
import { sumsStart } from "./emit/sums.js";
import { sizeGroups, type SizeGroup } from "./emit/sizes.js";
import { targets, type Target, type TargetRow } from "./emit/targets.js";
import { globalName } from "./emit/usage.js";
import {
  exportsOf,
  inEs5,
  moduleCode,
  moduleText,
  scriptText,
  typesText,
  type ModuleCode,
} from "./emit/write.js";
import { printProgram } from "./graphText.js";
import { savedId, shortHash } from "./identity.js";
import type { MathMode } from "./interpret.js";
import { nameModel, type NamedModel } from "./load/name.js";
import { positionOf, type Site } from "./load/site.js";
import { ungradiented } from "./load/unused.js";
import { isZeroDivisor } from "./load/zeros.js";
import { measured, measuredLater } from "./measured.js";
import { passes, single } from "./passes/index.js";
import { buildPrograms, type Programs } from "./programs.js";
import type { Report } from "./report/report.js";
import { version } from "./version.js";

export interface CompileOptions {
  /** Relative path of the model, for the header. */
  readonly sourceName: string;
  /** The command that makes the file, for the header. */
  readonly command: string;
  readonly unroll: Unrolling;
  readonly math: MathMode;
  /** TypeScript where it is not said. */
  readonly target?: Target;
  /** float64 where it is not said. */
  readonly dtype?: Dtype;
  /** True for the text without what only readers need. */
  readonly minify?: boolean;
  /** False skips running the module against the interpreter. */
  readonly verify: boolean;
  /** Prints the graph after this pass. */
  readonly printAfter?: string;
  /** Says what each kernel costs. */
  readonly report?: ReportRequest;
  /** Says what the parts of the module take. */
  readonly sizes?: boolean;
  /** Makes the parameters constants of a module that only predicts. */
  readonly freeze?: FreezeRequest;
  /** Where an error made by a call stands in the user's text, and what the text calls the result. */
  readonly sites?: (call: Error) => readonly Site[];
}

export interface FreezeRequest {
  /** The parameters of the model, flat. */
  readonly params: (model: Derived) => Float64Array;
  /** The file that they are from, for the header. */
  readonly weightsName: string;
  /** Whether batch norms become part of the weights before them: the default. */
  readonly norms?: FreezeOptions["norms"];
  /** Exact literals where it is not said. */
  readonly pack?: Pack;
  /** No rounding where it is not said. */
  readonly precision?: Precision;
  /** Examples that a rounded network is compared on with the trained one. */
  readonly data?: (model: NamedModel, read: ReadonlySet<string>) => Examples;
}

export interface ReportRequest {
  /** Multiply-adds, bytes and times are for so many. */
  readonly examples: number;
  /** True where the kernels are run and measured. */
  readonly profile: boolean;
}

export interface Compiled {
  readonly text: string;
  /** The types of a module that is JavaScript. */
  readonly types?: string;
  readonly warnings: readonly Diagnostic[];
  readonly printed?: string;
  readonly report?: Report;
  /** What its parts take, the largest kind first. */
  readonly sizes?: readonly SizeGroup[];
  /** What rounding its weights did to a network. */
  readonly accuracy?: Accuracy;
  readonly summary: {
    /** Of the backward pass and what it is derived from. */
    readonly nodes: number;
    readonly parameters: number;
    /** Those that the model says are trained, where it says which. */
    readonly trained?: number;
    readonly macs: number;
    readonly bytes: number;
    readonly gzip: number;
    readonly ram: number;
    readonly worstGradientError?: number;
    readonly uncompared?: Uncompared;
    /** Of a module that only predicts: how far an output was from the trained network's, 0 where the bits are equal. */
    readonly outputError?: number;
    /** On how many examples of the compiler's own. */
    readonly outputExamples?: number;
  };
  readonly plan: ModulePlan;
  /** What is run to verify the module: its text without types, as the body of a function that returns what it exports. */
  readonly script: string;
}

/** A model in, the text of its module out. */
export async function compileModel(
  model: Model,
  options: CompileOptions,
): Promise<Compiled> {
  const row = targets[options.target ?? "ts"];
  const named = measured("settle", () =>
    nameModel(model, (call) => options.sites?.(call)[0]),
  );
  const derived = measured("derive", () => ({
    model: named,
    programs: buildPrograms(named),
  }));
  const { freeze } = options;
  const frozen = freeze && (await freezing(derived, freeze, options.math));
  const whole =
    frozen === undefined && named.isPart && options.report !== undefined
      ? wholeOf(model, options.sites)
      : undefined;
  const { plan, ...made } = await madeModule(
    frozen ?? derived,
    row,
    options,
    whole,
  );
  const { body, script, types, startsSums, printed, report, sizes } = made;
  const verified = options.verify
    ? await measuredLater("verify", () =>
        frozen === undefined
          ? exampleOf(plan, script)
          : frozenExampleOf(plan, script, frozen.trained),
      )
    : undefined;
  const accuracy =
    frozen && (await accuracyFor(frozen, script, freeze.data, options.math));
  const facts = {
    sourceName: options.sourceName,
    command: options.command,
    version,
    hash: hashOf(plan.programs, named, options),
    row,
    startsSums,
    ...(verified !== undefined && { verified: verified.text }),
  };
  const header =
    options.minify === true
      ? shortHeader(plan, facts)
      : `${headerText(plan, facts)}\n`;
  const text = `${header}\n${body}`;
  return {
    text,
    ...(types !== undefined && {
      types: `${typesHeader(plan, facts)}\n\n${types}`,
    }),
    script,
    plan,
    warnings: [
      ...named.warnings,
      ...(frozen === undefined
        ? ungradiented(named, derived.programs.backward.gradients)
        : []),
      // A division by 0 has said so already, at its own place.
      ...(verified === undefined || named.warnings.some(isZeroDivisor)
        ? []
        : notFinite(
            verified,
            positionOf(options.sites?.(model.site)[0] ?? {}),
          )),
    ],
    ...(printed !== undefined && { printed }),
    ...(report !== undefined && { report }),
    ...(accuracy !== undefined && { accuracy }),
    ...(sizes !== undefined && { sizes }),
    summary: summaryOf(plan, text, verified),
  };
}

/** A module as text, and what is still asked for of its plan. */
interface Made extends Pick<
  Compiled,
  "plan" | "script" | "printed" | "report" | "sizes"
> {
  /** Without the header, which says how the module was verified. */
  readonly body: string;
  /** Without theirs. */
  readonly types: string | undefined;
  /** True where some function starts a sum at -0. */
  readonly startsSums: boolean;
}

/** Plans a module and prints it. The code is needed no longer then: that of a large network takes most of the memory. */
async function madeModule(
  { model, programs, frozen }: Derived & Pick<PlanOptions, "frozen">,
  row: TargetRow,
  options: CompileOptions,
  whole: Derived | undefined,
): Promise<Made> {
  const { printAfter, report, sourceName } = options;
  const printed: string[] = [];
  const planning: PlanOptions = {
    // Packed numbers are tables, which straight lines do not read.
    unrolling: frozen?.pack === "base64" ? "never" : options.unroll,
    math: options.math,
    ...(row.small && smallest),
    ...(options.dtype !== undefined && { dtype: options.dtype }),
    tiers: row.tiers ?? false,
    ...(report !== undefined && { report: { timed: false } }),
    ...(frozen !== undefined && { frozen }),
  };
  const plan = measured("plan", () =>
    planModule(model, programs, {
      ...planning,
      ...(printAfter !== undefined && {
        print: { after: printAfter, to: (text) => void printed.push(text) },
      }),
    }),
  );
  if (printAfter !== undefined && printed.length === 0)
    throw new CompileError({
      code: "GC1008",
      message: `--print-after ${printAfter}: there is no such pass`,
      remedy: `passes: ${[single, ...passes].map((p) => p.name).join(", ")}, lower`,
    });
  const code = measured("print", () => {
    const all = moduleCode(plan, savedId(plan));
    return row.small ? inEs5(all) : all;
  });
  const id = globalName(sourceName, plan);
  const body = await measuredLater("print", () =>
    bodyOf({ code, row, id }, options.minify ?? false),
  );
  const script = row.dialect.types
    ? measured("print", () => scriptText(code))
    : asFunctionBody(body, exportsOf(code), row, id);
  return {
    body,
    script,
    types: row.typesEnding === undefined ? undefined : typesText(code),
    startsSums: sumsStart([...code.plain, ...code.handle.functions]),
    plan: printedPlan(plan),
    ...(printAfter !== undefined && { printed: printed.join("\n\n") }),
    ...(options.sizes === true && {
      sizes: sizeGroups(
        code,
        options.minify === true ? undefined : row.dialect,
      ),
    }),
    ...(report !== undefined && {
      report: await reported(plan, planning, report, whole),
    }),
  };
}

/** What is known of the kernels of a plan, and measured where that is asked for. */
async function reported(
  plan: ModulePlan,
  planning: PlanOptions,
  { examples, profile }: ReportRequest,
  whole: Derived | undefined,
): Promise<Report> {
  const { reportOf } = await import("./report/report.js");
  const all = whole && planModule(whole.model, whole.programs, planning);
  if (!profile) return reportOf(plan, examples, undefined, all);
  const { profiled } = await import("./report/profile.js");
  const times = await profiled(plan, planning, examples);
  return reportOf(plan, examples, times, all);
}

/**
 * The same model with all trained that is not frozen: what a part of it is compared with. Groups say nothing of what is not
 * trained, so there are none.
 */
function wholeOf(model: Model, sites: CompileOptions["sites"]): Derived {
  const optimizer = { ...model.optimizer, groups: [] };
  const named = nameModel(
    { ...model, optimizer, trainable: undefined },
    (call) => sites?.(call)[0],
  );
  return { model: named, programs: buildPrograms(named) };
}

/** The model over constants, and the one that it was. */
async function freezing(
  derived: Derived,
  {
    params: read,
    weightsName,
    norms = "fold",
    pack = "literals",
    precision = "none",
  }: FreezeRequest,
  math: MathMode,
): Promise<
  FrozenModel & { readonly frozen: Frozen; readonly trained: Trained }
> {
  const { frozen } = await import("./freeze/freeze.js");
  const params = read(derived);
  return {
    ...measured("freeze", () =>
      frozen(derived, params, { math, norms, precision }),
    ),
    frozen: { count: params.length, weightsName, pack, precision },
    trained: { ...derived, params },
  };
}

/** What rounding did, where weights were rounded. */
async function accuracyFor(
  { model, trained, rounding }: FrozenModel & { readonly trained: Trained },
  script: string,
  data: FreezeRequest["data"],
  math: MathMode,
): Promise<Accuracy | undefined> {
  if (rounding.length === 0 && data === undefined) return undefined;
  const { accuracyOf } = await import("./freeze/accuracy.js");
  const read = new Set(model.inputs.map((x) => x.op.name));
  const examples = data?.(trained.model, read);
  return accuracyOf(trained, script, rounding, examples, math);
}

interface Given {
  readonly code: ModuleCode;
  readonly row: TargetRow;
  /** The variable of a page that the module is. */
  readonly id: string;
}

/** The text of a module without its header. */
async function bodyOf(
  { code, row, id }: Given,
  isMinified: boolean,
): Promise<string> {
  const text = framed(
    (depth) => moduleText(code, row.dialect, depth),
    exportsOf(code),
    row,
    id,
  );
  return isMinified ? minified(text, row) : text;
}

/** How modules for the smallest engines are planned. */
const smallest = {
  lists: "plain",
  mostNames,
  taken: [...helperNames, extremes],
} as const;

function hashOf(
  programs: Programs,
  model: NamedModel,
  {
    math,
    unroll,
    target = "ts",
    dtype = "f64",
    minify = false,
  }: CompileOptions,
): string {
  const graphs = [
    programs.init,
    programs.forward,
    programs.backward,
    programs.average,
    programs.update,
  ].map(printProgram);
  const settings = JSON.stringify([
    math,
    unroll,
    version,
    model.optimizer.lr,
    ...(target === "ts" ? [] : [target, minify]),
    ...(dtype === "f64" ? [] : [dtype]),
  ]);
  return shortHash([...graphs, settings].join("\n\n"));
}

function summaryOf(
  plan: ModulePlan,
  text: string,
  verified: Verified | undefined,
): Compiled["summary"] {
  const bytes = Buffer.from(text);
  const { frozen, handle, programs } = plan;
  const trains = frozen === undefined;
  return {
    nodes: orderOf(trains ? programs.backward : programs.forward).length,
    parameters: trains ? sizesOf(plan).total : frozen.count,
    ...(trains && plan.model.isPart && { trained: sizesOf(plan).trainable }),
    macs: (trains ? handle.backward : handle.forward).facts.multiplyAdds,
    bytes: bytes.length,
    gzip: gzipSync(bytes).length,
    ram: memoryBytes(plan),
    ...(verified?.worstGradientError !== undefined && {
      worstGradientError: verified.worstGradientError,
    }),
    ...(verified?.uncompared !== undefined && {
      uncompared: verified.uncompared,
    }),
    ...(verified?.outputs !== undefined && {
      outputError: verified.outputs.error,
      outputExamples: verified.outputs.examples,
    }),
  };
}
