import * as gradc from "../../dsl/index.js";
import type { Clip, Group, Optimizer, Schedule } from "../../dsl/index.js";
import {
  Options,
  Unsupported,
  type OptimizerSettings,
  type Settings,
  type TrainingRun,
} from "./caseFile.js";

interface Common {
  readonly schedule?: Schedule;
  readonly clip?: Clip;
  readonly groups?: readonly Group[];
  readonly weightDecay?: number;
  readonly maximize?: boolean;
}

const betasOf = (o: Options): { readonly betas?: readonly [number, number] } =>
  o.has("betas") ? { betas: o.list("betas") as [number, number] } : {};

const rules: Readonly<
  Record<string, (lr: number, o: Options, common: Common) => Optimizer>
> = {
  sgd: (lr, o, common) =>
    gradc.sgd(lr, {
      ...common,
      ...o.numbers({ momentum: "momentum", dampening: "dampening" }),
      nesterov: o.flag("nesterov"),
    }),
  adam: (lr, o, common) => gradc.adam(lr, { ...common, ...adamOptions(o) }),
  adamw: (lr, o, common) => gradc.adamw(lr, { ...common, ...adamOptions(o) }),
  adamax: (lr, o, common) => gradc.adamax(lr, { ...common, ...adamOptions(o) }),
  nadam: (lr, o, common) =>
    gradc.nadam(lr, {
      ...common,
      ...adamOptions(o),
      ...o.numbers({ momentumDecay: "momentumDecay" }),
    }),
  radam: (lr, o, common) => gradc.radam(lr, { ...common, ...adamOptions(o) }),
  rmsprop: (lr, o, common) =>
    gradc.rmsprop(lr, {
      ...common,
      ...o.numbers({ alpha: "alpha", eps: "eps", momentum: "momentum" }),
      centered: o.flag("centered"),
    }),
  adagrad: (lr, o, common) =>
    gradc.adagrad(lr, {
      ...common,
      ...o.numbers({
        eps: "eps",
        lrDecay: "lrDecay",
        initialAccumulatorValue: "initialAccumulatorValue",
      }),
    }),
  adadelta: (lr, o, common) =>
    gradc.adadelta(lr, { ...common, ...o.numbers({ rho: "rho", eps: "eps" }) }),
  lion: (lr, o, common) => gradc.lion(lr, { ...common, ...betasOf(o) }),
};

const adamOptions = (
  o: Options,
): ReturnType<typeof betasOf> & { amsgrad: boolean; eps?: number } => ({
  ...betasOf(o),
  ...o.numbers({ eps: "eps" }),
  amsgrad: o.flag("amsgrad"),
});

const schedules: Readonly<Record<string, (o: Options) => Schedule>> = {
  constant: () => (lr) => lr,
  step: (o) => gradc.stepLr(o.number("stepSize"), o.number("gamma")),
  multistep: (o) => gradc.multiStepLr(o.list("milestones"), o.number("gamma")),
  exponential: (o) => gradc.exponentialLr(o.number("gamma")),
  cosine: (o) =>
    gradc.cosineAnnealingLr(o.number("tMax"), o.number("etaMin", 0)),
  linear: (o) =>
    gradc.linearLr({
      startFactor: o.number("startFactor"),
      endFactor: o.number("endFactor", 1),
      totalIters: o.number("totalIters"),
    }),
  polynomial: (o) =>
    gradc.polynomialLr({
      totalIters: o.number("totalIters"),
      power: o.number("power", 1),
    }),
  warmup_cosine: (o) =>
    gradc.warmupCosine(o.number("warmup"), o.number("totalSteps")),
  one_cycle: (o) =>
    gradc.oneCycleLr(o.number("maxLr"), o.number("totalSteps"), {
      ...o.numbers({
        pctStart: "pctStart",
        divFactor: "divFactor",
        finalDivFactor: "finalDivFactor",
      }),
      anneal: o.text("anneal", "cos") === "linear" ? "linear" : "cos",
    }),
};

const clips: Readonly<Record<string, (o: Options) => Clip>> = {
  norm: (o) =>
    gradc.clipNorm(o.number("maxNorm"), {
      normType: o.number("normType", 2) === Infinity ? Infinity : 2,
    }),
  value: (o) => gradc.clipValue(o.number("clipValue")),
};

function entry<T>(
  what: string,
  table: Readonly<Record<string, T>>,
  settings: Settings,
): T {
  const found = table[settings.kind];
  if (found === undefined) throw new Unsupported(`${what} ${settings.kind}`);
  return found;
}

const common = (
  run: TrainingRun,
  groupsOf: (settings: OptimizerSettings) => readonly Group[],
): Common => {
  const { optimizer, schedule, gradClip } = run;
  const o = new Options(optimizer);
  return {
    ...(schedule && {
      schedule: entry("schedule", schedules, schedule)(new Options(schedule)),
    }),
    ...(gradClip && {
      clip: entry("clip", clips, gradClip)(new Options(gradClip)),
    }),
    ...(optimizer.groups && { groups: groupsOf(optimizer) }),
    ...o.numbers({ weightDecay: "weightDecay" }),
    ...(o.flag("maximize") && { maximize: true }),
  };
};

/** The optimizer of a training run. */
export function optimizerOf(
  run: TrainingRun,
  groupsOf: (settings: OptimizerSettings) => readonly Group[],
): Optimizer {
  const o = new Options(run.optimizer);
  return entry("optimizer", rules, run.optimizer)(
    o.number("lr", 0),
    o,
    common(run, groupsOf),
  );
}
