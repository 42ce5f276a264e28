#!/usr/bin/env node
/**
 * The command line. It imports nothing heavy: a compile that changes nothing
 * ends before TypeScript is loaded.
 */
import { setFlagsFromString } from "node:v8";
import { Command, CommanderError, Option } from "commander";
import { compileCommand, type CompileFlags } from "./command/compile.js";
import {
  baseFolder,
  takenByNpm,
  underNpmRun,
  type TakenOption,
} from "./command/npm.js";
import { version } from "./command/package.js";
import { consoleReporter, type Reporter } from "./command/reporter.js";
import type { WeightsFlags } from "./command/weights.js";
import { CompileError, InternalError, type Diagnostic } from "./diagnostics.js";
import { dtypeNames } from "./emit/dtype.js";
import { targetNames } from "./emit/targets.js";
import { timings } from "./measured.js";

/** Options with a few values; the first is the default. */
const choices = {
  target: targetNames,
  dtype: dtypeNames,
  unroll: ["auto", "full", "never"],
  math: ["exact", "host"],
  norms: ["fold", "keep"],
  quantize: ["none", "f32", "int8"],
  pack: ["literals", "base64"],
} as const;

/** gradc's options by the names under which npm would keep them. */
const options: readonly TakenOption[] = [
  { name: "out", letter: "o", values: "any" },
  { name: "target", values: choices.target },
  { name: "dtype", values: choices.dtype },
  { name: "unroll", values: choices.unroll },
  { name: "math", values: choices.math },
  { name: "minify" },
  { name: "max-bytes", values: "any" },
  { name: "print-after", values: "any" },
  { name: "report" },
  { name: "profile", values: "any" },
  { name: "set", values: "any" },
  { name: "weights", values: "any" },
  { name: "norms", values: choices.norms },
  { name: "quantize", values: choices.quantize },
  { name: "pack", values: choices.pack },
  { name: "data", values: "any" },
  { name: "map", values: "any" },
  { name: "skip", values: "any" },
  { name: "allow-nonfinite" },
  { name: "check" },
  { name: "watch" },
  { name: "json" },
  { name: "force" },
  { name: "verify" },
];

/** @param base the folder that the paths of the command line are relative to */
function program(base: string, reporter: Reporter): Command {
  const gradc = new Command("gradc")
    .description("The gradient compiler for TypeScript.")
    .version(version());
  gradc
    .command("compile")
    .description("compile a model into a module without dependencies")
    .argument("<model>", "the .ts file whose default export is the model")
    .option("-o, --out <folder>", "where the module goes", "generated")
    .addOption(choice("--target <target>", "what to write", choices.target))
    .addOption(choice("--dtype <type>", "what numbers are", choices.dtype))
    .addOption(choice("--unroll <when>", "straight-line code", choices.unroll))
    .addOption(choice("--math <functions>", "exp, tanh, ...", choices.math))
    .option("--minify", "leave out what only readers need", false)
    .option("--max-bytes <number>", "forms that fit, or an error")
    .option("--weights <file>", "make the weights constants, predict only")
    .addOption(choice("--norms <how>", "batch norms of these", choices.norms))
    .addOption(choice("--quantize <type>", "round them", choices.quantize))
    .addOption(choice("--pack <how>", "how they are written", choices.pack))
    .option("--data <file>", "compare a rounded network on these examples")
    .option("--map <rules...>", names, [])
    .option("--skip <names...>", "entries of the weights to leave out", [])
    .option("--allow-nonfinite", "take NaN and infinities", false)
    .option("--check", "write nothing, exit 1 when the module is stale", false)
    .option("--watch", "compile again whenever the model changes", false)
    .option("--json", "one JSON object a line", false)
    .option("--print-after <pass>", "print the graph after a pass")
    .option("--report", "say what each kernel of the handle costs", false)
    .option("--profile [examples]", "the same, with times measured")
    .option("--force", "replace a file that gradc did not write", false)
    .option(
      "--no-verify",
      "skip running the module against interpreter and differences",
    )
    .action(async (model: string, flags: CompileFlags) => {
      process.exitCode = await compileCommand(model, flags, base, reporter);
    });
  gradc
    .command("explain")
    .description("print the derivation of a model with numbers put in")
    .argument("<model>", "the .ts file whose default export is the model")
    .option("--set <values...>", "inputs, as x=2,2 y=1,0", [])
    .action(async (model: string, flags: { set: readonly string[] }) => {
      const { explainCommand } = await import("./command/explain.js");
      await explainCommand(model, flags.set, base, reporter);
    });
  gradc
    .command("weights")
    .description("turn weights of PyTorch into a state of the model, and back")
    .argument("<model>", "the .ts file whose default export is the model")
    .argument("<file>", "a .safetensors file, or what save() returned")
    .option("-o, --out <file>", "what to write; only a report without it")
    .addOption(choice("--dtype <type>", "of a module's state", choices.dtype))
    .option("--map <rules...>", names, [])
    .option("--skip <names...>", "entries of the file to leave out", [])
    .option("--allow-nonfinite", "take NaN and infinities", false)
    .option("--json", "one JSON object a line", false)
    .option("--force", "replace a file that gradc did not write", false)
    .action(async (model: string, file: string, flags: WeightsFlags) => {
      const { weightsCommand } = await import("./command/weights.js");
      await weightsCommand(model, file, flags, base, reporter);
    });
  gradc
    .command("init")
    .description("write a first model, a training script and npm scripts")
    .argument("[folder]", "where", ".")
    .action(async (folder: string) => {
      const { initCommand } = await import("./command/init.js");
      initCommand(folder, base, reporter);
    });
  for (const command of [gradc, ...gradc.commands])
    command
      .exitOverride()
      .allowExcessArguments(false)
      .configureOutput({ writeErr: () => undefined });
  return gradc;
}

