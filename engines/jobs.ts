/** The networks that every engine trains, and the script that trains one: the same words for all of them. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What an engine reads: a module for import, a script, or a script in ES5. */
export type Form = "js" | "iife" | "es5";

export interface Job {
  readonly name: string;
  /** The model, relative to the repository. */
  readonly model: string;
  /** The module's file without its ending, and the variable that a script makes. */
  readonly id: string;
}

export const jobs: readonly Job[] = [
  { name: "seed", model: "model.ts", id: "model" },
  { name: "2-8-1", model: "examples/xor.ts", id: "xor" },
  { name: "iris", model: "examples/iris.ts", id: "iris" },
  { name: "GRU step", model: "engines/models/gruStep.ts", id: "gruStep" },
  { name: "small CNN", model: "engines/models/smallCnn.ts", id: "smallCnn" },
];

const endings: Readonly<Record<Form, string>> = {
  js: ".js",
  iife: ".iife.js",
  es5: ".es5.js",
};

export const forms = Object.keys(endings) as Form[];

/** Writes the modules of all networks in a form into a folder. */
export function compileAll(root: string, folder: string, form: Form): void {
  const cli = join(root, "dist", "compiler", "cli.js");
  for (const { model } of jobs)
    execFileSync(
      process.execPath,
      [cli, "compile", model, "--target", form, "-o", folder],
      { cwd: root, stdio: ["ignore", "ignore", "inherit"] },
    );
}

/** The name of a module's file. */
export const fileOf = ({ id }: Job, form: Form): string =>
  `${id}${endings[form]}`;

/** Steps of training, and examples of each. */
export const [steps, examples] = [1000, 4];

/**
 * `train(module)`: the state after all steps as hexadecimal digits of its bytes, parameters, optimizer and all, in lines
 * (njs prints no more than 2,048 characters of one). Inputs are quotients of integers, so that no engine reads or computes
 * another number, and filled in the order of their names: that of an object's members is the engine's affair.
 */
const training = `
function train(network) {
  var net = network.create({ seed: 1, maxBatch: ${String(examples)} });
  var state = 7;
  function next() {
    state = (state * 48271) % 2147483647;
    return state;
  }
  var names = Object.keys(net.inputs).sort();
  var i, k, list;
  for (k = 0; k < names.length; k++) {
    list = net.inputs[names[k]];
    for (i = 0; i < list.length; i++) {
      list[i] = names[k] === "species" || names[k] === "kind" ? i % 3 : (next() % 2001 - 1000) / 1024;
    }
  }
  for (i = 0; i < ${String(steps)}; i++) {
    net.trainStep(${String(examples)});
  }
  var bytes = net.save(), digits = "0123456789abcdef", lines = [], line = "";
  for (i = 0; i < bytes.length; i++) {
    line += digits.charAt(bytes[i] >> 4) + digits.charAt(bytes[i] & 15);
    if (line.length === 1024 || i === bytes.length - 1) {
      lines.push("bits " + line);
      line = "";
    }
  }
  return lines;
}
`;

/** A script that makes `train` and the network, with nothing around. */
export const scriptOf = (job: Job, form: Form, folder: string): string =>
  readFileSync(join(folder, fileOf(job, form)), "utf8") + training;

/**
 * A module that imports the network.
 *
 * @param last what it does with `train(network)`
 */
export const moduleOf = (job: Job, last: string): string =>
  `import * as network from "./${fileOf(job, "js")}";\n${training}\n${last}\n`;
