import { CompileError } from "../diagnostics.js";
import { importScript, type Handle } from "../check/emitted.js";
import { fillInput, numbersFrom } from "../check/given.js";
import {
  planModule,
  type ModulePlan,
  type PlanOptions,
} from "../emit/module.js";
import { moduleCode, scriptText } from "../emit/write.js";
import { Stopwatch } from "./stopwatch.js";

/** Milliseconds that a kernel takes, by the method that runs it and its timer. */
export type Profile = ReadonlyMap<string, number>;

/** Milliseconds: until V8 has optimised a method, and of each window of its measurement. */
const [warmUp, duration] = [300, 50];
const windows = 10;

/**
 * Runs the methods of a model's handle on `n` examples, in WebAssembly where the module has it, and measures each kernel:
 * the mean of what 50 ms have room for, the least of ten, since what else a machine does only adds to it. Inputs are numbers
 * between -1 and 1.
 *
 * @throws CompileError where training takes more examples.
 */
export async function profiled(
  { model, programs }: ModulePlan,
  options: PlanOptions,
  n: number,
): Promise<Profile> {
  const least = options.frozen === undefined ? programs.least : 1;
  if (n < least)
    throw new CompileError({
      code: "GC1031",
      message: `--profile ${String(n)}: training takes ${String(least)} examples or more, for the statistics of a batch`,
      remedy: `--profile ${String(Math.max(least, 32))}`,
    });
  const plan = planModule(model, programs, {
    ...options,
    report: { timed: true },
  });
  const watch = new Stopwatch();
  const { enter, leave } = watch;
  const script = scriptText(moduleCode(plan, 0));
  const surroundings = Object.create(globalThis) as object;
  const { create } = await importScript(
    script,
    Object.assign(surroundings, { enter, leave }),
  );
  const net: Handle = create({ seed: 1, maxBatch: n });
  const next = numbersFrom(7);
  for (const x of model.inputs) {
    const array = net.inputs[x.op.name];
    if (array !== undefined) fillInput(array, x.op.classes, next);
  }
  const methods: readonly (readonly [string, () => void])[] = [
    ["forward", net.forward.bind(net, n)],
    ...(plan.frozen === undefined
      ? [
          ["backward", net.backward.bind(net, n)] as const,
          ["update", net.update.bind(net)] as const,
        ]
      : []),
  ];
  return new Map(
    methods.flatMap(([method, call]) => {
      repeat(call, warmUp);
      const least = new Map<number, number>();
      for (let i = 0; i < windows; i++) {
        watch.reset();
        repeat(call, duration);
        for (const [timer, mean] of watch.means())
          least.set(timer, Math.min(mean, least.get(timer) ?? Infinity));
      }
      return [...least].map(
        ([timer, mean]) => [profileKey(method, timer), mean] as const,
      );
    }),
  );
}

/** What a kernel is called in a profile: two methods may run the same one. */
export const profileKey = (method: string, timer: number): string =>
  `${method}: ${String(timer)}`;

function repeat(call: () => void, milliseconds: number): void {
  const end = performance.now() + milliseconds;
  do call();
  while (performance.now() < end);
}