const names = "the file's name = the model's, as 0=hidden";

function choice(
  flag: string,
  description: string,
  values: readonly [string, ...string[]],
): Option {
  return new Option(flag, description).choices(values).default(values[0]);
}

/** Runs a command line; the exit code is set. */
async function main(args: readonly string[]): Promise<void> {
  const { env } = process;
  const cwd = process.cwd();
  const [name, ...rest] = args;
  const model = rest.find((arg) => !arg.startsWith("-")) ?? "";
  const base = baseFolder(env, cwd, model);
  const reporter = consoleReporter(args.includes("--json"), base);
  try {
    const gradc = program(base, reporter);
    const command = gradc.commands.find((c) => c.name() === name);
    const own = command?.registeredArguments.length ?? 1;
    const taken = takenByNpm(env, cwd, options, rest, own);
    if (taken !== undefined) throw new CompileError(taken);
    if (args.length === 0) {
      gradc.outputHelp();
      process.exitCode = 2;
      return;
    }
    await gradc.parseAsync(args, { from: "user" });
  } catch (error) {
    const npmRun = underNpmRun(env, cwd);
    process.exitCode = await reportFailure(error, reporter, npmRun);
  }
}

/** Says what went wrong and returns the exit code. */
async function reportFailure(
  error: unknown,
  reporter: Reporter,
  npmRun: boolean,
): Promise<number> {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  if (error instanceof CommanderError) {
    await reporter.diagnostics([usageProblem(error, npmRun)]);
    return 2;
  }
  if (error instanceof CompileError) {
    await reporter.diagnostics(error.diagnostics);
    return 2;
  }
  const cause = error instanceof Error ? error : new Error(String(error));
  const internal =
    cause instanceof InternalError
      ? cause
      : new InternalError(cause.message, { cause });
  await reporter.diagnostics([
    { severity: "error", code: "GC9000", message: internal.message },
  ]);
  process.stderr.write(`${cause.stack ?? ""}\n`);
  return 3;
}

/** One JSON line for `npm run bench -- compile`: milliseconds of each part. */
function reportTimings(): void {
  const parts = { total: performance.now(), ...Object.fromEntries(timings()) };
  process.stderr.write(`${JSON.stringify(parts)}\n`);
}

/** What commander says of a command line, as one of gradc's messages. */
function usageProblem(
  { message, code }: CommanderError,
  npmRun: boolean,
): Diagnostic {
  const severity = "error";
  const [sentence = "", hint] = message.replace(/^error: /, "").split("\n");
  if (code !== "commander.excessArguments")
    return {
      severity,
      code: "GC1001",
      message: sentence,
      remedy:
        hint?.replace(/^\(|\)$/g, "") ??
        "gradc --help lists the commands, gradc compile --help the options of one",
    };
  return {
    severity,
    code: "GC1003",
    message: sentence,
    remedy: npmRun
      ? "options of npm run come after --: npm run compile model.ts -- --check"
      : "run gradc once for each",
  };
}

// V8 inlines on the main thread, and a compile is over before inlined code pays: a fifth less time for 10,000 nodes.
setFlagsFromString("--no-turbo-inlining");
// A reader that has seen enough (`| head`) closes the pipe: that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});
await main(process.argv.slice(2));
if (process.env["GRADC_TIMINGS"] === "1") reportTimings();
// A model may leave a timer or a handle behind; what was written goes out first.
await Promise.all(
  [process.stdout, process.stderr].map(
    (stream) => new Promise((done) => stream.write("", done)),
  ),
);
process.exit();
