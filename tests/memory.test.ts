/** Where values lie in memory: no two that are needed at the same time overlap, and they need no more room than they must. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";
import { beforeAll, describe, expect, test } from "vitest";
import { importScript } from "../compiler/check/emitted.js";
import type { compileModel } from "../compiler/compile.js";
import { planModule, type ModulePlan } from "../compiler/emit/module.js";
import { moduleCode, scriptText } from "../compiler/emit/write.js";
import { nameModel } from "../compiler/load/name.js";
import { buildPrograms } from "../compiler/programs.js";
import type { Model } from "../dsl/index.js";
import { root } from "./cliHarness.js";
import { models } from "./emitted/models.js";
import { generate } from "./fuzz/generate.js";
import { runProgram } from "./fuzz/run.js";
import { foreignReads, watching } from "./memory/watched.js";
import { leastRoom } from "./memory/least.js";
import { examples, fill } from "./support/examples.js";

const defined = <T>(list: readonly (T | undefined)[]): T[] =>
  list.filter((x) => x !== undefined);

/** Most room that a plan takes, over the room that it must. */
const most = 1.05;

interface Room {
  readonly taken: number;
  readonly least: number;
}

/** The room of the handle, then that of each plain function. */
function roomsOf(plan: ModulePlan): Room[] {
  const { forward, backward, average, update } = plan.handle;
  const { memory, plain } = plan;
  const handle = {
    taken: memory.perExample + memory.fixed,
    least: leastRoom(
      defined([forward, backward, average, update]).map((b) => b.accessed),
      (v) => plan.arrays.tensor(v),
    ),
  };
  const functions = defined([plain?.forward, plain?.backward, plain?.step]);
  return [
    handle,
    ...functions.map(({ work, accessed }) => ({
      taken: work,
      least: leastRoom([accessed], (v) => v),
    })),
  ];
}

function expectLittleRoom(plan: ModulePlan): void {
  for (const { taken, least } of roomsOf(plan)) {
    expect(taken).toBeGreaterThanOrEqual(least);
    expect(taken).toBeLessThanOrEqual(most * least);
  }
}

/** Reads of what another value wrote, in all programs of a module. */
async function foreign(script: string): Promise<number> {
  const { create } = await importScript(watching(script));
  return foreignReads(() => {
    // A network of its own for each method: none reads what another one left.
    for (const method of ["forward", "trainStep"] as const) {
      const net = create({ seed: 1, maxBatch: 2 });
      fill(net);
      net[method](2);
    }
  });
}

/** The text of a module as a function's, whose result is what the module makes. */
function asFunction(text: string): string {
  const { outputText } = transpileModule(text, {
    compilerOptions: {
      module: ModuleKind.ESNext,
      target: ScriptTarget.ES2022,
    },
  });
  return `${outputText.replace(/^export /gm, "")}\nreturn { create };`;
}

/** A model of the language's built copy, which is the one that examples import. */
async function built(path: string): Promise<ModulePlan> {
  const load = (file: string): Promise<unknown> =>
    import(pathToFileURL(join(root, file)).href);
  const compiler = (await load("dist/compiler/compile.js")) as {
    readonly compileModel: typeof compileModel;
  };
  const { default: model } = (await load(path)) as { readonly default: Model };
  const { plan } = await compiler.compileModel(model, {
    sourceName: path,
    command: "npm run compile",
    unroll: "auto",
    math: "exact",
    verify: false,
  });
  return plan;
}

describe("the memory of the handle", { timeout: 120_000 }, () => {
  beforeAll(() => {
    execFileSync(process.execPath, [join(root, "tools", "build.mjs")]);
  }, 60_000);

  test.each([...examples.map((e) => e.model), "bench/deep.ts"])(
    "of %s is as small as what is needed at the same time",
    async (path) => {
      expectLittleRoom(await built(path));
    },
  );

  test.each(examples)("of $model holds what is read", async ({ output }) => {
    expect(await foreign(asFunction(readFileSync(output, "utf8")))).toBe(0);
  });

  test.each(Object.entries(models))(
    "of the network %s is small, and holds what is read",
    async (_, build) => {
      for (const { plan, script } of formsOf(build())) {
        expectLittleRoom(plan);
        expect(await foreign(script)).toBe(0);
      }
    },
  );

  test("of random networks is small, and holds what is read", async () => {
    const rooms: Room[] = [];
    for (let index = 0; index < 40; index++) {
      const { model } = runProgram(generate(5, index));
      for (const { plan, script } of formsOf(model)) {
        rooms.push(...roomsOf(plan));
        expect(await foreign(script), `graph ${String(index)}`).toBe(0);
      }
    }
    // The least room is not always to be had by so small values.
    const sum = (of: keyof Room): number =>
      rooms.reduce((n, room) => n + room[of], 0);
    expect(sum("taken")).toBeGreaterThanOrEqual(sum("least"));
    expect(sum("taken")).toBeLessThanOrEqual(most * sum("least"));
  });
});

/** A model as straight lines, where they are not too many, and as loops. */
function formsOf(
  model: Model,
): { readonly plan: ModulePlan; readonly script: string }[] {
  const named = nameModel(model, () => undefined);
  const programs = buildPrograms(named);
  return (["auto", "never"] as const).map((unrolling) => {
    const plan = planModule(named, programs, { unrolling, math: "exact" });
    return { plan, script: scriptText(moduleCode(plan, 0)) };
  });
}
