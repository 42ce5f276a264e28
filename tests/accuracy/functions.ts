/** The functions of the language's own mathematics, as modules have them. */
import { javascript } from "../../compiler/emit/dialect.js";
import { printMath } from "../../compiler/emit/functions.js";
import { functionText, statementLines } from "../../compiler/emit/print.js";
import { call, functions, variable } from "../../dsl/math/index.js";
import { elementaries } from "../../dsl/primitives/elementary.js";

/** What has a value at every argument; random numbers have no other form to be compared with. */
export type FunctionName = Exclude<keyof typeof elementaries, "uniform">;
export type Printed = (x: number, y: number) => number;

export const functionNames = Object.keys(elementaries).filter(
  (name): name is FunctionName => name !== "uniform",
);

/** An ES module that exports them. */
export function functionsText(): string {
  const exported: readonly string[] = functionNames;
  const { constants, functions: written } = printMath(
    exported.map((name) =>
      call(name, ...(functions[name]?.params ?? []).map(variable)),
    ),
  );
  return [
    ...statementLines(constants, javascript, 0),
    ...written.map((f) =>
      functionText({ ...f, exported: exported.includes(f.name) }, javascript),
    ),
  ].join("\n");
}

export async function printedFunctions(): Promise<
  Readonly<Record<FunctionName, Printed>>
> {
  const url = `data:text/javascript,${encodeURIComponent(functionsText())}`;
  return (await import(/* @vite-ignore */ url)) as Record<
    FunctionName,
    Printed
  >;
}
