/** A program's text, run against the language. */
import { compileFunction } from "node:vm";
import * as language from "../../dsl/index.js";
import type { Model, Tensor } from "../../dsl/index.js";
import { printLines, printModel, type Program, type Value } from "./program.js";

const names = Object.keys(language);
const functions = Object.values(language) as unknown[];

/** Runs statements with every name of the language in scope; gives the values of `results`. */
export function runLines(lines: readonly string[], results: string): unknown {
  // Types of parameters are no JavaScript.
  const text = lines.join("\n").replace(/: typeof [\w$]+/g, "");
  const body = `"use strict";\n${text}\nreturn ${results};`;
  const run = compileFunction(body, names) as (...v: unknown[]) => unknown;
  return run(...functions);
}

/** The model of a program, and the tensor of each of its steps. */
export function runProgram(p: Program): {
  readonly model: Model;
  readonly tensorOf: (v: Value) => Tensor;
} {
  const steps = p.steps.map(({ value }) => value.name);
  const [model, tensors] = runLines(
    printLines(p),
    `[${printModel(p)}, { ${steps.join(", ")} }]`,
  ) as [Model, Readonly<Record<string, Tensor>>];
  return { model, tensorOf: (v) => tensors[v.name] as Tensor };
}
